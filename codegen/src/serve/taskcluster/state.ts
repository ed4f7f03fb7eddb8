import { randomBytes, randomUUID } from 'node:crypto';
import type { JsonValue } from '../../model.ts';
import type { JsonObject } from '../core/schemas.ts';

/** All that a deployment knows. Handlers of every service work on it. */
export interface State {
  readonly clients: Map<string, Client>;
  readonly roles: Map<string, Role>;
  readonly audit: AuditEntry[];
  readonly tasks: Map<string, Task>;
  readonly taskGroups: Map<string, TaskGroup>;
  readonly indexedTasks: Map<string, IndexedTask>;
  readonly secrets: Map<string, Secret>;
  readonly objects: Map<string, StoredObject>;
  /** What was put at, or can be got from, the deployment's own storage, by the identifier in its URL. */
  readonly blobs: Map<string, Blob>;
  readonly hookTokens: Map<string, string>;
  readonly hookFires: Map<string, HookFire[]>;
  readonly denylist: Map<string, DenylistEntry>;
  readonly purgeRequests: Map<string, PurgeRequest>;
  readonly workerErrors: WorkerError[];
}

export interface Client {
  readonly clientId: string;
  readonly accessToken: string;
  readonly description: string;
  readonly scopes: readonly string[];
  readonly expires: string;
  readonly created: string;
  readonly lastModified: string;
  readonly lastDateUsed: string;
  readonly lastRotated: string;
  readonly deleteOnExpiration: boolean;
  readonly disabled: boolean;
}

export interface Role {
  readonly roleId: string;
  readonly description: string;
  readonly scopes: readonly string[];
  readonly created: string;
  readonly lastModified: string;
}

export type AuditEntry = {
  readonly clientId: string;
  readonly actionType: string;
  readonly created: string;
  readonly entityId: string;
  readonly entityType: string;
};

export type Priority = 'highest' | 'very-high' | 'high' | 'medium' | 'low' | 'very-low' | 'lowest';

/** A task as it was defined; the properties that the queue looks at. */
export type TaskDefinition = {
  readonly provisionerId: string;
  readonly workerType: string;
  readonly taskQueueId: string;
  readonly schedulerId: string;
  readonly projectId: string;
  readonly taskGroupId: string;
  readonly dependencies: readonly string[];
  readonly requires: 'all-completed' | 'all-resolved';
  readonly routes: readonly string[];
  readonly priority: Priority;
  readonly retries: number;
  readonly created: string;
  readonly deadline: string;
  readonly expires: string;
  readonly scopes: readonly string[];
  readonly payload: JsonObject;
  readonly metadata: JsonObject;
  readonly tags: JsonObject;
  readonly extra: JsonObject;
};

export type TaskState = 'unscheduled' | 'pending' | 'running' | 'completed' | 'failed' | 'exception';

export type Run = {
  readonly runId: number;
  readonly state: Exclude<TaskState, 'unscheduled'>;
  readonly reasonCreated: 'scheduled' | 'retry' | 'task-retry' | 'rerun' | 'exception';
  readonly scheduled: string;
  readonly reasonResolved?: string;
  readonly started?: string;
  readonly resolved?: string;
  readonly takenUntil?: string;
  readonly workerGroup?: string;
  readonly workerId?: string;
};

export interface Task {
  readonly taskId: string;
  definition: TaskDefinition;
  retriesLeft: number;
  runs: Run[];
  /** Of all runs, by `<runId>/<name>`. */
  readonly artifacts: Map<string, Artifact>;
}

export interface Artifact {
  readonly runId: number;
  readonly name: string;
  readonly storageType: 's3' | 'object' | 'reference' | 'link' | 'error';
  readonly contentType: string;
  readonly contentLength?: number;
  readonly expires: string;
  /** By storage type: the blob, the upload, the URL, the other artifact, or what went wrong. */
  readonly blobId?: string;
  readonly uploadId?: string;
  readonly url?: string;
  readonly artifact?: string;
  readonly reason?: string;
  readonly message?: string;
}

export type TaskGroup = {
  readonly schedulerId: string;
  readonly expires: string;
  readonly sealed?: string;
};

export type IndexedTask = {
  readonly namespace: string;
  readonly taskId: string;
  readonly rank: number;
  readonly data: JsonObject;
  readonly expires: string;
};

export type Secret = {
  readonly secret: JsonObject;
  readonly expires: string;
};

export interface StoredObject {
  readonly name: string;
  readonly projectId: string;
  readonly uploadId: string;
  readonly expires: string;
  readonly hashes: JsonObject;
  readonly blobId: string;
  /** How its data comes: with the call that announces it, to a URL, or not at all when neither was proposed. */
  readonly upload: 'dataInline' | 'putUrl' | 'none';
  readonly uploadExpires: string;
  readonly isFinished: boolean;
}

/** A file. Only who knows its identifier, which is in the URLs that are handed out, gets at it. */
export interface Blob {
  /** The headers that its upload must come with; the type and the encoding are also those of the download. */
  readonly contentType: string;
  readonly contentEncoding?: string;
  readonly contentLength?: number;
  /** Absent until it was uploaded. */
  readonly data?: Uint8Array;
}

export type HookFire = {
  readonly hookGroupId: string;
  readonly hookId: string;
  readonly taskId: string;
  readonly firedBy: 'triggerHook' | 'triggerHookWithToken';
  readonly taskCreateTime: string;
  readonly result: 'success' | 'error';
  readonly taskState: TaskState | 'unknown';
  readonly error: string;
};

export type DenylistEntry = { readonly notificationType: string; readonly notificationAddress: string };

export type PurgeRequest = {
  readonly provisionerId: string;
  readonly workerType: string;
  readonly cacheName: string;
  readonly before: string;
};

export type WorkerError = { readonly workerPoolId: string; readonly errorId: string } & JsonObject;

export function createState(): State {
  return {
    clients: new Map(),
    roles: new Map(),
    audit: [],
    tasks: new Map(),
    taskGroups: new Map(),
    indexedTasks: new Map(),
    secrets: new Map(),
    objects: new Map(),
    blobs: new Map(),
    hookTokens: new Map(),
    hookFires: new Map(),
    denylist: new Map(),
    purgeRequests: new Map(),
    workerErrors: [],
  };
}

/** An identifier as Taskcluster makes them: a random UUID in 22 letters, the first of them never a dash. */
export function slugid(): string {
  const bytes = Buffer.from(randomUUID().replaceAll('-', ''), 'hex');
  bytes.writeUInt8(bytes.readUInt8(0) & 0x7f, 0);
  return bytes.toString('base64url');
}

export const slugidPattern = /^[A-Za-z0-9_-]{8}[Q-T][A-Za-z0-9_-][CGKOSWaeimquy26-][A-Za-z0-9_-]{10}[AQgw]$/;

export function newAccessToken(): string {
  return randomBytes(32).toString('base64url');
}

/** The same text for two values that are the same but for the order of their keys. */
export function canonical(value: JsonValue): string {
  return JSON.stringify(value, (_, child: unknown) =>
    typeof child === 'object' && child !== null && !Array.isArray(child)
      ? Object.fromEntries(Object.entries(child).sort(([a], [b]) => (a < b ? -1 : 1)))
      : child,
  );
}
