import { type CallFacts, ProtocolError, ServiceError } from '../../errors.ts';
import { path } from '../../http/path.ts';
import type { Credentials } from './credentials.ts';
import { type DownloadedBytes, download, intoMemory, upload } from './objects.ts';
import { renewing } from './renewing.ts';
import type { TaskclusterSession } from './session.ts';
import type { Sink } from './sinks.ts';
import { type Body, sourceOf } from './sources.ts';
import { sharing, withFacts } from './steps.ts';
import { type Downloaded, getData, putData, type TransferOptions } from './transfer.ts';

/** What {@link downloadArtifact} takes. */
export interface DownloadArtifactOptions extends TransferOptions {
  readonly taskId: string;
  /** Default: the latest run. */
  readonly runId?: number | string | undefined;
  readonly name: string;
  /** Where the data goes. Absent: it is kept in memory and given as `bytes`. */
  readonly to?: Sink | undefined;
  /**
   * Whether to get the data of a `reference` artifact, which is any URL that a task wrote down: with it a task can have
   * whoever reads its artifacts send a GET to places that only they can reach. Default false.
   */
  readonly allowReference?: boolean | undefined;
}

/** What came of the download of an artifact. */
export interface DownloadedArtifact extends Downloaded {
  /** How the artifact is stored. Only the data of an `object` is verified: for others nobody tells what it should be. */
  readonly storageType: 's3' | 'object' | 'reference';
}

/** The task could not make the artifact, and says why in its place. */
export class ArtifactError extends ServiceError {
  /** `file-missing-on-worker`, `invalid-resource-on-worker`, `too-large-file-on-worker`, `file-not-readable-on-worker`. */
  readonly reason: string;

  constructor(reason: string, message: string, facts: CallFacts) {
    super('failed', `the artifact is an error: ${reason}: ${message}`, facts);
    this.reason = reason;
  }

  override get name(): string {
    return 'ArtifactError';
  }
}

/** The artifact is a `reference`, and those are refused unless `allowReference` says otherwise. Nothing was sent to it. */
export class ReferenceRefusedError extends ServiceError {
  constructor(facts: CallFacts) {
    super(
      'forbidden',
      'the artifact is a reference to a URL of its task; give allowReference: true to have it fetched',
      facts,
    );
  }

  override get name(): string {
    return 'ReferenceRefusedError';
  }
}

/**
 * Gets the data of an artifact, whichever way it is stored. A link is resolved by the queue; an artifact in the object
 * service is verified. Each attempt starts from the beginning. Needs the scope `queue:get-artifact:<name>`.
 *
 * @throws ArtifactError when the task says that it could not make the artifact, ReferenceRefusedError when it is a
 * `reference`, VerificationError when the data is wrong
 */
export function downloadArtifact(
  session: TaskclusterSession,
  options: DownloadArtifactOptions & { readonly to: Sink },
): Promise<DownloadedArtifact>;
export function downloadArtifact(
  session: TaskclusterSession,
  options: DownloadArtifactOptions & { readonly to?: undefined },
): Promise<DownloadedArtifact & DownloadedBytes>;
export async function downloadArtifact(
  session: TaskclusterSession,
  options: DownloadArtifactOptions,
): Promise<DownloadedArtifact & { readonly bytes?: Uint8Array }> {
  const { taskId, runId, name, to, allowReference = false } = options;
  const shared = sharing(options);
  const route =
    runId === undefined
      ? path`/task/${taskId}/artifact-content/${name}`
      : path`/task/${taskId}/runs/${runId}/artifact-content/${name}`;
  const { answer, facts } = await withFacts(session, shared(), (call) =>
    session.endpoint('queue/v1').get<ArtifactContent>(route, call),
  );
  const { storageType } = answer;
  const rest = { ...options, ...shared() };
  switch (storageType) {
    case 'reference':
      if (!allowReference) throw new ReferenceRefusedError(facts);
      break;
    case 's3':
      break;
    case 'object': {
      const { credentials, name } = answer;
      return { storageType, ...(await download(actingAs(session, credentials), { ...rest, name })) };
    }
    case 'error':
      throw new ArtifactError(answer.reason, answer.message, facts);
    default:
      throw unknownStorage(storageType, facts);
  }
  const address = async () => answer;
  return {
    storageType,
    ...(await intoMemory(to, (sink) => getData(session, { address, sink, redirects: true }, rest))),
  };
}

/** What {@link uploadArtifact} takes. */
export interface UploadArtifactOptions extends TransferOptions {
  readonly taskId: string;
  readonly runId: number | string;
  readonly name: string;
  readonly contentType: string;
  /** When the queue may forget the artifact. */
  readonly expires: Date | string;
  readonly body: Body;
  /** Where the data is kept: what the deployment has. Default `s3`. */
  readonly storageType?: 's3' | 'object' | undefined;
}

/**
 * Makes an artifact of a task that is running and sends its data. Each attempt reads the data from its beginning. Needs
 * the scope `queue:create-artifact:<taskId>/<runId>`, which the worker and the task itself have.
 *
 * @throws TypeError when the data is longer or shorter than it says
 */
export async function uploadArtifact(
  session: TaskclusterSession,
  options: UploadArtifactOptions,
): Promise<void> {
  const { taskId, runId, name, contentType, expires, body } = options;
  const queue = session.endpoint('queue/v1');
  const route = path`/task/${taskId}/runs/${runId}/artifacts/${name}`;
  const shared = sharing(options);
  const create = () =>
    withFacts(session, shared(), (call) =>
      queue.post<CreatedArtifact>(route, {
        ...call,
        body: { storageType: options.storageType ?? 's3', contentType, expires },
      }),
    );

  const { answer, facts } = await create();
  const { storageType } = answer;
  switch (storageType) {
    case 's3': {
      const address = renewing(s3Address(answer), async () => {
        const renewed = await create();
        if (renewed.answer.storageType === 's3') return s3Address(renewed.answer);
        throw unknownStorage(renewed.answer.storageType, renewed.facts);
      });
      await putData(session, { address, source: sourceOf(body) }, { ...options, ...shared() });
      return;
    }
    case 'object': {
      const { credentials, name, projectId, uploadId, expires } = answer;
      const { onProgress } = options;
      await upload(actingAs(session, credentials), {
        ...shared(),
        ...{ onProgress, name, projectId, uploadId, expires, contentType, body },
      });
      // Finishing what is finished is a success.
      await queue.send('put', route, { ...shared(), body: { uploadId } });
      return;
    }
    default:
      throw unknownStorage(storageType, facts);
  }
}

/** The session with credentials that a service gave for one purpose: limits on our own scopes don't apply to them. */
function actingAs(session: TaskclusterSession, credentials: Credentials): TaskclusterSession {
  return session.with({ credentials, authorizedScopes: undefined });
}

function s3Address({ putUrl, expires, contentType }: CreatedS3) {
  return { url: putUrl, expires, headers: { 'content-type': contentType } };
}

function unknownStorage(storageType: unknown, facts: CallFacts): ProtocolError {
  return new ProtocolError(`${JSON.stringify(storageType)} is no way of storing that is known here`, facts);
}

type ArtifactContent =
  | { readonly storageType: 's3' | 'reference'; readonly url: string }
  | { readonly storageType: 'object'; readonly name: string; readonly credentials: Credentials }
  | { readonly storageType: 'error'; readonly reason: string; readonly message: string };

interface CreatedS3 {
  readonly storageType: 's3';
  readonly putUrl: string;
  readonly expires: string;
  readonly contentType: string;
}

interface CreatedObject {
  readonly storageType: 'object';
  readonly name: string;
  readonly projectId: string;
  readonly uploadId: string;
  readonly expires: string;
  readonly credentials: Credentials;
}

type CreatedArtifact = CreatedS3 | CreatedObject;
