import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Follower } from '../../runtime/src/services/salt/follower.ts';
import {
  ConnectionError,
  type MinionResult,
  ResponseError,
  SaltFunctionError,
} from '../../runtime/src/services/salt/index.ts';
import { FakeClock } from '../servers/fake-clock.ts';
import {
  type Answer,
  json,
  Loopback,
  login,
  ManualClock,
  page,
  rejection,
  returns,
  Stream,
} from './salt-netapi.ts';

const jid = '20261121191945861034';

/** An answer to each client, and to each function of the runner. */
function byClient(answers: Readonly<Record<string, Answer>>): Answer {
  return (response, asked) => {
    const [chunk] = JSON.parse(asked.body);
    const answer = answers[`${chunk.client} ${chunk.fun}`] ?? answers[chunk.client];
    (answer ?? page(500, `nobody expects ${chunk.client} ${chunk.fun}`))(response, asked);
  };
}

const runner = (value: unknown, success = true) =>
  returns({ tag: 'salt/run/1/ret', data: { fun: 'runner.x', jid: '1', return: value, success } });

const started = (...minions: string[]) => returns({ jid, minions });

const returned = (value: unknown, retcode = 0, success = retcode === 0) => ({
  jid,
  fun: 'test.x',
  return: value,
  retcode,
  success,
});

const lookups = (server: Loopback) =>
  server.to('POST /').filter(({ body }) => body.includes('"jobs.')).length;

test('a job is listened to before it is started, and gives results as they come', async () => {
  await using server = await Loopback.start();
  const stream = new Stream();
  const early: Answer = (response, asked) => {
    // Before the answer to the start: what comes so early must not be missed.
    void stream
      .send(`salt/job/${jid}/ret/m1`, returned('one'))
      .then(() => new Promise(setImmediate))
      .then(() => started('m1', 'm2')(response, asked));
  };
  server
    .on('POST /login', login('token'))
    .on('POST /logout', json({}))
    .on('GET /events', stream.answer)
    .on('POST /', byClient({ local_async: early }));
  await using session = server.session();
  const job = await session.local<string>('test.x', '*', { a: 1 }).start();
  assert.deepEqual(
    server.asked.map(({ line }) => line),
    ['POST /login', 'GET /events', 'POST /'],
  );
  assert.deepEqual([job.jid, job.expected, job.minions], [jid, 2, ['m1', 'm2']]);
  const results: MinionResult<string>[] = [];
  for await (const result of job) {
    results.push(result);
    if (result.minion === 'm1') {
      assert.equal(job.returned, 1);
      await stream.send(`salt/job/2026/ret/m2`, returned('another job'));
      await stream.send(`salt/job/${jid}/ret/m2`, returned('no', 1));
    }
  }
  assert.deepEqual(results, [
    { kind: 'ok', minion: 'm1', value: 'one', retcode: 0 },
    { kind: 'failed', minion: 'm2', value: 'no', retcode: 1, message: 'no' },
  ]);
  assert.deepEqual([...(await job.result()).keys()], ['m1', 'm2']);
  await stream.gone();
  assert.equal(lookups(server), 0);
});

test('jobs of a session share one stream', async () => {
  await using server = await Loopback.start();
  const stream = new Stream();
  const other = '20261121191945861035';
  server
    .on('POST /login', login('token'))
    .on('POST /logout', json({}))
    .on('GET /events', stream.answer)
    .on('POST /', started('m1'), returns({ jid: other, minions: ['m1'] }));
  await using session = server.session();
  const first = await session.localAsync('test.x', '*');
  const second = await session.localAsync('test.x', '*');
  await stream.send(`salt/job/${other}/ret/m1`, returned(2));
  await stream.send(`salt/job/${jid}/ret/m1`, returned(1));
  assert.equal((await first.result()).ok.get('m1'), 1);
  assert.equal((await second.result()).ok.get('m1'), 2);
  assert.equal(server.to('GET /events').length, 1);
  await stream.gone();
});

test('what the stream missed is asked for, and what never comes is no answer', async () => {
  await using server = await Loopback.start();
  const clock = new ManualClock();
  const stream = new Stream();
  const listed = runner({
    Result: { m2: { return: 'two', retcode: 0, success: true } },
    Minions: ['m1', 'm2'],
  });
  server
    .on('POST /login', login('token'))
    .on('POST /logout', json({}))
    .on('GET /events', stream.answer)
    .on('POST /', byClient({ local_async: started('m1', 'm2', 'm3'), 'runner jobs.list_job': listed }));
  await using session = server.session({}, clock);
  const job = await session.localAsync('test.x', '*', {}, { jobTimeoutMs: 20_000 });
  await stream.send(`salt/job/${jid}/ret/m1`, returned('one'));
  const results = job.result();
  await clock.pass(15_000);
  await clock.pass(5_000);
  assert.deepEqual(
    [...(await results).ok],
    [
      ['m1', 'one'],
      ['m2', 'two'],
    ],
  );
  assert.deepEqual((await results).silent, ['m3']);
  assert.equal(lookups(server), 2);
});

test('after a gap the master is asked at once', async () => {
  await using server = await Loopback.start();
  const [one, two] = [new Stream(), new Stream()];
  const listed = runner({ Result: { m1: { return: 'one', retcode: 0, success: true } } });
  server
    .on('POST /login', login('token'))
    .on('POST /logout', json({}))
    .on('GET /events', one.answer, two.answer)
    .on('POST /', byClient({ local_async: started('m1'), 'runner jobs.list_job': listed }));
  await using session = server.session();
  const job = await session.localAsync('test.x', '*');
  await one.cut();
  assert.equal((await job.result()).ok.get('m1'), 'one');
  await two.gone();
});

test('a gap is not forgotten that comes before a job is followed, or while the master is asked', async () => {
  const clock = new FakeClock();
  let asked = 0;
  const follower: Follower = new Follower({
    expected: ['m1'],
    read: () => undefined,
    async ask() {
      asked += 1;
      if (asked === 1) follower.gap();
      return asked === 1 ? [] : [{ id: 'm1', value: 'one', retcode: 0, success: true }];
    },
    clock,
    pollMs: 15_000,
    timeoutMs: 300_000,
    signal: undefined,
    hasEvents: true,
    onEnd: () => {},
  });
  follower.gap();
  follower.begin();
  assert.equal(await follower.hasMoreThan(0), true);
  assert.equal(asked, 2);
  assert.deepEqual(clock.slept, []);
});

test('a loop over a job can be left while it waits, and others go on', async () => {
  await using server = await Loopback.start();
  const stream = new Stream();
  server
    .on('POST /login', login('token'))
    .on('POST /logout', json({}))
    .on('GET /events', stream.answer)
    .on('POST /', started('m1', 'm2'));
  await using session = server.session();
  const job = await session.localAsync('test.x', '*');
  const all = job.result();
  const loop = job[Symbol.asyncIterator]();
  const waiting = loop.next();
  assert.deepEqual(await loop.return?.(), { done: true, value: undefined });
  assert.deepEqual(await waiting, { done: true, value: undefined });
  for (const minion of job.minions) await stream.send(`salt/job/${jid}/ret/${minion}`, returned(minion));
  assert.deepEqual([...(await all).ok.keys()], ['m1', 'm2']);
  await stream.gone();
});

test('who may not list jobs may look one up, then without return codes', async () => {
  await using server = await Loopback.start();
  const clock = new ManualClock();
  const answers = {
    local_async: started('m1', 'm2'),
    'runner jobs.list_job': page(401, 'Authorization error occurred.'),
    'runner jobs.lookup_jid': runner({
      outputter: 'nested',
      data: { m1: 1, m2: "'test.x' is not available." },
    }),
  };
  server.on('POST /', byClient(answers));
  await using session = server.session({ netapi: 'wsgi' }, clock);
  const job = await session.localAsync('test.x', '*');
  const results = job.result();
  await clock.pass(2_000);
  assert.equal((await results).ok.get('m1'), 1);
  assert.equal((await results).failed.get('m2')?.retcode, undefined);
});

test('rest_wsgi is asked again and again', async () => {
  await using server = await Loopback.start();
  const clock = new ManualClock();
  const found = (...minions: string[]) =>
    runner({ Result: Object.fromEntries(minions.map((each) => [each, { return: each, success: true }])) });
  const answers = [started('m1', 'm2'), found(), page(503, 'busy'), found('m1'), found('m1', 'm2')];
  server.on('POST /', ...answers);
  await using session = server.session({ netapi: 'wsgi' }, clock);
  const job = await session.localAsync('test.x', '*', {}, { pollMs: 500 });
  const seen: string[] = [];
  const loop = (async () => {
    for await (const { minion } of job) seen.push(minion);
  })();
  for (let each = 0; each < 4; each += 1) await clock.pass(500);
  await loop;
  assert.deepEqual(seen, ['m1', 'm2']);
  assert.deepEqual(server.sent('POST /'), [
    {
      client: 'runner',
      fun: 'jobs.list_job',
      kwarg: { jid },
      full_return: true,
      username: 'tester',
      password: 'hush',
      eauth: 'auto',
    },
  ]);
});

test('polling that is refused for good fails the job', async () => {
  await using server = await Loopback.start();
  const clock = new ManualClock();
  server.on('POST /', started('m1'), json({ return: 'Authorization error occurred.' }, 500));
  await using session = server.session({ netapi: 'wsgi' }, clock);
  const job = await session.localAsync('test.x', '*');
  const failed = rejection(job.result(), ResponseError);
  await clock.pass(2_000);
  assert.equal((await failed).category, 'forbidden');
});

test('where no minion is meant there is no job', async () => {
  await using server = await Loopback.start();
  server.on('POST /', returns({}));
  await using session = server.session({ netapi: 'wsgi' });
  const job = await session.localAsync('test.x', 'nobody');
  assert.equal(job.jid, '');
  assert.equal((await job.result()).size, 0);
});

test('a start that fails leaves no stream behind', async () => {
  await using server = await Loopback.start();
  const stream = new Stream();
  server
    .on('POST /login', login('token'))
    .on('POST /logout', json({}))
    .on('GET /events', stream.answer)
    .on('POST /', page(400, 'no'));
  await using session = server.session();
  await rejection(session.localAsync('test.x', '*'), ResponseError);
  await stream.gone();
});

test('a stream that cannot be opened keeps a job from being started', async () => {
  await using server = await Loopback.start();
  server.on('POST /login', login('token')).on('POST /logout', json({})).on('GET /events', page(404, 'no'));
  await using session = server.session();
  await rejection(session.localAsync('test.x', '*'), ResponseError);
  assert.equal(server.to('POST /').length, 0);
});

test('a job can be left alone, and an abort ends following with its reason', async () => {
  await using server = await Loopback.start();
  const [one, two] = [new Stream(), new Stream()];
  server
    .on('POST /login', login('token'))
    .on('POST /logout', json({}))
    .on('GET /events', one.answer, two.answer)
    .on('POST /', started('m1'));
  await using session = server.session();
  const job = await session.localAsync('test.x', '*');
  const left = job.result();
  await job.close();
  assert.deepEqual((await left).silent, ['m1']);
  await one.gone();

  const controller = new AbortController();
  const aborted = await session.localAsync('test.x', '*', {}, { signal: controller.signal });
  const reason = new Error('enough');
  const failed = assert.rejects(aborted.result(), reason);
  controller.abort(reason);
  await failed;
  await two.gone();
});

test('closing the session ends following', async () => {
  await using server = await Loopback.start();
  const stream = new Stream();
  server
    .on('POST /login', login('token'))
    .on('POST /logout', json({}))
    .on('GET /events', stream.answer)
    .on('POST /', started('m1'));
  const session = server.session();
  const followed = (await session.localAsync('test.x', '*')).result();
  const wsgi = server.session({ netapi: 'wsgi' });
  const polled = (await wsgi.localAsync('test.x', '*')).result();
  await Promise.all([session.close(), wsgi.close()]);
  assert.deepEqual((await followed).silent, ['m1']);
  assert.deepEqual((await polled).silent, ['m1']);
  await stream.gone();
});

test('a runner is followed by its own events', async () => {
  await using server = await Loopback.start();
  const stream = new Stream();
  server
    .on('POST /login', login('token'))
    .on('POST /logout', json({}))
    .on('GET /events', stream.answer)
    .on('POST /', returns({ tag: `salt/run/${jid}`, jid }));
  await using session = server.session();
  const job = await session.runnerAsync<string[]>('manage.up');
  await stream.send(`salt/run/${jid}/new`, { fun: 'runner.manage.up' });
  await stream.send(`salt/run/${jid}/ret`, { fun: 'runner.manage.up', return: ['m1'], success: true });
  assert.deepEqual(await job.result(), ['m1']);
  assert.deepEqual(server.sent('POST /'), [{ client: 'runner_async', fun: 'manage.up' }]);
});

test('a wheel is followed too, and may fail', async () => {
  await using server = await Loopback.start();
  const stream = new Stream();
  server
    .on('POST /login', login('token'))
    .on('POST /logout', json({}))
    .on('GET /events', stream.answer)
    .on('POST /', returns({ tag: `salt/wheel/${jid}`, jid }));
  await using session = server.session();
  const job = await session.wheelAsync('key.accept', { match: 'm1' });
  const data = {
    fun: 'wheel.key.accept',
    return: 'Exception occurred in wheel key.accept: x',
    success: false,
  };
  // The master makes a jid of its own, and others have jobs, too.
  const other = '20261121191838999999';
  await stream.send(`salt/wheel/${other}/ret`, { ...data, fun: 'wheel.key.list_all', fun_args: [] });
  await stream.send(`salt/wheel/${other}/ret`, { ...data, fun_args: [{ match: 'm2' }], return: 'y' });
  await stream.send(`salt/wheel/${other}/ret`, { ...data, fun_args: [{ match: 'm1' }] });
  const error = await rejection(job.result(), SaltFunctionError);
  assert.equal(error.message, 'wheel_async key.accept: Exception occurred in wheel key.accept: x');
});

test('what a runner returned is found in the cache of jobs, or given up on', async () => {
  await using server = await Loopback.start();
  const clock = new ManualClock();
  const event = { fun: 'runner.manage.up', jid, return: ['m1'], success: true, user: 'tester' };
  const cached = runner({ Result: { salt_master: { return: event } } });
  server.on('POST /', returns({ tag: `salt/run/${jid}`, jid }), cached);
  await using session = server.session({ netapi: 'wsgi' }, clock);
  const found = (await session.runnerAsync('manage.up')).result();
  await clock.pass(2_000);
  assert.deepEqual(await found, ['m1']);

  server.on('POST /', returns({ tag: `salt/run/${jid}`, jid }), runner({ Result: {} }));
  const late = (await session.runnerAsync('manage.up', {}, { jobTimeoutMs: 1_000 })).result();
  const failed = rejection(late, ConnectionError);
  await clock.pass(1_000);
  assert.equal((await failed).message, `runner_async manage.up: the job ${jid} has not ended within 1000 ms`);
});
