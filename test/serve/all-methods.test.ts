import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StandIn, serve } from '@fairlead/codegen/serve';
import { loadService } from '../../codegen/src/read/index.ts';
import { example } from '../../codegen/src/serve/core/example.ts';
import { isObject, schemaAt, schemasOf } from '../../codegen/src/serve/core/schemas.ts';
import { createValidator } from '../../codegen/src/validate.ts';
import { callSigned, jsonOf } from './signed.ts';
import { someTask } from './tasks.ts';

/* Every method is called once, with an input that its own schema gives, and answers what its schema allows. */

const folder = new URL('../../schemas/taskcluster/', import.meta.url).pathname;
const { documents } = await loadService(folder);
const schemas = schemasOf(documents.files);
const validator = await createValidator(
  new Map([...documents.files].filter(([path]) => path.startsWith('schemas/'))),
);

const taskId = 'fN1SbArXTPSVFNUvaOlinQ';
const failingTask = 'fN1SbArXTPSVFNUvaOlinA';
const breakingTask = 'fN1SbArXTPSVFNUvaOling';
const later = '2999-01-01T00:00:00.000Z';
const first = [
  'createTask',
  'claimTask',
  'createArtifact',
  'createUpload',
  'finishUpload',
  'triggerHookWithToken',
];
const last = ['cancelTask', 'cancelTaskGroup', 'sealTaskGroup'];

/** What a parameter is, where the name of the parameter itself won't do. */
const params: Readonly<Record<string, string>> = {
  indexPath: 'some.name',
  namespace: 'some.name',
  level: 'read-only',
  name: 'public/some.txt',
  number: '1',
  runId: '0',
  taskGroupId: taskId,
  taskId,
  taskQueueId: 'some-provisioner/some-worker',
  workerPoolId: 'some-provisioner/some-worker',
};

/** Where one method needs another thing than the rest: a run ends only once, only an upload is finished. */
const ownParams: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'queue.reportFailed': { taskId: failingTask },
  'queue.reportException': { taskId: breakingTask },
  'queue.finishArtifact': { taskId: failingTask, name: 'public/object' },
};

/** Bodies that must fit what else there is, not only their schema. */
const bodies: Readonly<Record<string, object>> = {
  'queue.createTask': someTask({ expires: later }),
  'queue.createArtifact': { storageType: 's3', expires: later, contentType: 'text/plain' },
  'queue.reportException': { reason: 'worker-shutdown' },
  'auth.createClient': { description: '', expires: later },
  'auth.testAuthenticate': { clientScopes: [], requiredScopes: [] },
  'index.insertTask': { taskId, rank: 1, data: {}, expires: later },
  'secrets.set': { secret: {}, expires: later },
  'object.createUpload': {
    projectId: 'projectId',
    uploadId: taskId,
    expires: later,
    proposedUploadMethods: { dataInline: { contentType: 'text/plain', objectData: '' } },
  },
  'object.finishUpload': { projectId: 'projectId', uploadId: taskId },
  'object.startDownload': { acceptDownloadMethods: { getUrl: true } },
};

interface Entry {
  readonly key: string;
  readonly service: string;
  readonly name: string;
  readonly verb: string;
  readonly route: string;
  readonly input: string | undefined;
  readonly output: string | undefined;
}

const entries: readonly Entry[] = [...documents.files]
  .filter(([path]) => path.endsWith('/api.json') && path.startsWith('references/'))
  .flatMap(([, reference]) => {
    assert.ok(isObject(reference) && Array.isArray(reference['entries']));
    const { serviceName, apiVersion } = reference;
    const path = (value: unknown) =>
      typeof value === 'string' ? `schemas/${serviceName}/${value.replace('#', '')}` : undefined;
    return reference['entries'].filter(isObject).map(({ name, method, route, input, output }) => ({
      key: `${serviceName}.${name}`,
      service: String(serviceName),
      name: String(name),
      verb: String(method).toUpperCase(),
      route: `/api/${serviceName}/${apiVersion}${route}`,
      input: path(input),
      output: path(output),
    }));
  });

/** What is put comes before what is got, and that before what is removed. */
function rank({ name, verb }: Entry): number {
  if (first.includes(name)) return first.indexOf(name) - 10;
  if (last.includes(name)) return last.indexOf(name) + 10;
  return ['PUT', 'POST', 'GET', 'DELETE'].indexOf(verb);
}

let service: StandIn;
before(async () => {
  service = await serve('taskcluster');
});
after(() => service.close());

interface Prepared {
  readonly uploadId: string;
  readonly token: string;
}

/** Two more tasks at work, an artifact that is being uploaded, and the token of the hook. */
async function prepare(): Promise<Prepared> {
  const root = '/api/queue/v1';
  const send = (verb: string, path: string, body?: object) => callSigned(service, { verb, path, body });
  for (const other of [failingTask, breakingTask]) {
    await send('PUT', `${root}/task/${other}`, someTask({ taskQueueId: 'other/queue', expires: later }));
  }
  const worker = { workerGroup: 'g', workerId: 'w', tasks: 2 };
  await send('POST', `${root}/claim-work/other%2Fqueue`, worker);
  const artifact = { storageType: 'object', expires: later, contentType: 'text/plain' };
  const path = `${root}/task/${failingTask}/runs/0/artifacts/public/object`;
  const { uploadId } = await jsonOf<Prepared>(send('POST', path, artifact));
  const { token } = await jsonOf<Prepared>(send('GET', '/api/hooks/v1/hooks/hookGroupId/hookId/token'));
  return { uploadId, token };
}

function call({ key, name, verb, route, input }: Entry, { uploadId, token }: Prepared): Promise<Response> {
  const values = { ...params, ...ownParams[key], ...(name === 'triggerHookWithToken' && { token }) };
  const known = new Map(Object.entries(values));
  const path = route.replace(/<([^>]+)>/g, (_, param: string) =>
    encodeURIComponent(known.get(param) ?? param),
  );
  const own = name === 'finishArtifact' ? { uploadId } : bodies[key];
  const body = own ?? (input === undefined ? undefined : example(schemas, schemaAt(schemas, input)));
  const tester = name.startsWith('testAuthenticate') && {
    credentials: { clientId: 'tester', accessToken: 'no-secret' },
  };
  return callSigned(service, { verb, path, body, ...tester });
}

test('all 192 methods answer, and what they answer is valid against their schemas', async () => {
  assert.equal(entries.length, 192);
  const prepared = await prepare();
  const wrong: string[] = [];
  let checked = 0;
  for (const entry of [...entries].sort((a, b) => rank(a) - rank(b))) {
    const response = await call(entry, prepared);
    const text = await response.text();
    if (response.status >= 400) {
      wrong.push(`${entry.key}: ${response.status} ${text}`);
      continue;
    }
    if (entry.output === undefined) continue;
    checked += 1;
    const problems = validator.for(entry.output)(JSON.parse(text));
    wrong.push(...problems.map(({ pointer, message }) => `${entry.key}: ${pointer} ${message}`));
  }
  assert.deepEqual(wrong, []);
  assert.equal(checked, entries.filter(({ output }) => output !== undefined).length);
  assert.equal(checked, 124);
});
