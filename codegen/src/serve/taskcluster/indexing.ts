import { uri } from 'hawk';
import { bodyOf, json, text } from '../core/service.ts';
import {
  type Deployment,
  type Model,
  notFound,
  paged,
  param,
  sorted,
  type TaskclusterCall,
} from './deployment.ts';
import type { IndexedTask } from './state.ts';

/** The index: names for tasks. */
export const indexing: Model = {
  service: 'index',
  handlers: {
    findTask: (call) => json(indexedTask(call)),
    findTasksAtIndex(call) {
      const { indexedTasks } = call.deployment.state;
      return paged(
        call,
        bodyOf<Indexes>(call).indexes.flatMap((name) => indexedTasks.get(name) ?? []),
      );
    },
    insertTask(call) {
      const { indexedTasks } = call.deployment.state;
      const namespace = param(call, 'namespace');
      const known = current(call.deployment, namespace);
      const request = bodyOf<Omit<IndexedTask, 'namespace'>>(call);
      const kept = known !== undefined && known.rank > request.rank ? known : { namespace, ...request };
      indexedTasks.set(namespace, kept);
      return json(kept);
    },
    deleteTask(call) {
      call.deployment.state.indexedTasks.delete(param(call, 'namespace'));
      return json({});
    },
    listTasks(call) {
      const prefix = `${param(call, 'namespace')}.`;
      const all = [...call.deployment.state.indexedTasks.values()].filter(({ namespace }) =>
        isChild(prefix, namespace),
      );
      return paged(
        call,
        sorted(all, ({ namespace }) => namespace),
      );
    },
    listNamespaces(call) {
      const prefix = `${param(call, 'namespace')}.`;
      const latest = new Map<string, string>();
      for (const { namespace, expires } of call.deployment.state.indexedTasks.values()) {
        const [name, ...below] = namespace.slice(prefix.length).split('.');
        if (!namespace.startsWith(prefix) || name === undefined || below.length === 0) continue;
        if ((latest.get(name) ?? '') < expires) latest.set(name, expires);
      }
      const namespaces = [...latest].map(([name, expires]) => ({ namespace: prefix + name, name, expires }));
      return paged(
        call,
        sorted(namespaces, ({ name }) => name),
      );
    },
    findArtifactFromTask(call) {
      const url = signedArtifactUrl(call, indexedTask(call).taskId);
      return text(`See Other. Redirecting to ${url}`, 303, {
        'content-type': 'text/plain; charset=utf-8',
        location: url,
      });
    },
  },
  scopeValues: {
    findTasksAtIndex: (call) => ({ indexPaths: bodyOf<Indexes>(call).indexes }),
  },
};

interface Indexes {
  readonly indexes: readonly string[];
}

function current(deployment: Deployment, namespace: string): IndexedTask | undefined {
  const found = deployment.state.indexedTasks.get(namespace);
  return found === undefined || Date.parse(found.expires) < deployment.now() ? undefined : found;
}

function indexedTask(call: TaskclusterCall): IndexedTask {
  const found = current(call.deployment, param(call, 'indexPath'));
  if (found === undefined) throw notFound('Indexed task not found');
  return found;
}

function isChild(prefix: string, namespace: string): boolean {
  return namespace.startsWith(prefix) && !namespace.slice(prefix.length).includes('.');
}

/** Signed by the deployment itself, for that artifact only. */
function signedArtifactUrl(call: TaskclusterCall, taskId: string): string {
  const { root, settings } = call.deployment;
  const name = param(call, 'name');
  const url = `${call.request.rootUrl}/api/queue/v1/task/${taskId}/artifacts/${encodeURIComponent(name)}`;
  const ext = Buffer.from(JSON.stringify({ authorizedScopes: [`queue:get-artifact:${name}`] })).toString(
    'base64',
  );
  const bewit = uri.getBewit(url, {
    credentials: { id: root.clientId, key: root.accessToken, algorithm: 'sha256' },
    ttlSec: 15 * 60,
    ext,
    localtimeOffsetMsec: settings.clockOffsetMs,
  });
  return `${url}?bewit=${bewit}`;
}
