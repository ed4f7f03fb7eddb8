import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { type JujuStandIn, serve, services } from '@fairlead/codegen/serve';
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
      const streams = await Promise.all([begun(server, 'log'), begun(server, 'commands')]);
      server.control.disconnect(how);
      const ended = [caller, ...streams].map(({ closed }) => closed);
      assert.deepEqual(await Promise.all(ended), [code, code, code]);
    }
    await assert.rejects(Caller.connect(server, '/nowhere'), /404/);
  });

  test('a connection that is closed has its watchers stopped first', async () => {
    await using server = await serve('juju', { release: '3.6' });
    const caller = await Caller.loggedIn(server);
    const { 'watcher-id': id } = await caller.ok('Client', 8, 'WatchAll');
    await caller.ok('AllWatcher', 3, 'Next', {}, String(id));
    const next = caller.call('AllWatcher', 3, 'Next', {}, String(id));
    await caller.ok('Pinger', 1, 'Ping');
    server.control.disconnect('close');
    assert.equal((await next)['error-code'], 'stopped');
    assert.equal(await caller.closed, 1001);
  });

  test('closing it ends all that is open', async () => {
    const server = await serve('juju');
    const callers = await Promise.all([
      Caller.loggedIn(server),
      Caller.loggedIn(server, '/api'),
      begun(server, 'log'),
      begun(server, 'commands'),
    ]);
    const silent = connect(Number(new URL(server.url).port), '127.0.0.1');
    const gone = new Promise((resolve) => silent.on('error', () => {}).once('close', resolve));
    await once(silent, 'connect');
    await server.close();
    await Promise.all([...callers.map(({ closed }) => closed), gone]);
    assert.equal(server.control.connections, 0);
  });

  test('resetting it ends streams as well as calls', async () => {
    await using server = await serve('juju');
    const callers = await Promise.all([Caller.loggedIn(server), begun(server, 'log')]);
    server.reset();
    assert.deepEqual(await Promise.all(callers.map(({ closed }) => closed)), [1001, 1001]);
  });
});

describe('what a client wants to know', () => {
  test('is told over HTTP', async () => {
    for (const tls of [true, false]) {
      await using server = await serve('juju', { tls });
      const { addresses, controllerUuid, model, models, caCert, credentials, rootUrl } = server;
      const told = { addresses, controllerUuid, model, models, credentials, rootUrl, service: 'juju' };
      const answer = await asked(`${server.url}/__fairlead__/`, caCert);
      assert.deepEqual(answer, { ...told, ...(caCert !== undefined && { caCert }) });
    }
  });

  test('is not what inspecting it shows', async () => {
    for (const service of services) {
      await using server = await serve(service);
      assert.equal(inspect(server), `${service} at ${server.url}`);
    }
  });
});

async function begun(server: JujuStandIn, stream: string): Promise<Caller> {
  const { username, password } = server.credentials;
  const authorization = `Basic ${Buffer.from(`user-${username}:${password}`).toString('base64')}`;
  const caller = await Caller.connect(server, `/model/${server.model}/${stream}`, { authorization });
  while (caller.received.length === 0) await once(caller.socket, 'message');
  return caller;
}

async function asked(url: string, ca: string | undefined): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = ca === undefined ? httpGet(url, resolve) : httpsGet(url, { ca }, resolve);
  request.once('error', reject);
  return await json(await promise);
}

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
