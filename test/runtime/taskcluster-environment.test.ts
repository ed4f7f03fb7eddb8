import assert from 'node:assert/strict';
import { test } from 'node:test';
import { path } from '@fairlead/runtime/client';
import { type Environment, type TaskclusterOptions, taskcluster } from '@fairlead/runtime/taskcluster';

const root = { TASKCLUSTER_ROOT_URL: 'https://tc.example.com/' };
const client = { TASKCLUSTER_CLIENT_ID: 'tester', TASKCLUSTER_ACCESS_TOKEN: 'no-secret' };
const proxy = { TASKCLUSTER_PROXY_URL: 'http://taskcluster' };

/** Where a call of such a session goes, and as whom. */
async function called(environment: Environment, overrides: Partial<TaskclusterOptions> = {}) {
  let url = '';
  let authorization = '';
  const session = taskcluster.fromEnv(
    {
      ...overrides,
      transport: async (request) => {
        url = request.url;
        authorization = request.headers['authorization'] ?? '';
        return { status: 200, headers: {}, body: new Uint8Array() };
      },
    },
    environment,
  );
  await session.endpoint('queue/v1').send('get', path`/ping`);
  const ext = /ext="([^"]+)"/.exec(authorization)?.[1];
  return {
    rootUrl: session.rootUrl,
    url,
    clientId: /id="([^"]+)"/.exec(authorization)?.[1],
    ...(ext === undefined ? {} : { ext: JSON.parse(Buffer.from(ext, 'base64').toString()) }),
  };
}

const direct = { rootUrl: 'https://tc.example.com', url: 'https://tc.example.com/api/queue/v1/ping' };

test('the environment says where, and who calls', async () => {
  assert.deepEqual(await called(root), { ...direct, clientId: undefined });
  assert.deepEqual(await called({ ...root, ...client }), { ...direct, clientId: 'tester' });
  assert.deepEqual(await called({ ...root, ...client, TASKCLUSTER_CERTIFICATE: '{"version":1}' }), {
    ...direct,
    clientId: 'tester',
    ext: { certificate: { version: 1 } },
  });
});

test('an empty variable is as good as none', async () => {
  const empty = {
    TASKCLUSTER_CLIENT_ID: '',
    TASKCLUSTER_ACCESS_TOKEN: '',
    TASKCLUSTER_CERTIFICATE: '',
    TASKCLUSTER_PROXY_URL: '',
  };
  assert.deepEqual(await called({ ...root, ...empty }), { ...direct, clientId: undefined });
  assert.deepEqual(await called({ ...root, ...empty, ...client }), { ...direct, clientId: 'tester' });
});

test('half of the credentials is an error that names both halves', () => {
  const { TASKCLUSTER_CLIENT_ID, TASKCLUSTER_ACCESS_TOKEN } = client;
  assert.throws(
    () => taskcluster.fromEnv({}, { ...root, TASKCLUSTER_CLIENT_ID, TASKCLUSTER_ACCESS_TOKEN: '' }),
    {
      name: 'TypeError',
      message: /^TASKCLUSTER_CLIENT_ID is set and TASKCLUSTER_ACCESS_TOKEN is not: set both/,
    },
  );
  assert.throws(() => taskcluster.fromEnv({}, { ...root, TASKCLUSTER_ACCESS_TOKEN }), {
    name: 'TypeError',
    message: /^TASKCLUSTER_ACCESS_TOKEN is set and TASKCLUSTER_CLIENT_ID is not: set both/,
  });
});

test('calls go to the proxy of a task, which signs them', async () => {
  const expected = { ...direct, url: 'http://taskcluster/api/queue/v1/ping' };
  assert.deepEqual(await called({ ...root, ...proxy }), { ...expected, clientId: undefined });
  const { TASKCLUSTER_ACCESS_TOKEN } = client;
  assert.deepEqual(await called({ ...root, ...proxy, TASKCLUSTER_ACCESS_TOKEN }), {
    ...expected,
    clientId: undefined,
  });
  assert.deepEqual(await called(proxy), { ...expected, rootUrl: 'http://taskcluster', clientId: undefined });
});

test('calls to the proxy are signed here when there is a client id', async () => {
  assert.deepEqual(await called({ ...root, ...proxy, ...client }), {
    ...direct,
    url: 'http://taskcluster/api/queue/v1/ping',
    clientId: 'tester',
  });
  const { TASKCLUSTER_CLIENT_ID } = client;
  assert.throws(() => taskcluster.fromEnv({}, { ...proxy, TASKCLUSTER_CLIENT_ID }), /set both/);
});

test('what is given wins over the environment, and a rootUrl over the proxy', async () => {
  const rootUrl = 'https://other.example.com';
  const other = { rootUrl, url: `${rootUrl}/api/queue/v1/ping` };
  assert.deepEqual(await called({ ...root, ...proxy }, { rootUrl }), { ...other, clientId: undefined });
  const credentials = { clientId: 'me', accessToken: 'token' };
  assert.deepEqual(await called({ ...root, ...client }, { credentials }), { ...direct, clientId: 'me' });
  assert.deepEqual(await called({ ...root, ...client }, { credentials: undefined }), {
    ...direct,
    clientId: undefined,
  });
  const halfOfThem = { ...root, TASKCLUSTER_CLIENT_ID: 'x' };
  assert.deepEqual(await called(halfOfThem, { credentials }), { ...direct, clientId: 'me' });
});

test('no address, or a wrong one, is an error that names the variable', () => {
  assert.throws(() => taskcluster.fromEnv({}, {}), {
    name: 'TypeError',
    message: /^TASKCLUSTER_ROOT_URL is missing/,
  });
  assert.throws(() => taskcluster.fromEnv({}, { TASKCLUSTER_ROOT_URL: 'tc.example.com' }), {
    name: 'TypeError',
    message: /^TASKCLUSTER_ROOT_URL is "tc\.example\.com", which is no http or https URL/,
  });
  assert.throws(() => taskcluster.fromEnv({}, { ...root, TASKCLUSTER_PROXY_URL: 'taskcluster' }), {
    name: 'TypeError',
    message: /^TASKCLUSTER_PROXY_URL is "taskcluster", which is no http or https URL/,
  });
  const broken = { ...root, ...client, TASKCLUSTER_CERTIFICATE: '{"seed":"hush' };
  assert.throws(
    () => taskcluster.fromEnv({}, broken),
    (error) =>
      error instanceof TypeError &&
      /certificate is neither/.test(error.message) &&
      !error.message.includes('hush'),
  );
});

test('the environment is that of the process unless another is given', () => {
  const before = process.env['TASKCLUSTER_ROOT_URL'];
  process.env['TASKCLUSTER_ROOT_URL'] = 'https://process.example.com';
  try {
    assert.equal(taskcluster.fromEnv({ credentials: undefined }).rootUrl, 'https://process.example.com');
  } finally {
    if (before === undefined) delete process.env['TASKCLUSTER_ROOT_URL'];
    else process.env['TASKCLUSTER_ROOT_URL'] = before;
  }
});

test('defaults are of the function that has them, and of no other', () => {
  const ours = taskcluster.defaults({ rootUrl: 'https://ours.example.com' });
  const theirs = ours.defaults({ rootUrl: 'https://theirs.example.com', traceId: 'trace' });
  assert.equal(ours({}).rootUrl, 'https://ours.example.com');
  assert.equal(theirs({}).rootUrl, 'https://theirs.example.com');
  assert.equal(ours({ rootUrl: 'https://given.example.com' }).rootUrl, 'https://given.example.com');
  assert.equal(ours.fromEnv({}, root).rootUrl, 'https://ours.example.com');
  assert.equal(taskcluster.defaults({ retry: false }).fromEnv({}, root).rootUrl, 'https://tc.example.com');
  assert.throws(
    () => taskcluster.defaults({ retry: false }).fromEnv({}, {}),
    /TASKCLUSTER_ROOT_URL is missing/,
  );
  assert.throws(() => taskcluster({ rootUrl: '' }), /rootUrl is missing/);
});
