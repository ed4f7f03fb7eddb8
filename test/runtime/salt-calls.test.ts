import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import {
  MinionsError,
  NetapiError,
  SaltFunctionError,
  type SaltSession,
  salt,
  type Target,
  type Transport,
} from '../../runtime/src/services/salt/index.ts';
import { type Answer, json, Loopback, rejection, returns } from './salt-netapi.ts';

/** Does something with a session of which every request gets one answer, and gives what the requests held. */
async function asking(
  answer: Answer,
  use: (session: SaltSession) => Promise<unknown>,
  netapi: 'cherrypy' | 'tornado' | 'wsgi' = 'cherrypy',
): Promise<unknown[]> {
  await using server = await Loopback.start();
  server.on('POST /run', answer).on('POST /', answer);
  await using session = server.session({ netapi, credentialsIn: 'body' });
  await use(session);
  const proof = new Set(['username', 'password', 'eauth']);
  return server.asked
    .flatMap(({ body }): unknown[] => [JSON.parse(body)].flat())
    .map((chunk) => Object.fromEntries(Object.entries(Object(chunk)).filter(([key]) => !proof.has(key))));
}

const done = returns({});

test('every way to choose minions goes out under its own name', async () => {
  const targets: readonly (readonly [Target, unknown, string])[] = [
    ['*', '*', 'glob'],
    [{ glob: 'web*' }, 'web*', 'glob'],
    [{ pcre: 'web\\d+' }, 'web\\d+', 'pcre'],
    [{ list: ['m1', 'm2'] }, ['m1', 'm2'], 'list'],
    [{ grain: 'os:Debian' }, 'os:Debian', 'grain'],
    [{ grainPcre: 'os:D.*' }, 'os:D.*', 'grain_pcre'],
    [{ pillar: 'role:web' }, 'role:web', 'pillar'],
    [{ pillarPcre: 'role:w.*' }, 'role:w.*', 'pillar_pcre'],
    [{ pillarExact: 'role:web' }, 'role:web', 'pillar_exact'],
    [{ nodegroup: 'group1' }, 'group1', 'nodegroup'],
    [{ range: '%cluster' }, '%cluster', 'range'],
    [{ compound: 'G@os:Debian and web*' }, 'G@os:Debian and web*', 'compound'],
    [{ ipcidr: '10.0.0.0/8' }, '10.0.0.0/8', 'ipcidr'],
  ];
  for (const [target, tgt, tgt_type] of targets) {
    const [chunk] = await asking(done, async (session) => session.local('test.ping', target));
    assert.deepEqual(chunk, { client: 'local', tgt, tgt_type, fun: 'test.ping', full_return: true });
  }
});

test('a target that chooses by nothing, or by two things, is refused', async () => {
  await asking(done, async (session) => {
    const refused = [
      {},
      { list: [] },
      '',
      { glob: '' },
      { grain: 'a:b', glob: '*' },
      { expr_form: 'x' },
      null,
    ];
    for (const target of refused) {
      assert.throws(() => Reflect.apply(session.local, session, ['test.ping', target]), TypeError);
    }
  });
});

test('named parameters are nested, so that a text like a=b stays a text', async () => {
  const chunks = await asking(done, async (session) => {
    await session.local(
      'test.arg',
      '*',
      { text: 'a=b', client: 'mine', none: undefined },
      { arg: ['x', 1, 'a==b'] },
    );
    await session.runner('test.arg', { token: 't', timeout: 3 }, { arg: ['a\nb=c'], timeoutSeconds: 5 });
    await session.wheel('key.accept', { match: 'm=1' });
  });
  assert.deepEqual(chunks, [
    {
      client: 'local',
      tgt: '*',
      tgt_type: 'glob',
      fun: 'test.arg',
      arg: ['x', 1, 'a==b'],
      kwarg: { text: 'a=b', client: 'mine' },
      full_return: true,
    },
    {
      client: 'runner',
      fun: 'test.arg',
      arg: ['a\nb=c'],
      kwarg: { token: 't', timeout: 3 },
      timeout: 5,
      full_return: true,
    },
    { client: 'wheel', fun: 'key.accept', arg: [], kwarg: { match: 'm=1' } },
  ]);
});

test('what Salt would take for a named parameter is refused where it has no name', async () => {
  const chunks = await asking(done, async (session) => {
    for (const value of ['a=b', '_x.y-z=', 'ärger=1', 'a=b\n', { __kwarg__: true, a: 1 }]) {
      assert.throws(() => session.local('test.arg', '*', {}, { arg: [value] }), {
        name: 'TypeError',
        message: /^test\.arg: element 0 of arg .* name the parameter that it is for$/,
      });
    }
    for (const value of ['a b=c', '1=2', '=x', 'a==b', 'a=b\nc=d', '--a=b', { a: 1 }, ['a=b']]) {
      session.local('test.arg', '*', {}, { arg: [value] });
    }
    assert.throws(() => session.local('ping', '*'), TypeError);
    assert.throws(() => Reflect.apply(session.local, session, ['test.ping', '*', ['a']]), TypeError);
  });
  assert.deepEqual(chunks, []);
});

test('the options of a call have the names of the wire', async () => {
  const [chunk] = await asking(done, async (session) =>
    session.local(
      'test.ping',
      '*',
      {},
      {
        timeoutSeconds: 7,
        gatherJobTimeoutSeconds: 8,
        returner: 'mongo',
        jid: '20261121191807228328',
        metadata: { why: 'test' },
        moduleExecutors: ['sudo'],
        executorOptions: { user: 'me' },
        delimiter: '|',
      },
    ),
  );
  assert.deepEqual(chunk, {
    client: 'local',
    tgt: '*',
    tgt_type: 'glob',
    fun: 'test.ping',
    timeout: 7,
    gather_job_timeout: 8,
    ret: 'mongo',
    jid: '20261121191807228328',
    metadata: { why: 'test' },
    module_executors: ['sudo'],
    executor_opts: { user: 'me' },
    delimiter: '|',
    full_return: true,
  });
});

test('each minion is told to have done it, to have failed or not to have answered', async () => {
  const states = {
    'file_|-a_|-/a_|-managed': { result: true, comment: 'fine', __id__: 'a', changes: {} },
    'file_|-b_|-/b_|-managed': { result: false, comment: 'no such file', __id__: 'b', changes: {} },
  };
  const answer = returns({
    good: { ret: false, retcode: 0, jid: '1' },
    unknown: { ret: "'x.y' is not available.", retcode: 254, jid: '1', out: 'nested' },
    broken: { ret: 'The minion function caused an exception: Traceback', retcode: 1, jid: '1' },
    states: { ret: states, retcode: 2, jid: '1' },
    uncompiled: { ret: ["No matching sls found for 'x'", 'second'], retcode: 1, jid: '1' },
    silent: false,
    named: 'Minion did not return. [No response]\nThe minions may not have all finished running',
    listed: { ret: 'Minion did not return. [No response]\nmore', retcode: 1 },
    several: { ret: { 'test.ping': true, 'x.y': 'none' }, retcode: { 'test.ping': 0, 'x.y': 254 }, jid: '1' },
  });
  await asking(answer, async (session) => {
    const results = await session.local('state.apply', '*');
    assert.deepEqual([...results.ok], [['good', false]]);
    assert.deepEqual(results.silent, ['silent', 'named', 'listed']);
    assert.deepEqual(
      Array.from(results.failed.values(), ({ minion, retcode, message }) => [minion, retcode, message]),
      [
        ['unknown', 254, "'x.y' is not available."],
        ['broken', 1, 'The minion function caused an exception: Traceback'],
        ['states', 2, 'b: no such file'],
        ['uncompiled', 1, "No matching sls found for 'x'; second"],
        ['several', 254, 'return code 254'],
      ],
    );
    assert.deepEqual(results.failed.get('states')?.value, states);
    assert.deepEqual(results.get('named'), {
      kind: 'no-answer',
      minion: 'named',
      message: 'Minion did not return. [No response]',
    });
  });
});

test('a state that failed has failed also where there are no return codes', async () => {
  const run = (result: boolean | null) => ({
    'test_|-a_|-a_|-nop': { result: true, comment: 'fine', __id__: 'a', changes: {} },
    'test_|-b_|-b_|-nop': { result, comment: 'the fuse is blown', __id__: 'b', changes: {} },
  });
  const alike = { a_b: { result: false, comment: 'no state', __id__: 'a_b' } };
  const judge = async (session: SaltSession, batch: boolean) => {
    const call = session.local('state.apply', '*');
    const results = await (batch ? call.batch(3, { failHard: true }) : call);
    assert.deepEqual([...results.ok.keys()], ['tried', 'other']);
    assert.deepEqual(
      Array.from(results.failed.values(), ({ minion, retcode, message }) => [minion, retcode, message]),
      [
        ['dark', undefined, 'b: the fuse is blown'],
        ['torn', undefined, "No matching sls found for 'x'; second"],
      ],
    );
  };
  const torn = ["No matching sls found for 'x'", 'second'];
  const values = { dark: run(false), tried: run(null), other: alike, torn };
  const each = Object.entries(values).map(([minion, value]) => ({ [minion]: value }));
  await asking(returns(...each), (session) => judge(session, true));
  await asking(returns(values), (session) => judge(session, false), 'tornado');
});

test('nobody gives up before the server does, unless told to', async () => {
  const seconds: number[] = [];
  const transport: Transport = async ({ timeoutMs = 0 }) => {
    seconds.push(Math.ceil(timeoutMs / 1000));
    const body = new TextEncoder().encode('{"return": [{}, {}]}');
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  };
  const user = { username: 'tester', password: 'hush', eauth: 'auto', credentialsIn: 'body' } as const;
  await using session = salt({ url: 'http://127.0.0.1:1', netapi: 'cherrypy', transport, ...user });
  const long = { timeoutSeconds: 600 };
  await session.local('test.sleep', '*');
  await session.local('test.sleep', '*', {}, long);
  await session.runner('test.sleep');
  await session.runner('test.sleep', {}, long);
  await session.run([session.local('test.sleep', '*', {}, long), session.runner('test.sleep')], {
    together: true,
  });
  assert.deepEqual(seconds.splice(0), [300, 630, 330, 630, 930]);

  await session.local('test.sleep', '*', {}, { ...long, timeoutMs: 5_000 });
  await session.with({ timeoutMs: 7_000 }).runner('test.sleep', {}, long);
  await session.with({ attemptTimeoutMs: 9_000 }).runner('test.sleep', {}, long);
  assert.deepEqual(seconds, [5, 7, 9]);
});

test('a failure can be thrown, and keeps what the others did', async () => {
  const answer = returns({ a: { ret: 1, retcode: 0 }, b: { ret: 'oh\nno', retcode: 3 }, c: false });
  await asking(answer, async (session) => {
    const results = await session.local<number>('test.x', '*');
    const error = await rejection(
      Promise.resolve().then(() => results.throwIfFailed()),
      MinionsError,
    );
    assert.equal(
      error.message,
      'local test.x: 2 of 3 minions did not do it: b: oh no; c: the minion did not answer in time',
    );
    assert.equal(error.category, 'failed');
    assert.deepEqual([...error.results.ok], [['a', 1]]);
  });
  await asking(returns({ a: { ret: 1, retcode: 0 } }), async (session) => {
    assert.deepEqual([...(await session.local('test.x', '*')).throwIfFailed()], [['a', 1]]);
  });
});

test('no minion at all is an empty answer', async () => {
  await asking(returns({}), async (session) => assert.equal((await session.local('test.ping', 'x')).size, 0));
});

test('nothing is sent before a call is used, and once however often it is', async () => {
  const chunks = await asking(returns({ m: { ret: 1, retcode: 0 } }), async (session) => {
    const call = session.local('test.ping', '*');
    session.local('test.ping', 'never');
    await call;
    await call;
    await call.finally(() => {});
  });
  assert.equal(chunks.length, 1);
});

test('the bare form is what the API gives', async () => {
  const bare = { m1: true, m2: false };
  const [chunk] = await asking(returns(bare), async (session) => {
    assert.deepEqual(await session.local<boolean>('test.ping', '*').bare(), bare);
  });
  assert.deepEqual(chunk, { client: 'local', tgt: '*', tgt_type: 'glob', fun: 'test.ping' });
});

test('rest_tornado knows no return codes, so that the known texts tell', async () => {
  const answer = returns({
    a: true,
    b: "'x.y' is not available.",
    c: 'Minion did not return. [Not connected]',
  });
  await asking(
    answer,
    async (session) => {
      const results = await session.local('test.ping', '*');
      assert.deepEqual(results.get('a'), { kind: 'ok', minion: 'a', value: true, retcode: undefined });
      assert.deepEqual([...results.ok.keys()], ['a']);
      assert.deepEqual([...results.failed.keys()], ['b']);
      assert.deepEqual(results.silent, ['c']);
    },
    'tornado',
  );
});

test('a list of texts is a failure of states, and the value of other functions', async () => {
  const answer = returns({ a: ['lamp', 'fuse'] });
  await asking(
    answer,
    async (session) => {
      for (const fun of ['state.show_states', 'state.running', 'cp.list_master'])
        assert.deepEqual((await session.local(fun, '*')).ok.get('a'), ['lamp', 'fuse'], fun);
      for (const fun of ['state.apply', 'state.highstate', 'state.show_sls'])
        assert.equal((await session.local(fun, '*')).failed.get('a')?.message, 'lamp; fuse', fun);
    },
    'tornado',
  );
});

test('a minion that was named and that the answer leaves out is one that does not answer', async () => {
  const target = { list: ['a', 'b', 'a', 'c'] };
  for (const netapi of ['cherrypy', 'tornado'] as const)
    await asking(
      returns({ b: netapi === 'tornado' ? true : { ret: true, retcode: 0 } }),
      async (session) => {
        const results = await session.local('test.ping', target);
        assert.deepEqual([[...results.ok.keys()], results.silent], [['b'], ['a', 'c']]);
        assert.throws(() => results.throwIfFailed(), { name: 'MinionsError', category: 'unavailable' });
      },
      netapi,
    );
  await asking(returns({ tag: 'x', data: { id: 'b', return: true, retcode: 0 } }), async (session) => {
    const results = await session.local('test.ping', target).batch(1);
    assert.deepEqual([[...results.ok.keys()], results.silent], [['b'], ['a', 'c']]);
  });
  await asking(
    returns('No minions matched the target. No command was sent, no jid was assigned.'),
    async (session) => assert.equal((await session.local('test.ping', target)).silent.length, 3),
    'tornado',
  );
  await asking(returns({ a: { ret: true, retcode: 0 } }), async (session) =>
    assert.equal((await session.local('test.ping', target).subset(1)).size, 1),
  );
});

test('rest_tornado says it in words when no minion is meant, and when a runner is too slow', async () => {
  const nobody = 'No minions matched the target. No command was sent, no jid was assigned.';
  await asking(
    returns(nobody),
    async (session) => assert.equal((await session.local('test.ping', 'x')).size, 0),
    'tornado',
  );
  await asking(
    returns('Timeout waiting for runner to execute'),
    async (session) => {
      const error = await rejection(session.runner('x.y'), SaltFunctionError);
      assert.equal(error.category, 'unavailable');
    },
    'tornado',
  );
});

test('rest_tornado puts a failure in the place of a result', async () => {
  const answer = returns('Unexpected exception while handling request: boom');
  await asking(
    answer,
    async (session) => {
      const error = await rejection(session.local('test.ping', '*'), SaltFunctionError);
      assert.equal(error.message, 'local test.ping: Unexpected exception while handling request: boom');
      assert.equal(error.fun, 'test.ping');
    },
    'tornado',
  );
});

test('what a netapi cannot do is told before anything is sent', async () => {
  const chunks = await asking(
    done,
    async (session) => {
      const error = await rejection(session.wheel('key.list_all'), NetapiError);
      assert.equal(error.message, "rest_tornado can't run the client wheel: rest_cherrypy can");
    },
    'tornado',
  );
  const more = await asking(
    done,
    async (session) => {
      await rejection(session.local('test.ping', '*').batch('50%'), NetapiError);
      await rejection(session.local('test.ping', '*').start({ follow: 'events' }), NetapiError);
    },
    'wsgi',
  );
  assert.deepEqual([...chunks, ...more], []);
});

test('a batch has an element a minion, and tells what was lost on the way', async () => {
  const event = (id: string, told: object) => ({ tag: `salt/job/1/ret/${id}`, data: { id, ...told } });
  const answer = returns(
    event('a', { return: true, retcode: 0, success: true }),
    event('b', { return: '', retcode: 3, success: false }),
    event('c', { return: ['No matching sls'], success: false }),
    event('d', { return: { 'test.ping': true, 'x.y': 'no' }, retcode: { 'test.ping': 0, 'x.y': 254 } }),
    { data: { id: 'e', return: {}, retcode: 0 } },
    { ret: {} },
  );
  const chunks = await asking(answer, async (session) => {
    const results = await session.local('test.x', '*', {}, { returner: 'x' }).batch(2);
    assert.deepEqual([...results.ok.keys()], ['a']);
    assert.deepEqual(results.get('a'), { kind: 'ok', minion: 'a', value: true, retcode: 0 });
    assert.deepEqual(
      Array.from(results.failed.values(), ({ minion, retcode, message }) => [minion, retcode, message]),
      [
        ['b', 3, 'return code 3'],
        ['c', 1, 'No matching sls'],
        ['d', 254, 'return code 254'],
      ],
    );
    assert.deepEqual(results.silent, ['e']);
    await session.localBatch('test.x', '*', {}, { batch: '10%', batchWaitSeconds: 3 });
    for (const batch of [0, -1, 1.5, '10', '%', Number.NaN]) {
      assert.throws(
        () => Reflect.apply(session.localBatch, session, ['test.x', '*', {}, { batch }]),
        TypeError,
      );
    }
  });
  const on = { client: 'local_batch', tgt: '*', tgt_type: 'glob', fun: 'test.x' };
  assert.deepEqual(chunks, [
    { ...on, ret: 'x', batch: '2', raw: true },
    { ...on, batch: '10%', batch_wait: 3, raw: true },
  ]);
});

test('a batch that is to stop at a failure has values only, since it would not stop with codes', async () => {
  const answer = returns({ a: true }, { b: { pid: 1, retcode: 3 } }, { c: {} }, { d: { retcode: 0 } });
  const [chunk] = await asking(answer, async (session) => {
    const results = await session.local('test.x', '*').batch(2, { failHard: true });
    assert.deepEqual([...results.ok.keys()], ['a', 'd']);
    assert.deepEqual([...results.failed.keys()], ['b']);
    assert.deepEqual(results.silent, ['c']);
    assert.deepEqual(results.get('a'), { kind: 'ok', minion: 'a', value: true, retcode: undefined });
  });
  const on = { client: 'local_batch', tgt: '*', tgt_type: 'glob', fun: 'test.x' };
  assert.deepEqual(chunk, { ...on, batch: '2', failhard: true });
});

test('what Salt passes over in a batch is refused', async () => {
  const chunks = await asking(done, async (session) => {
    const lost = {
      jid: '20261121191807228328',
      metadata: { why: 'test' },
      moduleExecutors: ['sudo'],
      executorOptions: { user: 'me' },
      delimiter: '|',
    };
    for (const [name, value] of Object.entries(lost))
      assert.throws(() => session.local('test.x', '*', {}, { [name]: value }).batch(1), {
        name: 'TypeError',
        message: `test.x: a batch takes no ${name}, since Salt passes over it`,
      });
  });
  assert.deepEqual(chunks, []);
});

test('a subset is a client of its own', async () => {
  const chunks = await asking(returns({ a: { ret: 1, retcode: 0 } }), async (session) => {
    assert.equal((await session.local('test.x', '*').subset(1)).size, 1);
    await session.localSubset('test.x', '*');
  });
  const on = { client: 'local_subset', tgt: '*', tgt_type: 'glob', fun: 'test.x', full_return: true };
  assert.deepEqual(chunks, [{ ...on, subset: 1 }, on]);
});

test('over SSH the function may be a command for the shell', async () => {
  const [chunk] = await asking(done, async (session) =>
    session.ssh('uptime -p', 'host', {}, { rawShell: true }),
  );
  assert.deepEqual(chunk, {
    client: 'ssh',
    tgt: 'host',
    tgt_type: 'glob',
    fun: 'uptime -p',
    raw_shell: true,
  });
});

test('salt-ssh gives the record of a job, or what the shell said', async () => {
  const answer = returns({
    a: { id: 'a', jid: '1', fun: 'test.ping', fun_args: [], return: true, retcode: 0 },
    b: { stdout: '', stderr: 'Permission denied (publickey).', retcode: 255 },
  });
  const [chunk] = await asking(answer, async (session) => {
    const call = session.ssh(
      'test.ping',
      '*',
      {},
      { roster: 'flat', user: 'root', password: 'hush', port: 2222 },
    );
    assert.doesNotMatch(inspect(call, { depth: 9, showHidden: true }), /hush/);
    const results = await call;
    assert.equal(results.ok.get('a'), true);
    assert.equal(results.failed.get('b')?.message, 'Permission denied (publickey).');
  });
  assert.deepEqual(chunk, {
    client: 'ssh',
    tgt: '*',
    tgt_type: 'glob',
    fun: 'test.ping',
    roster: 'flat',
    ssh_user: 'root',
    ssh_passwd: 'hush',
    ssh_port: 2222,
  });
});

const ret = (value: unknown, success: boolean) => ({
  tag: 'salt/run/20261121191832867818/ret',
  data: { fun: 'runner.test.arg', jid: '20261121191832867818', return: value, success },
});

test('a runner gives its value, or throws', async () => {
  await asking(returns(ret({ up: ['m1'] }, true)), async (session) => {
    assert.deepEqual(await session.runner('manage.status'), { up: ['m1'] });
  });
  const text =
    'Exception occurred in runner test.arg: Traceback (most recent call last):\n  File "x"\nValueError: no';
  await asking(returns(ret(text, false)), async (session) => {
    const error = await rejection(session.runner('test.arg'), SaltFunctionError);
    assert.equal(
      error.message,
      'runner test.arg: Exception occurred in runner test.arg: Traceback (most recent call last): … ValueError: no',
    );
    assert.equal(error.returned, text);
  });
  await asking(
    returns(text),
    async (session) => void (await rejection(session.runner('x.y'), SaltFunctionError)),
  );
  await asking(returns(['m1']), async (session) =>
    assert.deepEqual(await session.runner('manage.up'), ['m1']),
  );
});

test('a wheel gives its value, or throws', async () => {
  const answer = (value: unknown, success: boolean) =>
    returns({ tag: 'salt/wheel/1', data: { fun: 'wheel.key.list_all', return: value, success } });
  await asking(answer({ minions: ['m1'] }, true), async (session) => {
    assert.deepEqual(await session.wheel('key.list_all'), { minions: ['m1'] });
  });
  await asking(answer('Exception occurred in wheel nosuch.x: Traceback ...', false), async (session) => {
    const error = await rejection(session.wheel('nosuch.x'), SaltFunctionError);
    assert.match(error.message, /^wheel nosuch\.x: Exception occurred in wheel nosuch\.x/);
  });
});

test('an answer of another shape is nonsense', async () => {
  await asking(json({ hello: 1 }), async (session) => {
    await assert.rejects(session.local('test.ping', '*'), {
      name: 'ProtocolError',
      message: 'local test.ping: an answer without a list called return',
    });
  });
  await asking(returns(7), async (session) => {
    await assert.rejects(session.local('test.ping', '*'), { name: 'ProtocolError' });
  });
});
