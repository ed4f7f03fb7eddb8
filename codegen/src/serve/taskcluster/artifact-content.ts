import { json, type Reply } from '../core/service.ts';
import {
  artifactKey,
  artifactOf,
  latestRun,
  objectCredentials,
  objectName,
  type RunOfTask,
  runInPath,
} from './artifact-store.ts';
import { inputError, type Model, notFound, param, type TaskclusterCall } from './deployment.ts';
import type { Artifact } from './state.ts';
import { storageUrl } from './storage.ts';

/** Following links ends here, as it must when they lead in a circle. */
const maxLinks = 10;

/** Getting at the data of artifacts: by a redirect, or by telling where it is. */
export const artifactContent: Model = {
  service: 'queue',
  handlers: {
    getArtifact: (call) => redirect(call, runInPath(call)),
    getLatestArtifact: (call) => redirect(call, latestRun(call)),
    artifact: (call) => content(call, runInPath(call)),
    latestArtifact: (call) => content(call, latestRun(call)),
  },
  scopeValues: {
    getArtifact: (call) => ({ names: names(call, runInPath(call)) }),
    getLatestArtifact: (call) => ({ names: names(call, latestRun(call)) }),
    artifact: (call) => ({ names: names(call, runInPath(call)) }),
    latestArtifact: (call) => ({ names: names(call, latestRun(call)) }),
  },
};

/** What the caller needs a right to. Whether there is such an artifact is told only to those who may get it. */
function names(call: TaskclusterCall, run: RunOfTask): readonly string[] {
  const name = param(call, 'name');
  const isThere = run.task.artifacts.has(artifactKey(run.runId, name));
  return isThere ? linked(run, artifactOf(run, name)).map((artifact) => artifact.name) : [name];
}

/** An artifact and, when it is a link, those that it leads to, the last of which holds the data. */
function linked(run: RunOfTask, first: Artifact): readonly Artifact[] {
  const all = [first];
  for (let last = first; last.artifact !== undefined; all.push(last)) {
    if (all.length > maxLinks) throw inputError('The artifact links on and on');
    last = artifactOf(run, last.artifact);
  }
  return all;
}

function target(call: TaskclusterCall, run: RunOfTask): Artifact {
  const first = artifactOf(run, param(call, 'name'));
  return linked(run, first).at(-1) ?? first;
}

function redirect(call: TaskclusterCall, run: RunOfTask): Reply {
  const artifact = target(call, run);
  const { storageType, reason = '', message = '' } = artifact;
  if (storageType === 'error') return json({ reason, message }, 424);
  const url = urlOf(call, run, artifact);
  return json({ storageType, url }, 303, { location: url });
}

function content(call: TaskclusterCall, run: RunOfTask): Reply {
  const artifact = target(call, run);
  const { storageType, reason = '', message = '' } = artifact;
  switch (storageType) {
    case 'error':
      return json({ storageType, reason, message });
    case 'object': {
      const name = objectName(run, artifact.name);
      return json({
        storageType,
        name,
        credentials: objectCredentials(call, run, `object:download:${name}`),
      });
    }
    default:
      return json({ storageType, url: urlOf(call, run, artifact) });
  }
}

function urlOf({ deployment, request }: TaskclusterCall, run: RunOfTask, artifact: Artifact): string {
  if (artifact.url !== undefined) return artifact.url;
  const blobId = artifact.blobId ?? deployment.state.objects.get(objectName(run, artifact.name))?.blobId;
  if (blobId === undefined) throw notFound('Artifact not found: it was not uploaded');
  return storageUrl(deployment, request.rootUrl, blobId).url;
}
