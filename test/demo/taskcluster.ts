/**
 * A tour of the generated Taskcluster client, against a stand-in that this program starts: `make demo`.
 *
 * Each line is one step: what it is about, the call, how long it took, and what was found. Ends with exit code 1 when
 * anything is not as it should be.
 */
import { createHash } from 'node:crypto';
import { serve } from '@fairlead/codegen/serve';
import {
  Auth,
  createTemporaryCredentials,
  download,
  downloadArtifact,
  fromNow,
  fromNowJSON,
  Queue,
  Secrets,
  slugid,
  taskcluster,
  upload,
  uploadArtifact,
} from '@fairlead/taskcluster';
import { attempt, conclude, firstLine, heading, refusal, step } from './steps.ts';

const taskCount = 48;
const pageSize = 10;
const taskGroupId = slugid();
const taskQueueId = 'demo/worker';

await using service = await serve('taskcluster');
const { rootUrl, credentials } = service;
const tc = taskcluster({ rootUrl, credentials });
const queue = new Queue(tc);
const secrets = new Secrets(tc);

heading(`A stand-in Taskcluster at ${rootUrl}, called through @fairlead/taskcluster`);

await step('is it there?', 'queue.ping()', async () => {
  await queue.ping();
  return { found: 'it is', holds: service.requests.at(-1)?.status === 200 };
});

await step('who are we?', 'new Auth(limited).currentScopes()', async () => {
  const scopes = ['auth:current-scopes', 'secrets:get:demo/*'];
  const expiry = fromNow('1 hour');
  const temporary = createTemporaryCredentials({
    issuer: credentials,
    clientId: 'demo/tour',
    scopes,
    expiry,
  });
  const limited = tc.with({ credentials: temporary });
  const current = await new Auth(limited).currentScopes();
  const found = `temporary credentials ${temporary.clientId}, ${current.scopes.length} scopes`;
  return { found, holds: scopes.every((scope) => current.scopes.includes(scope)) };
});

await step('a secret', 'secrets.set(name, …), secrets.get(name)', async () => {
  await secrets.set('demo/password', {
    secret: { password: 'correct horse' },
    expires: fromNowJSON('1 day'),
  });
  const { secret } = await secrets.get('demo/password');
  return { found: `kept: ${Object.keys(secret).join(', ')}`, holds: secret['password'] === 'correct horse' };
});

heading('Tasks');

const taskIds = Array.from({ length: taskCount }, () => slugid());
const created = fromNowJSON('0 seconds');
const deadline = fromNowJSON('2 hours');

function definition(number: number) {
  return {
    taskQueueId,
    taskGroupId,
    priority: number === taskCount - 1 ? 'high' : 'low',
    created,
    deadline,
    payload: { command: ['echo', String(number)] },
    metadata: {
      name: `Demo ${number}`,
      description: '',
      owner: 'demo@example.com',
      source: 'https://example.com/',
    },
  } as const;
}

await step('create some dozens', 'queue.createTask(taskId, { … })', async () => {
  const answers = await Promise.all(
    taskIds.map((taskId, number) => queue.createTask(taskId, definition(number))),
  );
  const pending = answers.filter(({ status }) => status.state === 'pending');
  return { found: `${pending.length} tasks are pending`, holds: pending.length === taskCount };
});

await step('every item of all pages', 'for await (… of queue.listTaskGroup(id))', async () => {
  const seen = new Set<string>();
  const before = service.requests.length;
  for await (const { status } of queue.listTaskGroup(taskGroupId, { limit: pageSize }))
    seen.add(status.taskId);
  const pages = service.requests.length - before;
  const holds = seen.size === taskCount && pages === Math.ceil(taskCount / pageSize);
  return { found: `${seen.size} tasks on ${pages} pages of at most ${pageSize}`, holds };
});

let worker = tc;
let claimedId = '';
await step('work as a worker', 'queue.claimWork(taskQueueId, { … })', async () => {
  const { tasks } = await queue.claimWork(taskQueueId, { workerGroup: 'demo', workerId: 'w1', tasks: 1 });
  const [claim] = tasks;
  if (claim === undefined) return { found: 'there was nothing to claim', holds: false };
  worker = tc.with({ credentials: claim.credentials });
  claimedId = claim.status.taskId;
  return { found: `claimed the most urgent, ${claimedId}`, holds: claimedId === taskIds.at(-1) };
});

heading('Data, verified by its hashes');

const data = Buffer.alloc(1_000_000, 'all lines lead through a fairlead. ');
const sha256 = createHash('sha256').update(data).digest('hex');

await step('an object, both ways', 'upload(tc, { … }), download(tc, { … })', async () => {
  const name = 'demo/lines.txt';
  const expires = fromNow('1 day');
  await upload(tc, { projectId: 'demo', name, contentType: 'text/plain', expires, body: data });
  const { bytes } = await download(tc, { name });
  const found = `${bytes.length.toLocaleString('en')} bytes, sha256 ${sha256.slice(0, 8)}…`;
  return { found, holds: createHash('sha256').update(bytes).digest('hex') === sha256 };
});

await step('an artifact, both ways', 'uploadArtifact(worker, { … })', async () => {
  const artifact = { taskId: claimedId, name: 'public/lines.txt', storageType: 'object' } as const;
  const expires = fromNow('1 day');
  await uploadArtifact(worker, { ...artifact, runId: 0, contentType: 'text/plain', expires, body: data });
  await new Queue(worker).reportCompleted(claimedId, 0);
  const anybody = tc.with({ credentials: undefined });
  const { bytes, storageType } = await downloadArtifact(anybody, { taskId: claimedId, name: artifact.name });
  const holds = createHash('sha256').update(bytes).digest('hex') === sha256;
  return { found: `public, so without credentials; stored as ${storageType}`, holds };
});

await step('a signed URL', 'tc.signedUrl(Secrets, (s) => s.get(name))', async () => {
  const url = await tc.signedUrl(Secrets, (client) => client.get('demo/password'), { expiresInSeconds: 60 });
  const response = await fetch(url);
  return { found: `plain fetch: ${response.status} ${response.statusText}`, holds: response.status === 200 };
});

heading('When things go wrong');

await step('a service that fails', 'queue.status(taskId)', async () => {
  service.fail({ match: { service: 'queue', method: 'status' }, status: 503, times: 2 });
  service.fail({ match: { service: 'queue', method: 'status' }, reset: true });
  const attempts: string[] = [];
  await queue.status(claimedId, {
    onRecord: (record) => {
      for (const { status, delayMs = 0 } of record.attempts) {
        attempts.push(`${delayMs === 0 ? '' : `(${Math.round(delayMs)} ms) `}${status ?? 'reset'}`);
      }
    },
  });
  return {
    found: attempts.join(' → '),
    holds: attempts.length === 4 && attempts.at(-1)?.endsWith('200') === true,
  };
});

await step('a scope that is missing', "limited.get('other')", async () => {
  const limited = new Secrets(tc.with({ authorizedScopes: ['secrets:get:demo/*'] }));
  return await refusal(limited.get('other'), { code: 'InsufficientScopes', category: 'forbidden' });
});

await step('nothing by that name', "secrets.get('demo/pasword')", async () =>
  refusal(secrets.get('demo/pasword'), { code: 'ResourceNotFound', category: 'not-found' }),
);

await step('a name that is taken', 'queue.createTask(taskId, { … })', async () => {
  const [taskId = ''] = taskIds;
  const other = { ...definition(0), payload: { command: ['sleep', '1'] } };
  return await refusal(queue.createTask(taskId, other), { code: 'RequestConflict', category: 'conflict' });
});

await step('an argument left empty', "queue.task('')", async () => {
  const before = service.requests.length;
  const error = await attempt(() => queue.task(''));
  const holds = error instanceof TypeError && service.requests.length === before;
  return { found: `before anything is sent: ${firstLine(error)}`, holds };
});

conclude(
  `All of it held: ${service.requests.length} requests, each checked by a server that shares no code with the client.`,
);
