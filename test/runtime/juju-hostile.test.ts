import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mock, test } from 'node:test';
import { inspect } from 'node:util';
import { BakeryMacaroon } from '../../runtime/src/auth/bakery/bakery-macaroon.ts';
import { BakeryKey } from '../../runtime/src/auth/bakery/key.ts';
import { ConnectionError, ProtocolError, ResponseError, ServiceError } from '../../runtime/src/errors.ts';
import { path } from '../../runtime/src/http/path.ts';
import { RpcError } from '../../runtime/src/rpc/rpc-error.ts';
import {
  clientCredentialsLogin,
  type JujuOptions,
  juju,
  type LoginProvider,
  Macaroon,
  macaroonLogin,
  passwordLogin,
  RedirectError,
  sessionCookieLogin,
  sessionTokenLogin,
} from '../../runtime/src/services/juju/index.ts';
import { OpenTimeoutError } from '../../runtime/src/services/juju/open-timeout-error.ts';
import { rejection } from '../servers/endpoint.ts';
import { FakeClock } from '../servers/fake-clock.ts';
import {
  type Connection,
  caCert,
  JujuController,
  json,
  loginAnswer,
  model,
} from '../servers/juju-controller.ts';
import { nothingLeft } from '../servers/left.ts';
import type { Peer, WireRequest } from '../servers/rpc-server.ts';
import { ThirdParty } from './bakery-servers.ts';

const password = 'hunter2-correct-horse';
const held = Macaroon.create({ rootKey: 'root', identifier: 'held-by-alice' });
const secret = 's3cret-of-some-kind';
const secrets = [
  secret,
  password,
  btoa(`user-admin:${password}`),
  Buffer.from(held.signature).toString('hex'),
  Buffer.from(held.signature).toString('base64url'),
];

/** Nests so deeply that what looks into it step by step runs out of stack. */
const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

function sessionWith(controller: { readonly address: string }, options: Partial<JujuOptions> = {}) {
  return juju({
    addresses: [controller.address],
    login: passwordLogin({ user: 'admin', password }),
    dial: { retryDelayMs: 0, httpProxy: () => undefined },
    http: { retry: false },
    ...options,
  });
}

/** What it is rejected with: an error of ours, in which no secret is to be found, however one looks. */
async function failure(promise: PromiseLike<unknown>): Promise<ServiceError> {
  const error = await rejection(promise, ServiceError);
  const shown = [
    inspect(error, { depth: 10, showHidden: true }),
    JSON.stringify(error),
    JSON.stringify(error.record),
    error.stack,
  ].join('\n');
  for (const secret of secrets) assert.ok(!shown.includes(secret), `a secret in ${error.message}`);
  return error;
}

interface Results {
  readonly results: readonly { readonly error?: unknown }[] | null;
}

/** An answer as it stands, for what JSON.stringify wouldn't write. */
function raw(response: string) {
  return (request: WireRequest, { peer }: { readonly peer: Peer }) =>
    peer.raw(`{"request-id":${request['request-id']},"response":${response}}`);
}

/** A login that is let in, with `hostile` in the place of `"?"`. */
function loginWith(overrides: object, hostile = ''): string {
  return JSON.stringify(loginAnswer(overrides)).replace('"?"', () => hostile);
}

/** A server that opens WebSockets and then sends whatever bytes, once it was sent something. */
async function rawServer(bytes: Uint8Array) {
  const server = createServer();
  server.on('upgrade', (request, socket) => {
    const nonce = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(nonce).digest('base64');
    const headers = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`];
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers.join('\r\n')}\r\n\r\n`);
    socket.once('data', () => socket.write(bytes));
    socket.on('error', () => {}).on('end', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(server, {
    address: `ws://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  });
}

test('an answer of 100 MB is an answer, and the calls beside it get theirs', async () => {
  await using controller = await JujuController.start();
  controller.on('Client.FullStatus', raw(`{"data":"${'x'.repeat(100_000_000)}"}`));
  await using session = sessionWith(controller);
  const [large, small] = await Promise.all([
    session.call<{ readonly data: string }>('Client', 8, '', 'FullStatus'),
    session.call('Pinger', 1, '', 'Ping'),
  ]);
  assert.equal(large.data.length, 100_000_000);
  assert.deepEqual(small, {});
});

test('frames that are too long, or none of a server, end the login with an error that says so', async () => {
  const text = (length: number) => Buffer.concat([Buffer.from([0x81, length]), Buffer.alloc(length, 'x')]);
  const frames: Record<string, [Uint8Array, RegExp]> = {
    'a length of 512 MiB': [Buffer.from([0x81, 127, 0, 0, 0, 0, 0x20, 0, 0, 0]), /longer than may be/],
    'a length of 2^63': [Buffer.from([0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0]), /WebSocket message|longer/],
    'a masked frame': [Buffer.from([0x81, 0x82, 1, 2, 3, 4, 5, 6]), /what isn't a WebSocket message/],
    'a reserved opcode': [Buffer.from([0x83, 0]), /what isn't a WebSocket message/],
    'what was compressed': [Buffer.from([0xc1, 1, 0]), /what isn't a WebSocket message/],
    'a continuation of nothing': [Buffer.from([0x80, 0]), /what isn't a WebSocket message/],
    'a text that is no UTF-8': [Buffer.from([0x81, 1, 0xff]), /what isn't a WebSocket message/],
    'a close with a code that there is not': [
      Buffer.from([0x88, 2, 0x03, 0xe7]),
      /what isn't a WebSocket message/,
    ],
    'no JSON': [text(5), /a message that is not JSON/],
    'bytes that are no JSON': [Buffer.from([0x82, 2, 0xff, 0xfe]), /a message that is not JSON/],
    'an empty message': [Buffer.from([0x81, 0]), /a message that is not JSON/],
    'no WebSocket at all': [
      Buffer.from('HTTP/1.1 200 OK\r\n\r\nhello, this is no WebSocket'),
      /what isn't a WebSocket message/,
    ],
  };
  for (const [name, [bytes, message]] of Object.entries(frames)) {
    await using server = await rawServer(bytes);
    await using session = sessionWith(server);
    const error = await failure(session.open());
    assert.ok(error instanceof ProtocolError, `${name}: ${inspect(error)}`);
    assert.match(error.message, message, name);
  }
});

test('binary frames with JSON in them are taken for what they are', async () => {
  await using controller = await JujuController.start();
  controller.on('Pinger.Ping', (request, { webSocket }) =>
    webSocket.send(Buffer.from(JSON.stringify({ 'request-id': request['request-id'], response: { n: 1 } }))),
  );
  await using session = sessionWith(controller);
  assert.deepEqual(await session.call('Pinger', 1, '', 'Ping'), { n: 1 });
});

test('a login whose answer nests without end, or holds what has no text, is an error that says where', async () => {
  await using controller = await JujuController.start();
  const untextual = '{"toString":1,"valueOf":1}';
  for (const hostile of [deep, untextual]) {
    for (const part of ['model-tag', 'controller-tag', 'server-version']) {
      controller.on('Admin.Login', raw(loginWith({ [part]: '?' }, hostile)));
      await using session = sessionWith(controller);
      const error = await failure(session.open());
      assert.equal(error.name, 'LoginError');
      assert.ok(error.message.length < 500, part);
    }
    for (const part of ['servers', 'facades', 'user-info', 'public-dns-name']) {
      controller.on('Admin.Login', raw(loginWith({ [part]: '?' }, hostile)));
      await using session = await sessionWith(controller).open();
      assert.equal(session.publicDnsName, undefined);
    }
  }
});

test('nonsense in the parts of a login is left out, and never becomes part of the session', async () => {
  await using controller = await JujuController.start();
  const facades = [
    null,
    7,
    'Application',
    [],
    {},
    { name: 7, versions: [1] },
    { name: 'Client', versions: 'all' },
    { name: 'Pinger', versions: null },
    { name: '__proto__', versions: [1] },
    { name: 'Charms', versions: Array.from({ length: 300_000 }, (_, version) => version) },
    { name: 'Application', versions: ['23', null, 22, {}, 1.5, -1, 19] },
  ];
  const user = { identity: 7, 'controller-access': { a: 1 }, 'model-access': ['admin'] };
  controller.on(
    'Admin.Login',
    raw(
      loginWith(
        { '__proto__?': '?', facades, 'user-info': user, 'public-dns-name': {} },
        '{"polluted":1}',
      ).replace('__proto__?', '__proto__'),
    ),
  );
  await using session = await sessionWith(controller).open();
  assert.equal(await session.bestFacadeVersion('Application'), 22);
  assert.equal(await session.bestFacadeVersion('Client'), 0);
  assert.equal(await session.bestFacadeVersion('Pinger'), 0);
  assert.ok((await session.bestFacadeVersion('Charms')) > 0);
  assert.equal(session.authTag, 'user-admin');
  assert.deepEqual(
    [session.controllerAccess, session.modelAccess, session.publicDnsName],
    [undefined, undefined, undefined],
  );
  assert.equal(Object('').polluted, undefined);
});

test('what a controller says of where it is can be nonsense, of which nothing is dialled', async () => {
  await using controller = await JujuController.start();
  const servers = [
    [{ value: 'a b\u0000', port: 1e99, type: 7, scope: {} }],
    [{ value: '127.0.0.1', port: '17070' }],
    null,
    7,
    [[{ value: 'x', port: 1 }]],
  ];
  controller.on('Admin.Login', (request, { peer }) =>
    peer.refuse(request, 'go away', 'redirection required', { servers, 'ca-cert': 'none' }),
  );
  await using session = sessionWith(controller, { onRedirect: () => true });
  const error = await failure(session.open());
  assert.ok(error instanceof RedirectError);
  assert.equal(controller.connections.length, 1);
});

test('hundreds of redirects in a circle are followed a few times, with the password to the first only', async () => {
  await using first = await JujuController.start({ tls: true });
  await using second = await JujuController.start({ tls: true });
  const both = [first, second];
  const server = both.map(({ port }) => ({ value: '127.0.0.1', type: 'ipv4', scope: 'public', port }));
  const info = { servers: Array.from({ length: 300 }, () => server), 'ca-cert': caCert };
  for (const controller of both) {
    controller.on('Admin.Login', (request, { peer }) =>
      peer.refuse(request, 'elsewhere', 'redirection required', info),
    );
  }
  await using session = sessionWith(first, { caCert, onRedirect: () => true });
  assert.ok((await failure(session.open())) instanceof RedirectError);
  const logins = both.flatMap((controller) => controller.of('Login'));
  assert.equal(logins.length, 4);
  assert.equal(logins.filter((login) => JSON.stringify(login).includes(password)).length, 1);
});

test('what is asked to be discharged and is no macaroon is an error of the login', async () => {
  await using controller = await JujuController.start();
  const signed = { i: 'x', s64: 'AAAA', c: [] };
  for (const asked of [7, 'x', [], {}, { m: 7 }, { m: signed, v: 3 }, { m: signed, v: 9, cdata: { a: 1 } }]) {
    for (const form of ['discharge-required', 'bakery-discharge-required']) {
      controller.on('Admin.Login', (request, { peer }) => peer.answer(request, { [form]: asked }));
      await using session = sessionWith(controller, { login: macaroonLogin({ macaroons: [[held]] }) });
      const error = await failure(session.open());
      assert.equal(error.category, 'failed');
      assert.match(error.message, /macaroon/);
    }
  }
  controller.on('Admin.Login', raw(`{"bakery-discharge-required":${deep}}`));
  await using session = sessionWith(controller, { login: macaroonLogin() });
  await failure(session.open());
});

test('a controller that wants discharges for ever is given up after one, at the login, over HTTP and for streams', async () => {
  await using controller = await JujuController.start();
  await using thirdParty = await ThirdParty.start();
  const key = BakeryKey.generate();
  let wanted = 0;
  const macaroon = async () => {
    wanted += 1;
    const bare = BakeryMacaroon.create({ rootKey: 'root', identifier: `no ${wanted}` });
    return bare.addThirdParty({ ...thirdParty.known, condition: 'x', key });
  };
  controller.on('Admin.Login', async (request, { peer }) =>
    peer.answer(request, { 'bakery-discharge-required': await macaroon() }),
  );
  await using never = sessionWith(controller, { login: macaroonLogin({ macaroons: [[held]] }) });
  const error = await failure(never.open());
  assert.equal(error.category, 'unauthorized');
  assert.match(error.message, /asks for macaroons again although all third parties said yes/);
  assert.equal(wanted, 2);

  controller.on('Admin.Login', (request, { peer }) => peer.answer(request, loginAnswer()));
  controller.routes.set('GET /thing', async (_request, _body, response) => {
    const info = { 'bakery-macaroon': await macaroon() };
    json(response, { error: { message: 'who?', code: 'macaroon discharge required', info } }, 401);
  });
  await using session = sessionWith(controller, { login: macaroonLogin({ macaroons: [[held]] }) });
  const refused = await failure(session.http.get(path`/thing`));
  assert.ok(refused instanceof ResponseError);
  assert.equal(refused.status, 401);
  assert.ok(wanted <= 5, `${wanted} discharges`);
});

test('macaroons over HTTP that are none are an error of the call', async () => {
  await using controller = await JujuController.start();
  await using session = sessionWith(controller);
  for (const macaroon of [{}, { s: 'x' }, { i: 'x', s64: 'AAAA' }]) {
    controller.routes.set('GET /thing', (_request, _body, response) =>
      json(
        response,
        { error: { message: 'who?', code: 'macaroon discharge required', info: { macaroon } } },
        401,
      ),
    );
    const error = await failure(session.http.get(path`/thing`));
    assert.match(error.message, /macaroon/);
  }
});

test('errors over HTTP that nest without end are told by their status', async () => {
  await using controller = await JujuController.start();
  await using session = sessionWith(controller);
  for (const body of [deep, `{"error":${deep}}`, `{"error":{"message":${deep},"code":${deep}}}`]) {
    controller.routes.set('GET /thing', (_request, _body, response) =>
      response.writeHead(400, { 'content-type': 'application/json' }).end(body),
    );
    const error = await failure(session.http.get(path`/thing`));
    assert.equal(error.message, 'GET /thing: 400: the answer does not say why');
  }
});

test('a page that is one open tag after another is an error at once', async () => {
  await using controller = await JujuController.start();
  await using session = sessionWith(controller);
  for (const page of ['<!doctype html>', '<html>'].map((start) => start + '<title'.repeat(200_000))) {
    controller.routes.set('GET /thing', (_request, _body, response) =>
      response.writeHead(502, { 'content-type': 'text/html' }).end(page),
    );
    const error = await failure(session.http.get(path`/thing`));
    assert.equal(error.category, 'unavailable');
    assert.ok(error.message.length < 500);
  }
});

test('errors of calls whose parts are anything are errors all the same', async () => {
  await using controller = await JujuController.start();
  await using session = sessionWith(controller);
  const errors: Record<string, typeof RpcError | typeof ProtocolError> = {
    [`"error":"no","error-code":${deep},"error-info":${deep}`]: RpcError,
    '"error":"no","error-code":7,"error-info":{"__proto__":{"polluted":1}}': RpcError,
    '"error":{"message":"no"}': ProtocolError,
    [`"error":${deep}`]: ProtocolError,
  };
  for (const [text, type] of Object.entries(errors)) {
    controller.on('Application.Get', (request, { peer }) =>
      peer.raw(`{"request-id":${request['request-id']},${text},"response":{}}`),
    );
    const error = await failure(session.call('Application', 22, '', 'Get'));
    assert.ok(error instanceof type, error.name);
    assert.equal(error.category, 'failed');
  }
  assert.equal(Object('').polluted, undefined);
  assert.deepEqual(await session.call('Pinger', 1, '', 'Ping'), {});
});

test('results that hold anything are neither taken for success where they say no, nor end the others', async () => {
  await using controller = await JujuController.start();
  await using session = sessionWith(controller);
  const facade = session.facade('Application', [22]);
  const set = () => facade.bulk<Results, 'results'>('Set', 'results', {}).outcomes();
  const items = ['{"error":7}', '{"error":[]}', `{"error":${deep}}`, '{"error":{"message":7}}'];
  controller.on('Application.Set', raw(`{"results":[${items.join(',')},{"x":${deep}},null]}`));
  const outcomes = await set();
  assert.deepEqual(
    outcomes.map(({ ok }) => ok),
    [false, false, false, false, true, true],
  );
  for (const nothing of ['null', '7', '"x"', '[]', '{"results":{"length":3}}']) {
    controller.on('Application.Set', raw(nothing));
    assert.deepEqual(await set(), []);
  }
});

test('watchers of which anything is told go on, or end with an error', async () => {
  await using controller = await JujuController.start();
  const facades = [
    { name: 'Application', versions: [22] },
    { name: 'AllWatcher', versions: [3] },
    { name: 'SecretsRevisionWatcher', versions: [1] },
  ];
  controller.on('Admin.Login', (request, { peer }) => peer.answer(request, loginAnswer({ facades })));
  await using session = await sessionWith(controller).open();
  const facade = session.facade('Application', [22]);
  for (const answer of ['null', '7', '{"watcher-id":7}', `{"watcher-id":${deep}}`]) {
    controller.on('Application.Watch', raw(answer));
    const watcher = facade.watch('Watch', 'AllWatcher').watch();
    assert.ok((await failure(watcher[Symbol.asyncIterator]().next())) instanceof ProtocolError);
  }
  controller.on('Application.Watch', raw('{"watcher-id":"1"}'));
  const deltas = `[null,7,[],["unit"],["unit","change",null],[["x"],"change",{"name":7}],["unit","change",${deep}]]`;
  for (const [name, answer] of [
    ['AllWatcher', `{"deltas":${deltas}}`],
    ['SecretsRevisionWatcher', `{"changes":[null,7,{"uri":{"a":1}},{"uri":${deep}},${deep}]}`],
  ] as const) {
    controller.on(`${name}.Next`, raw(answer));
    controller.on(`${name}.Stop`, (request, { peer }) => peer.answer(request));
    let events = 0;
    for await (const event of facade.watch('Watch', name).watch()) {
      assert.ok(Array.isArray(event));
      events += 1;
      if (events === 3) break;
    }
    await controller.until(() => controller.of('Stop').some(({ type }) => type === name));
  }
});

test('a device login whose answers are none is an error, and nothing of it is shown or saved', async () => {
  await using controller = await JujuController.start();
  const told: unknown[] = [];
  const login = sessionTokenLogin({
    show: (device) => void told.push(device),
    save: (token) => void told.push(token),
  });
  controller.on('Admin.LoginWithSessionToken', (request, { peer }) =>
    peer.refuse(request, 'who?', 'session token invalid'),
  );
  for (const device of [null, {}, { 'user-code': 7, 'verification-uri': [] }]) {
    controller.on('Admin.LoginDevice', (request, { peer }) => peer.answer(request, device));
    await using session = sessionWith(controller, { login });
    assert.equal((await failure(session.open())).name, 'LoginError');
  }
  assert.deepEqual(told, []);
  controller.on('Admin.LoginDevice', (request, { peer }) =>
    peer.answer(request, { 'user-code': 'AB-CD', 'verification-uri': 'https://login.example' }),
  );
  for (const given of [null, {}, { 'session-token': '' }, { 'session-token': { a: 1 } }]) {
    controller.on('Admin.GetDeviceSessionToken', (request, { peer }) => peer.answer(request, given));
    await using session = sessionWith(controller, { login });
    assert.equal((await failure(session.open())).name, 'LoginError');
  }
  assert.deepEqual(new Set(told.map((each) => typeof each)), new Set(['object']));
});

/** What a controller can do to a login, of whatever kind. */
const blows: Record<string, (request: WireRequest, connection: Connection) => void> = {
  'says no': (request, { peer }) => peer.refuse(request, 'no', 'unauthorized access', { why: 'so' }),
  'goes away': (_request, { peer }) => peer.terminate(),
  'closes with a reason': (_request, { webSocket }) => webSocket.close(1008, 'go away'),
  'talks nonsense': (_request, { peer }) => peer.raw('nonsense'),
  'answers with nothing': (request, { peer }) => peer.answer(request),
  'says nothing': () => {},
  'is elsewhere': (request, { peer }) => peer.refuse(request, 'no', 'redirection required', { servers: [] }),
};

const logins: Record<string, () => LoginProvider> = {
  'a password': () => passwordLogin({ user: 'admin', password }),
  'an agent': () => passwordLogin({ tag: 'machine-0', password, nonce: secret }),
  macaroons: () => macaroonLogin({ macaroons: [[held]] }),
  'a session token': () => sessionTokenLogin({ token: secret }),
  'client credentials': () => clientCredentialsLogin({ clientId: 'me', clientSecret: secret }),
  'a session cookie': () => sessionCookieLogin({ cookie: secret }),
};

for (const [blow, answer] of Object.entries(blows)) {
  test(`where a controller ${blow}, no error of a login shows what it was made with`, async () => {
    for (const [kind, login] of Object.entries(logins)) {
      await using controller = await JujuController.start();
      for (const method of ['', 'WithSessionToken', 'WithClientCredentials', 'WithSessionCookie']) {
        controller.on(`Admin.Login${method}`, answer);
      }
      await using session = sessionWith(controller, { login: login(), timeoutMs: 100 });
      await failure(session.open());
      assert.equal(controller.connections.length, 1, kind);
      assert.doesNotMatch(inspect(session, { depth: 10, showHidden: true }), /hunter2|s3cret/);
    }
  });
}

/** The ways in which an opening can be kept waiting. */
const silent: Record<string, (controller: JujuController) => Partial<JujuOptions>> = {
  'a login that is never answered': (controller) => {
    controller.on('Admin.Login', () => {});
    return {};
  },
  'a redirect that is never told': (controller) => {
    controller.on('Admin.Login', (request, { peer }) => peer.refuse(request, 'go', 'redirection required'));
    controller.on('Admin.RedirectInfo', () => {});
    return {};
  },
  "a login of one's own that never ends": () => {
    const login: LoginProvider = {
      name: 'slow',
      login: () => new Promise(() => {}),
      authHeaders: () => ({}),
    };
    return { login };
  },
  'a device login that nobody completes': (controller) => {
    controller.on('Admin.LoginWithSessionToken', (request, { peer }) =>
      peer.refuse(request, 'who?', 'session token invalid'),
    );
    controller.on('Admin.LoginDevice', (request, { peer }) =>
      peer.answer(request, { 'user-code': 'AB-CD', 'verification-uri': 'https://login.example' }),
    );
    controller.on('Admin.GetDeviceSessionToken', () => {});
    return { login: sessionTokenLogin({ show: () => {} }) };
  },
};

for (const [what, prepare] of Object.entries(silent)) {
  test(`${what} ends with the time for opening, or with closing`, async () => {
    await using controller = await JujuController.start();
    const options = prepare(controller);
    await using session = sessionWith(controller, { timeoutMs: 150, ...options });
    const error = await failure(session.open());
    assert.ok(error instanceof OpenTimeoutError, error.name);
    const other = sessionWith(controller, options);
    const opening = failure(other.open());
    await controller.until(() => controller.connections.length === 2);
    await other.close();
    assert.ok((await opening) instanceof ConnectionError);
  });
}

test('a stream whose first message never comes, is huge or is none ends, and so does its connection', async () => {
  await using controller = await JujuController.start();
  const first: Record<string, [send: (send: (text: string | Buffer) => void) => void, RegExp]> = {
    never: [() => {}, /no answer within 100 ms/],
    huge: [(send) => send('x'.repeat(20_000_000)), /a first message of more than 4096 bytes/],
    deep: [(send) => send(`{"error":${deep}}`), /a first message of more than 4096 bytes/],
    bytes: [(send) => send(Buffer.from([0, 255])), /a first message that is no JSON object/],
    nonsense: [(send) => send('{"error":7}'), /a message whose error is neither a text nor an object/],
  };
  await using session = await sessionWith(controller, { model }).open();
  for (const [name, [sendFirst, message]] of Object.entries(first)) {
    const opening = failure(session.connectStream('/log', {}, { timeoutMs: 100 }));
    await controller.until(
      () => controller.last.path.endsWith('/log') && controller.last.webSocket.readyState === 1,
    );
    const { webSocket } = controller.last;
    sendFirst((text) => webSocket.send(text));
    assert.match((await opening).message, message, name);
    await controller.until(() => webSocket.readyState === 3);
  }
});

test('a controller that takes nothing of what is sent over a stream is left after 30 s', async () => {
  await using controller = await JujuController.start();
  await using session = await sessionWith(controller, { model }).open();
  const opening = session.connectStream('/log');
  await controller.until(() => controller.connections.length === 2);
  const { webSocket } = controller.last;
  webSocket.send('{}');
  const stream = await opening;
  webSocket.pause();
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    // More than the system takes by itself.
    for (let count = 0; count < 24; count += 1) stream.send('x'.repeat(2 ** 20));
    const lost = failure(stream[Symbol.asyncIterator]().next());
    mock.timers.tick(30_000);
    const error = await lost;
    assert.ok(error instanceof ConnectionError);
    assert.equal(error.code, 'timeout');
    assert.match(error.message, /^GET \/model\/.*\/log: .* didn't take what was sent within 30000 ms$/);
  } finally {
    mock.timers.reset();
  }
  webSocket.terminate();
});

test('lines of the log and of commands in which anything stands are lines, or make no sense', async () => {
  await using controller = await JujuController.start();
  await using session = await sessionWith(controller, { model }).open();
  const untextual = '{"toString":1,"valueOf":1}';
  const line = (label: string) => `{"tag":7,"ts":"2026-01-02T03:04:05Z","msg":"m","lab":${label}}`;
  const linesOf = async (stream: AsyncIterable<unknown>, ...messages: readonly string[]) => {
    const lines: unknown[] = [];
    const before = controller.connections.length;
    const reading = (async () => {
      for await (const each of stream) lines.push(each);
    })();
    await controller.until(() => controller.connections.length > before);
    for (const message of ['{}', ...messages]) controller.last.webSocket.send(message);
    controller.last.webSocket.close(1000);
    await reading;
    return lines;
  };
  const labels = [`{"a":${untextual},"b":"c"}`, `[${untextual},"d"]`, `{"a":${deep}}`, '7'];
  const records = await linesOf(session.debugLog({ noTail: true }), ...labels.map(line));
  assert.deepEqual(
    records.map((each) => [Object(each).entity, Object(each).labels, Object(each).loggerTags]),
    [
      ['', { b: 'c' }, []],
      ['', {}, ['d']],
      ['', {}, []],
      ['', {}, []],
    ],
  );
  for (const message of ['7', 'x', '{"ts":"soon","msg":"m"}', '{"ts":7,"msg":"m"}', deep]) {
    const error = await failure(linesOf(session.debugLog({ noTail: true }), message));
    assert.match(error.message, /no line of a log$/);
  }
  for (const output of [`[${untextual}]`, `[${deep}]`, '"x"', '[7]', '{"0":"x"}']) {
    const commands = session.runCommands({ user: 'admin', credentials: password, commands: ['status'] });
    const error = await failure(linesOf(commands, `{"output":${output}}`));
    assert.match(error.message, /a message whose output is no list of texts$/);
  }
});

test('a controller that never closes its side is left after 10 s, and nothing of it stays', async () => {
  await using controller = await JujuController.start();
  // Timers that are no fake can't be ended while others are.
  const session = await sessionWith(controller, { model, clock: new FakeClock() }).open();
  const opening = session.connectStream('/log');
  await controller.until(() => controller.connections.length === 2);
  controller.last.webSocket.send('{}');
  await opening;
  // What isn't read is never answered, a close frame included.
  for (const { webSocket } of controller.connections) webSocket.pause();
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    let closed = false;
    const closing = session.close().then(() => {
      closed = true;
    });
    for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate);
    mock.timers.tick(9_999);
    for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate);
    assert.equal(closed, false);
    mock.timers.tick(1);
    await closing;
  } finally {
    mock.timers.reset();
  }
});

test('a controller that says what it was told says it where only the caller looks', async () => {
  await using controller = await JujuController.start();
  controller.on('Admin.Login', (request, { peer }) =>
    peer.refuse(request, 'no', 'unauthorized access', { params: request.params }),
  );
  await using session = sessionWith(controller);
  const error = await failure(session.open());
  assert.ok(error instanceof RpcError);
  assert.equal(Object(error.info['params']).credentials, password);
});

test('after all of this no timer and no connection is left', async () => {
  await nothingLeft();
});
