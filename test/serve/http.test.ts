import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type StandIn, serve } from '@fairlead/codegen/serve';
import hawk from 'hawk';
import { callSigned, jsonOf } from './signed.ts';
import { someTask } from './tasks.ts';

let service: StandIn;
before(async () => {
  service = await serve('taskcluster');
});
beforeEach(() => service.reset());
after(() => service.close());

interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly requestInfo: {
    readonly method: string;
    readonly params: object;
    readonly payload: object;
    readonly time: string;
  };
}

interface Provisioners {
  readonly provisioners: readonly object[];
  readonly continuationToken?: string;
}

const secret = { secret: {}, expires: '2999-01-01T00:00:00.000Z' };
const taskId = 'fN1SbArXTPSVFNUvaOlinQ';

function put(name: string, body: unknown = secret, headers: Readonly<Record<string, string>> = {}) {
  return callSigned(service, { verb: 'PUT', path: `/api/secrets/v1/secret/${name}`, body, headers });
}

function get(path: string) {
  return callSigned(service, { verb: 'GET', path });
}

describe('answers on the wire', () => {
  test('an error has a code, a message with facts after a line, and what was asked', async () => {
    const response = await get('/api/secrets/v1/secret/a%2Fb');
    assert.equal(response.status, 404);
    const { code, message, requestInfo } = await jsonOf<ErrorBody>(response);
    assert.equal(code, 'ResourceNotFound');
    assert.match(
      message,
      /^Secret not found\n\n---\n\n\* method: +get\n\* errorCode: +ResourceNotFound\n\* statusCode: 404\n\* time: /,
    );
    assert.deepEqual(
      [requestInfo.method, requestInfo.params, requestInfo.payload],
      ['get', { name: 'a/b' }, {}],
    );
    assert.equal(new Date(requestInfo.time).toJSON(), requestInfo.time);
  });

  test('a route that is not known has no code', async () => {
    for (const path of ['/api/secrets/v1/nothing', '/api/nothing/v1/ping', '/', '/api/auth/v1/clients/..']) {
      const raw = await rawGet(path);
      assert.match(raw, /^HTTP\/1\.1 404 /, path);
      assert.ok(raw.endsWith('{"error":"Not found"}'), path);
    }
  });

  test('every answer has identifiers, no caching, and permissive CORS', async () => {
    const headers = { 'x-taskcluster-trace-id': 'my-trace' };
    const response = await fetch(`${service.url}/api/queue/v1/ping`, { headers });
    assert.equal(response.headers.get('x-for-trace-id'), 'my-trace');
    assert.match(response.headers.get('x-for-request-id') ?? '', /^[\w-]{22,}$/);
    assert.match(response.headers.get('cache-control') ?? '', /no-store/);
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    assert.match(response.headers.get('access-control-allow-headers') ?? '', /Authorization/);
    assert.equal((await fetch(`${service.url}/api/queue/v1/ping`, { method: 'OPTIONS' })).status, 200);
  });

  test('HEAD is GET without the body', async () => {
    const response = await fetch(`${service.url}/api/queue/v1/ping`, { method: 'HEAD' });
    assert.equal(response.status, 200);
    assert.equal(await response.text(), '');
    assert.notEqual(response.headers.get('content-length'), '0');
  });

  test('a method without a result answers {} or nothing', async () => {
    assert.equal(await (await put('a')).text(), '{}');
    const purge = { verb: 'POST', path: '/api/purge-cache/v1/purge-cache/p%2Fw', body: { cacheName: 'c' } };
    const response = await callSigned(service, purge);
    assert.deepEqual([response.status, await response.text()], [204, '']);
  });
});

describe('requests that are refused', () => {
  const refusals: readonly [what: string, status: number, code: string, request: () => Promise<Response>][] =
    [
      [
        'an unknown query parameter',
        400,
        'InvalidRequestArguments',
        () => get('/api/secrets/v1/secrets?nope=1'),
      ],
      ['an empty limit', 400, 'InvalidRequestArguments', () => get('/api/secrets/v1/secrets?limit=')],
      [
        'a token with odd characters',
        400,
        'InvalidRequestArguments',
        () => get('/api/secrets/v1/secrets?continuationToken=%24'),
      ],
      [
        'a path parameter of the wrong form',
        400,
        'InvalidRequestArguments',
        () => get('/api/queue/v1/task/x/status'),
      ],
      ['a broken percent escape', 400, 'InvalidRequestArguments', () => get('/api/secrets/v1/secret/%E0%A4')],
      [
        'a body of another type',
        400,
        'MalformedPayload',
        () => put('a', secret, { 'content-type': 'text/plain' }),
      ],
      ['a body that is not JSON', 400, 'MalformedPayload', () => put('a', '{"secret":')],
      ['a body that is not valid', 400, 'InputValidationError', () => put('a', { secret: {} })],
      [
        'a body that is too large',
        413,
        'InputTooLarge',
        () => put('a', { ...secret, secret: { x: 'x'.repeat(11_000_000) } }),
      ],
    ];
  for (const [what, status, code, request] of refusals) {
    test(`${what}: ${status} ${code}`, async () => {
      const response = await request();
      assert.equal(response.status, status);
      assert.equal((await jsonOf<ErrorBody>(response)).code, code);
    });
  }

  test('a payload hash is checked when there is one', async () => {
    const url = `${service.url}/api/secrets/v1/secret/a`;
    const { clientId, accessToken } = service.credentials;
    const credentials = { id: clientId, key: accessToken, algorithm: 'sha256' } as const;
    const payload = JSON.stringify(secret);
    const signed = { credentials, payload, contentType: 'application/json' };
    const { header } = hawk.client.header(url, 'PUT', signed);
    const headers = { authorization: header, 'content-type': 'application/json; charset=utf-8' };
    assert.equal((await fetch(url, { method: 'PUT', headers, body: payload })).status, 200);
    const refused = await fetch(url, { method: 'PUT', headers, body: payload.replace('{', '{ ') });
    assert.equal(refused.status, 401);
    assert.match(await refused.text(), /Bad payload hash/);
    assert.equal(refused.headers.get('www-authenticate'), 'hawk');
  });

  test('behind a proxy the port is the one that the caller signed', async () => {
    const { clientId, accessToken } = service.credentials;
    const credentials = { id: clientId, key: accessToken, algorithm: 'sha256' } as const;
    const { header } = hawk.client.header('https://127.0.0.1/api/auth/v1/scopes/current', 'GET', {
      credentials,
    });
    const headers = { authorization: header, 'x-forwarded-port': '443' };
    assert.equal((await fetch(`${service.url}/api/auth/v1/scopes/current`, { headers })).status, 200);
  });
});

describe('routes', () => {
  test('a name may hold a slash, encoded or not', async () => {
    await put('a%2Fb');
    for (const path of ['a/b', 'a%2Fb', 'a%2fb']) {
      assert.equal((await get(`/api/secrets/v1/secret/${path}`)).status, 200, path);
    }
  });

  test('text wins over a parameter, and a trailing slash makes no difference', async () => {
    assert.deepEqual(await (await get('/api/purge-cache/v1/purge-cache/list')).json(), { requests: [] });
    assert.deepEqual(await (await get('/api/purge-cache/v1/purge-cache/p/w')).json(), { requests: [] });
    for (const path of ['/api/auth/v1/clients', '/api/auth/v1/clients/']) {
      assert.equal((await jsonOf<{ clients: unknown[] }>(get(path))).clients.length, 1);
    }
    const { taskQueueId } = await jsonOf<{ taskQueueId: string }>(
      get('/api/queue/v1/task-queues/p/w/counts'),
    );
    assert.equal(taskQueueId, 'p/w');
  });

  test('redirects that carry JSON and those that carry text', async () => {
    await callSigned(service, { verb: 'PUT', path: `/api/queue/v1/task/${taskId}`, body: someTask() });
    const claim = { workerGroup: 'g', workerId: 'w', tasks: 1 };
    await callSigned(service, {
      verb: 'POST',
      path: '/api/queue/v1/claim-work/some-provisioner%2Fsome-worker',
      body: claim,
    });
    const url = 'https://example.com/a';
    const body = { storageType: 'reference', url, contentType: 'text/plain', expires: someTask().deadline };
    await callSigned(service, {
      verb: 'POST',
      path: `/api/queue/v1/task/${taskId}/runs/0/artifacts/public/a`,
      body,
    });
    const artifact = await get(`/api/queue/v1/task/${taskId}/artifacts/public/a`);
    assert.deepEqual([artifact.status, artifact.headers.get('location')], [303, url]);
    assert.deepEqual(await artifact.json(), { storageType: 'reference', url });

    const latest = await get('/api/github/v1/repository/o/r/b/latest');
    assert.equal(latest.status, 303);
    assert.match(await latest.text(), /^See Other/);
    const badge = await get('/api/github/v1/repository/o/r/b/badge.svg');
    assert.match(badge.headers.get('content-type') ?? '', /svg/);
    assert.match(await badge.text(), /^<svg/);
  });

  test('it publishes its references as a deployment does', async () => {
    const manifest = await jsonOf<{ references: string[] }>(fetch(`${service.url}/references/manifest.json`));
    assert.ok(manifest.references.includes('/references/queue/v1/api.json'));
    const api = await jsonOf<Record<'$schema' | 'serviceName', string>>(
      fetch(`${service.url}/references/queue/v1/api.json`),
    );
    assert.equal(api.$schema, `${service.url}/schemas/common/api-reference-v0.json#`);
    assert.equal(api.serviceName, 'queue');
    assert.doesNotMatch(JSON.stringify(api), /"x-/);
    const all = await jsonOf<{ filename: string }[]>(fetch(`${service.url}/references/references.json`));
    assert.ok(all.some(({ filename }) => filename === 'schemas/queue/v1/task.json'));
  });

  test('what no service models is an example, three of them in a list, in pages', async () => {
    const first = await jsonOf<Provisioners>(get('/api/queue/v1/provisioners?limit=2'));
    assert.equal(first.provisioners.length, 2);
    const rest = await jsonOf<Provisioners>(
      get(`/api/queue/v1/provisioners?limit=2&continuationToken=${first.continuationToken}`),
    );
    assert.equal(rest.provisioners.length, 1);
    assert.equal(rest.continuationToken, undefined);
    assert.notDeepEqual(first.provisioners[0], rest.provisioners[0]);
    const one = await jsonOf<{ provisionerId: string }>(get('/api/queue/v1/provisioners/mine'));
    assert.equal(one.provisionerId, 'mine');
    assert.deepEqual(await (await get('/api/queue/v1/provisioners/mine')).json(), one);
  });
});

describe('faults', () => {
  const match = { service: 'queue', method: 'ping' };
  const ping = () => fetch(`${service.url}/api/queue/v1/ping`);

  test('a status, so many times, for one method', async () => {
    const fault = service.fail({ match, status: 503, times: 2, headers: { 'retry-after': '1' } });
    assert.equal((await fetch(`${service.url}/api/auth/v1/ping`)).status, 200);
    const failed = await ping();
    assert.deepEqual([failed.status, failed.headers.get('retry-after')], [503, '1']);
    assert.equal((await jsonOf<ErrorBody>(failed)).requestInfo.method, 'ping');
    assert.equal((await ping()).status, 503);
    assert.equal((await ping()).status, 200);
    assert.equal(fault.hits, 2);
  });

  test('a body of any kind, and until it is taken back', async () => {
    const html = { body: '<html>Bad gateway</html>', headers: { 'content-type': 'text/html' } };
    const fault = service.fail({
      match: (request) => request.url.endsWith('/ping'),
      status: 502,
      times: Number.POSITIVE_INFINITY,
      ...html,
    });
    assert.equal(await (await ping()).text(), html.body);
    fault.remove();
    assert.equal((await ping()).status, 200);
    service.fail({ match, status: 424, body: { reason: 'x' } });
    assert.deepEqual(await (await ping()).json(), { reason: 'x' });
  });

  test('a connection that is reset, an answer that is cut off', async () => {
    service.fail({ match, reset: true });
    await assert.rejects(ping(), (error: Error) => /ECONNRESET/.test(String(Object(error.cause).code)));
    service.fail({ match, truncate: true });
    const response = await ping();
    assert.equal(response.status, 200);
    await assert.rejects(response.text());
  });

  test('an answer that is late, and one that never comes', async () => {
    service.fail({ match, delayMs: 60 });
    const start = performance.now();
    assert.equal((await ping()).status, 200);
    assert.ok(performance.now() - start >= 59);
    service.fail({ match, hang: true });
    await assert.rejects(fetch(`${service.url}/api/queue/v1/ping`, { signal: AbortSignal.timeout(60) }), {
      name: 'TimeoutError',
    });
  });

  test('a fault that could never happen is refused, with what is wrong about it', () => {
    assert.throws(() => service.fail({ match: { service: 'queue', method: 'pign' }, reset: true }), {
      name: 'RangeError',
      message: 'a fault of queue.pign would never happen: there is no such method',
    });
    assert.throws(() => service.fail({ match: { service: 'queu' }, reset: true }), /queu .*no such service/);
    assert.throws(() => service.fail({ match }), /says what goes wrong: status, headers, delayMs/);
  });

  test('a truncated call was done all the same', async () => {
    service.fail({ match: { service: 'secrets', method: 'set' }, truncate: true });
    await assert.rejects(put('kept').then((response) => response.text()));
    assert.equal((await get('/api/secrets/v1/secret/kept')).status, 200);
  });
});

describe('the record', () => {
  test('tells what was called, how it was asked and how it was answered', async () => {
    await put('a%2Fb', { secret: {} });
    await put('a%2Fb');
    const [refused, done] = service.requests;
    assert.ok(refused !== undefined && done !== undefined);
    assert.deepEqual([refused.status, done.status], [400, 200]);
    const { verb, url, service: name, method, params, headers, body } = done;
    assert.deepEqual(
      [verb, url, name, method, params],
      ['PUT', '/api/secrets/v1/secret/a%2Fb', 'secrets', 'set', { name: 'a/b' }],
    );
    assert.match(headers.authorization ?? '', /^Hawk id=/);
    assert.deepEqual(JSON.parse(Buffer.from(body).toString()), secret);
  });
});

test('a role that would expand without end is refused, new or updated', async () => {
  const role = (verb: string, scopes: readonly string[]) =>
    callSigned(service, { verb, path: '/api/auth/v1/roles/a*', body: { scopes, description: '' } });
  const endless = await role('PUT', ['assume:aa<..>']);
  assert.deepEqual([endless.status, (await jsonOf<ErrorBody>(endless)).code], [400, 'InputError']);
  assert.equal((await role('PUT', ['b:<..>'])).status, 200);
  assert.equal((await role('POST', ['assume:aa<..>'])).status, 400);
});

test('a body that is nested without end is malformed', async () => {
  const body = `{"secret":${'['.repeat(100_000)}${']'.repeat(100_000)},"expires":"2999-01-01T00:00:00.000Z"}`;
  const path = '/api/secrets/v1/secret/deep';
  const response = await callSigned(service, { verb: 'PUT', path, body });
  assert.equal(response.status, 400);
  assert.equal((await jsonOf<ErrorBody>(response)).code, 'MalformedPayload');
});

describe('control over HTTP', () => {
  const control = (path: string, body?: unknown) =>
    fetch(
      `${service.url}/__fairlead__${path}`,
      body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) },
    );

  test('what is served, the requests, a fault, and starting over', async () => {
    const about = await (await control('/')).json();
    assert.deepEqual(about, {
      service: 'taskcluster',
      rootUrl: service.rootUrl,
      credentials: service.credentials,
    });
    assert.equal((await control('/fail', { match: { method: 'ping' }, status: 500 })).status, 200);
    assert.equal((await fetch(`${service.url}/api/queue/v1/ping`)).status, 500);
    const requests = await jsonOf<{ method: string; status: number }[]>(control('/requests'));
    assert.deepEqual(
      requests.map(({ method, status }) => [method, status]),
      [['ping', 500]],
    );
    await put('a');
    assert.equal((await control('/reset', {})).status, 200);
    assert.equal((await get('/api/secrets/v1/secret/a')).status, 404);
  });

  test('a fault that makes no sense is refused', async () => {
    const rules: readonly object[] = [
      { statsu: 500 },
      { toString: 1 },
      { status: '500' },
      { status: 99 },
      { status: 600 },
      { delayMs: -1 },
      { match: null },
      { headers: { 'a b': 'x' } },
      { headers: { a: 'x\n' } },
      [],
      { times: 0, reset: true },
      { match: { method: 'ping' } },
      { match: { method: 'pign' }, reset: true },
      { match: { service: 'queue', method: 'currentScopes' }, reset: true },
    ];
    for (const rule of rules) {
      assert.equal((await control('/fail', rule)).status, 400, JSON.stringify(rule));
    }
    assert.equal((await control('/nothing')).status, 404);
  });
});

/** A request whose path no client may tidy up. */
function rawGet(path: string): Promise<string> {
  const { hostname, port } = new URL(service.url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n\r\n`);
    });
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => resolve(Buffer.concat(chunks).toString()));
    socket.on('error', reject);
  });
}
