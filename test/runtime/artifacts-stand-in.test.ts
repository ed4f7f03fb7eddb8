import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from '@fairlead/codegen/serve';
import {
  ArtifactError,
  download,
  downloadArtifact,
  fromNow,
  Queue,
  ReferenceRefusedError,
  ResponseError,
  slugid,
  type TaskclusterSession,
  taskcluster,
  upload,
  uploadArtifact,
} from '@fairlead/taskcluster';

/** A task that a worker is working on. */
async function runningTask(session: TaskclusterSession): Promise<{ taskId: string; runId: number }> {
  const queue = new Queue(session);
  const taskId = slugid();
  await queue.createTask(taskId, {
    taskQueueId: 'project/worker',
    created: new Date().toISOString(),
    deadline: fromNow('1 hour').toISOString(),
    payload: {},
    metadata: { name: 'n', description: 'd', owner: 'o@example.com', source: 'https://example.com' },
  });
  await queue.claimTask(taskId, '0', { workerGroup: 'group', workerId: 'worker' });
  return { taskId, runId: 0 };
}

const small = 'small enough to go along';
const large = 'line\n'.repeat(10_000);

test('objects go up and come down, however large', async () => {
  await using standIn = await serve('taskcluster');
  const session = taskcluster({ rootUrl: standIn.rootUrl, credentials: standIn.credentials });
  for (const body of [small, large, '']) {
    const name = `object/${body.length}`;
    const object = {
      projectId: 'project',
      name,
      contentType: 'text/x-lines',
      expires: fromNow('1 day'),
      body,
    };
    const { hashes } = await upload(session, object);
    const downloaded = await download(session, { name });
    assert.equal(Buffer.from(downloaded.bytes).toString(), body);
    assert.equal(downloaded.contentType, 'text/x-lines');
    assert.deepEqual(downloaded.hashes, hashes);
    await assert.rejects(
      upload(session, { ...object, body: 'another' }),
      (error) => error instanceof ResponseError && error.code === 'RequestConflict',
    );
  }
});

test('artifacts of a running task go up and come down, wherever they are stored', async () => {
  await using standIn = await serve('taskcluster');
  const session = taskcluster({ rootUrl: standIn.rootUrl, credentials: standIn.credentials });
  const run = await runningTask(session);
  for (const storageType of ['s3', 'object'] as const) {
    for (const body of [small, large]) {
      const artifact = { ...run, name: `public/${storageType}/${body.length}.txt` };
      const description = { contentType: 'text/x-lines', expires: fromNow('1 day'), storageType };
      await uploadArtifact(session, { ...artifact, ...description, body });
      for (const asked of [artifact, { ...artifact, runId: undefined }]) {
        const downloaded = await downloadArtifact(session, asked);
        assert.equal(downloaded.storageType, storageType);
        assert.equal(downloaded.contentType, 'text/x-lines');
        assert.equal(Buffer.from(downloaded.bytes).toString(), body);
      }
    }
  }
});

test('links are resolved, references refused, and errors told', async () => {
  await using standIn = await serve('taskcluster');
  const session = taskcluster({ rootUrl: standIn.rootUrl, credentials: standIn.credentials });
  const queue = new Queue(session);
  const run = await runningTask(session);
  const expires = fromNow('1 day').toISOString();
  const contentType = 'text/plain';
  const create = (name: string, body: Parameters<Queue['createArtifact']>[3]) =>
    queue.createArtifact(run.taskId, String(run.runId), name, body);

  await uploadArtifact(session, { ...run, name: 'public/real', contentType, expires, body: small });
  await create('public/link', { storageType: 'link', expires, contentType, artifact: 'public/real' });
  await create('public/reference', {
    storageType: 'reference',
    expires,
    contentType,
    url: new URL('/api/auth/v1/ping', standIn.rootUrl).href,
  });
  await create('public/error', {
    storageType: 'error',
    expires,
    reason: 'too-large-file-on-worker',
    message: 'far too large',
  });

  const linked = await downloadArtifact(session, { ...run, name: 'public/link' });
  assert.equal(Buffer.from(linked.bytes).toString(), small);
  const reference = { ...run, name: 'public/reference' };
  await assert.rejects(downloadArtifact(session, reference), ReferenceRefusedError);
  const referenced = await downloadArtifact(session, { ...reference, allowReference: true });
  assert.match(Buffer.from(referenced.bytes).toString(), /"alive":true/);
  await assert.rejects(
    downloadArtifact(session, { ...run, name: 'public/error' }),
    (error) => error instanceof ArtifactError && error.reason === 'too-large-file-on-worker',
  );
});

test('URLs that have expired are renewed between attempts', async () => {
  await using standIn = await serve('taskcluster', { storageUrlTtlMs: 60 });
  let failures = 0;
  const { transport } = taskcluster({ rootUrl: standIn.rootUrl }).http;
  const session = taskcluster({
    rootUrl: standIn.rootUrl,
    credentials: standIn.credentials,
    // The first request of each signed URL comes to nothing, after its time.
    async transport(request) {
      if (request.url.includes('/api/') || failures++ % 2 === 1) return transport(request);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { status: 503, headers: {}, body: new Uint8Array() };
    },
  });
  const object = { projectId: 'project', name: 'late', contentType: 'text/plain', expires: fromNow('1 day') };
  await upload(session, { ...object, body: large });
  assert.equal(Buffer.from((await download(session, { name: 'late' })).bytes).toString(), large);
  assert.equal(failures, 4);
});
