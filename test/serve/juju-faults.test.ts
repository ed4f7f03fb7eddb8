import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { serve } from '@fairlead/codegen/serve';
import { Caller } from './juju-caller.ts';

const status = { service: 'Client', method: 'FullStatus' };

describe('what goes wrong on demand', () => {
  test('a call is refused, with a code and more', async () => {
    await using server = await serve('juju');
    await using caller = await Caller.loggedIn(server);
    const error = { message: 'not leader', code: 'not leader', info: { 'server-id': '2' } };
    const fault = server.fail({ match: status, error });
    const reply = await caller.call('Client', 8, 'FullStatus');
    assert.deepEqual(
      [reply.error, reply['error-code'], reply['error-info']],
      ['not leader', 'not leader', { 'server-id': '2' }],
    );
    assert.equal(fault.hits, 1);
    await caller.ok('Client', 8, 'FullStatus');
    assert.throws(
      () => server.fail({ match: { service: 'Client', method: 'fullStatus' }, hang: true }),
      /there is no such method/,
    );
  });

  test('a slow call is overtaken by those after it', async () => {
    await using server = await serve('juju');
    await using caller = await Caller.loggedIn(server);
    server.fail({ match: status, delayMs: 30 });
    const order: string[] = [];
    await Promise.all([
      caller.ok('Client', 8, 'FullStatus').then(() => order.push('slow')),
      caller.ok('Pinger', 1, 'Ping').then(() => order.push('quick')),
    ]);
    assert.deepEqual(order, ['quick', 'slow']);
  });

  test('one call is never answered, and the others are', async () => {
    await using server = await serve('juju');
    await using caller = await Caller.loggedIn(server);
    server.fail({ match: status, hang: true });
    let isAnswered = false;
    void caller.call('Client', 8, 'FullStatus').then(() => {
      isAnswered = true;
    });
    await caller.ok('Pinger', 1, 'Ping');
    assert.equal(isAnswered, false);
    assert.equal(server.requests.at(-2)?.status, 0);
  });

  for (const [how, fault, code] of [
    ['the connection is reset', { reset: true }, 1006],
    ['the socket is closed with a code', { close: 1011 }, 1011],
    ['the answer ends in the middle of a frame', { truncate: true }, 1006],
  ] as const) {
    test(how, async () => {
      await using server = await serve('juju');
      const caller = await Caller.loggedIn(server);
      server.fail({ match: status, ...fault });
      const before = caller.received.length;
      void caller.call('Client', 8, 'FullStatus');
      assert.equal(await caller.closed, code);
      assert.equal(caller.received.length, before);
    });
  }

  test('the handshake is refused, or all connections end at once', async () => {
    await using server = await serve('juju');
    server.fail({
      match: { service: 'http', method: 'api' },
      status: 503,
      body: { error: { message: 'starting' } },
    });
    await assert.rejects(Caller.connect(server), /503/);
    for (const [how, code] of [
      ['close', 1001],
      ['drop', 1006],
      ['reset', 1006],
    ] as const) {
      const caller = await Caller.loggedIn(server);
      server.control.disconnect(how);
      assert.equal(await caller.closed, code);
    }
    await assert.rejects(Caller.connect(server, '/nowhere'), /404/);
  });

  test('closing it ends all that is open', async () => {
    const server = await serve('juju');
    const callers = await Promise.all([Caller.loggedIn(server), Caller.loggedIn(server, '/api')]);
    await server.close();
    await Promise.all(callers.map(({ closed }) => closed));
    assert.equal(server.control.connections, 0);
  });
});

describe('what is made to happen', () => {
  test('by HTTP, too', async () => {
    await using server = await serve('juju', {
      tls: false,
      models: [{ name: 'default', applications: { web: 1 } }],
    });
    await using caller = await Caller.loggedIn(server);
    const act = async (told: object) => {
      const response = await fetch(`${server.url}/__fairlead__/act`, {
        method: 'POST',
        body: JSON.stringify(told),
      });
      return { status: response.status, told: await response.json() };
    };
    assert.deepEqual(await act({ do: 'addUnits', application: 'web', count: 2 }), {
      status: 200,
      told: ['web/1', 'web/2'],
    });
    assert.deepEqual(await act({ do: 'setUnitStatus', unit: 'web/0', status: 'error' }), {
      status: 200,
      told: {},
    });
    const { applications } = await caller.ok('Client', 8, 'FullStatus');
    assert.partialDeepStrictEqual(applications, { web: { status: { status: 'error' } } });
    assert.equal((await act({ do: 'dance' })).status, 400);
  });

  test('a store is written as Juju’s own client keeps it', async (t) => {
    const store = await mkdtemp(join(tmpdir(), 'fairlead-store-'));
    t.after(() => rm(store, { recursive: true }));
    await using server = await serve('juju', { store });
    assert.deepEqual(server.environment, { JUJU_DATA: store });
    const read = async (file: string): Promise<unknown> =>
      JSON.parse(await readFile(join(store, file), 'utf8'));
    assert.partialDeepStrictEqual(await read('controllers.yaml'), {
      controllers: {
        test: { uuid: server.controllerUuid, 'api-endpoints': server.addresses, 'ca-cert': server.caCert },
      },
    });
    assert.partialDeepStrictEqual(await read('models.yaml'), {
      controllers: {
        test: { models: { 'admin/default': { uuid: server.model } }, 'current-model': 'admin/default' },
      },
    });
    assert.partialDeepStrictEqual(await read('accounts.yaml'), { controllers: { test: { user: 'admin' } } });
  });
});
