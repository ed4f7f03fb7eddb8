/** What a user of Juju's facades may and may not write. Compiled, never run. */
import {
  Action,
  type AllWatcher,
  type Annotations,
  type Application,
  type Application19,
  type Application22,
  type Backups,
  BulkError,
  Client,
  Controller,
  type Delta,
  type JujuOptions,
  type JujuTypes,
  juju,
  type KeyManager,
  type LogForwarding,
  type LoginProvider,
  type ModelManager,
  type NotifyWatcher,
  type Outcome,
  type Pinger,
  passwordLogin,
  type RpcError,
  type RpcOptions,
  type RpcSession,
  type StorageService,
  tags,
  type Uniter,
  type UserManager,
  type WatcherChange,
} from '@fairlead/juju';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Whether a value of type `V` may be given where `T` is wanted. */
type Accepts<T, V> = [V] extends [T] ? true : false;
function holds<_T extends true>(): void {}
function fails<_T extends false>(): void {}

const login: LoginProvider = passwordLogin({ user: 'admin', password: 'secret' });
const session = juju({ addresses: ['10.0.0.1:17070'], login });

// A session: where, and who.
holds<Accepts<JujuOptions, { addresses: string[] }>>();
holds<Accepts<JujuOptions, { addresses: readonly string[]; login: false; model: undefined }>>();
holds<Accepts<JujuOptions, { addresses: string[]; reconnect: true; dial: { timeoutMs: 5000 } }>>();
fails<Accepts<JujuOptions, { addresses: string }>>();
fails<Accepts<JujuOptions, { addresses: string[]; login: true }>>();
fails<Accepts<Parameters<typeof passwordLogin>[0], { user: string }>>();
holds<Accepts<RpcSession, typeof session>>();

// A class is made with a session, one of objects with an id besides.
holds<Accepts<ConstructorParameters<typeof Application>, [RpcSession]>>();
fails<Accepts<ConstructorParameters<typeof Application>, []>>();
fails<Accepts<ConstructorParameters<typeof Application>, [RpcSession, string]>>();
holds<Accepts<ConstructorParameters<typeof NotifyWatcher>, [RpcSession, string]>>();
fails<Accepts<ConstructorParameters<typeof NotifyWatcher>, [RpcSession]>>();
fails<Accepts<ConstructorParameters<typeof AllWatcher>, [RpcSession, number]>>();
holds<Equal<Parameters<Pinger['ping']>, [options?: RpcOptions | undefined]>>();
holds<Accepts<RpcOptions, { timeoutMs: 5; signal: undefined; onRecord: undefined }>>();
fails<Accepts<RpcOptions, { timeoutMs: string }>>();

// In a request may be left out what is empty; what it is about may not.
type Deployed = JujuTypes.ApplicationsDeploy['applications'][number];
holds<
  Accepts<Parameters<Application['destroyApplication']>, [{ applications: [{ 'application-tag': string }] }]>
>();
fails<Accepts<Parameters<Application['destroyApplication']>, []>>();
fails<Accepts<Parameters<Application['destroyApplication']>, [{ applications: [Record<never, never>] }]>>();
fails<Accepts<Parameters<Application['destroyApplication']>, [{ applications: [string] }]>>();
holds<Accepts<Parameters<Application['get']>, [{ application: string }]>>();
holds<Accepts<Parameters<Action['enqueueOperation']>, [{ actions: [{ name: string; receiver: string }] }]>>();
fails<Accepts<Parameters<Action['enqueueOperation']>, [{ actions: [{ receiver: string }] }]>>();
fails<Accepts<JujuTypes.Action, { name: string; receiver: string }>>();
fails<Accepts<Deployed['storage'], Record<string, string>>>();
holds<Accepts<Deployed['storage'], Record<string, { Count: number; Pool: string; Size: number }>>>();
holds<Accepts<Deployed['devices'], Record<string, JujuTypes.Constraints> | undefined>>();

// Nanoseconds and sizes are exact: either in a request, bigint in an answer.
type Destroyed = NonNullable<Parameters<ModelManager['destroyModels']>[0]['models']>[number];
holds<Accepts<Destroyed, { 'model-tag': string; timeout: 1_000_000_000n; 'max-wait': 5 }>>();
fails<Accepts<Destroyed, { 'model-tag': string; timeout: string }>>();
holds<Equal<Exclude<JujuTypes.MachineHardware['mem'], undefined>, bigint>>();
holds<Equal<JujuTypes.BackupsMetadataResult['size'], bigint>>();
holds<Equal<Awaited<ReturnType<Backups['create']>>, JujuTypes.BackupsMetadataResult>>();
holds<Equal<JujuTypes.LogForwardingGetLastSentResult['record-id'], bigint>>();
holds<Accepts<JujuTypes.LogForwardingSetLastSentParam['record-id'], number>>();
type Sent = Parameters<LogForwarding['setLastSent']>[0];
holds<Equal<Sent, JujuTypes.LogForwardingSetLastSentParams>>();

// Bytes, versions, times, anything, and lists that are null when they are empty.
holds<Equal<Exclude<JujuTypes.AddUserResult['secret-key'], undefined>, Uint8Array>>();
holds<Equal<JujuTypes.ModelInfo['agent-version'], string | null>>();
holds<Equal<JujuTypes.ModelInfo['machines'], JujuTypes.ModelMachineInfo[] | null>>();
holds<Equal<JujuTypes.ConfigValue['value'], unknown>>();
holds<Equal<JujuTypes.Macaroon, unknown>>();
holds<Accepts<JujuTypes.DetailedStatus['since'], undefined | null | string>>();
fails<Accepts<keyof JujuTypes.HostPort, 'Address'>>();
fails<Accepts<keyof JujuTypes.CharmResourceResult, 'ErrorResult'>>();
holds<Accepts<keyof JujuTypes.CloudInfo, 'CloudDetails'>>();

// Versions that differ have a type of what they have.
holds<Equal<Application22, Application>>();
holds<Accepts<Application19, Application>>();
fails<Accepts<Application22, Application19>>();
fails<Accepts<keyof Application19, 'getApplicationStorage'>>();
holds<Accepts<keyof Application19, 'deploy'>>();
holds<Accepts<keyof StorageService, 'listPools'>>();

// What fails item by item: the value is the item without its error.
async function inBulk(application: Application): Promise<void> {
  const reply = application.applicationsInfo({ entities: [{ tag: tags.application('mysql') }] });
  const plain = await reply;
  holds<Equal<typeof plain, JujuTypes.ApplicationInfoResults>>();
  const outcomes = await reply.outcomes();
  holds<Equal<typeof outcomes, readonly Outcome<Omit<JujuTypes.ApplicationInfoResult, 'error'>>[]>>();
  for (const outcome of outcomes) {
    if (outcome.ok) {
      holds<Equal<typeof outcome.value.result, JujuTypes.ApplicationResult | undefined>>();
      fails<Accepts<keyof typeof outcome, 'error'>>();
      fails<Accepts<keyof typeof outcome.value, 'error'>>();
    } else holds<Equal<typeof outcome.error, RpcError>>();
  }
  try {
    const values = await reply.values();
    holds<Equal<(typeof values)[number]['result'], JujuTypes.ApplicationResult | undefined>>();
  } catch (error) {
    if (error instanceof BulkError) holds<Equal<typeof error.errors, readonly RpcError[]>>();
  }
  // The error may be spelled in another way.
  const storage = await application.getApplicationStorage({ entities: [] }).values();
  fails<Accepts<keyof (typeof storage)[number], 'Error'>>();
  holds<Accepts<keyof (typeof storage)[number], 'storage-constraints'>>();
}
// Others have one answer, and no outcomes.
fails<Accepts<keyof ReturnType<Application['get']>, 'outcomes'>>();
fails<Accepts<keyof ReturnType<Annotations['get']>, 'outcomes'>>();
holds<Accepts<keyof ReturnType<KeyManager['listKeys']>, 'outcomes' | 'values' | 'then'>>();
holds<Equal<Awaited<ReturnType<Application['expose']>>, void>>();
holds<Equal<Awaited<ReturnType<UserManager['addUser']>>, JujuTypes.AddUserResults>>();

// Watchers tell what their kind tells.
async function watching(): Promise<void> {
  for await (const deltas of new Client(session).watchAll().watch()) {
    holds<Equal<typeof deltas, readonly Delta[]>>();
    for (const [kind, change, entity] of deltas) {
      holds<Accepts<string, typeof kind>>();
      holds<Equal<typeof change, 'change' | 'remove'>>();
      holds<Equal<(typeof entity)[string], unknown>>();
    }
  }
  await using summaries = new Controller(session)
    .watchModelSummaries()
    .watch({ signal: AbortSignal.abort() });
  for await (const models of summaries) holds<Equal<(typeof models)[number]['uuid'], string>>();
  const reply = new Action(session).watchActionsProgress({ entities: [{ tag: tags.action('7') }] });
  fails<Accepts<keyof typeof reply, 'watch'>>();
  for (const outcome of await reply.watchers()) {
    if (!outcome.ok) continue;
    for await (const lines of outcome.value) holds<Equal<typeof lines, readonly string[]>>();
    await outcome.value.stop();
  }
  const [ids] = (await reply).results ?? [];
  holds<Equal<Exclude<typeof ids, undefined>['watcher-id'], string>>();
}
holds<Equal<WatcherChange<'NotifyWatcher'>, undefined>>();
holds<Accepts<keyof ReturnType<Uniter['watchUnitRelations']>, 'watchers'>>();
fails<Accepts<keyof ReturnType<Client['fullStatus']>, 'watch'>>();
holds<
  Equal<ReturnType<AllWatcher['next']> extends Promise<infer T> ? T : never, JujuTypes.AllWatcherNextResults>
>();

export { inBulk, watching };
