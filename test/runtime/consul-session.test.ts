import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { inspect } from 'node:util';
import { ResponseError } from '../../runtime/src/errors.ts';
import { path } from '../../runtime/src/http/path.ts';
import { TransportFailure, type TransportRequest } from '../../runtime/src/http/transport.ts';
import type { ReadOptions } from '../../runtime/src/services/consul/call-options.ts';
import { consul } from '../../runtime/src/services/consul/consul.ts';
import type { ConsulOptions } from '../../runtime/src/services/consul/options.ts';
import type { ConsulSession } from '../../runtime/src/services/consul/session.ts';
import { certificate } from '../servers/certificate.ts';
import { rejection } from '../servers/endpoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'fairlead-consul-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const whole = join(folder, name);
  writeFileSync(whole, text);
  return whole;
}

/** A folder with one file in it. */
function folderOf(name: string, text: string): string {
  mkdirSync(join(folder, name));
  file(join(name, 'one.pem'), text);
  return join(folder, name);
}

interface Said {
  readonly status?: number;
  readonly text?: string;
  readonly headers?: Record<string, string>;
}

/** A transport that writes down what it is asked, and says one thing after the other, the last one again and again. */
function recorder(...said: readonly (Said | TransportFailure)[]) {
  const requests: TransportRequest[] = [];
  return {
    requests,
    transport: async (request: TransportRequest) => {
      const next = said[Math.min(requests.length, said.length - 1)] ?? {};
      requests.push(request);
      if (next instanceof TransportFailure) throw next;
      const { status = 200, text = 'null', headers = {} } = next;
      const type = status === 200 ? 'application/json' : 'text/plain; charset=utf-8';
      return { status, headers: { 'content-type': type, ...headers }, body: new TextEncoder().encode(text) };
    },
  };
}

/** What one read puts on the wire. */
async function sent(
  options: ConsulOptions,
  read: ReadOptions = {},
  from?: (o: ConsulOptions) => ConsulSession,
) {
  const { requests, transport } = recorder();
  const session = (from ?? consul)({ transport, ...options });
  await session.raw.get('/status/leader', read);
  const [request] = requests;
  assert.ok(request);
  const url = new URL(request.url);
  return { request, url, query: Object.fromEntries(url.searchParams), headers: request.headers };
}

for (const [options, expected] of [
  [{}, 'http://localhost:8500/v1/status/leader'],
  [{ address: 'consul.example.com:8501' }, 'http://consul.example.com:8501/v1/status/leader'],
  [{ address: 'consul.example.com' }, 'http://consul.example.com/v1/status/leader'],
  [{ address: '[::1]:8500' }, 'http://[::1]:8500/v1/status/leader'],
  [{ address: ':8501' }, 'http://localhost:8501/v1/status/leader'],
  [{ address: 'https://:8501' }, 'https://localhost:8501/v1/status/leader'],
  [{ address: 'http://a:1/' }, 'http://a:1/v1/status/leader'],
  [{ address: 'https://a:1' }, 'https://a:1/v1/status/leader'],
  [{ address: 'a:1', scheme: 'https' }, 'https://a:1/v1/status/leader'],
  [{ address: 'http://a:1', scheme: 'https' }, 'https://a:1/v1/status/leader'],
  [{ address: 'https://a:1', scheme: 'http' }, 'https://a:1/v1/status/leader'],
  [{ address: 'https://a/consul/east/' }, 'https://a/consul/east/v1/status/leader'],
  [{ address: 'https://a/consul', pathPrefix: '/other/' }, 'https://a/other/v1/status/leader'],
  [{ pathPrefix: 'p' }, 'http://localhost:8500/p/v1/status/leader'],
  [{ address: 'unix:///run/consul.sock' }, 'http://localhost/v1/status/leader'],
] as const) {
  test(`${JSON.stringify(options)} is ${expected}`, async () => {
    if ('address' in options && options.address.startsWith('unix:')) {
      assert.equal(`${consul(options).address}/v1/status/leader`, expected);
    } else {
      assert.equal((await sent(options)).request.url, expected);
    }
  });
}

for (const [options, message] of [
  [{ address: 'ftp://a' }, /address has the scheme ftp/],
  [{ address: '' }, /address must be like/],
  [{ address: '8500' }, /address is a port without a host: say localhost:8500/],
  [{ address: 'http://8500/v1' }, /address is a port without a host/],
  [{ address: 'http://u:secret@a' }, /address holds a password: give basicAuth instead$/],
  [{ address: 'http://a?x=1' }, /address must have no query/],
  [{ address: 'unix://relative.sock' }, /address must name a socket by its whole path/],
  [{ pathPrefix: '/a b' }, /pathPrefix must be a path as it is sent/],
  [{ pathPrefix: '/a/../b' }, /pathPrefix must be a path as it is sent/],
  [{ basicAuth: { username: 'a:b' } }, /basicAuth.username/],
  [{ waitMs: 0 }, /waitMs must be a number of milliseconds above 0/],
  [{ token: 'two\nlines' }, /X-Consul-Token must be one line/],
  [{ tls: { cert: 'x' } }, /tls.cert needs tls.key/],
  [{ tls: { key: 'x' } }, /tls.key needs tls.cert/],
] as const) {
  test(`${JSON.stringify(options)} is refused`, () => {
    assert.throws(() => consul(options), message);
  });
}

test('an option that is not known is refused, as it was most likely misspelt', () => {
  assert.throws(() => Reflect.apply(consul, undefined, [{ tokn: 'x' }]), /tokn is no option of consul/);
  assert.throws(() => Reflect.apply(consul, undefined, [{ scheme: 'ftp' }]), /scheme must be/);
  assert.throws(() => Reflect.apply(consul, undefined, [{ tokenIn: 'body' }]), /tokenIn must be/);
});

test('the token goes into a header, and into the query only when told to', async () => {
  const plain = await sent({ token: 's3cret' });
  assert.equal(plain.headers['x-consul-token'], 's3cret');
  assert.deepEqual(plain.query, {});
  const query = await sent({ token: 's3cret', tokenIn: 'query' });
  assert.equal(query.headers['x-consul-token'], undefined);
  assert.deepEqual(query.query, { token: 's3cret' });
  assert.equal((await sent({ token: 's3cret' }, { token: 'other' })).headers['x-consul-token'], 'other');
  assert.equal((await sent({ token: 's3cret' }, { token: '' })).headers['x-consul-token'], undefined);
  assert.equal((await sent({ token: '' })).headers['x-consul-token'], undefined);
});

test('a token in a file is read once, trimmed, and wins', async () => {
  const tokenFile = file('token', ' from-file\n');
  const { requests, transport } = recorder();
  const session = consul({ tokenFile, token: 'other', transport });
  writeFileSync(tokenFile, 'changed');
  await session.raw.get('/status/leader');
  await session.with({ datacenter: 'dc2' }).raw.get('/status/leader');
  assert.deepEqual(
    requests.map(({ headers }) => headers['x-consul-token']),
    ['from-file', 'from-file'],
  );
  assert.throws(() => consul({ tokenFile: file('empty', '\n') }), /there is no token in/);
  assert.throws(() => consul({ tokenFile: join(folder, 'none') }), /ENOENT/);
});

test('no secret is in what is shown', async () => {
  const { transport } = recorder({ status: 403, text: 'Permission denied' });
  const session = consul({ token: 's3cret', tokenIn: 'query', basicAuth: 'me:pass-word', transport });
  assert.equal(inspect(session), 'ConsulSession(http://localhost:8500)');
  const error = await rejection(session.raw.get('/kv/a'), ResponseError);
  assert.doesNotMatch(
    inspect([error, error.record, error.attempts], { depth: 9 }),
    /s3cret|cGFzcy13b3Jk|pass-word/,
  );
  assert.equal(inspect(consul()), 'ConsulSession(http://localhost:8500, anonymous)');
});

test('basic auth is for a proxy, split at the first colon, next to the token', async () => {
  const basic = async (basicAuth: ConsulOptions['basicAuth']) =>
    Buffer.from(
      (await sent({ basicAuth, token: 't' })).headers['authorization']?.slice(6) ?? '',
      'base64',
    ).toString();
  assert.equal(await basic('me:a:b'), 'me:a:b');
  assert.equal(await basic('me'), 'me:');
  assert.equal(await basic({ username: 'me', password: 'ü' }), 'me:ü');
  assert.equal((await sent({ headers: { 'X-Extra': '1' } })).headers['x-extra'], '1');
});

test('what isn’t asked for isn’t sent', async () => {
  const { url, headers } = await sent({});
  assert.equal(url.search, '');
  assert.deepEqual(headers, { 'user-agent': 'fairlead', accept: 'application/json, text/plain' });
});

for (const [read, query, headers] of [
  [{ consistency: 'stale' }, { stale: '1' }, {}],
  [{ consistency: 'consistent' }, { consistent: '1' }, {}],
  [{ consistency: 'stale', maxStaleMs: 1500 }, { stale: '1', max_stale: '1500ms' }, {}],
  [{ consistency: 'leader' }, { leader: '1' }, {}],
  [{ consistency: 'default' }, {}, {}],
  [{ cached: true }, { cached: '1' }, {}],
  [{ cached: false }, {}, {}],
  [
    { cached: { maxAgeSeconds: 30.9, staleIfErrorSeconds: 0, mustRevalidate: true } },
    { cached: '1' },
    { 'cache-control': 'max-age=30, stale-if-error=0, must-revalidate' },
  ],
  [{ datacenter: 'dc2', namespace: 'ns1', partition: 'p1' }, { dc: 'dc2', ns: 'ns1', partition: 'p1' }, {}],
  [{ peer: 'east' }, { peer: 'east' }, {}],
  [{ samenessGroup: 'group' }, { 'sameness-group': 'group' }, {}],
] as const) {
  test(`${JSON.stringify(read)} is ?${new URLSearchParams(query)}`, async () => {
    const found = await sent({}, read);
    assert.deepEqual(found.query, query);
    const { accept: _a, 'user-agent': _u, ...others } = found.headers;
    assert.deepEqual(others, headers);
  });
}

test('a call’s own words win over the session’s', async () => {
  const options = { datacenter: 'dc1', namespace: 'a', partition: 'b' };
  assert.deepEqual((await sent(options)).query, { dc: 'dc1', ns: 'a', partition: 'b' });
  assert.deepEqual((await sent(options, { datacenter: 'dc2' })).query, {
    dc: 'dc2',
    ns: 'a',
    partition: 'b',
  });
});

test('what excludes each other is refused, also for those without a compiler', async () => {
  const session = consul({ transport: recorder().transport });
  const both = { consistency: 'consistent', cached: true };
  const read = Reflect.apply(session.raw.get, session.raw, ['/kv/a', both]);
  await assert.rejects(Promise.resolve(read), /consistency "consistent" and cached exclude each other/);
  await assert.rejects(
    async () => await session.raw.get('/kv/a', { cached: { maxAgeSeconds: -1 } }),
    /cached.maxAgeSeconds must be/,
  );
  for (const [options, message] of [
    [{ maxStaleMs: 1 }, /maxStaleMs goes only with consistency "stale"/],
    [{ maxStaleMs: 1, consistency: 'leader' }, /maxStaleMs goes only with consistency "stale"/],
    [{ maxStaleMs: 0, consistency: 'stale' }, /maxStaleMs must be a number of milliseconds above 0, not 0/],
  ] as const)
    await assert.rejects(async () => await session.raw.get('/kv/a', options), message);
  const places = { peer: 'a', samenessGroup: 'b' };
  const elsewhere = Reflect.apply(session.raw.get, session.raw, ['/health/service/a', places]);
  await assert.rejects(Promise.resolve(elsewhere), /peer and samenessGroup exclude each other/);
  const odd = Reflect.apply(session.raw.get, session.raw, ['/kv/a', { consistency: 'strong' }]);
  await assert.rejects(Promise.resolve(odd), /consistency must be/);
});

test('a session that differs shares connections and token, unless that is what differs', async () => {
  const { requests, transport } = recorder();
  const session = consul({ address: 'https://a/prefix', token: 'one', transport });
  for (const overrides of [
    {},
    { datacenter: 'dc2' },
    { token: 'two' },
    { token: undefined },
    { address: 'b:1' },
    { tokenFile: file('three', 'three') },
  ]) {
    await session.with(overrides).raw.get('/kv/a');
  }
  assert.deepEqual(
    requests.map(({ url, headers }) => `${url} ${headers['x-consul-token']}`),
    [
      'https://a/prefix/v1/kv/a one',
      'https://a/prefix/v1/kv/a?dc=dc2 one',
      'https://a/prefix/v1/kv/a two',
      'https://a/prefix/v1/kv/a undefined',
      'http://b:1/v1/kv/a one',
      'https://a/prefix/v1/kv/a three',
    ],
  );
});

test('everything that Consul’s own programs read from the environment', async () => {
  const found = await sent({}, {}, (options) =>
    consul.fromEnv(options, {
      CONSUL_HTTP_ADDR: 'consul.example.com:8501',
      CONSUL_HTTP_SSL: 'T',
      CONSUL_HTTP_TOKEN: 'from-env',
      CONSUL_HTTP_AUTH: 'me:pw',
      CONSUL_NAMESPACE: 'ns1',
      CONSUL_PARTITION: 'p1',
    }),
  );
  assert.equal(found.url.origin, 'https://consul.example.com:8501');
  assert.deepEqual(found.query, { ns: 'ns1', partition: 'p1' });
  assert.equal(found.headers['x-consul-token'], 'from-env');
  assert.equal(found.headers['authorization'], 'Basic bWU6cHc=');
});

test('which token it is: a file given, a token given, the file of the environment, its token', async () => {
  const environment = { CONSUL_HTTP_TOKEN: 'env', CONSUL_HTTP_TOKEN_FILE: file('env', 'env-file') };
  const token = async (options: ConsulOptions, env: typeof environment | { CONSUL_HTTP_TOKEN: string }) =>
    (await sent(options, {}, (all) => consul.fromEnv(all, env))).headers['x-consul-token'];
  assert.equal(
    await token({ token: 'given', tokenFile: file('given', 'given-file') }, environment),
    'given-file',
  );
  assert.equal(await token({ token: 'given' }, environment), 'given');
  assert.equal(await token({}, environment), 'env-file');
  assert.equal(await token({}, { CONSUL_HTTP_TOKEN: 'env' }), 'env');
});

test('what is given as undefined is as good as not given', async () => {
  const environment = { CONSUL_HTTP_ADDR: 'a:1', CONSUL_HTTP_TOKEN: 'env' };
  const own = consul.defaults({ datacenter: 'dc1' });
  const nothing = { address: undefined, token: undefined, tokenFile: undefined, datacenter: undefined };
  const { url, headers } = await sent(nothing, {}, (options) => own.fromEnv(options, environment));
  assert.deepEqual([url.host, headers['x-consul-token'], url.searchParams.get('dc')], ['a:1', 'env', 'dc1']);
});

test('an empty variable is as good as none, and a boolean must be one', async () => {
  const found = await sent({}, {}, (options) =>
    consul.fromEnv(options, {
      CONSUL_HTTP_ADDR: '',
      CONSUL_HTTP_TOKEN: '',
      CONSUL_HTTP_SSL: '',
      CONSUL_CACERT: '',
    }),
  );
  assert.equal(found.request.url, 'http://localhost:8500/v1/status/leader');
  for (const text of ['0', 'f', 'F', 'FALSE', 'false', 'False']) {
    const session = consul.fromEnv({}, { CONSUL_HTTP_SSL: text });
    assert.equal(session.address, 'http://localhost:8500');
  }
  assert.throws(
    () => consul.fromEnv({}, { CONSUL_HTTP_SSL: 'yes' }),
    /CONSUL_HTTP_SSL must be true or false/,
  );
  assert.throws(() => consul.fromEnv({}, { CONSUL_HTTP_SSL_VERIFY: 'no' }), /CONSUL_HTTP_SSL_VERIFY must be/);
  assert.throws(
    () => consul.fromEnv({}, { CONSUL_CLIENT_CERT: file('cert', 'x') }),
    /tls.cert needs tls.key/,
  );
});

test('defaults of one’s own win over the environment, and what is given over both', async () => {
  const own = consul.defaults({ datacenter: 'dc1', token: 'own' });
  const { headers, query } = await sent({ datacenter: 'dc2' }, {}, (options) =>
    own.fromEnv(options, { CONSUL_HTTP_TOKEN: 'env' }),
  );
  assert.deepEqual([headers['x-consul-token'], query], ['own', { dc: 'dc2' }]);
});

test('an agent at a Unix socket', async () => {
  const server = createServer((request, response) =>
    response.end(JSON.stringify([request.url, request.headers.host])),
  );
  const socket = join(folder, 'consul.sock');
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  for (const transport of ['got', 'undici'] as const) {
    await using session = consul({ address: `unix://${socket}`, transport });
    assert.deepEqual(await session.raw.get('/status/leader'), ['/v1/status/leader', 'localhost']);
  }
  await new Promise((resolve) => server.close(resolve));
});

test('an agent with a certificate of its own', async () => {
  const { createServer: createTlsServer } = await import('node:https');
  const { cert, key } = certificate;
  const server = createTlsServer({ cert, key }, (_request, response) => response.end('"leader"'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const ca = mkdtempSync(join(folder, 'ca-'));
  writeFileSync(join(ca, 'one.pem'), cert);
  for (const tls of [
    { ca: cert, serverName: 'localhost:8501' },
    { caFile: join(ca, 'one.pem'), serverName: 'localhost' },
    { caPath: ca, serverName: 'localhost' },
    { verify: false },
  ]) {
    for (const transport of ['got', 'undici'] as const) {
      await using session = consul({ address: `https://127.0.0.1:${address.port}`, tls, transport });
      assert.equal(await session.raw.get('/status/leader'), 'leader');
    }
  }
  const environment = {
    CONSUL_HTTP_ADDR: `https://127.0.0.1:${address.port}`,
    CONSUL_CACERT: join(ca, 'one.pem'),
  };
  await using named = consul.fromEnv({ tls: { serverName: 'localhost' } }, environment);
  assert.equal(await named.raw.get('/status/leader'), 'leader');
  const none = { ca: [], serverName: 'localhost' };
  await using trusting = consul.fromEnv({ tls: none, retry: false }, environment);
  await assert.rejects(Promise.resolve(trusting.raw.get('/status/leader')), /no trust in the certificate/);
  await using strict = consul({ address: `https://127.0.0.1:${address.port}`, retry: false });
  await assert.rejects(Promise.resolve(strict.raw.get('/status/leader')), /no trust in the certificate/);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('an agent that wants a certificate of ours, all said by the environment', async () => {
  const { createServer: createTlsServer } = await import('node:https');
  const { cert, key } = certificate;
  const whoever = { cert, key, ca: cert, requestCert: true, rejectUnauthorized: true };
  const server = createTlsServer(whoever, (_request, response) => response.end('"leader"'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const [certFile, keyFile] = [file('client.pem', cert), file('client.key', key)];
  const CONSUL_HTTP_ADDR = `127.0.0.1:${address.port}`;
  const ours = { CONSUL_CLIENT_CERT: certFile, CONSUL_CLIENT_KEY: keyFile };
  for (const environment of [
    { CONSUL_CACERT: certFile, CONSUL_TLS_SERVER_NAME: 'localhost:8501' },
    { CONSUL_CAPATH: folderOf('authorities', cert), CONSUL_TLS_SERVER_NAME: 'localhost' },
    { CONSUL_HTTP_SSL_VERIFY: 'false' },
  ]) {
    const all = { CONSUL_HTTP_ADDR, CONSUL_HTTP_SSL: 'true', ...environment };
    await using session = consul.fromEnv({ retry: false }, { ...all, ...ours });
    assert.equal(await session.raw.get('/status/leader'), 'leader');
    await using anonymous = consul.fromEnv({ retry: false }, all);
    await assert.rejects(Promise.resolve(anonymous.raw.get('/status/leader')));
  }
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('an abandoned watch closes its connection', async () => {
  let closed = () => {};
  const gone = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const server = createServer((request, response) => {
    if (request.url?.includes('index=') === true) request.socket.once('close', closed);
    else response.writeHead(200, { 'x-consul-index': '5' }).end('"a"');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  for (const transport of ['got', 'undici'] as const) {
    await using session = consul({ address: `127.0.0.1:${address.port}`, transport });
    const watch = session.raw.get('/kv/a').watch({ rate: false });
    const values: unknown[] = [];
    const requested = new Promise((resolve) => server.once('request', () => server.once('request', resolve)));
    const loop = (async () => {
      for await (const { value } of watch) values.push(value);
    })();
    await requested;
    await watch.close();
    await Promise.all([loop, gone]);
    assert.deepEqual(values, ['a']);
  }
  await new Promise((resolve) => server.close(resolve));
});

test('as many watches wait at once as there are', async () => {
  const full = Promise.withResolvers<void>();
  let held = 0;
  const server = createServer((request, response) => {
    if (request.url?.includes('index=') !== true) {
      response.writeHead(200, { 'x-consul-index': '5' }).end('"a"');
      return;
    }
    held += 1;
    if (held === 250) full.resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const session = consul({ address: `127.0.0.1:${address.port}` });
  const loops = Array.from({ length: 250 }, async () => {
    for await (const _ of session.raw.get('/kv/a').watch({ rate: false }));
  });
  await full.promise;
  await session.close();
  await Promise.all(loops);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('what the headers say of an answer', async () => {
  const headers = {
    'x-consul-index': '6585513697464884141',
    'x-consul-contenthash': 'f00',
    'x-consul-lastcontact': '12',
    'x-consul-knownleader': 'true',
    'x-consul-effective-consistency': 'stale',
    'x-consul-query-backend': 'blocking-query',
    'x-consul-default-acl-policy': 'deny',
    'x-consul-results-filtered-by-acls': 'true',
    'x-consul-translate-addresses': 'true',
    'x-cache': 'HIT',
    age: '30',
  };
  const { transport } = recorder({ headers, text: '[]' });
  assert.deepEqual(await consul({ transport }).raw.get('/catalog/nodes').withMeta(), {
    value: [],
    meta: {
      index: 6585513697464884141n,
      contentHash: 'f00',
      lastContactMs: 12,
      knownLeader: true,
      consistency: 'stale',
      cache: { hit: true, ageSeconds: 30 },
      filteredByAcls: true,
      addressesTranslated: true,
      backend: 'blocking-query',
      defaultAclPolicy: 'deny',
    },
  });
});

test('headers that are nonsense or absent spoil no answer', async () => {
  const headers = {
    'x-consul-index': '-1',
    'x-consul-lastcontact': 'soon',
    'x-consul-knownleader': 'maybe',
    age: '-',
  };
  const { transport } = recorder({ headers: { ...headers, 'x-cache': 'MISS' }, text: 'null' });
  const { value, meta } = await consul({ transport }).raw.get('/catalog/node/none').withMeta();
  assert.equal(value, null);
  assert.deepEqual(
    [meta.index, meta.lastContactMs, meta.knownLeader, meta.cache, meta.filteredByAcls],
    [undefined, undefined, undefined, { hit: false, ageSeconds: undefined }, false],
  );
});

test('what is absent is undefined, and its index can be waited by', async () => {
  const { transport } = recorder({ status: 404, text: '', headers: { 'x-consul-index': '28' } });
  const { value, meta } = await consul({ transport })
    .raw.get('/kv/none', { absent: [404] })
    .withMeta();
  assert.deepEqual([value, meta.index], [undefined, 28n]);
});

for (const [status, text, category, message] of [
  [403, 'Permission denied', 'forbidden', 'Permission denied'],
  [403, 'ACL not found', 'unauthorized', 'ACL not found'],
  [
    403,
    'rpc error: code = Unknown desc = ACL not found',
    'unauthorized',
    'rpc error: code = Unknown desc = ACL not found',
  ],
  [
    403,
    'rpc error making call: Permission denied\n',
    'forbidden',
    'rpc error making call: Permission denied',
  ],
  [401, 'ACL support disabled', 'invalid', 'ACL support disabled'],
  [401, 'Coordinate support disabled', 'invalid', 'Coordinate support disabled'],
  [404, '', 'not-found', 'not found'],
  [404, 'Intention not found', 'not-found', 'Intention not found'],
  [
    404,
    'Requested policy does not exist: ACL not found',
    'not-found',
    'Requested policy does not exist: ACL not found',
  ],
  [
    413,
    'Request body(524289 bytes) too large, max size: 524288 bytes.',
    'invalid',
    'Request body(524289 bytes) too large, max size: 524288 bytes.',
  ],
  [
    400,
    'Bad request: 1 error occurred:\n\t* invalid config key "Bogus"\n\n',
    'invalid',
    'Bad request: 1 error occurred:\n\t* invalid config key "Bogus"',
  ],
  [500, 'raft apply failed: invalid session "x"', 'invalid', 'raft apply failed: invalid session "x"'],
  [500, 'Must provide node', 'invalid', 'Must provide node'],
  [
    500,
    'Failed to parse ACL rules: At 1:7: object expected closing RBRACE got: EOF',
    'invalid',
    'Failed to parse ACL rules: At 1:7: object expected closing RBRACE got: EOF',
  ],
  [500, 'rpc error making call: EOF', 'unavailable', 'rpc error making call: EOF'],
  [
    500,
    'failed to decompress snapshot: unexpected EOF',
    'invalid',
    'failed to decompress snapshot: unexpected EOF',
  ],
  [500, 'No cluster leader', 'unavailable', 'No cluster leader'],
  [
    500,
    'rpc error making call: No cluster leader',
    'unavailable',
    'rpc error making call: No cluster leader',
  ],
  [
    500,
    'rpc error getting client: failed to get conn: dial tcp: connection refused',
    'unavailable',
    'rpc error getting client: failed to get conn: dial tcp: connection refused',
  ],
  [500, 'No path to datacenter', 'unavailable', 'No path to datacenter'],
  [500, 'something else', 'failed', 'something else'],
  [429, 'rate limit exceeded, try again later', 'rate-limited', 'rate limit exceeded, try again later'],
  [503, '', 'unavailable', 'the answer does not say why'],
  [502, '<html><head><title>Bad Gateway</title></head><body>x</body></html>', 'unavailable', 'Bad Gateway'],
] as const) {
  test(`${status} ${JSON.stringify(text).slice(0, 60)} is ${category}`, async () => {
    const { requests, transport } = recorder({ status, text });
    const session = consul({ transport, retry: { retries: 2, delayMs: 0 } });
    const error = await rejection(session.raw.get('/kv/a'), ResponseError);
    assert.equal(error.category, category);
    assert.equal(error.message, `GET /v1/kv/a: ${status}: ${message}`);
    const passes = category === 'unavailable' || category === 'rate-limited';
    assert.equal(requests.length, passes ? 3 : 1);
  });
}

test('a path that Consul takes for another one is told as such', async () => {
  const text = '<a href="/v1/agent/service/a/b">Moved Permanently</a>.';
  const here = recorder({ status: 301, text, headers: { location: '/v1/agent/service/a/b' } });
  const read = consul({ transport: here.transport }).raw.get(path`/agent/service/${'a//b'}`);
  const error = await rejection(read, ResponseError);
  assert.equal(error.category, 'invalid');
  assert.match(
    error.message,
    /begins with a slash, or holds '\/\/' or a segment '.' or '..': name it otherwise/,
  );
  const away = recorder({ status: 301, text, headers: { location: 'https://consul.example.com/v1/kv/a' } });
  const elsewhere = consul({ transport: away.transport }).raw.get('/kv/a');
  assert.equal((await rejection(elsewhere, ResponseError)).category, 'failed');
});

test('flags and cas are refused when Consul could not hold them', async () => {
  const { requests, transport } = recorder();
  const kv = consul({ transport }).endpoint('kv');
  for (const query of [{ flags: 2n ** 64n }, { flags: -1n }, { cas: 1.5 }, { cas: -1 }, { flags: 2 ** 53 }]) {
    await assert.rejects(async () => await kv.put(path`/kv/${'a'}`, { query }), RangeError);
  }
  for (const query of [{ flags: 2n ** 64n - 1n, cas: 0 }, { flags: undefined }, { cas: '5' }]) {
    await kv.put(path`/kv/${'a'}`, { query });
  }
  assert.equal(requests.length, 3);
});

test('a token that is not there is not found, unless it is the one that asks', async () => {
  const { transport } = recorder({ status: 403, text: 'token does not exist: ACL not found' });
  const { raw } = consul({ transport });
  const categoryAt = async (path: string) => (await rejection(raw.get(path), ResponseError)).category;
  assert.equal(await categoryAt('/acl/token/6a1253d2-1785-24fd-91c2-f8e78c745511'), 'not-found');
  assert.equal(await categoryAt('/acl/token/self'), 'unauthorized');
});

const broken = new TransportFailure(
  'reset',
  'ECONNRESET',
  'the connection broke before an answer came from localhost',
);

for (const [query, times] of [
  [{}, 3],
  [{ flags: 1n }, 3],
  [{ cas: 5n }, 1],
  [{ cas: 0 }, 1],
  [{ acquire: 'session' }, 1],
  [{ release: 'session' }, 1],
  [{ cas: undefined }, 3],
] as const) {
  test(`a PUT with ${inspect(query)} is sent ${times} times when no answer comes`, async () => {
    const { requests, transport } = recorder(broken);
    const kv = consul({ transport, retry: { retries: 2, delayMs: 0 } }).endpoint('kv');
    await assert.rejects(
      Promise.resolve(kv.put(path`/kv/${'a'}`, { query, body: 'x', contentType: 'text/plain' })),
    );
    assert.equal(requests.length, times);
  });
}

test('a write by path may do anything, so that it is sent again only with safe: true', async () => {
  const retry = { retries: 2, delayMs: 0 };
  for (const said of [broken, { status: 500, text: 'rpc error making call: EOF' }]) {
    const { requests, transport } = recorder(said);
    const { raw } = consul({ transport, retry });
    for (const write of [
      () => raw.put('/txn', { body: [] }),
      () => raw.put('/session/create', { safe: undefined }),
      () => raw.delete('/kv/a'),
      () => raw.send('put', '/agent/leave'),
      () => raw.stream('put', '/snapshot'),
    ]) {
      const before = requests.length;
      await assert.rejects(async () => await write());
      assert.equal(requests.length - before, 1, String(write));
    }
    for (const call of [
      () => raw.post('/query', { body: {}, safe: true }),
      () => raw.get('/kv/a'),
      () => raw.stream('get', '/snapshot'),
    ]) {
      const before = requests.length;
      await assert.rejects(async () => await call());
      assert.equal(requests.length - before, 3, String(call));
    }
  }
});

test('integers that raw answers hold keep all their digits', async () => {
  const text = '[{"Flags":18446744073709551615,"LockIndex":1,"Odd":[0.5,1e300,-9007199254740993]}]';
  const pair = { Flags: 18446744073709551615n, LockIndex: 1, Odd: [0.5, 1e300, -9007199254740993n] };
  const { raw } = consul({ transport: recorder({ text }).transport });
  assert.deepEqual(await raw.get('/kv/a'), [pair]);
  assert.deepEqual(await raw.get('/kv/a', { first: true }), pair);
  assert.deepEqual(await raw.put('/txn', { body: [] }), [pair]);
  const shape = { items: () => ({ props: { LockIndex: () => 'bigint' as const } }) };
  const [shaped] = await raw.get<readonly object[]>('/kv/a', { shape });
  assert.equal(shaped && Reflect.get(shaped, 'LockIndex'), 1n);
});

test('a connection that breaks under a large value is told as the refusal that it most likely is', async () => {
  for (const body of [new Uint8Array(600 * 1024), 'x'.repeat(600 * 1024)]) {
    const { requests, transport } = recorder(broken);
    const session = consul({ transport });
    const put = session.raw.put('/kv/a', { body, contentType: 'application/octet-stream' });
    const error = await rejection(put, ResponseError);
    assert.deepEqual([error.status, error.category, requests.length], [413, 'invalid', 1]);
    assert.match(error.message, /most likely longer than the agent takes .* and 614400 bytes were sent/);
  }
});

test('the same for a value that is streamed', async () => {
  async function* pieces() {
    for (let count = 0; count < 10; count += 1) yield new Uint8Array(100 * 1024);
  }
  const transport = async ({ body }: TransportRequest) => {
    assert.ok(typeof body === 'object' && Symbol.asyncIterator in body);
    for await (const _ of body);
    throw broken;
  };
  const put = consul({ transport }).raw.put('/kv/a', { body: pieces() });
  assert.equal((await rejection(put, ResponseError)).status, 413);
});

test('an agent that hangs up on a large value, on a real connection', async () => {
  const server = createServer((request) => request.once('data', () => request.socket.resetAndDestroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  for (const transport of ['got', 'undici'] as const) {
    await using session = consul({ address: `127.0.0.1:${address.port}`, transport, retry: false });
    const large = session.raw.put('/kv/a', { body: new Uint8Array(4 * 1024 * 1024) });
    assert.equal((await rejection(large, ResponseError)).status, 413);
    const small = session.raw.put('/kv/a', { body: new Uint8Array(10) });
    await assert.rejects(Promise.resolve(small), /the connection broke/);
  }
  await new Promise((resolve) => server.close(resolve));
});

test('raw takes any path, and refuses what is none', async () => {
  const { requests, transport } = recorder();
  const { raw } = consul({ transport });
  await raw.get(path`/kv/${'a b/c?d'}`, { query: { recurse: '' } });
  await raw.get('/kv/', { query: { keys: '' } });
  await raw.delete('/kv/a%20b');
  await raw.send('put', '/agent/reload');
  assert.deepEqual(
    requests.map(({ method, url }) => `${method} ${url.slice('http://localhost:8500'.length)}`),
    ['GET /v1/kv/a%20b%2Fc%3Fd?recurse=', 'GET /v1/kv/?keys=', 'DELETE /v1/kv/a%20b', 'PUT /v1/agent/reload'],
  );
  for (const wrong of [
    'kv/a',
    '/kv/a b',
    '/kv/../acl',
    '/kv/%2e%2E/acl',
    '/kv?x=1',
    '/kv#a',
    '/%zz',
    'http://x/',
    '',
  ]) {
    assert.throws(() => raw.get(wrong), /is no path/, wrong);
  }
});
