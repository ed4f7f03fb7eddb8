import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { type HttpSession, path, secret } from '@fairlead/runtime/client';
import {
  type Credentials,
  clientFromReference,
  createTemporaryCredentials,
  fromNow,
  ResponseError,
  type Transport,
  type TransportRequest,
  taskcluster,
} from '@fairlead/runtime/taskcluster';
import { hawkMac } from '../../runtime/src/auth/hawk.ts';
import { HawkServer } from '../servers/hawk.ts';
import { json, ScriptedServer } from '../servers/scripted.ts';
import signatures from '../vectors/session-signatures.json' with { type: 'json' };

const tester = { clientId: 'tester', accessToken: 'no-secret' };
const rootUrl = 'https://tc.example.com';

/** A transport that writes down what it is asked, and answers `{}`. */
function recorder(): { readonly requests: TransportRequest[]; readonly transport: Transport } {
  const requests: TransportRequest[] = [];
  return {
    requests,
    transport: async (request) => {
      requests.push(request);
      return { status: 200, headers: {}, body: new TextEncoder().encode('{}') };
    },
  };
}

/** What a class of generated code looks like from here. */
class Secrets {
  readonly #http;

  constructor(session: HttpSession) {
    this.#http = session.endpoint('secrets/v1');
  }

  get(name: string): Promise<unknown> {
    return this.#http.get(path`/secret/${name}`);
  }

  getByToken(token: string): Promise<unknown> {
    return this.#http.get(path`/token/${secret(token)}`);
  }

  set(name: string, body: object): Promise<void> {
    return this.#http.send('put', path`/secret/${name}`, { body });
  }

  list(query: { readonly limit?: number; readonly continuationToken?: string } = {}) {
    return this.#http.pages<{ secrets: string[] }, 'secrets'>(
      'get',
      path`/secrets`,
      { query },
      {
        items: 'secrets',
        key: 'continuationToken',
      },
    );
  }
}

/** As a program without types would call it. */
function untyped(options: object): unknown {
  return Reflect.apply(taskcluster, undefined, [{ rootUrl, ...options }]);
}

function authorizationOf(request: TransportRequest | undefined): string | undefined {
  return request?.headers['authorization'];
}

/** The value of an attribute of the `Authorization` header. */
function attribute(request: TransportRequest | undefined, name: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(authorizationOf(request) ?? '')?.[1];
}

function extOf(request: TransportRequest | undefined): unknown {
  const ext = attribute(request, 'ext');
  return ext === undefined ? undefined : JSON.parse(Buffer.from(ext, 'base64').toString());
}

test('a session goes to its rootUrl, whatever slashes it ends with', async () => {
  for (const given of [rootUrl, `${rootUrl}/`, `${rootUrl}//`, 'HTTPS://TC.example.com:443/']) {
    const { requests, transport } = recorder();
    const session = taskcluster({ rootUrl: given, transport });
    assert.equal(session.rootUrl, rootUrl);
    assert.equal(session.urls.ui('tasks/x'), `${rootUrl}/tasks/x`);
    await new Secrets(session).get('a/b');
    assert.equal(requests[0]?.url, `${rootUrl}/api/secrets/v1/secret/a%2Fb`);
  }
});

test('a session without credentials signs nothing', async () => {
  for (const options of [{}, { credentials: undefined }, { authorizedScopes: ['a'] }]) {
    const { requests, transport } = recorder();
    await new Secrets(taskcluster({ rootUrl, transport, ...options })).get('a');
    assert.equal(authorizationOf(requests[0]), undefined);
  }
});

test('a rootUrl that is none is refused with what to do', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /^rootUrl is missing: give the address of the deployment, like https:\/\/tc\.example\.com$/],
    ['12345', /^rootUrl is "12345", which is no http or https URL: give the address/],
    ['tc.example.com', /which is no http or https URL/],
    ['ftp://tc.example.com', /which is no http or https URL/],
    ['https://', /which is no http or https URL/],
    ['https://tc.example.com/?a', /has a query or a fragment/],
    ['https://tc.example.com/#', /has a query or a fragment/],
    ['https://me:hush@tc.example.com', /has a user or password in it/],
    ['ftp://me:hush@tc.example.com', /^rootUrl is "\*\*\*@tc\.example\.com", which/],
  ];
  for (const [given, message] of cases) {
    await t.test(JSON.stringify(given), () => {
      assert.throws(
        () => taskcluster({ rootUrl: given }),
        (error) =>
          error instanceof TypeError && message.test(error.message) && !error.message.includes('hush'),
      );
    });
  }
  assert.throws(() => untyped({ rootUrl: undefined }), /rootUrl is missing/);
});

test('credentials that cannot be used are refused at once, and not shown', async (t) => {
  const cases: readonly (readonly [string, object, RegExp])[] = [
    ['no token', { clientId: 'tester' }, /credentials\.accessToken is missing: give both/],
    ['an empty token', { clientId: 'tester', accessToken: '' }, /credentials\.accessToken is missing/],
    ['no client id', { accessToken: 'hush' }, /credentials\.clientId is missing/],
    ['nothing in it', {}, /credentials\.clientId is missing/],
    ['a client id with a quote', { clientId: 'a"', accessToken: 'hush' }, /clientId holds a character/],
    [
      'a client id with a newline',
      { clientId: 'a\r\nx: y', accessToken: 'hush' },
      /clientId holds a character/,
    ],
    [
      'half a certificate',
      { ...tester, certificate: '{"seed":"hush"' },
      /certificate is neither a JSON object/,
    ],
    ['a certificate of text', { ...tester, certificate: '"hush"' }, /certificate is neither a JSON object/],
    ['a certificate of null', { ...tester, certificate: 'null' }, /certificate is neither a JSON object/],
    [
      'a certificate that is a list',
      { ...tester, certificate: ['hush'] },
      /certificate is neither a JSON object/,
    ],
  ];
  for (const [name, credentials, message] of cases) {
    await t.test(name, () => {
      assert.throws(
        () => untyped({ credentials }),
        (error) =>
          error instanceof TypeError &&
          message.test(error.message) &&
          !inspect(error, { showHidden: true }).includes('hush'),
      );
    });
  }
  assert.throws(() => untyped({ credentials: 'tester' }), /must be an object/);
  assert.throws(() => untyped({ credentials: null }), /must be an object/);
});

test('an empty certificate is as good as none', async () => {
  const { requests, transport } = recorder();
  const session = taskcluster({ rootUrl, transport, credentials: { ...tester, certificate: '' } });
  await new Secrets(session).get('a');
  assert.equal(attribute(requests[0], 'ext'), undefined);
});

test('other options that cannot be used are refused, too', () => {
  const refused = (options: object, message: RegExp) =>
    assert.throws(() => untyped(options), { name: 'TypeError', message });
  refused({ authorizedScopes: 'a' }, /authorizedScopes must be an array/);
  refused({ authorizedScopes: [1] }, /authorizedScopes must be an array/);
  refused({ traceId: 'a b' }, /traceId must be printable ASCII/);
  refused({ traceId: 'a\r\nx: y' }, /traceId must be printable ASCII/);
  refused({ serviceUrl: 'http://x' }, /serviceUrl must be 'k8s-dns' or a function/);
  refused({ pulse: { url: 'http://user:hush@x' } }, /pulse\.url must be/);
  refused({ timeoutMs: -1 }, /timeoutMs must be/);
  refused({ timeoutMS: 1 }, /^timeoutMS is no option of taskcluster\(\)$/);
  refused({ connection: { maxSocket: 1 } }, /^maxSocket is no option of connection$/);
  refused({ transport: 'fetch' }, /transport must be/);
});

test('a session signs as published', async (t) => {
  for (const { name, credentials, mac, ...rest } of signatures) {
    await t.test(name, async () => {
      // The vectors are of a fixed time and nonce, so that the text that is signed is compared through the MAC of ours.
      const { requests, transport } = recorder();
      const authorizedScopes = 'authorizedScopes' in rest ? rest.authorizedScopes : undefined;
      const session = taskcluster({ rootUrl, transport, credentials, authorizedScopes });
      await session.endpoint('auth/v1').get(path`/scopes/current`);
      const key = {
        id: credentials.clientId,
        key: credentials.accessToken,
        ext: attribute(requests[0], 'ext'),
      };
      const request = { method: 'GET', url: requests[0]?.url ?? '' };
      assert.equal(hawkMac('header', key, request, { timestamp: 1_500_000_000, nonce: 'abc123' }), mac);
      if ('ext' in rest) assert.equal(key.ext, rest.ext);
    });
  }
});

test('a certificate may be text or an object', async () => {
  const made = createTemporaryCredentials({ issuer: tester, scopes: ['a'], expiry: fromNow('1 hour') });
  const object: unknown = JSON.parse(made.certificate);
  const asObject = Object.assign({}, made, { certificate: object });
  for (const credentials of [made, asObject]) {
    const { requests, transport } = recorder();
    await new Secrets(taskcluster({ rootUrl, transport, credentials, authorizedScopes: [] })).get('a');
    assert.deepEqual(extOf(requests[0]), { certificate: object, authorizedScopes: [] });
  }
});

test('the payload hash is sent when it is asked for and there is a body', async () => {
  await using server = await HawkServer.start();
  const plain = taskcluster({ rootUrl: server.rootUrl, credentials: tester });
  const hashing = plain.with({ payloadHash: true });
  await new Secrets(plain).set('a', { b: 'c' });
  await new Secrets(hashing).set('a', { b: 'ü' });
  await new Secrets(hashing).get('a');
  assert.deepEqual(
    server.authenticated.map(({ hashed }) => hashed),
    [false, true, false],
  );
});

test('a trace id goes with every call', async () => {
  const { requests, transport } = recorder();
  const session = taskcluster({ rootUrl, transport, traceId: 'trace-1' });
  await new Secrets(session).get('a');
  await new Secrets(session.with({ traceId: 'trace-2' })).get('a');
  await new Secrets(session.with({ traceId: undefined })).get('a');
  assert.deepEqual(
    requests.map(({ headers }) => headers['x-taskcluster-trace-id']),
    ['trace-1', 'trace-2', undefined],
  );
});

test('a derived session differs only in what it overrides', async () => {
  const { requests, transport } = recorder();
  const session = taskcluster({ rootUrl, transport, credentials: tester, authorizedScopes: ['a'] });
  const derived = session.with({ authorizedScopes: [] });
  const anybody = derived.with({ credentials: undefined });
  const elsewhere = session.with({ rootUrl: 'https://other.example.com', authorizedScopes: undefined });
  for (const each of [session, derived, anybody, elsewhere]) await new Secrets(each).get('a');
  assert.deepEqual(requests.map(extOf), [
    { authorizedScopes: ['a'] },
    { authorizedScopes: [] },
    undefined,
    undefined,
  ]);
  assert.deepEqual(
    requests.map((request) => attribute(request, 'id')),
    ['tester', 'tester', undefined, 'tester'],
  );
  assert.equal(requests[3]?.url, 'https://other.example.com/api/secrets/v1/secret/a');
});

test('calls may go to the services inside of a cluster, and URLs for others stay outside', async () => {
  const { requests, transport } = recorder();
  const session = taskcluster({ rootUrl, transport, serviceUrl: 'k8s-dns' });
  await new Secrets(session).get('a');
  await session.endpoint('worker-manager/v1').get(path`/ping`);
  await session
    .with({ serviceUrl: (service) => `http://${service}.internal:8080/` })
    .endpoint('queue/v1')
    .get(path`/ping`);
  const elsewhere = session.with({ rootUrl: 'https://other.example.com' });
  await elsewhere.endpoint('queue/v1').get(path`/ping`);
  assert.deepEqual(
    requests.map(({ url }) => url),
    [
      'http://taskcluster-secrets/api/secrets/v1/secret/a',
      'http://taskcluster-worker-manager/api/worker-manager/v1/ping',
      'http://queue.internal:8080/api/queue/v1/ping',
      'https://other.example.com/api/queue/v1/ping',
    ],
  );
  assert.equal(
    session.url(Secrets, (secrets) => secrets.get('a')),
    `${rootUrl}/api/secrets/v1/secret/a`,
  );
  const wrong = session.with({ serviceUrl: () => 'queue.internal' });
  assert.throws(() => wrong.endpoint('queue/v1'), /^TypeError: serviceUrl\('queue'\) is "queue\.internal"/);
});

test('an endpoint needs a service and a version', () => {
  const session = taskcluster({ rootUrl });
  for (const name of ['queue', 'queue/', '/v1', 'queue/v1/task', '../v1', '']) {
    assert.throws(() => session.endpoint(name), { name: 'TypeError', message: /is no API/ });
  }
});

test('an unsigned URL is what the method asks for', () => {
  const session = taskcluster({ rootUrl, credentials: tester });
  assert.equal(
    session.url(Secrets, (secrets) => secrets.get("it's/1")),
    `${rootUrl}/api/secrets/v1/secret/it%27s%2F1`,
  );
  assert.equal(
    session.url(Secrets, (secrets) => secrets.list({ limit: 2, continuationToken: 'a/b' })),
    `${rootUrl}/api/secrets/v1/secrets?limit=2&continuationToken=a%2Fb`,
  );
  assert.equal(
    session.url(Secrets, (secrets) => secrets.list()),
    `${rootUrl}/api/secrets/v1/secrets`,
  );
});

test('a URL is made of one GET and of nothing else', async () => {
  const session = taskcluster({ rootUrl, credentials: tester });
  const refused = (call: (secrets: Secrets) => unknown, message: RegExp) =>
    assert.throws(() => session.url(Secrets, call), { name: 'TypeError', message });
  refused(() => undefined, /called nothing$/);
  refused((secrets) => secrets.set('a', {}), /called PUT \/secret\/a$/);
  refused(
    (secrets) => [secrets.getByToken('hush'), secrets.list()],
    /called GET \/token\/\*\*\* and GET \/secrets$/,
  );
  refused((secrets) => secrets.get('..'), /would name another route/);
  await assert.rejects(
    session.signedUrl(Secrets, (secrets) => secrets.set('a', {})),
    /exactly one GET/,
  );
});

test('a signed URL may be got by anybody, until it expires', async () => {
  await using server = await HawkServer.start();
  const session = taskcluster({ rootUrl: server.rootUrl, credentials: tester, authorizedScopes: ['a'] });
  const urls = [
    await session.signedUrl(Secrets, (secrets) => secrets.get("odd 'name'/1")),
    await session.signedUrl(Secrets, (secrets) => secrets.list({ limit: 2 }), { expiresInSeconds: 5 }),
  ];
  assert.match(urls[1] ?? '', /\/secrets\?limit=2&bewit=[A-Za-z0-9_-]+$/);
  for (const url of urls) assert.equal((await fetch(url)).status, 200);
  assert.deepEqual(
    server.authenticated.map(({ ext }) => ext),
    [{ authorizedScopes: ['a'] }, { authorizedScopes: ['a'] }],
  );
  const over = await session.signedUrl(Secrets, (secrets) => secrets.get('a'), { expiresInSeconds: -1 });
  assert.equal((await fetch(over)).status, 401);
});

test('a URL is good for 15 minutes unless told otherwise', async () => {
  const session = taskcluster({ rootUrl, credentials: tester });
  const now = Math.floor(Date.now() / 1000);
  const url = new URL(await session.signedUrl(Secrets, (secrets) => secrets.get('a')));
  const text = Buffer.from(url.searchParams.get('bewit') ?? '', 'base64url').toString();
  const [id, expires] = text.split('\\');
  assert.equal(id, 'tester');
  assert.ok(Number(expires) >= now + 900 && Number(expires) <= now + 902);
});

test('a URL is signed with temporary credentials, also when they are asked for', async () => {
  const made = createTemporaryCredentials({ issuer: tester, scopes: ['a'], expiry: fromNow('1 hour') });
  await using server = await HawkServer.start({ keyOf: () => made.accessToken });
  const session = taskcluster({ rootUrl: server.rootUrl, credentials: async () => made });
  assert.equal((await fetch(await session.signedUrl(Secrets, (secrets) => secrets.get('a')))).status, 200);
  assert.deepEqual(server.authenticated[0]?.ext, { certificate: JSON.parse(made.certificate) });
});

test('a URL cannot be signed for no time, for part of a second, or by nobody', async () => {
  const session = taskcluster({ rootUrl, credentials: tester });
  const call = (secrets: Secrets) => secrets.get('a');
  for (const expiresInSeconds of [0, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    await assert.rejects(
      session.signedUrl(Secrets, call, { expiresInSeconds }),
      /expiresInSeconds must be an integer/,
    );
  }
  await assert.rejects(
    session.with({ credentials: undefined }).signedUrl(Secrets, call),
    /needs credentials/,
  );
});

test('credentials are asked for when they are needed, once for all calls that wait', async () => {
  const { requests, transport } = recorder();
  let asked = 0;
  const credentials = async () => {
    asked += 1;
    await new Promise((resolve) => setTimeout(resolve, 10));
    return tester;
  };
  const session = taskcluster({ rootUrl, transport, credentials });
  assert.equal(asked, 0);
  const secrets = [new Secrets(session), new Secrets(session.with({ authorizedScopes: ['a'] }))];
  await Promise.all(Array.from({ length: 20 }, (_, index) => secrets[index % 2]?.get('a')));
  await secrets[0]?.get('a');
  assert.equal(asked, 1);
  assert.equal(requests.length, 21);
  assert.ok(requests.every((request) => attribute(request, 'id') === 'tester'));
});

test('credentials are asked for again shortly before their certificate ends', async () => {
  const { requests, transport } = recorder();
  const lifetimes = ['59 seconds', '10 minutes'];
  const given: Credentials[] = [];
  const session = taskcluster({
    rootUrl,
    transport,
    credentials: () => {
      const expiry = fromNow(lifetimes[given.length] ?? '10 minutes');
      given.push(
        createTemporaryCredentials({
          issuer: tester,
          clientId: `tester/${given.length}`,
          scopes: [],
          expiry,
        }),
      );
      return given.at(-1) ?? tester;
    },
  });
  for (let call = 0; call < 3; call += 1) await new Secrets(session).get('a');
  assert.deepEqual(
    requests.map((request) => attribute(request, 'id')),
    ['tester/0', 'tester/1', 'tester/1'],
  );
});

test('credentials are asked for again when they are refused, once for all calls that were', async () => {
  let valid = 'tester/0';
  let asked = 0;
  await using server = await HawkServer.start({
    keyOf: (clientId) => (clientId === valid ? 'no-secret' : undefined),
  });
  const session = taskcluster({
    rootUrl: server.rootUrl,
    credentials: async () => {
      const clientId = `tester/${asked}`;
      asked += 1;
      return { clientId, accessToken: 'no-secret' };
    },
  });
  const secrets = new Secrets(session);
  await secrets.get('a');
  valid = 'tester/1';
  await Promise.all(Array.from({ length: 20 }, () => secrets.get('a')));
  assert.equal(asked, 2);
  assert.equal(server.authenticated.length, 21);
});

test('a call is refused for good when new credentials do not help', async () => {
  let asked = 0;
  await using server = await HawkServer.start({ keyOf: () => undefined });
  const session = taskcluster({
    rootUrl: server.rootUrl,
    credentials: () => {
      asked += 1;
      return { ...tester };
    },
  });
  await assert.rejects(
    new Secrets(session).get('a'),
    (error) =>
      error instanceof ResponseError &&
      error.status === 401 &&
      error.category === 'unauthorized' &&
      error.code === 'AuthenticationFailed' &&
      error.message ===
        'GET /api/secrets/v1/secret/a: 401 AuthenticationFailed: Unauthorized: Unknown credentials',
  );
  assert.equal(asked, 2);
  assert.equal(server.refused, 2);
  await assert.rejects(new Secrets(session.with({ credentials: tester })).get('a'), ResponseError);
  assert.equal(server.refused, 3, 'credentials given as a value are tried once');
});

test('a failure to give credentials is that of the call, and the next call asks again', async () => {
  const { transport } = recorder();
  const outcomes: (() => Credentials)[] = [
    () => {
      throw new RangeError('the vault is closed');
    },
    () => ({ clientId: 'a', accessToken: '' }),
    () => tester,
  ];
  const session = taskcluster({
    rootUrl,
    transport,
    credentials: async () => (outcomes.shift() ?? (() => tester))(),
  });
  const secrets = new Secrets(session);
  await assert.rejects(secrets.get('a'), { name: 'RangeError', message: 'the vault is closed' });
  await assert.rejects(secrets.get('a'), /what the credentials function gave\.accessToken is missing/);
  await secrets.get('a');
});

test('a clock that is wrong is corrected by what the service says, once', async () => {
  for (const offsetMs of [-3_600_000, 86_400_000]) {
    await using server = await HawkServer.start({ offsetMs: () => offsetMs });
    const session = taskcluster({ rootUrl: server.rootUrl, credentials: tester });
    const secrets = new Secrets(session.with({ authorizedScopes: ['a'] }));
    await secrets.get('a');
    assert.equal(server.refused, 1);
    await secrets.get('b');
    await new Secrets(session).get('c');
    assert.equal(server.refused, 1, 'the time is kept, also for the other sessions on the deployment');
    const url = await session.signedUrl(Secrets, (each) => each.get('a'));
    assert.equal((await fetch(url)).status, 200);
  }
});

test('calls that went out together before the correction are all made again', async () => {
  await using server = await HawkServer.start({ offsetMs: () => 3_600_000 });
  const secrets = new Secrets(taskcluster({ rootUrl: server.rootUrl, credentials: tester }));
  await Promise.all(Array.from({ length: 20 }, () => secrets.get('a')));
  assert.equal(server.authenticated.length, 20);
});

test('a clock that changes later is corrected again', async () => {
  let offsetMs = 0;
  await using server = await HawkServer.start({ offsetMs: () => offsetMs });
  const secrets = new Secrets(taskcluster({ rootUrl: server.rootUrl, credentials: tester }));
  for (offsetMs of [0, 3_600_000, -3_600_000]) await secrets.get('a');
  assert.equal(server.refused, 2);
});

test('a stale timestamp that no clock explains is not tried for ever', async () => {
  await using server = await ScriptedServer.start();
  const stale = { code: 'AuthenticationFailed', message: 'Unauthorized: Stale timestamp' };
  server.on('GET /api/secrets/v1/secret/a', json(stale, 401));
  const session = taskcluster({ rootUrl: server.rootUrl, credentials: tester });
  await assert.rejects(new Secrets(session).get('a'), {
    message: /401 AuthenticationFailed: Unauthorized: Stale/,
  });
  assert.equal(server.received.length, 1);
});

for (const transport of ['got', 'undici'] as const) {
  test(`closing a session closes its connections over ${transport}, and a later call makes a new one`, async () => {
    await using server = await HawkServer.start();
    const session = taskcluster({ rootUrl: server.rootUrl, credentials: tester, transport });
    const derived = session.with({ traceId: 'trace' });
    await new Secrets(session).get('a');
    await new Secrets(derived).get('b');
    await derived.close();
    assert.ok(
      (await server.connections()) > 0,
      'a derived session leaves the connections of the other alone',
    );
    await session.close();
    assert.equal(await server.connections(), 0);
    await new Secrets(session).get('c');
    assert.ok((await server.connections()) > 0);
    await session.close();
    await session.close();
    assert.equal(await server.connections(), 0);
  });
}

test('a transport that was given is left to whoever gave it', async () => {
  let closed = 0;
  const { transport } = recorder();
  const given: Transport = Object.assign((request: TransportRequest) => transport(request), {
    close: async () => {
      closed += 1;
    },
  });
  {
    await using session = taskcluster({ rootUrl, transport: given });
    await new Secrets(session.with({ traceId: 'x' })).get('a');
  }
  assert.equal(closed, 0);
});

test('inspect shows no secret of a session', () => {
  const credentials = createTemporaryCredentials({
    issuer: tester,
    scopes: ['a'],
    expiry: fromNow('1 hour'),
  });
  const session = taskcluster({
    rootUrl,
    credentials,
    headers: { 'x-secret': 'hush' },
    pulse: { url: 'amqps://user:hush@pulse.example.com' },
  });
  const shown = inspect([session, session.endpoint('queue/v1'), new Secrets(session)], {
    depth: 20,
    showHidden: true,
    getters: true,
  });
  assert.match(shown, /TaskclusterSession\(https:\/\/tc\.example\.com\)/);
  for (const hidden of [credentials.accessToken, 'signature', 'hush'])
    assert.equal(shown.includes(hidden), false);
  assert.equal(
    inspect(taskcluster({ rootUrl })),
    'TaskclusterSession(https://tc.example.com, unauthenticated)',
  );
  assert.equal(JSON.stringify(session).includes(credentials.accessToken), false);
});

test('nothing in an error of a call shows how it was signed', async () => {
  await using server = await HawkServer.start({ keyOf: () => undefined });
  const session = taskcluster({ rootUrl: server.rootUrl, credentials: tester });
  await assert.rejects(new Secrets(session).get('a'), (error) => {
    assert.ok(error instanceof ResponseError);
    const shown = inspect([error, error.record], { depth: 20, showHidden: true, getters: true });
    assert.equal(/no-secret|mac=/.test(shown), false);
    return true;
  });
});

const reference = {
  serviceName: 'secrets',
  apiVersion: 'v2',
  entries: [
    { name: 'ping', method: 'get', route: '/ping', args: [], query: [] },
    { name: 'get', method: 'get', route: '/secret/<name>', args: ['name'], output: 'v1/secret.json#' },
    { name: 'set', method: 'put', route: '/secret/<name>', args: ['name'], input: 'v1/secret.json#' },
    { name: 'list', method: 'get', route: '/secrets', args: [], query: ['limit'], output: 'v1/list.json#' },
    { name: 'dump', method: 'get', route: '/dump', args: [], query: [], output: 'blob' },
  ],
};

test('a client is made of a reference at run time, with the version that it says', async () => {
  const { requests, transport } = recorder();
  const client = clientFromReference(taskcluster({ rootUrl, transport }), reference);
  assert.equal(client.api, 'secrets/v2');
  assert.deepEqual(client.methods, ['ping', 'get', 'set', 'list', 'dump']);
  assert.deepEqual(await client.call('ping'), {});
  await client.call('get', { path: { name: 'a/b' } });
  await client.call('set', { path: { name: 'a' }, body: { b: 1 }, headers: { 'x-y': 'z' } });
  await client.call('list', { query: { limit: 5 } });
  assert.deepEqual(await client.call('dump'), new TextEncoder().encode('{}'));
  assert.deepEqual(
    requests.map(({ method, url }) => `${method} ${url}`),
    [
      `GET ${rootUrl}/api/secrets/v2/ping`,
      `GET ${rootUrl}/api/secrets/v2/secret/a%2Fb`,
      `PUT ${rootUrl}/api/secrets/v2/secret/a`,
      `GET ${rootUrl}/api/secrets/v2/secrets?limit=5`,
      `GET ${rootUrl}/api/secrets/v2/dump`,
    ],
  );
  assert.equal(requests[2]?.body, '{"b":1}');
  assert.equal(requests[2]?.headers['x-y'], 'z');
});

test('a client made at run time refuses what its reference does not have', async () => {
  const { requests, transport } = recorder();
  const client = clientFromReference(taskcluster({ rootUrl, transport }), reference);
  const refused = (message: RegExp, ...given: Parameters<typeof client.call>) =>
    assert.rejects(client.call(...given), { name: 'TypeError', message });
  await refused(/^secrets\/v2 has no method remove, only: ping, get, set, list, dump$/, 'remove');
  await refused(/^secrets\/v2 get needs the path parameter name$/, 'get');
  await refused(/has no path parameter nam, only: name$/, 'get', { path: { name: 'a', nam: 'b' } });
  await refused(/has no query parameter offset, only: limit$/, 'list', { query: { offset: 1 } });
  await refused(/has no query parameter limit, only: none$/, 'ping', { query: { limit: 1 } });
  await refused(/set needs a body$/, 'set', { path: { name: 'a' } });
  await refused(/get takes no body$/, 'get', { path: { name: 'a' }, body: {} });
  await refused(/would name another route/, 'get', { path: { name: '..' } });
  assert.equal(requests.length, 0);
  await client.call('ping', { body: undefined });
  assert.equal(requests.length, 1);
});

test('what is no reference is refused with the place', () => {
  const session = taskcluster({ rootUrl });
  const refused = (given: unknown, message: RegExp) =>
    assert.throws(() => clientFromReference(session, given), { name: 'TypeError', message });
  refused(undefined, /^the reference has no serviceName$/);
  refused({ ...reference, apiVersion: 1 }, /^the reference has no apiVersion$/);
  refused({ ...reference, entries: {} }, /^the reference has no list entries$/);
  refused({ ...reference, serviceName: '../x' }, /is no API/);
  refused(
    { ...reference, entries: [{ name: 'a', method: 'trace', route: '/' }] },
    /\/entries\/0\/method is trace/,
  );
  refused(
    { ...reference, entries: [{ name: 'a', method: 'get', route: 'x' }] },
    /\/entries\/0\/route must begin/,
  );
  refused({ ...reference, entries: [{ method: 'get', route: '/x' }] }, /\/entries\/0 has no name/);
});
