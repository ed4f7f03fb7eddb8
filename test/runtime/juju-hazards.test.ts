import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { mock, test } from 'node:test';
import { serve } from '@fairlead/codegen/serve';
import {
  Application,
  BulkError,
  Client,
  ConnectionError,
  type JujuOptions,
  juju,
  Macaroon,
  ModelConfig,
  ModelManager,
  macaroonLogin,
  passwordLogin,
  RedirectError,
  RpcError,
  StorageService,
  StringsWatcher,
  UnsupportedError,
  UserManager,
} from '@fairlead/juju';
import { rejection } from '../servers/endpoint.ts';
import { JujuController, loginAnswer, model } from '../servers/juju-controller.ts';
import { left, nothingLeft } from '../servers/left.ts';

const generated = join(import.meta.dirname, '../../generated/juju');

function sessionWith(controller: JujuController, options: Partial<JujuOptions> = {}) {
  return juju({
    addresses: [controller.address],
    login: passwordLogin({ user: 'admin', password: 'hunter2' }),
    dial: { retryDelayMs: 0, httpProxy: () => undefined },
    ...options,
  });
}

/** A controller that offers these versions, and answers these calls with these texts. */
async function controllerWith(
  facades: Readonly<Record<string, readonly number[]>>,
  answers: Readonly<Record<string, string>> = {},
): Promise<JujuController> {
  const controller = await JujuController.start();
  const offered = Object.entries(facades).map(([name, versions]) => ({ name, versions }));
  controller.on('Admin.Login', (request, { peer }) =>
    peer.answer(request, loginAnswer({ facades: offered })),
  );
  for (const [method, response] of Object.entries(answers)) {
    controller.on(method, (request, { peer }) =>
      peer.raw(`{"request-id":${request['request-id']},"response":${response}}`),
    );
  }
  return controller;
}

/** The sources of all that is generated, without their comments. */
async function sources(): Promise<string> {
  const texts: string[] = [];
  for await (const file of glob('{*,*/client}.ts', { cwd: generated })) {
    texts.push(readFileSync(join(generated, file), 'utf8'));
  }
  assert.ok(texts.length > 100);
  return texts.join('\n').replace(/\/\*\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

test('a version is the text that it is on the wire, and no object of numbers', async () => {
  const answer = '{"results":[{"result":{"name":"m","agent-version":"4.0.15"}}]}';
  await using controller = await controllerWith({ ModelManager: [11] }, { 'ModelManager.ModelInfo': answer });
  await using session = sessionWith(controller);
  const [info] = await new ModelManager(session).modelInfo({ entities: [{ tag: 'model-x' }] }).values();
  assert.equal(info?.result?.['agent-version'], '4.0.15');
});

test('changes of a whole model are lists of three, in which machines come before who refers to them', async () => {
  const deltas =
    '[["unit","change",{"name":"a/0"}],["relation","remove",{"key":"k"}],["machine","change",{"id":"0"}]]';
  await using controller = await controllerWith(
    { Client: [8], AllWatcher: [3] },
    {
      'Client.WatchAll': '{"watcher-id":"1"}',
      'AllWatcher.Next': `{"deltas":${deltas}}`,
      'AllWatcher.Stop': '{}',
    },
  );
  await using session = sessionWith(controller);
  for await (const changes of new Client(session).watchAll().watch()) {
    assert.deepEqual(
      changes.map(([kind, change]) => `${kind} ${change}`),
      ['unit change', 'machine change', 'relation remove'],
    );
    break;
  }
});

test('the best of the versions that a class knows is the one that it calls', async () => {
  await using controller = await controllerWith({ Application: [19, 30] }, { 'Application.Get': '{}' });
  await using session = sessionWith(controller);
  assert.equal(await session.bestFacadeVersion('Application'), 30);
  const best = await session.bestFacadeVersion('Application', Application.versions);
  await new Application(session).get({ application: 'web', branch: '' });
  assert.equal(controller.asked.at(-1)?.version, best);
});

test('bytes are bytes here and base64 there, in both directions', async () => {
  await using controller = await controllerWith(
    { UserManager: [3] },
    { 'UserManager.AddUser': '{"results":[{"tag":"user-bob","secret-key":"AP//"}]}' },
  );
  await using session = sessionWith(controller);
  const users = [{ username: 'bob', 'display-name': '' }];
  const [added] = await new UserManager(session).addUser({ users }).values();
  assert.deepEqual(added?.['secret-key'], Uint8Array.of(0, 255, 255));
  await session.call('UserManager', 3, '', 'AddUser', { key: Uint8Array.of(0, 255, 255) });
  assert.deepEqual(controller.asked.at(-1)?.params, { key: 'AP//' });
});

test('what may be any JSON is what came: a text, a number, true, null, a list', async () => {
  const values = ['text', 7, true, null, [1], { a: 1 }];
  const config = Object.fromEntries(values.map((value, at) => [`k${at}`, { value, source: 'model' }]));
  await using controller = await controllerWith(
    { ModelConfig: [4] },
    { 'ModelConfig.ModelGet': JSON.stringify({ config }) },
  );
  await using session = sessionWith(controller);
  const got = await new ModelConfig(session).modelGet();
  assert.deepEqual(
    Object.values(got.config ?? {}).map(({ value }) => value),
    values,
  );
});

test('what is really empty is sent as an empty object', async () => {
  await using controller = await controllerWith(
    { Storage: [7] },
    { 'Storage.ListStorageDetails': '{"results":[{"result":null}]}' },
  );
  await using session = sessionWith(controller);
  await new StorageService(session).listStorageDetails({ filters: [{}] });
  assert.deepEqual(controller.asked.at(-1)?.params, { filters: [{}] });
});

test('an integer keeps all of its digits, there and back', async () => {
  const answer = '{"results":[{"constraints":{"mem":9007199254740993,"root-disk":18446744073709551615}}]}';
  await using controller = await controllerWith(
    { Application: [22] },
    { 'Application.GetConstraints': answer, 'Application.SetConstraints': '{}' },
  );
  const texts: string[] = [];
  await using session = sessionWith(controller);
  const application = new Application(session);
  const { results } = await application.getConstraints({ entities: [{ tag: 'application-a' }] });
  const { constraints } = results?.[0] ?? {};
  assert.equal(constraints?.mem, 9007199254740993n);
  assert.equal(constraints?.['root-disk'], 18446744073709551615n);
  controller.last.webSocket.on('message', (data: Buffer) => texts.push(data.toString()));
  await application.setConstraints({ application: 'a', constraints: { mem: 9007199254740993n } });
  assert.match(texts.join(), /"mem":9007199254740993\b/);
});

test('a list or a map that is null is null, and one that is missing is missing, and neither fails a call', async () => {
  const status = '{"applications":null,"machines":{"0":{"id":"0"}},"relations":null,"model":{"name":"m"}}';
  await using controller = await controllerWith({ Client: [8] }, { 'Client.FullStatus': status });
  await using session = sessionWith(controller);
  const got = await new Client(session).fullStatus({ patterns: [] });
  assert.equal(got.applications, null);
  assert.equal(got.offers, undefined);
  assert.deepEqual(Object.keys(got.machines ?? {}), ['0']);
  assert.equal(got.machines?.['0']?.containers, undefined);
});

test('a time that was never set is not there', async () => {
  const status = (time: string) => `{"controller-timestamp":"${time}"}`;
  await using controller = await controllerWith(
    { Client: [8] },
    { 'Client.FullStatus': status('0001-01-01T00:00:00Z') },
  );
  await using session = sessionWith(controller);
  const client = new Client(session);
  assert.ok(!('controller-timestamp' in (await client.fullStatus({ patterns: [] }))));
  const time = '2026-01-02T03:04:05.123456789Z';
  controller.on('Client.FullStatus', (request, { peer }) =>
    peer.raw(`{"request-id":${request['request-id']},"response":${status(time)}}`),
  );
  assert.equal((await client.fullStatus({ patterns: [] }))['controller-timestamp'], time);
});

test('the id of a watcher is beside the parameters, and not among them', async () => {
  await using controller = await controllerWith(
    { StringsWatcher: [1] },
    { 'StringsWatcher.Next': '{"watcher-id":"7","changes":["a"]}' },
  );
  await using session = sessionWith(controller);
  const answer = await new StringsWatcher(session, '7').next();
  assert.deepEqual(answer.changes, ['a']);
  const { id, params } = controller.asked.at(-1) ?? {};
  assert.deepEqual([id, params], ['7', {}]);
});

test('an error keeps its code and its info, and has a category', async () => {
  await using controller = await controllerWith({ Application: [22] });
  controller.on('Application.Get', (request, { peer }) =>
    peer.refuse(request, 'not the leader', 'not leader', { 'server-address': '10.0.0.1' }),
  );
  await using session = sessionWith(controller);
  const error = await rejection(new Application(session).get({ application: 'a', branch: '' }), RpcError);
  assert.equal(error.code, 'not leader');
  assert.equal(error.category, 'unavailable');
  assert.deepEqual(error.info, { 'server-address': '10.0.0.1' });
});

test('every call that waits is settled when the session is closed, and so is every later one', async () => {
  await using controller = await controllerWith({ Application: [22] });
  controller.on('Application.Get', () => {});
  const session = await sessionWith(controller).open();
  const application = new Application(session);
  const waiting = rejection(application.get({ application: 'a', branch: '' }), ConnectionError);
  await controller.until(() => controller.of('Get').length === 1);
  await session.close();
  assert.equal((await waiting).code, 'reset');
  await rejection(application.get({ application: 'a', branch: '' }), ConnectionError);
});

test('nothing is sent after the end, and nothing is printed by anything that goes wrong', async () => {
  const printed = [mock.method(process.stdout, 'write'), mock.method(process.stderr, 'write')];
  const warned = mock.method(process, 'emitWarning');
  try {
    await using controller = await controllerWith({ Application: [22] });
    await using session = await sessionWith(controller).open();
    const { length } = controller.asked;
    controller.last.webSocket.terminate();
    await rejection(new Application(session).get({ application: 'a', branch: '' }), ConnectionError);
    await rejection(session.call('Pinger', 1, '', 'Ping'), ConnectionError);
    assert.equal(controller.asked.length, length);
    assert.equal(warned.mock.callCount(), 0);
    for (const { mock: calls } of printed) {
      assert.ok(calls.calls.every(({ arguments: [chunk] }) => !String(chunk).includes(controller.host)));
    }
  } finally {
    for (const each of [...printed, warned]) each.mock.restore();
  }
});

test('a redirect is known by its code, whatever the words', async () => {
  await using controller = await controllerWith({});
  controller.on('Admin.Login', (request, { peer }) =>
    peer.refuse(request, 'redirection to alternative server required', 'redirection required', {
      servers: [[{ value: '10.0.0.1', type: 'ipv4', scope: 'public', port: 17070 }]],
      'ca-cert': 'PEM',
    }),
  );
  await using session = sessionWith(controller, { model });
  const { servers, caCert } = await rejection(session.open(), RedirectError);
  assert.equal(servers[0]?.[0]?.value, '10.0.0.1');
  assert.equal(caCert, 'PEM');
});

test('the version in use is the highest in common, whatever the order in which versions are told', async () => {
  for (const versions of [
    [19, 22],
    [22, 19],
    [22, 99, 19, 1],
    [1, 22, 22],
  ]) {
    await using controller = await controllerWith({ Application: versions }, { 'Application.Get': '{}' });
    await using session = sessionWith(controller);
    await new Application(session).get({ application: 'a', branch: '' });
    assert.equal(controller.asked.at(-1)?.version, 22);
  }
});

test('with no version in common, or no such facade, the error names both sides, and nothing is sent', async () => {
  await using controller = await controllerWith({ Application: [7, 8], Unheard: [99] });
  await using session = await sessionWith(controller).open();
  const { length } = controller.asked;
  const versions = await rejection(
    new Application(session).get({ application: 'a', branch: '' }),
    UnsupportedError,
  );
  assert.match(versions.message, /\(4\.0\.15\) offers Application 7.*8.*; this client knows 19/);
  const facade = await rejection(
    new ModelManager(session).listModels({ tag: 'user-admin' }),
    UnsupportedError,
  );
  assert.match(facade.message, /ModelManager/);
  assert.equal(controller.asked.length, length);
});

test('macaroons that are given are those that are sent', async () => {
  await using controller = await controllerWith({});
  const given = [
    Macaroon.create({ rootKey: 'k', identifier: 'primary' }),
    Macaroon.create({ rootKey: 'k', identifier: Uint8Array.of(3, 255, 0), version: 2 }),
  ];
  await using session = sessionWith(controller, { login: macaroonLogin({ macaroons: [given] }) });
  await session.open();
  const { macaroons, 'bakery-version': version } = Object(controller.of('Login')[0]?.params);
  assert.equal(version, 3);
  assert.deepEqual(
    Macaroon.sliceFrom(macaroons[0]).map((each) => each.toJSON()),
    given.map((each) => each.toJSON()),
  );
});

test('what fails of many things loses nothing of what worked', async () => {
  await using controller = await controllerWith(
    { Application: [22] },
    {
      'Application.DestroyApplication':
        '{"results":[{"info":{"destroyed-units":[]}},{"error":{"message":"no such","code":"not found"}}]}',
    },
  );
  await using session = sessionWith(controller);
  const applications = ['a', 'b'].map((name) => ({ 'application-tag': `application-${name}` }));
  const reply = new Application(session).destroyApplication({ applications });
  const error = await rejection(reply.values(), BulkError);
  assert.equal(error.values.length, 1);
  assert.deepEqual(
    error.errors.map(({ code }) => code),
    ['not found'],
  );
  assert.equal((await reply).results?.length, 2);
});

test('a controller without the watcher of everything says so at once, and how it is can be asked all the same', async () => {
  await using controller = await controllerWith(
    { Client: [8] },
    { 'Client.FullStatus': '{"machines":null}' },
  );
  await using session = sessionWith(controller);
  const client = new Client(session);
  const watching = client.watchAll().watch()[Symbol.asyncIterator]().next();
  const error = await rejection(watching, UnsupportedError);
  assert.match(error.message, /AllWatcher/);
  assert.equal(controller.of('WatchAll').length, 0);
  for (let times = 0; times < 3; times += 1) {
    assert.equal((await client.fullStatus({ patterns: [] })).machines, null);
  }
});

test('a large answer is no end of a connection', async () => {
  const machines = Array.from(
    { length: 20_000 },
    (_, id) => `"${id}":{"id":"${id}","info":"${'x'.repeat(300)}"}`,
  );
  await using controller = await controllerWith(
    { Client: [8] },
    { 'Client.FullStatus': `{"machines":{${machines}}}` },
  );
  await using session = sessionWith(controller);
  const status = await new Client(session).fullStatus({ patterns: [] });
  assert.equal(Object.keys(status.machines ?? {}).length, 20_000);
  assert.equal(await session.isBroken(), false);
});

for (const [breaksOff, end, reconnect] of [
  ['breaks off', 'reset', false],
  ['breaks off', 'reset', { delayMs: 1 }],
  ['goes in good manners', 'close', { delayMs: 1 }],
] as const) {
  const how = reconnect === false ? 'ends everything' : 'ends all calls, and all watchers go on';
  test(`a controller that ${breaksOff} with 1,000 calls and 50 watchers under way ${how}`, async () => {
    await using server = await serve('juju', { release: '3.6' });
    const { addresses, caCert, model, credentials } = server;
    const before = left();
    const login = passwordLogin({ user: credentials.username, password: credentials.password });
    await using session = await juju({ addresses, caCert, model, login, reconnect }).open();
    const client = new Client(session);
    const loops = Array.from({ length: 50 }, () => client.watchAll().watch()[Symbol.asyncIterator]());
    for (const first of await Promise.all(loops.map((loop) => loop.next()))) assert.equal(first.done, false);
    const events = loops.map((loop) => loop.next());
    server.fail({ match: { service: 'Client', method: 'FullStatus' }, hang: true, times: 1000 });
    const calls = Array.from({ length: 1000 }, () => client.fullStatus({ patterns: [] }));
    await session.call('Pinger', 1, '', 'Ping');
    server.control.disconnect(end);
    for (const outcome of await Promise.allSettled(calls)) {
      assert.ok(outcome.status === 'rejected' && outcome.reason instanceof ConnectionError);
      assert.equal(outcome.reason.category, 'unavailable');
    }
    if (reconnect === false) {
      for (const outcome of await Promise.allSettled(events)) {
        assert.ok(outcome.status === 'rejected' && outcome.reason instanceof ConnectionError);
      }
      assert.equal(session.broken.aborted, true);
    } else {
      for (const { done, value } of await Promise.all(events)) {
        assert.equal(done, false);
        assert.ok(Array.isArray(value) && value.length > 0);
      }
      await client.fullStatus({ patterns: [] });
    }
    const last = loops.map((loop) => loop.next());
    await session.close();
    for (const { done } of await Promise.all(last)) assert.equal(done, true);
    await nothingLeft(before);
  });
}

test('a log that is followed ends with its controller, whether the session is made again or not', async () => {
  for (const reconnect of [false, { delayMs: 1 }]) {
    await using controller = await controllerWith({});
    controller.on('Admin.Login', (request, { peer }) =>
      peer.answer(request, loginAnswer({ 'model-tag': `model-${model}` })),
    );
    const session = await sessionWith(controller, { model, reconnect }).open();
    const next = session.debugLog()[Symbol.asyncIterator]().next();
    await controller.until(() => controller.connections.length === 2);
    controller.last.webSocket.send('{}');
    for (const { webSocket } of [...controller.connections]) webSocket.terminate();
    const error = await rejection(next, ConnectionError);
    assert.equal(error.category, 'unavailable');
    await session.close();
    await controller.idle();
    await nothingLeft();
  }
});

test('no type is any, has properties that are not on the wire, or lets whatever be added', async () => {
  const text = await sources();
  assert.doesNotMatch(text, /\bany\b(?!['"-])/);
  assert.doesNotMatch(text, /AdditionalProperties|\bnumber\[\] \| Uint8Array|\bAddress: Address\b/);
  assert.match(text, /'secret-key'\?: Uint8Array;/);
  assert.match(text, /applications: \{ \[key: string\]: ApplicationStatus \} \| null;/);
  assert.match(text, /export type Macaroon = unknown;/);
});

test('every class and every method says what it does', async () => {
  let methods = 0;
  for await (const file of glob('*/client.ts', { cwd: generated })) {
    const lines = readFileSync(join(generated, file), 'utf8').split('\n');
    for (const [at, line] of lines.entries()) {
      if (!/^(?: {2}(?!constructor|readonly)[a-z]\w*\(.*|export class .*)$/.test(line)) continue;
      methods += 1;
      assert.match(lines[at - 1] ?? '', /\*\/$/, `${file}:${at + 1}`);
    }
  }
  assert.ok(methods > 800, String(methods));
});

test('importing it needs nothing of a browser, and leaves nothing in the global object', () => {
  const program = `
    const before = Reflect.ownKeys(globalThis);
    const imported = await import('@fairlead/juju');
    const after = Reflect.ownKeys(globalThis).filter((key) => !before.includes(key));
    console.log(JSON.stringify([typeof imported.juju, typeof globalThis.window, after.map(String)]));`;
  const options = { cwd: import.meta.dirname, encoding: 'utf8' } as const;
  const told = execFileSync(process.execPath, ['--input-type=module', '--eval', program], options);
  assert.deepEqual(JSON.parse(told), ['function', 'undefined', []]);
});
