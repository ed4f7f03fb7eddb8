import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type StandIn, serve } from '@fairlead/codegen/serve';
import {
  clients,
  createTemporaryCredentials,
  download,
  downloadArtifact,
  fromNow,
  fromNowJSON,
  type Options,
  slugid,
  upload as uploadObject,
} from 'taskcluster-client';
import { someTask } from './tasks.ts';

/* The stand-in is as good as a client of Taskcluster finds it that we didn't write: the one on npm. */

let service: StandIn;
before(async () => {
  service = await serve('taskcluster');
});
beforeEach(() => service.reset());
after(() => service.close());

function options(more: Partial<Options> = {}): Options {
  return { rootUrl: service.rootUrl, credentials: service.credentials, retries: 0, ...more };
}

function temporary(scopes: readonly string[], more: object = {}) {
  const start = fromNow('-1 minute');
  const expiry = fromNow('1 hour');
  return createTemporaryCredentials({
    scopes,
    start,
    expiry,
    credentials: service.credentials,
    ...more,
  });
}

describe('authentication', () => {
  test('the credentials of the stand-in may do everything', async () => {
    const { scopes } = await new clients.Auth(options()).currentScopes();
    assert.deepEqual(scopes, ['*']);
  });

  test('a wrong access token is a bad mac', async () => {
    const { clientId } = service.credentials;
    const auth = new clients.Auth(options({ credentials: { clientId, accessToken: 'x'.repeat(44) } }));
    await assert.rejects(auth.currentScopes(), {
      statusCode: 401,
      code: 'AuthenticationFailed',
      message: /Unauthorized: Bad mac/,
    });
  });

  test('an unknown client is refused', async () => {
    const auth = new clients.Auth(
      options({ credentials: { clientId: 'nobody', accessToken: 'x'.repeat(44) } }),
    );
    await assert.rejects(auth.currentScopes(), { statusCode: 401, code: 'AuthenticationFailed' });
  });

  test('without credentials a method with scopes is forbidden, one without is not', async () => {
    const rootUrl = service.rootUrl;
    await assert.rejects(new clients.Secrets({ rootUrl, retries: 0 }).list(), {
      statusCode: 403,
      code: 'InsufficientScopes',
      message: /secrets:list-secrets/,
    });
    assert.equal((await new clients.Secrets({ rootUrl }).ping()).alive, true);
  });

  test('the built-in tester is known to the test methods only', async () => {
    const tester = options({ credentials: { clientId: 'tester', accessToken: 'no-secret' } });
    const auth = new clients.Auth(tester);
    const body = { clientScopes: ['test:*'], requiredScopes: ['test:abc'] };
    assert.deepEqual(await auth.testAuthenticate(body), {
      clientId: 'tester',
      scopes: ['assume:anonymous', 'test:*'],
    });
    assert.equal((await auth.testAuthenticateGet()).clientId, 'tester');
    await assert.rejects(auth.testAuthenticate({ clientScopes: [], requiredScopes: ['a'] }), {
      code: 'InsufficientScopes',
    });
    await assert.rejects(auth.currentScopes(), { code: 'AuthenticationFailed' });
  });

  test('temporary credentials work, unnamed and named', async () => {
    const unnamed = await new clients.Auth(
      options({ credentials: temporary(['auth:current-scopes', 'a:b']) }),
    ).currentScopes();
    assert.ok(unnamed.scopes.includes('a:b'));
    const credentials = temporary(['auth:current-scopes'], { clientId: 'some/name' });
    assert.equal(credentials.clientId, 'some/name');
    const named = await new clients.Auth(options({ credentials })).currentScopes();
    assert.ok(!named.scopes.includes('a:b'));
  });

  test('temporary credentials are refused when they are expired, forged, or reach further than their issuer', async () => {
    const scopes = ['auth:current-scopes'];
    const old = { start: fromNow('-2 days'), expiry: fromNow('-1 day') };
    const refused = (credentials: ReturnType<typeof temporary>, message: RegExp) =>
      assert.rejects(new clients.Auth(options({ credentials })).currentScopes(), {
        statusCode: 401,
        message,
      });
    await refused(temporary(scopes, old), /expired/);

    const good = temporary(scopes);
    const certificate = JSON.stringify({ ...JSON.parse(good.certificate ?? ''), scopes: ['*'] });
    await refused({ ...good, certificate }, /ext\.certificate\.signature is not valid/);

    const root = new clients.Auth(options());
    const request = { description: '', expires: fromNowJSON('1 day'), scopes: ['a:*'] };
    const { clientId, accessToken } = await root.createClient('small', request);
    const issuer = { credentials: { clientId, accessToken } };
    await refused(temporary(scopes, issuer), /doesn't satisfy/);
    await refused(temporary(['a:b'], { ...issuer, clientId: 'other' }), /auth:create-client:other/);
  });

  test('authorizedScopes limit what may be done, and an empty list leaves nothing', async () => {
    const secrets = new clients.Secrets(options({ authorizedScopes: ['secrets:get:a'] }));
    await assert.rejects(secrets.get('a'), { statusCode: 404 });
    await assert.rejects(secrets.get('b'), { statusCode: 403 });
    await assert.rejects(secrets.use({ authorizedScopes: [] }).get('a'), { statusCode: 403 });
    const overstepping = options({ credentials: temporary(['a']), authorizedScopes: ['b'] });
    await assert.rejects(new clients.Secrets(overstepping).get('a'), {
      statusCode: 401,
      message: /authorizedScopes/,
    });
  });

  test('a clock that is too far off is told by the message and by the Date header', async () => {
    await using late = await serve('taskcluster', { clockOffsetMs: 16 * 60_000 });
    const auth = new clients.Auth({ ...options(), rootUrl: late.rootUrl });
    await assert.rejects(auth.currentScopes(), { statusCode: 401, message: /Unauthorized: Stale timestamp/ });
    const { headers } = await fetch(`${late.rootUrl}/api/auth/v1/scopes/current`);
    const ahead = Date.parse(headers.get('date') ?? '') - Date.now();
    assert.ok(Math.abs(ahead - 16 * 60_000) < 5_000, `${ahead} ms`);

    await using nearly = await serve('taskcluster', { clockOffsetMs: -14 * 60_000 });
    await new clients.Auth({ ...options(), rootUrl: nearly.rootUrl }).currentScopes();
  });
});

describe('signed URLs', () => {
  test('they work without credentials, with a query and with temporary credentials', async () => {
    const secrets = new clients.Secrets(options());
    await secrets.set('a/b', { secret: { x: 1 }, expires: fromNowJSON('1 day') });
    const get = await fetch(secrets.buildSignedUrl(secrets.get, 'a/b'));
    assert.deepEqual(await get.json(), { ...(await secrets.get('a/b')) });
    const head = await fetch(secrets.buildSignedUrl(secrets.get, 'a/b'), { method: 'HEAD' });
    assert.deepEqual([head.status, await head.text()], [200, '']);
    const list = await fetch(secrets.buildSignedUrl(secrets.list, { limit: '2' }));
    assert.deepEqual(await list.json(), { secrets: ['a/b'] });

    const limited = new clients.Secrets(options({ credentials: temporary(['secrets:get:a/b']) }));
    assert.equal((await fetch(limited.buildSignedUrl(limited.get, 'a/b'))).status, 200);
    assert.equal((await fetch(limited.buildSignedUrl(limited.get, 'c'))).status, 403);
  });

  test('they expire, are for one URL, and not for use together with a header', async () => {
    const secrets = new clients.Secrets(options());
    const expired = await fetch(secrets.buildSignedUrl(secrets.list, {}, { expiration: -1 }));
    assert.equal(expired.status, 401);
    assert.match(await expired.text(), /Access expired/);
    const other = await fetch(`${secrets.buildSignedUrl(secrets.list)}&limit=3`);
    assert.equal(other.status, 401);
    assert.match(await other.text(), /Bad mac/);
    const headers = { authorization: 'Hawk id="a"' };
    assert.equal((await fetch(secrets.buildSignedUrl(secrets.list), { headers })).status, 401);
  });
});

describe('clients and roles', () => {
  const request = {
    description: 'a client',
    expires: '2999-01-01T00:00:00.000Z',
    scopes: ['assume:cook', 'a:b'],
  };

  test('a client is created, used, disabled, enabled, given another token, and deleted', async () => {
    const root = new clients.Auth(options());
    await root.createRole('cook', { description: '', scopes: ['kitchen:*', 'auth:current-scopes'] });
    const { clientId, accessToken, expandedScopes } = await root.createClient('proj/x', request);
    assert.ok(expandedScopes.includes('kitchen:*'));
    assert.equal((await root.createClient('proj/x', request)).accessToken, accessToken);
    await assert.rejects(root.createClient('proj/x', { ...request, description: 'other' }), {
      code: 'RequestConflict',
    });

    const own = new clients.Auth(options({ credentials: { clientId, accessToken } }));
    assert.ok((await own.currentScopes()).scopes.includes('kitchen:*'));
    assert.equal((await root.disableClient(clientId)).disabled, true);
    await assert.rejects(own.currentScopes(), { statusCode: 401, message: /disabled/ });
    await root.enableClient(clientId);
    await own.currentScopes();
    assert.notEqual((await root.resetAccessToken(clientId)).accessToken, accessToken);
    await assert.rejects(own.currentScopes(), { statusCode: 401 });

    const listed = await root.listClients({ prefix: 'proj/' });
    assert.deepEqual(
      listed.clients.map((client) => client.clientId),
      ['proj/x'],
    );
    await root.deleteClient(clientId);
    await assert.rejects(root.client(clientId), { statusCode: 404, code: 'ResourceNotFound' });
    const { auditHistory } = await root.listAuditHistory('proj/x');
    assert.deepEqual(
      auditHistory.map(({ actionType }) => actionType),
      ['created', 'disabled', 'enabled', 'reset', 'deleted'],
    );
  });

  test('nobody can give away scopes that they do not have', async () => {
    const credentials = temporary(['auth:create-client:mine/*', 'a:*']);
    const auth = new clients.Auth(options({ credentials }));
    await auth.createClient('mine/1', { ...request, scopes: ['a:b'] });
    await assert.rejects(auth.createClient('mine/2', request), {
      code: 'InsufficientScopes',
      message: /assume:cook/,
    });
  });

  test('roles with a star hand on the rest of the name', async () => {
    const auth = new clients.Auth(options());
    await auth.createRole('project:*', { description: '', scopes: ['secrets:get:<..>/*'] });
    const { scopes } = await auth.expandScopes({ scopes: ['assume:project:ship'] });
    assert.deepEqual(
      scopes.filter((scope) => scope.startsWith('secrets:')),
      ['secrets:get:ship/*'],
    );
  });
});

describe('secrets', () => {
  const secret = { secret: { password: 'x' }, expires: '2999-01-01T00:00:00.000Z' };

  test('they are kept, listed in pages and removed', async () => {
    const secrets = new clients.Secrets(options());
    for (const name of ['c', 'a', 'b/d']) await secrets.set(name, secret);
    assert.deepEqual(await secrets.get('b/d'), secret);
    const first = await secrets.list({ limit: 2 });
    assert.deepEqual(first.secrets, ['a', 'b/d']);
    const { continuationToken } = first;
    assert.deepEqual(await secrets.list({ limit: 2, continuationToken }), { secrets: ['c'] });
    assert.equal((await secrets.list({ continuationToken: 'nonsense' })).secrets.length, 3);
    await secrets.remove('a');
    await assert.rejects(secrets.get('a'), { statusCode: 404, code: 'ResourceNotFound' });
  });

  test('one that has expired is gone', async () => {
    const secrets = new clients.Secrets(options());
    await secrets.set('old', { ...secret, expires: '2020-01-01T00:00:00.000Z' });
    await assert.rejects(secrets.get('old'), { statusCode: 410, code: 'ResourceExpired' });
  });

  test('the answer to a limit of 0 is an error of the server', async () => {
    await assert.rejects(new clients.Secrets(options()).list({ limit: 0 }), { statusCode: 500 });
    await assert.rejects(new clients.Secrets(options()).list({ limit: 'x' }), {
      statusCode: 400,
      code: 'InvalidRequestArguments',
    });
  });
});

describe('tasks', () => {
  test('a task is created once: again the same is fine, anything else a conflict', async () => {
    const queue = new clients.Queue(options());
    const taskId = slugid();
    const task = someTask();
    assert.equal((await queue.createTask(taskId, task)).status.state, 'pending');
    assert.equal((await queue.createTask(taskId, task)).status.runs.length, 1);
    await assert.rejects(queue.createTask(taskId, { ...task, priority: 'high' }), {
      statusCode: 409,
      code: 'RequestConflict',
    });
    const { taskGroupId, priority } = await queue.task(taskId);
    assert.deepEqual({ taskGroupId, priority }, { taskGroupId: taskId, priority: 'lowest' });
  });

  test('what is wrong with a task is said', async () => {
    const queue = new clients.Queue(options());
    const create = (task: object) => queue.createTask(slugid(), task);
    await assert.rejects(create({ ...someTask(), extras: 1 }), {
      code: 'InputValidationError',
      message: /\* data must NOT have additional properties: "extras"\n/,
    });
    await assert.rejects(create({ ...someTask(), priority: 'urgent' }), {
      message: /\* data\/priority must be equal to one of the allowed values: \["highest",/,
    });
    await assert.rejects(create({ ...someTask(), deadline: '2020-01-01T00:00:00.000Z' }), {
      code: 'InputError',
    });
    await assert.rejects(create(someTask({ dependencies: [slugid()] })), { code: 'InputError' });
    await assert.rejects(queue.createTask('abc', someTask()), {
      statusCode: 400,
      code: 'InvalidRequestArguments',
    });
    await assert.rejects(queue.status(slugid()), { statusCode: 404, code: 'ResourceNotFound' });
  });

  test('a group is paged through, cancelled tasks are over, and a sealed group takes no more', async () => {
    const queue = new clients.Queue(options());
    const taskGroupId = slugid();
    const taskIds = Array.from({ length: 7 }, () => slugid());
    for (const taskId of taskIds) await queue.createTask(taskId, someTask({ taskGroupId }));

    const seen: string[] = [];
    let continuationToken: string | undefined;
    do {
      const page = await queue.listTaskGroup(taskGroupId, {
        limit: 3,
        ...(continuationToken && { continuationToken }),
      });
      assert.equal(page.taskGroupId, taskGroupId);
      seen.push(...page.tasks.map(({ status }) => status.taskId));
      continuationToken = page.continuationToken;
    } while (continuationToken !== undefined);
    assert.deepEqual(seen, taskIds);

    const some = await queue.tasks({ taskIds: taskIds.slice(0, 3) }, { limit: 2 });
    assert.equal(some.tasks.length, 2);
    assert.notEqual(some.continuationToken, undefined);
    assert.equal((await queue.cancelTask(taskIds[0] ?? '')).status.state, 'exception');
    await queue.sealTaskGroup(taskGroupId);
    await assert.rejects(queue.createTask(slugid(), someTask({ taskGroupId })), {
      code: 'RequestConflict',
    });
  });

  test('workers claim the most urgent first, and what waits for a task starts when it is completed', async () => {
    const queue = new clients.Queue(options());
    const [slow, urgent, waiting] = [slugid(), slugid(), slugid()];
    await queue.createTask(slow, someTask());
    await queue.createTask(urgent, someTask({ priority: 'high' }));
    await queue.createTask(waiting, someTask({ dependencies: [urgent] }));
    assert.equal((await queue.status(waiting)).status.state, 'unscheduled');

    const worker = { workerGroup: 'group', workerId: 'worker', tasks: 1 };
    const { tasks } = await queue.claimWork('some-provisioner/some-worker', worker);
    const [claim] = tasks;
    assert.ok(claim);
    assert.equal(claim.status.taskId, urgent);
    assert.match(claim.takenUntil, /\+00:00$/);
    assert.match(claim.status.runs[0]?.takenUntil ?? '', /Z$/);

    const asWorker = new clients.Queue(options({ credentials: claim.credentials }));
    await assert.rejects(asWorker.reportCompleted(slow, 0), { statusCode: 403 });
    assert.equal((await asWorker.reportCompleted(urgent, claim.runId)).status.state, 'completed');
    assert.equal((await queue.status(waiting)).status.state, 'pending');
  });

  test('a run that the worker gave up is tried again', async () => {
    const queue = new clients.Queue(options());
    const taskId = slugid();
    await queue.createTask(taskId, someTask({ retries: 1 }));
    await queue.claimWork('some-provisioner/some-worker', { workerGroup: 'g', workerId: 'w', tasks: 1 });
    const { status } = await queue.reportException(taskId, 0, { reason: 'worker-shutdown' });
    assert.deepEqual(
      status.runs.map(({ state, reasonCreated }) => [state, reasonCreated]),
      [
        ['exception', 'scheduled'],
        ['pending', 'retry'],
      ],
    );
    assert.equal(status.retriesLeft, 0);
  });
});

describe('objects and artifacts', () => {
  const expires = new Date('2999-01-01T00:00:00.000Z');

  function objectOptions(name: string, data: Buffer) {
    const object = new clients.Object(options({ retries: 2, delayFactor: 1 }));
    const streamFactory = async () => Readable.from([data]);
    return {
      projectId: 'test',
      name,
      contentType: 'text/plain',
      contentLength: data.length,
      expires,
      object,
      streamFactory,
    };
  }

  async function downloaded(name: string): Promise<Buffer> {
    const chunks = new PassThrough();
    const object = new clients.Object(options({ retries: 2, delayFactor: 1 }));
    const [data] = await Promise.all([
      buffer(chunks),
      download({ name, object, streamFactory: async () => chunks }),
    ]);
    return data;
  }

  for (const [what, size] of [
    ['inline', 100],
    ['through a URL', 100_000],
  ] as const) {
    test(`an object is uploaded ${what}, and downloaded with its hashes checked`, async () => {
      const data = Buffer.alloc(size, 'HeLlOwOrLd');
      await uploadObject(objectOptions('public/data', data));
      assert.deepEqual(await downloaded('public/data'), data);
      await assert.rejects(uploadObject(objectOptions('public/data', data)), {
        statusCode: 409,
        code: 'RequestConflict',
      });
    });
  }

  test('an artifact of each kind is what the worker said', async () => {
    const queue = new clients.Queue(options());
    const taskId = slugid();
    await queue.createTask(taskId, someTask({ expires: '2999-06-01T00:00:00.000Z' }));
    const worker = { workerGroup: 'g', workerId: 'w', tasks: 1 };
    const [claim] = (await queue.claimWork('some-provisioner/some-worker', worker)).tasks;
    const asWorker = new clients.Queue(options({ credentials: claim?.credentials ?? service.credentials }));
    const common = { contentType: 'text/plain', expires };
    const create = (name: string, body: object) =>
      asWorker.createArtifact(taskId, 0, name, { ...common, ...body });

    const { putUrl } = await create('public/s3', { storageType: 's3' });
    const put = await fetch(putUrl, {
      method: 'PUT',
      headers: { 'content-type': 'text/plain' },
      body: 'hello world',
    });
    assert.equal(put.status, 200);

    const data = Buffer.alloc(20_000, 'x');
    const upload = await create('public/object', { storageType: 'object' });
    const object = new clients.Object(options({ credentials: upload.credentials }));
    const { name, projectId, uploadId } = upload;
    await uploadObject({ ...objectOptions(name, data), projectId, uploadId, object });
    await asWorker.finishArtifact(taskId, 0, 'public/object', { uploadId });

    await create('public/reference', { storageType: 'reference', url: 'https://example.com/x' });
    await create('public/link', { storageType: 'link', artifact: 'public/s3' });
    const reason = { reason: 'file-missing-on-worker', message: 'no such file' };
    await asWorker.createArtifact(taskId, 0, 'public/error', { storageType: 'error', expires, ...reason });
    await create('private/s3', { storageType: 's3' });

    const anybody = new clients.Queue({ rootUrl: service.rootUrl, retries: 0 });
    assert.equal((await anybody.getLatestArtifact(taskId, 'public/reference')).url, 'https://example.com/x');
    const { url } = await anybody.getLatestArtifact(taskId, 'public/link');
    assert.equal(await (await fetch(url)).text(), 'hello world');
    await assert.rejects(anybody.getLatestArtifact(taskId, 'public/error'), { statusCode: 424 });
    assert.equal((await anybody.latestArtifact(taskId, 'public/error')).reason, reason.reason);
    await assert.rejects(anybody.getLatestArtifact(taskId, 'private/s3'), { statusCode: 403 });
    await assert.rejects(anybody.getLatestArtifact(taskId, 'public/none'), { statusCode: 404 });

    const chunks = new PassThrough();
    const streamFactory = async () => chunks;
    const [got] = await Promise.all([
      buffer(chunks),
      downloadArtifact({ taskId, name: 'public/object', queue: anybody, streamFactory }),
    ]);
    assert.equal(
      createHash('sha256').update(got).digest('hex'),
      createHash('sha256').update(data).digest('hex'),
    );
    const { artifacts } = await queue.listLatestArtifacts(taskId);
    assert.deepEqual(artifacts.map((artifact) => artifact.name).sort(), [
      'private/s3',
      'public/error',
      'public/link',
      'public/object',
      'public/reference',
      'public/s3',
    ]);
  });
});

describe('the other services', () => {
  test('the index keeps the task of the highest rank, and its namespaces', async () => {
    const index = new clients.Index(options());
    const [first, second] = [slugid(), slugid()];
    const entry = { data: {}, expires: '2999-01-01T00:00:00.000Z' };
    await index.insertTask('a.b.c', { ...entry, taskId: first, rank: 2 });
    await index.insertTask('a.b.c', { ...entry, taskId: second, rank: 1 });
    await index.insertTask('a.b.d.e', { ...entry, taskId: second, rank: 1 });
    assert.equal((await index.findTask('a.b.c')).taskId, first);
    assert.deepEqual(
      (await index.listTasks('a.b')).tasks.map(({ namespace }) => namespace),
      ['a.b.c'],
    );
    assert.deepEqual(
      (await index.listNamespaces('a')).namespaces.map(({ name }) => name),
      ['b'],
    );
    await assert.rejects(index.findTask('a.b'), { statusCode: 404 });

    const redirect = await fetch(index.buildSignedUrl(index.findArtifactFromTask, 'a.b.c', 'private/x'), {
      redirect: 'manual',
    });
    assert.equal(redirect.status, 303);
    assert.match(redirect.headers.get('content-type') ?? '', /^text\/plain/);
    const queue = new clients.Queue(options());
    await queue.createTask(first, someTask());
    const followed = await fetch(redirect.headers.get('location') ?? '');
    assert.equal(followed.status, 404, 'the URL is signed: only the artifact is missing');
  });

  test('hooks and worker pools are kept by the rule for whatever is put', async () => {
    const hooks = new clients.Hooks(options());
    const metadata = { name: 'h', description: '', owner: 'someone@example.com' };
    await hooks.createHook('group', 'a/b', { metadata, task: {} });
    assert.deepEqual((await hooks.hook('group', 'a/b')).metadata, { ...metadata, emailOnError: true });
    assert.deepEqual((await hooks.hook('group', 'a/b')).schedule, []);
    assert.deepEqual((await hooks.listHookGroups()).groups, ['group']);
    assert.deepEqual(
      (await hooks.listHooks('group')).hooks.map(({ hookId }) => hookId),
      ['a/b'],
    );
    const { taskId } = await hooks.triggerHook('group', 'a/b', {});
    assert.deepEqual(
      (await hooks.listLastFires('group', 'a/b')).lastFires.map((fire) => fire.taskId),
      [taskId],
    );
    await hooks.removeHook('group', 'a/b');
    await assert.rejects(hooks.hook('group', 'a/b'), { statusCode: 404 });

    const manager = new clients.WorkerManager(options());
    const pool = {
      providerId: 'p',
      description: '',
      config: { a: 1 },
      owner: 'me@example.com',
      emailOnError: false,
    };
    for (const name of ['p/a', 'p/b', 'p/c']) await manager.createWorkerPool(name, pool);
    const kept = await manager.workerPool('p/b');
    assert.deepEqual([kept.owner, kept.workerPoolId], ['me@example.com', 'p/b']);
    const { workerPools, continuationToken } = await manager.listWorkerPools({ limit: 2 });
    assert.deepEqual(
      workerPools.map(({ workerPoolId }) => workerPoolId),
      ['p/a', 'p/b'],
    );
    const rest = await manager.listWorkerPools({ limit: 2, continuationToken });
    assert.deepEqual(
      rest.workerPools.map(({ workerPoolId }) => workerPoolId),
      ['p/c'],
    );
  });

  test('nobody is notified whose address is on the denylist', async () => {
    const notify = new clients.Notify(options());
    const email = { address: 'x@example.com', subject: 's', content: 'c' };
    const entry = { notificationType: 'email', notificationAddress: 'x@example.com' };
    await notify.email(email);
    await notify.addDenylistAddress(entry);
    await assert.rejects(notify.email(email), { statusCode: 400, code: 'DenylistedAddress' });
    await notify.deleteDenylistAddress(entry);
    await notify.email(email);
  });
});
