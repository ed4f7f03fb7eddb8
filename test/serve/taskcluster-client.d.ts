/** The parts of the npm package `taskcluster-client` that the stand-in is tried with; it brings no types itself. */
declare module 'taskcluster-client' {
  export interface Credentials {
    readonly clientId: string;
    readonly accessToken: string;
    readonly certificate?: string;
  }

  export interface Options {
    readonly rootUrl: string;
    readonly credentials?: Credentials;
    readonly authorizedScopes?: readonly string[];
    readonly retries?: number;
    readonly delayFactor?: number;
    readonly traceId?: string;
  }

  interface Status {
    readonly status: {
      readonly taskId: string;
      readonly state: string;
      readonly retriesLeft: number;
      readonly runs: readonly {
        readonly state: string;
        readonly reasonCreated: string;
        readonly takenUntil?: string;
      }[];
    };
  }

  interface Paged {
    readonly continuationToken?: string;
  }

  interface ClientAnswer {
    readonly clientId: string;
    readonly accessToken: string;
    readonly scopes: readonly string[];
    readonly expandedScopes: readonly string[];
    readonly disabled: boolean;
  }

  class Service {
    constructor(options: Options);
    ping(): Promise<{ readonly alive: boolean }>;
    buildUrl(method: unknown, ...args: readonly unknown[]): string;
    buildSignedUrl(method: unknown, ...args: readonly unknown[]): string;
    use(options: Partial<Options>): this;
  }

  class Auth extends Service {
    currentScopes(): Promise<{ readonly scopes: readonly string[] }>;
    expandScopes(body: object): Promise<{ readonly scopes: readonly string[] }>;
    testAuthenticate(
      body: object,
    ): Promise<{ readonly clientId: string; readonly scopes: readonly string[] }>;
    testAuthenticateGet(): Promise<{ readonly clientId: string; readonly scopes: readonly string[] }>;
    createClient(clientId: string, body: object): Promise<ClientAnswer>;
    client(clientId: string): Promise<ClientAnswer>;
    resetAccessToken(clientId: string): Promise<ClientAnswer>;
    disableClient(clientId: string): Promise<ClientAnswer>;
    enableClient(clientId: string): Promise<ClientAnswer>;
    deleteClient(clientId: string): Promise<unknown>;
    listClients(query?: object): Promise<Paged & { readonly clients: readonly ClientAnswer[] }>;
    createRole(roleId: string, body: object): Promise<{ readonly expandedScopes: readonly string[] }>;
    listAuditHistory(
      clientId: string,
    ): Promise<{ readonly auditHistory: readonly { readonly actionType: string }[] }>;
  }

  class Secrets extends Service {
    set(name: string, body: object): Promise<unknown>;
    get(name: string): Promise<{ readonly secret: object; readonly expires: string }>;
    remove(name: string): Promise<unknown>;
    list(query?: object): Promise<Paged & { readonly secrets: readonly string[] }>;
  }

  class Queue extends Service {
    task(taskId: string): Promise<{ readonly taskGroupId: string; readonly priority: string }>;
    status(taskId: string): Promise<Status>;
    createTask(taskId: string, body: object): Promise<Status>;
    cancelTask(taskId: string): Promise<Status>;
    listTaskGroup(
      taskGroupId: string,
      query?: object,
    ): Promise<Paged & { readonly tasks: readonly Status[]; readonly taskGroupId: string }>;
    sealTaskGroup(taskGroupId: string): Promise<unknown>;
    tasks(
      body: object,
      query?: object,
    ): Promise<Paged & { readonly tasks: readonly { readonly taskId: string }[] }>;
    claimWork(
      taskQueueId: string,
      body: object,
    ): Promise<{
      readonly tasks: readonly (Status & {
        readonly takenUntil: string;
        readonly credentials: Credentials;
        readonly runId: number;
      })[];
    }>;
    reportCompleted(taskId: string, runId: number): Promise<Status>;
    reportException(taskId: string, runId: number, body: object): Promise<Status>;
    createArtifact(
      taskId: string,
      runId: number,
      name: string,
      body: object,
    ): Promise<{
      readonly putUrl: string;
      readonly name: string;
      readonly projectId: string;
      readonly uploadId: string;
      readonly credentials: Credentials;
    }>;
    finishArtifact(taskId: string, runId: number, name: string, body: object): Promise<unknown>;
    getLatestArtifact(
      taskId: string,
      name: string,
    ): Promise<{ readonly storageType: string; readonly url: string }>;
    latestArtifact(
      taskId: string,
      name: string,
    ): Promise<{ readonly storageType: string; readonly reason?: string }>;
    listLatestArtifacts(
      taskId: string,
    ): Promise<{ readonly artifacts: readonly { readonly name: string }[] }>;
  }

  class Index extends Service {
    insertTask(namespace: string, body: object): Promise<unknown>;
    findTask(namespace: string): Promise<{ readonly taskId: string; readonly rank: number }>;
    listTasks(namespace: string): Promise<{ readonly tasks: readonly { readonly namespace: string }[] }>;
    listNamespaces(namespace: string): Promise<{ readonly namespaces: readonly { readonly name: string }[] }>;
    findArtifactFromTask(namespace: string, name: string): Promise<unknown>;
  }

  class Hooks extends Service {
    createHook(hookGroupId: string, hookId: string, body: object): Promise<{ readonly hookId: string }>;
    hook(
      hookGroupId: string,
      hookId: string,
    ): Promise<{ readonly metadata: object; readonly schedule: readonly string[] }>;
    listHookGroups(): Promise<{ readonly groups: readonly string[] }>;
    listHooks(hookGroupId: string): Promise<{ readonly hooks: readonly { readonly hookId: string }[] }>;
    triggerHook(hookGroupId: string, hookId: string, body: object): Promise<{ readonly taskId: string }>;
    listLastFires(
      hookGroupId: string,
      hookId: string,
    ): Promise<{ readonly lastFires: readonly { readonly taskId: string }[] }>;
    removeHook(hookGroupId: string, hookId: string): Promise<unknown>;
  }

  class WorkerManager extends Service {
    createWorkerPool(workerPoolId: string, body: object): Promise<{ readonly owner: string }>;
    workerPool(workerPoolId: string): Promise<{ readonly owner: string; readonly workerPoolId: string }>;
    listWorkerPools(
      query?: object,
    ): Promise<Paged & { readonly workerPools: readonly { readonly workerPoolId: string }[] }>;
  }

  class Notify extends Service {
    email(body: object): Promise<unknown>;
    addDenylistAddress(body: object): Promise<unknown>;
    deleteDenylistAddress(body: object): Promise<unknown>;
  }

  class ObjectService extends Service {}

  interface DataOptions {
    readonly name: string;
    readonly object: ObjectService;
    readonly streamFactory: () => Promise<unknown>;
    readonly retries?: number;
  }

  export const clients: {
    readonly Auth: typeof Auth;
    readonly Secrets: typeof Secrets;
    readonly Queue: typeof Queue;
    readonly Index: typeof Index;
    readonly Hooks: typeof Hooks;
    readonly WorkerManager: typeof WorkerManager;
    readonly Notify: typeof Notify;
    readonly Object: typeof ObjectService;
  };

  export function createTemporaryCredentials(options: object): Credentials;
  export function upload(
    options: DataOptions & {
      readonly projectId: string;
      readonly contentType: string;
      readonly contentLength: number;
      readonly expires: Date;
      readonly uploadId?: string;
    },
  ): Promise<unknown>;
  export function download(options: DataOptions): Promise<string>;
  export function downloadArtifact(options: {
    readonly taskId: string;
    readonly name: string;
    readonly queue: Queue;
    readonly streamFactory: () => Promise<unknown>;
    readonly retries?: number;
  }): Promise<string>;
  export function slugid(): string;
  export function fromNow(offset: string): Date;
  export function fromNowJSON(offset: string): string;
}
