/** What a user of a Taskcluster session may and may not write. Compiled, never run. */
import {
  type CredentialInformation,
  type Credentials,
  clientFromReference,
  createTemporaryCredentials,
  credentialInformation,
  fromNow,
  isExpired,
  type Pages,
  Queue,
  type QueueTypes,
  queueEvents,
  Secrets,
  satisfies,
  signIn,
  slugid,
  type TaskclusterSession,
  type TemporaryCredentials,
  taskcluster,
} from '@fairlead/taskcluster';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Whether a value of type `V` may be given where `T` is wanted. */
type Accepts<T, V> = [V] extends [T] ? true : false;
function holds<_T extends true>(): void {}
function fails<_T extends false>(): void {}

type Options = Parameters<typeof taskcluster>[0];
type Overrides = Parameters<TaskclusterSession['with']>[0];
const rootUrl = 'https://tc.example.com';
const credentials: Credentials = { clientId: 'me', accessToken: 'token' };

// A session: an address, and all else if one likes.
holds<Accepts<Options, { rootUrl: string }>>();
holds<Accepts<Options, { rootUrl: string; credentials: Credentials }>>();
holds<Accepts<Options, { rootUrl: string; credentials: undefined }>>();
holds<Accepts<Options, { rootUrl: string; credentials: () => Promise<Credentials> }>>();
holds<Accepts<Options, { rootUrl: string; credentials: () => Credentials }>>();
holds<
  Accepts<Options, { rootUrl: string; credentials: TemporaryCredentials; authorizedScopes: readonly [] }>
>();
holds<Accepts<Options, { rootUrl: string; serviceUrl: 'k8s-dns' }>>();
holds<Accepts<Options, { rootUrl: string; retry: false; timeoutMs: 5000; transport: 'undici' }>>();
fails<Accepts<Options, { credentials: Credentials }>>();
fails<Accepts<Options, { rootUrl: URL }>>();
fails<Accepts<Options, { rootUrl: string; credentials: { clientId: string } }>>();
fails<Accepts<Options, { rootUrl: string; credentials: null }>>();
fails<Accepts<Options, { rootUrl: string; authorizedScopes: string }>>();
fails<Accepts<Options, { rootUrl: string; serviceUrl: 'docker-dns' }>>();
fails<Accepts<Options, { rootUrl: string; transport: 'fetch' }>>();

const session = taskcluster({ rootUrl, credentials });
holds<Equal<typeof session, TaskclusterSession>>();
holds<Equal<ReturnType<typeof taskcluster.fromEnv>, TaskclusterSession>>();
holds<Accepts<Parameters<typeof taskcluster.fromEnv>, []>>();
holds<Accepts<Parameters<typeof taskcluster.fromEnv>, [{ retry: false }, typeof process.env]>>();

// Defaults need not be given again, and what has none must be.
const ours = taskcluster.defaults({ rootUrl, timeoutMs: 5000 });
holds<Accepts<Parameters<typeof ours>[0], { credentials: Credentials }>>();
const patient = taskcluster.defaults({ timeoutMs: 5000 });
fails<Accepts<Parameters<typeof patient>[0], { credentials: Credentials }>>();
const nested = patient.defaults({ rootUrl });
holds<Accepts<Parameters<typeof nested>[0], { credentials: Credentials }>>();

// Deriving: anything may be overridden, and taken away where it may be absent.
holds<Accepts<Overrides, { credentials: undefined; authorizedScopes: undefined; traceId: undefined }>>();
fails<Accepts<Overrides, { authorizedScopes: readonly number[] }>>();

// URLs are told by the methods themselves, with the types of their arguments.
const url: string = session.url(Queue, (queue) => queue.task('id'));
const signed: Promise<string> = session.signedUrl(Queue, (queue) => queue.task('id'), {
  expiresInSeconds: 60,
});
holds<Equal<Parameters<Parameters<typeof session.url<Queue>>[1]>, [client: Queue]>>();
holds<Accepts<Parameters<Queue['task']>, [string]>>();
fails<Accepts<Parameters<Queue['task']>, []>>();
fails<Accepts<Parameters<Queue['task']>, [Date]>>();
fails<Accepts<Parameters<Queue['listTaskGroup']>, [string, { limit: boolean }]>>();
holds<Equal<keyof QueueTypes.ListTaskGroupQuery, 'continuationToken' | 'limit'>>();
fails<Accepts<Parameters<Queue['createTask']>, [string]>>();
holds<Accepts<QueueTypes.CreateTaskRequest['priority'], 'low' | undefined>>();
fails<Accepts<QueueTypes.CreateTaskRequest['priority'], 'lowish'>>();
fails<Accepts<Parameters<typeof session.url<Queue>>[0], typeof String>>();
fails<Accepts<NonNullable<Parameters<typeof session.signedUrl<Queue>>[2]>, { expiresInSeconds: string }>>();

// Pages are told apart from single answers.
const pages = new Queue(session).listTaskGroup('id');
holds<Equal<typeof pages, Pages<QueueTypes.ListTaskGroupResponse, 'tasks'>>>();
const secret = new Secrets(session).get('name');
holds<Equal<Awaited<typeof secret>['expires'], string>>();

// Listening: the message is that of its topic.
async function listening(): Promise<void> {
  for await (const message of session.listen(queueEvents.taskCompleted({ taskGroupId: 'id' }))) {
    holds<Equal<typeof message.payload, QueueTypes.TaskCompletedMessage>>();
    holds<Equal<typeof message.routing.taskId, string>>();
  }
  const both = session.listen([queueEvents.taskCompleted(), queueEvents.taskFailed()]);
  for await (const message of both) {
    if (message.exchange === 'exchange/taskcluster-queue/v1/task-failed') {
      holds<Equal<typeof message.payload, QueueTypes.TaskFailedMessage>>();
    }
  }
}
fails<Accepts<NonNullable<Parameters<typeof queueEvents.taskCompleted>[0]>, { taskID: string }>>();

// Helpers.
const temporary = createTemporaryCredentials({
  issuer: credentials,
  scopes: ['a'],
  expiry: fromNow('1 hour'),
});
holds<Equal<typeof temporary.certificate, string>>();
holds<Accepts<Credentials, typeof temporary>>();
type TemporaryOptions = Parameters<typeof createTemporaryCredentials>[0];
fails<Accepts<TemporaryOptions, { issuer: Credentials; scopes: string[]; expiry: string }>>();
fails<Accepts<TemporaryOptions, { issuer: () => Credentials; scopes: string[]; expiry: Date }>>();
const information: Promise<CredentialInformation> = credentialInformation(session, temporary);
const bySite: Promise<CredentialInformation> = credentialInformation(rootUrl, temporary);
const expired: boolean = isExpired(temporary);
const enough: boolean = satisfies(['a'], { AllOf: ['a', { AnyOf: ['b', 'c'] }] });
fails<Accepts<Parameters<typeof satisfies>[1], { OneOf: ['a'] }>>();
const person: Promise<Credentials> = signIn({ rootUrl, open: (page) => console.log(page) });
fails<Accepts<Parameters<typeof signIn>[0], { rootUrl: string }>>();
const dynamic: Promise<unknown> = clientFromReference(session, {}).call('ping', { path: { name: slugid() } });

// A session ends with the block that it is used in.
async function scoped(): Promise<void> {
  await using short = taskcluster.fromEnv();
  await new Queue(short).ping();
}

export { bySite, dynamic, enough, expired, information, listening, person, scoped, secret, signed, url };
