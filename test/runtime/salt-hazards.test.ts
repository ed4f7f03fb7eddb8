import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { RestCherrypy, RestWsgi, saltEvents } from '@fairlead/salt';
import { Schedule } from '@fairlead/salt/modules/schedule';
import { Test } from '@fairlead/salt/modules/test';
import { Jobs } from '@fairlead/salt/runners/jobs';
import { Key } from '@fairlead/salt/wheel/key';
import { ResponseError, type SaltSession } from '../../runtime/src/services/salt/index.ts';
import {
  type Answer,
  json,
  Loopback,
  login,
  page,
  plain,
  rejection,
  returns,
  Stream,
} from './salt-netapi.ts';

/* What is odd about Salt, also through the generated classes: what comes back, and what is made of it. */

const jid = '20261121191945861034';

/** Does something with a session of rest_cherrypy of which every request gets one answer; gives what was sent. */
async function asking(answer: Answer, use: (session: SaltSession) => Promise<unknown>): Promise<unknown[]> {
  await using server = await Loopback.start();
  server.on('POST /run', answer);
  await using session = server.session({ credentialsIn: 'body' });
  await use(session);
  const proof = new Set(['username', 'password', 'eauth']);
  return server.asked
    .flatMap(({ body }): unknown[] => [JSON.parse(body)].flat())
    .map((chunk) => Object.fromEntries(Object.entries(Object(chunk)).filter(([key]) => !proof.has(key))));
}

/** Does something with a logged in session, with an answer to one more route. */
async function routed(
  line: string,
  answer: Answer,
  use: (session: SaltSession, server: Loopback) => Promise<unknown>,
) {
  await using server = await Loopback.start();
  server
    .on('POST /login', login('a'.repeat(40)))
    .on('POST /logout', json({}))
    .on(line, answer);
  await using session = server.session();
  await use(session, server);
}

suite('data and failures, which look the same', () => {
  test('a return code of 0 makes data of whatever came', async () => {
    const odd: Readonly<Record<string, unknown>> = {
      false: false,
      null: null,
      zero: 0,
      empty: '',
      nothing: {},
      list: [],
      unavailable: "'x.y' is not available.",
      invalid: 'Passed invalid arguments to test.echo: x',
      exception: 'The minion function caused an exception: Traceback',
    };
    const full = Object.entries(odd).map(([minion, ret]) => [minion, { ret, retcode: 0, jid }]);
    await asking(returns(Object.fromEntries(full)), async (session) => {
      const results = await session.local('test.echo', '*');
      assert.deepEqual(Object.fromEntries(results.ok), odd);
      assert.equal(results.failed.size + results.silent.length, 0);
    });
  });

  test('a code of another value makes a failure of it, also of what looks fine', async () => {
    await asking(returns({ a: { ret: true, retcode: 1 }, b: { ret: null, retcode: 2 } }), async (session) => {
      const results = await session.local('test.retcode', '*');
      assert.deepEqual([...results.failed.keys()], ['a', 'b']);
      assert.equal(results.failed.get('a')?.value, true);
    });
  });

  test('a state that would change something is no failure', async () => {
    const states = {
      'pkg_|-web_|-nginx_|-installed': {
        result: null,
        comment: 'would be installed',
        changes: {},
        __run_num__: 0,
      },
    };
    await asking(returns({ a: { ret: states, retcode: 0 } }), async (session) => {
      assert.deepEqual((await session.local('state.apply', '*', { test: true })).ok.get('a'), states);
    });
  });

  test('a minion may have any name, also one that objects have of their own', async () => {
    const answer: Answer = (response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"return":[{"__proto__":{"ret":1,"retcode":0},"constructor":{"ret":2,"retcode":0}}]}');
    await asking(answer, async (session) => {
      const { ok } = await session.local<number>('test.x', '*');
      assert.deepEqual(
        [...ok],
        [
          ['__proto__', 1],
          ['constructor', 2],
        ],
      );
    });
  });
});

suite('the generated functions', () => {
  test('nest what has a name, under the name that Salt knows', async () => {
    const done = returns({});
    const chunks = await asking(done, async (session) => {
      const minion = new Test(session);
      await minion.echo('m1', { text: 'name=value' });
      await minion.arg('m1', { timeout: 3, client: 'mine', fun: 'x=y' }, ['one', 2]);
      await minion.false('m1');
      await new Schedule(session).delete({ list: ['m1', 'm2'] }, { name: 'job=1' });
    });
    const on = { client: 'local', tgt: 'm1', tgt_type: 'glob', full_return: true };
    assert.deepEqual(chunks, [
      { ...on, fun: 'test.echo', kwarg: { text: 'name=value' } },
      { ...on, fun: 'test.arg', arg: ['one', 2], kwarg: { timeout: 3, client: 'mine', fun: 'x=y' } },
      { ...on, fun: 'test.false' },
      { ...on, fun: 'schedule.delete', tgt: ['m1', 'm2'], tgt_type: 'list', kwarg: { name: 'job=1' } },
    ]);
  });

  test('of runners and the wheel nest it too, where the API has names of its own', async () => {
    const answer = returns({ tag: `salt/run/${jid}/ret`, data: { return: {}, success: true } });
    const chunks = await asking(answer, async (session) => {
      await new Jobs(session).lookup_jid({ jid });
      await new Key(session).accept({ match: 'web*' });
    });
    assert.deepEqual(chunks, [
      { client: 'runner', fun: 'jobs.lookup_jid', kwarg: { jid }, full_return: true },
      { client: 'wheel', fun: 'key.accept', arg: [], kwarg: { match: 'web*' } },
    ]);
  });
});

suite('jobs and their ids', () => {
  for (const id of [jid, `${jid}_4711`]) {
    test(`${id} is a text, and found again in the tags of its events`, async () => {
      await using server = await Loopback.start();
      const streams = [new Stream(), new Stream()] as const;
      server
        .on('POST /login', login('token'))
        .on('POST /logout', json({}))
        .on('GET /events', ...streams.map(({ answer }) => answer))
        .on('POST /', returns({ jid: id, minions: ['m1'] }));
      await using session = server.session();
      await using returned = session.listen(saltEvents.jobReturned({ jid: id, minion: 'm1' }));
      const first = returned[Symbol.asyncIterator]().next();
      await streams[0].write('');
      const job = await session.localAsync<boolean>('test.ping', 'm1');
      assert.equal(job.jid, id);
      const data = { jid: id, id: 'm1', fun: 'test.ping', return: true, retcode: 0, success: true };
      for (const other of [jid.replace(/4$/, '5'), `${id}_9`, id])
        for (const stream of streams) await stream.send(`salt/job/${other}/ret/m1`, { ...data, jid: other });
      const { value: event } = await first;
      assert.deepEqual([event?.parts, event?.data.return], [{ jid: id, minion: 'm1' }, true]);
      assert.equal((await job.result()).ok.get('m1'), true);
    });
  }

  test('one that nobody knows is an answer that says so, with 200', async () => {
    const info = [{ jid, Error: 'Cannot contact returner or no job with this jid', Result: {} }];
    await routed(`GET /jobs/${jid}`, json({ info, return: [{}] }), async (session) => {
      const answer = await new RestCherrypy(session).job(jid);
      assert.match(answer.info[0]?.Error ?? '', /no job with this jid/);
    });
  });
});

suite('routes of rest_cherrypy that are unlike the others', () => {
  test('minions are asked with 202, and the client is said for us', async () => {
    const answer = { return: [{ jid, minions: ['m1'] }], _links: { jobs: [{ href: `/jobs/${jid}` }] } };
    await routed('POST /minions', json(answer, 202), async (session, server) => {
      const { value, status } = await new RestCherrypy(session)
        .startJobs([{ tgt: '*', fun: 'test.ping' }])
        .withResponse();
      assert.deepEqual([status, value.return[0]], [202, { jid, minions: ['m1'] }]);
      assert.deepEqual(server.sent('POST /minions'), [{ tgt: '*', fun: 'test.ping' }]);
    });
  });

  test('a token of the master comes in a bare list, and needs no session', async () => {
    const token = { token: 'f'.repeat(64), start: 1, expire: 2, name: 'tester', eauth: 'auto' };
    await routed('POST /token', json([token]), async (session, server) => {
      const body = { username: 'tester', password: 'hush', eauth: 'auto' };
      assert.deepEqual(await new RestCherrypy(session).token(body), [token]);
      assert.equal(server.to('POST /login').length, 0);
      assert.equal(server.to('POST /token')[0]?.headers['x-auth-token'], undefined);
    });
  });

  test('keys come as an object, those of one minion as a fingerprint, new ones as an archive', async () => {
    const all = { minions: ['m1'], minions_pre: [], minions_rejected: [], minions_denied: [], local: [] };
    await routed('GET /keys', json({ return: all }), async (session) => {
      assert.deepEqual((await new RestCherrypy(session).keys()).return, all);
    });
    await routed('GET /keys/m1', json({ return: { minions: { m1: 'aa:bb' } } }), async (session) => {
      assert.equal((await new RestCherrypy(session).key('m1')).return['minions']?.['m1'], 'aa:bb');
    });
    const tar = plain(200, 'minion.pub', { 'content-type': 'application/x-tar' });
    await routed('POST /keys', tar, async (session, server) => {
      const body = { mid: 'm2', username: 'tester', password: 'hush', eauth: 'auto' };
      const archive = await new RestCherrypy(session).generateKeys(body);
      assert.equal(new TextDecoder().decode(archive), 'minion.pub');
      assert.equal(server.to('POST /keys')[0]?.headers.accept, 'application/x-tar');
    });
  });

  test('a hook keeps the slashes of its path, and can’t leave it', async () => {
    await routed('POST /hook/a/b%20c', json({ success: true }), async (session, server) => {
      const rest = new RestCherrypy(session);
      assert.deepEqual(await rest.hookPath('a/b c', { x: 1 }), { success: true });
      assert.deepEqual(server.sent('POST /hook/a/b%20c'), { x: 1 });
      for (const path of ['../run', 'a/../../run', 'a//b', '']) {
        assert.throws(() => rest.hookPath(path), TypeError, path);
      }
    });
  });

  test('the names of jobs are as odd as they come', async () => {
    const listed = {
      [jid]: {
        Function: 'test.ping',
        Arguments: [],
        Target: '*',
        'Target-type': 'glob',
        User: 'root',
        StartTime: '2026, Nov 21 19:19:45.861034',
      },
    };
    await routed('GET /jobs', json({ return: [listed] }), async (session) => {
      const [jobs] = (await new RestCherrypy(session).jobs()).return;
      assert.equal(jobs?.[jid]?.['Target-type'], 'glob');
      assert.equal(jobs?.[jid]?.StartTime, '2026, Nov 21 19:19:45.861034');
    });
  });

  test('a login that nobody made is a sentence, with a status that is null', async () => {
    const notice = json({ status: null, return: 'Please log in' }, 200, { 'www-authenticate': 'Session' });
    await routed('GET /login', notice, async (session) => {
      assert.deepEqual(await new RestCherrypy(session).loginNotice(), {
        status: null,
        return: 'Please log in',
      });
    });
  });

  test('an error is a page whose sentence is what is told', async () => {
    await routed('GET /stats', page(401, 'No permission -- see authorization schemes'), async (session) => {
      const error = await rejection(new RestCherrypy(session).stats(), ResponseError);
      assert.match(error.message, /^GET \/stats: 401 NoPermission: No permission/);
    });
  });
});

test('rest_wsgi says hello one character at a time', async () => {
  await using server = await Loopback.start();
  server.on('GET /', json({ return: Array.from('Hi, there.') }));
  await using session = server.session({ netapi: 'wsgi' });
  assert.equal((await new RestWsgi(session).greeting()).return.join(''), 'Hi, there.');
});
