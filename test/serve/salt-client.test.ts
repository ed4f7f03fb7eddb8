import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type Netapi, type SaltCredentials, type StandIn, serve } from '@fairlead/codegen/serve';
import { ResponseError, type Salt, SaltFunctionError, salt } from '../../runtime/src/services/salt/index.ts';

/* Our client and the stand-in know nothing of each other, and understand each other. */

for (const netapi of ['cherrypy', 'tornado', 'wsgi'] as const) {
  describe(`the client with rest_${netapi}`, () => {
    let standIn: StandIn<SaltCredentials>;
    before(async () => {
      standIn = await serve('salt', { netapi });
    });
    beforeEach(() => standIn.reset());
    after(() => standIn.close());
    const connect = () => session(standIn);

    test('finds out who answers', async () => {
      await using client = connect();
      assert.equal(await client.netapi(), netapi satisfies Netapi);
    });

    test('tells minions that did it from one that failed and one that is silent', async () => {
      await using client = connect();
      const pings = await client.local('test.ping', '*');
      assert.deepEqual([...pings.ok.keys()], ['web1', 'web2']);
      const gone = await client.local('test.exception', 'web1', { message: 'oh' });
      assert.match(gone.failed.get('web1')?.message ?? '', /Exception: oh/);
      const unknown = await client.local('no.such', 'web1');
      assert.equal(unknown.failed.get('web1')?.message, "'no.such' is not available.");
      // rest_tornado has nothing about a minion that is down.
      assert.deepEqual(pings.silent, netapi === 'tornado' ? [] : ['old1']);
      const named = await client.local('test.ping', { list: ['nobody', 'old1', 'web1'] });
      assert.deepEqual([[...named.ok.keys()], [...named.silent].sort()], [['web1'], ['nobody', 'old1']]);
      assert.deepEqual((await client.local('test.ping', { list: ['nobody'] })).silent, ['nobody']);
    });

    test('keeps the names and the types of arguments', async () => {
      await using client = connect();
      const { ok } = await client.local(
        'test.arg_clean',
        'web1',
        { a: 'b=c', n: [1, { x: null }] },
        { arg: ['x', 2] },
      );
      assert.deepEqual(ok.get('web1'), { args: ['x', 2], kwargs: { a: 'b=c', n: [1, { x: null }] } });
    });

    test('has a target of no minion give nothing', async () => {
      await using client = connect();
      assert.equal((await client.local('test.ping', 'nobody')).size, 0);
    });

    test('follows a job to its end', async () => {
      await using client = connect();
      const job = await client.local('test.echo', 'web*', { text: 'hi' }).start({ pollMs: 5 });
      const results = await job.result();
      assert.deepEqual(
        [...results.ok],
        [
          ['web1', 'hi'],
          ['web2', 'hi'],
        ],
      );
    });

    test('runs runners, and tells when they fail', async () => {
      await using client = connect();
      assert.deepEqual(await client.runner('manage.status'), { up: ['web1', 'web2'], down: ['old1'] });
      await assert.rejects(
        async () => await client.runner('error.error', { name: 'KeyError' }),
        SaltFunctionError,
      );
    });

    if (netapi === 'tornado') {
      test('hears of a job over a WebSocket', async () => {
        await using client = connect();
        await using events = client.listen('salt/job/{jid}/ret/{minion}', { over: 'websocket' });
        await events.ready();
        await using _ = repeated(async () => {
          await client.local('test.ping', 'web1');
        });
        for await (const { parts } of events) {
          assert.equal(parts['minion'], 'web1');
          break;
        }
      });
    }

    test('is told that its password is wrong', async () => {
      await using client = session(standIn, 'wrong');
      await assert.rejects(
        async () => await client.local('test.ping', '*'),
        (error) => error instanceof ResponseError && error.category === 'unauthorized',
      );
    });
  });
}

describe('the client with rest_cherrypy', () => {
  let standIn: StandIn<SaltCredentials>;
  before(async () => {
    standIn = await serve('salt');
  });
  beforeEach(() => standIn.reset());
  after(() => standIn.close());
  const connect = () => session(standIn);

  test('finds what a wheel returned that was started', async () => {
    await using client = connect();
    await using job = await client.wheel('key.name_match', { match: 'web*' }).start();
    assert.deepEqual(await job.result(), { minions: ['web1', 'web2'] });
  });

  test('gets a batch by minion', async () => {
    await using client = connect();
    const results = await client.local('test.ping', '*').batch(1);
    assert.deepEqual([...results.ok.keys()], ['web1', 'web2']);
    const named = await client.local('test.ping', { list: ['nobody', 'old1', 'web1'] }).batch('50%');
    assert.deepEqual([[...named.ok.keys()], [...named.silent].sort()], [['web1'], ['nobody', 'old1']]);
  });

  test('gets what failed in a batch with its return code', async () => {
    await using client = connect();
    const call = client.local('state.apply', 'web*', { mods: 'broken' });
    const codes = Array.from((await call.batch(2)).failed.values(), ({ retcode }) => retcode);
    assert.deepEqual(codes, [2, 1]);
    const stopped = await call.batch(1, { failHard: true });
    assert.deepEqual(
      Array.from(stopped.values(), ({ minion, kind }) => [minion, kind]),
      [['web1', 'failed']],
    );
  });

  test('gets what became of states', async () => {
    await using client = connect();
    const { failed, ok } = await client.local('state.apply', 'web*', { mods: 'broken' });
    assert.equal(ok.size, 0);
    assert.equal(failed.get('web1')?.retcode, 2);
    assert.deepEqual(failed.get('web2')?.value, ["No matching sls found for 'broken' in env 'base'"]);
  });

  test('logs in again when its session is over', async () => {
    await using client = connect();
    await client.local('test.ping', '*');
    standIn.advance(11 * 3_600_000);
    assert.equal((await client.local('test.ping', 'web1')).ok.size, 1);
    assert.equal(standIn.requests.filter(({ method }) => method === 'login').length, 2);
  });

  for (const over of ['http', 'websocket'] as const) {
    test(`hears of a hook over ${over}`, async () => {
      await using client = connect();
      await using events = client.listen('salt/netapi/hook/{path}', over === 'websocket' ? { over } : {});
      await events.ready();
      const token = standIn.requests.find(({ method }) => method !== 'login' && method !== 'loginNotice');
      await using _ = repeated(async () => {
        const response = await fetch(`${standIn.url}/hook/deploy/done`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'x-auth-token': String(token?.headers['x-auth-token']),
          },
          body: '{"version":7}',
        });
        await response.body?.cancel();
      });
      for await (const { parts, data } of events) {
        assert.equal(parts['path'], 'deploy/done');
        assert.deepEqual(Object(data).post, { version: 7 });
        assert.equal(Object(data).body, '{"version":7}');
        break;
      }
    });
  }

  test('makes the keys of a minion', async () => {
    await using client = connect();
    const { publicKey, privateKey } = await client.createKeys({ mid: 'web3', keysize: 1024 });
    assert.match(publicKey, /^-----BEGIN PUBLIC KEY-----\n/);
    assert.match(privateKey, /^-----BEGIN RSA PRIVATE KEY-----\n/);
    const keys = Object(await client.wheel('key.list_all'));
    assert.ok(keys.minions.includes('web3'));
    assert.deepEqual(keys.minions_pre, ['new1']);
  });

  test('gets results as minions return, in the time of the stand-in', async () => {
    await using client = connect();
    const job = await client.local('test.sleep', 'web1', { length: 3600 }).start();
    assert.deepEqual(Object.keys(Object(await client.runner('jobs.active'))), [job.jid]);
    standIn.advance(3_600_000);
    assert.deepEqual([...(await job.result()).ok], [['web1', true]]);
  });
});

function session(
  { url, credentials }: StandIn<SaltCredentials>,
  password = credentials.password,
): ReturnType<Salt> {
  return salt({ url, ...credentials, password, retry: false });
}

/** Does something every few milliseconds: a WebSocket is open before the server was told that somebody is there. */
function repeated(act: () => Promise<void>): AsyncDisposable {
  const stop = new AbortController();
  const acting = (async () => {
    while (!stop.signal.aborted) {
      await act();
      await setTimeout(10, undefined, { signal: stop.signal }).catch(() => {});
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await acting;
    },
  };
}
