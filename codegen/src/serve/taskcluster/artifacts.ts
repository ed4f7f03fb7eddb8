import type { JsonObject } from '../core/schemas.ts';
import { bodyOf, json, type Reply } from '../core/service.ts';
import {
  artifactKey,
  artifactOf,
  latestRun,
  objectCredentials,
  objectName,
  type RunOfTask,
  runInPath,
} from './artifact-store.ts';
import {
  conflict,
  inputError,
  type Model,
  paged,
  param,
  sorted,
  type TaskclusterCall,
} from './deployment.ts';
import { type Artifact, slugid } from './state.ts';
import { createBlob, storageUrl } from './storage.ts';
import { runOf } from './tasks.ts';

/** What runs leave behind: making it, and what is known about it. */
export const artifacts: Model = {
  service: 'queue',
  handlers: {
    createArtifact,
    finishArtifact(call) {
      const { uploadId } = bodyOf<{ readonly uploadId: string }>(call);
      const artifact = artifactOf(runInPath(call), param(call, 'name'));
      if (artifact.uploadId !== uploadId) throw inputError('The uploadId is not that of the artifact');
      return { status: 204 };
    },
    listArtifacts: (call) => list(call, runInPath(call)),
    listLatestArtifacts: (call) => list(call, latestRun(call)),
    artifactInfo: (call) => json(info(artifactOf(runInPath(call), param(call, 'name')))),
    latestArtifactInfo: (call) => json(info(artifactOf(latestRun(call), param(call, 'name')))),
  },
};

interface Common {
  readonly expires: string;
}

type ArtifactRequest =
  | (Common & {
      readonly storageType: 's3' | 'object';
      readonly contentType: string;
      readonly contentLength?: number;
    })
  | (Common & { readonly storageType: 'reference'; readonly contentType: string; readonly url: string })
  | (Common & { readonly storageType: 'link'; readonly contentType?: string; readonly artifact: string })
  | (Common & { readonly storageType: 'error'; readonly reason: string; readonly message: string });

/** What the object service counts the artifacts of tasks to. */
const projectId = 'taskcluster';

function createArtifact(call: TaskclusterCall): Reply {
  const run = runInPath(call);
  const name = param(call, 'name');
  const request = bodyOf<ArtifactRequest>(call);
  const key = artifactKey(run.runId, name);
  const known = run.task.artifacts.get(key);
  checkRequest(run, request, known);
  // The same again is the same artifact, with a fresh URL or fresh credentials.
  const artifact = known ?? newArtifact(call, run.runId, name, request);
  run.task.artifacts.set(key, artifact);
  return json(instructions(call, run, artifact));
}

function checkRequest(
  { task, runId }: RunOfTask,
  request: ArtifactRequest,
  known: Artifact | undefined,
): void {
  const { state } = runOf(task, runId);
  if (state !== 'running' && request.storageType !== 'error') {
    throw conflict(`Artifacts can only be created while run ${runId} is running, and it is ${state}`);
  }
  if (Date.parse(request.expires) > Date.parse(task.definition.expires)) {
    throw inputError('An artifact must not expire after its task');
  }
  if (known === undefined) return;
  const isSame =
    known.storageType === request.storageType && Date.parse(known.expires) === Date.parse(request.expires);
  if (!isSame) throw conflict('The artifact exists with other properties');
}

function newArtifact(call: TaskclusterCall, runId: number, name: string, request: ArtifactRequest): Artifact {
  const artifact = { contentType: 'application/binary', ...request, runId, name };
  switch (request.storageType) {
    case 's3':
      return { ...artifact, blobId: createBlob(call.deployment, { contentType: request.contentType }) };
    case 'object':
      return { ...artifact, uploadId: slugid() };
    default:
      return artifact;
  }
}

/** How the data of an artifact is to be sent. */
function instructions(call: TaskclusterCall, run: RunOfTask, artifact: Artifact): JsonObject {
  const { storageType, contentType, expires, blobId, uploadId } = artifact;
  if (blobId !== undefined) {
    const { url } = storageUrl(call.deployment, call.request.rootUrl, blobId);
    return { storageType, putUrl: url, expires, contentType };
  }
  if (uploadId === undefined) return { storageType };
  const name = objectName(run, artifact.name);
  const credentials = objectCredentials(call, run, `object:upload:${projectId}:${name}`);
  return { storageType, name, projectId, uploadId, credentials, expires };
}

function list(call: TaskclusterCall, { task, runId }: RunOfTask): Reply {
  runOf(task, runId);
  const all = [...task.artifacts.values()].filter((artifact) => artifact.runId === runId);
  return paged(call, sorted(all, ({ name }) => name).map(info));
}

function info({ storageType, name, expires, contentType, contentLength }: Artifact): JsonObject {
  const length = contentLength === undefined ? {} : { contentLength };
  return { storageType, name, expires, contentType, ...length };
}
