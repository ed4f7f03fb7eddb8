import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { path, secret } from '@fairlead/runtime/client';
import { type Category, ResponseError, ServiceError, taskcluster } from '@fairlead/runtime/taskcluster';

/** What a call rejects with when a service answers so. */
async function errorOf(status: number, body: string | object): Promise<ResponseError> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const session = taskcluster({
    rootUrl: 'https://tc.example.com',
    retry: false,
    transport: async () => ({ status, headers: {}, body: new TextEncoder().encode(text) }),
  });
  try {
    await session.endpoint('queue/v1').get(path`/task/${'a'}`);
  } catch (error) {
    if (error instanceof ResponseError) return error;
    throw error;
  }
  throw new Error('the call succeeded');
}

const call = 'GET /api/queue/v1/task/a';

test('the facts that a service repeats in its message are cut off', async () => {
  const requestInfo = {
    method: 'task',
    params: { taskId: 'a' },
    payload: {},
    time: '2017-01-19T16:27:20.974Z',
  };
  const error = await errorOf(409, {
    code: 'RequestConflict',
    message:
      'task already exists\nwith another definition\n\n---\n\n* method:     createTask\n* statusCode: 409',
    requestInfo,
  });
  assert.equal(error.message, `${call}: 409 RequestConflict: task already exists\nwith another definition`);
  assert.equal(error.code, 'RequestConflict');
  assert.equal(error.status, 409);
  assert.deepEqual(error.requestInfo, requestInfo);
});

test('each code of the services has its category', async () => {
  const codes: readonly (readonly [string, number, Category])[] = [
    ['MalformedPayload', 400, 'invalid'],
    ['InvalidRequestArguments', 400, 'invalid'],
    ['InputValidationError', 400, 'invalid'],
    ['InputError', 400, 'invalid'],
    ['NoMatchingBackend', 400, 'invalid'],
    ['DenylistedAddress', 400, 'forbidden'],
    ['AuthenticationFailed', 401, 'unauthorized'],
    ['InsufficientScopes', 403, 'forbidden'],
    ['ForbiddenByGithub', 403, 'forbidden'],
    ['ResourceNotFound', 404, 'not-found'],
    ['NoMatchingMethod', 406, 'invalid'],
    ['RequestConflict', 409, 'conflict'],
    ['ResourceExpired', 410, 'not-found'],
    ['InputTooLarge', 413, 'invalid'],
    ['TooManyRequests', 429, 'rate-limited'],
    ['InternalServerError', 500, 'failed'],
    ['ProviderSetupFailed', 503, 'failed'],
    ['constructor', 404, 'not-found'],
  ];
  for (const [code, status, category] of codes) {
    const error = await errorOf(status, { code, message: 'because' });
    assert.equal(error.category, category, code);
    assert.equal(error.message, `${call}: ${status} ${code}: because`);
  }
});

test('an unknown route is told without a code', async () => {
  const error = await errorOf(404, { error: 'Not found' });
  assert.equal(error.message, `${call}: 404: Not found`);
  assert.equal(error.code, undefined);
  assert.equal(error.category, 'not-found');
});

test('an artifact that a task failed to make is told with its reason', async () => {
  const error = await errorOf(424, { reason: 'file-missing-on-worker', message: 'no such file' });
  assert.equal(error.message, `${call}: 424 file-missing-on-worker: no such file`);
  assert.equal(error.code, 'file-missing-on-worker');
  assert.equal(error.category, 'failed');
});

test('the page of a proxy is told by its title, and not in full', async () => {
  const page = `<!DOCTYPE html>\n<html><head><title>\n 502 Bad\n Gateway</title></head>${'<p>'.repeat(500)}</html>`;
  const error = await errorOf(502, page);
  assert.equal(
    error.message,
    `${call}: 502: the answer is an HTML page called "502 Bad Gateway", probably of a proxy in front of the service`,
  );
  assert.equal(error.category, 'unavailable');
  assert.equal(error.body, page);
  assert.match(
    (await errorOf(403, '<html></html>')).message,
    /403: the answer is an HTML page, probably of a proxy/,
  );
});

test('a deployment that is at another address is an error that says so, and shows no secret', async () => {
  const token = 't0p-s3cret';
  const session = taskcluster({
    rootUrl: 'http://tc.example.com',
    retry: false,
    transport: async ({ url }) => ({
      status: 301,
      headers: { location: url.replace('http:', 'https:') },
      body: new Uint8Array(),
    }),
  });
  const endpoint = session.endpoint('hooks/v1');
  const route = path`/trigger/${secret(token)}`;
  const calls = [
    endpoint.get(route),
    endpoint.send('put', route),
    endpoint.location('get', route),
    endpoint.bytes('get', route),
  ];
  for (const made of await Promise.allSettled(calls)) {
    assert.ok(made.status === 'rejected' && made.reason instanceof ResponseError);
    assert.match(
      made.reason.message,
      /\/trigger\/\*\*\*: 301: a redirect to https:\/\/tc\.example\.com\/\*\*\*, which is not followed: is the rootUrl right\?$/,
    );
    const shown =
      inspect([made.reason, made.reason.record], { depth: 10 }) + JSON.stringify(made.reason.record);
    assert.ok(!shown.includes(token), shown);
  }
});

test('a secret of the path is not shown when the answer repeats it', async () => {
  const token = 't0p/s3cret';
  const answers = [
    [404, 'text/plain', 'Cannot POST /trigger/t0p%2Fs3cret', 'Cannot POST /trigger/***'],
    [404, 'application/json', '{"error":"no trigger t0p/s3cret"}', 'no trigger ***'],
    [200, 'text/css', 'no t0p/s3cret', '"no ***"'],
  ] as const;
  for (const [status, type, text, shown] of answers) {
    const session = taskcluster({
      rootUrl: 'https://tc.example.com',
      transport: async () => ({
        status,
        headers: { 'content-type': type },
        body: new TextEncoder().encode(text),
      }),
    });
    await assert.rejects(session.endpoint('hooks/v1').post(path`/trigger/${secret(token)}`), (error) => {
      assert.ok(error instanceof ServiceError);
      assert.ok(error.message.endsWith(shown), error.message);
      assert.doesNotMatch(inspect([error, error.record], { depth: 10 }), /s3cret/);
      return true;
    });
  }
});

test('a page where nothing was due is not taken for success', async () => {
  const body = new TextEncoder().encode('<!doctype html>\n<title>Log in</title>');
  const session = taskcluster({
    rootUrl: 'https://tc.example.com',
    transport: async () => ({ status: 200, headers: { 'content-type': 'text/html' }, body }),
  });
  await assert.rejects(session.endpoint('secrets/v1').send('put', path`/secret/${'a'}`), {
    name: 'ProtocolError',
    message: 'PUT /api/secrets/v1/secret/a: 200 with a page: "Log in"',
  });
});

test('whatever else comes is told as far as it says anything', async () => {
  assert.equal((await errorOf(500, '')).message, `${call}: 500: the answer does not say why`);
  assert.equal((await errorOf(500, {})).message, `${call}: 500: the answer does not say why`);
  assert.equal((await errorOf(500, '[1]')).message, `${call}: 500: the answer does not say why`);
  assert.equal((await errorOf(503, ' no healthy\n upstream ')).message, `${call}: 503: no healthy upstream`);
  assert.equal((await errorOf(500, { message: 'no code' })).message, `${call}: 500: no code`);
  assert.equal(
    (await errorOf(500, { code: 7, message: 8 })).message,
    `${call}: 500: the answer does not say why`,
  );
  assert.ok((await errorOf(500, 'x'.repeat(10_000))).message.length < 300);
});

test('a worker pool that is configured wrongly is not asked about again, though it answers 503', async () => {
  const body = { code: 'ProviderSetupFailed', message: 'no such region' };
  let attempts = 0;
  const session = taskcluster({
    rootUrl: 'https://tc.example.com',
    retry: { delayMs: 1 },
    transport: async () => {
      attempts += 1;
      return { status: 503, headers: {}, body: new TextEncoder().encode(JSON.stringify(body)) };
    },
  });
  const pool = session.endpoint('worker-manager/v1').put(path`/worker-pool/${'a/b'}`, { body: {} });
  await assert.rejects(pool, { code: 'ProviderSetupFailed', status: 503, category: 'failed' });
  assert.equal(attempts, 1);
});
