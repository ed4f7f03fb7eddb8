import { ProtocolError } from '../../errors.ts';
import { path } from '../../http/path.ts';
import { Digest, type Hashes, hashComplaint, VerificationError } from './hashes.ts';
import { renewing } from './renewing.ts';
import type { TaskclusterSession } from './session.ts';
import { MemoryReceiver, type Sink } from './sinks.ts';
import { slugid } from './slugid.ts';
import { type Body, pieces, sourceOf } from './sources.ts';
import { sharing, withFacts } from './steps.ts';
import { type Address, type Downloaded, getData, putData, type TransferOptions } from './transfer.ts';

/** Data of fewer bytes may go along with the call that announces it. */
const inlineBytes = 8192;

/** What {@link upload} takes. */
export interface UploadOptions extends TransferOptions {
  /** The project that the object belongs to: up to 500 letters, digits and `. _ / -`. */
  readonly projectId: string;
  /** The name of the object: printable ASCII. */
  readonly name: string;
  /** The media type that downloads will have. */
  readonly contentType: string;
  /** When the service may forget the object. */
  readonly expires: Date | string;
  readonly body: Body;
  /**
   * Which upload of the object this is: a slugid, by default a new one. An upload that was interrupted is taken up
   * again with the same one; any other is a conflict.
   */
  readonly uploadId?: string | undefined;
}

/** What came of an upload. */
export interface Uploaded {
  readonly uploadId: string;
  /** In bytes. */
  readonly contentLength: number;
  /** What downloads will be verified against: sha256 and sha512. */
  readonly hashes: Hashes;
}

/**
 * Makes an object of the object service: agrees with the service on a way, sends the data by it, says that it is
 * complete and what its hashes are.
 *
 * Small data goes along with the first call where the service likes that, other data to a signed URL, which is renewed
 * when it expires between two attempts. Each attempt reads the data from its beginning. Needs the scope
 * `object:upload:<projectId>:<name>`.
 *
 * @throws ResponseError also with `RequestConflict` when another upload has the name, ProtocolError when the service
 * likes none of the ways, TypeError when the data is longer or shorter than it says
 */
export async function upload(session: TaskclusterSession, options: UploadOptions): Promise<Uploaded> {
  const { projectId, name, contentType, expires, uploadId = slugid() } = options;
  const object = session.endpoint('object/v1');
  const shared = sharing(options);
  const source = sourceOf(options.body);
  const { contentLength } = source;
  const inline = contentLength < inlineBytes ? await inlineData(source) : undefined;
  const proposedUploadMethods = {
    ...(inline !== undefined && { dataInline: { contentType, objectData: inline.base64 } }),
    putUrl: { contentType, contentLength },
  };
  // Asking again with the same uploadId changes nothing and gives a fresh URL.
  const agree = () =>
    withFacts(session, shared(), (call) =>
      object.put<CreateUploadAnswer>(path`/upload/${name}`, {
        ...call,
        body: { projectId, uploadId, expires, proposedUploadMethods },
      }),
    );
  const finish = async (hashes: Hashes) => {
    const body = { projectId, uploadId, hashes };
    // Finishing what is finished is a success.
    await object.send('post', path`/finish-upload/${name}`, { ...shared(), body, safe: true });
    return { uploadId, contentLength, hashes };
  };

  const first = await agree();
  if (inline !== undefined && first.answer.uploadMethod.dataInline === true) return finish(inline.hashes);
  const address = renewing(putUrlOf(first), async () => putUrlOf(await agree()));
  return finish(await putData(session, { address, source }, { ...options, ...shared() }));
}

/** What {@link download} takes. */
export interface DownloadOptions extends TransferOptions {
  /** The name of the object. */
  readonly name: string;
  /** Where the data goes. Absent: it is kept in memory and given as `bytes`. */
  readonly to?: Sink | undefined;
}

/** A download that was kept in memory. */
export interface DownloadedBytes extends Downloaded {
  readonly bytes: Uint8Array;
}

/**
 * Gets the data of an object of the object service and verifies it: of the hashes sha256 and sha512 the service must
 * know at least one, and each that it knows must be right. Only then is the place that it went to told that it is
 * complete.
 *
 * Each attempt starts from the beginning, with a fresh URL when the last one has expired. Data that turns out to be
 * wrong is not asked for again. Needs the scope `object:download:<name>`.
 *
 * @throws VerificationError when the data is wrong or nothing tells whether it is
 */
export function download(
  session: TaskclusterSession,
  options: DownloadOptions & { readonly to: Sink },
): Promise<Downloaded>;
export function download(
  session: TaskclusterSession,
  options: DownloadOptions & { readonly to?: undefined },
): Promise<DownloadedBytes>;
export function download(
  session: TaskclusterSession,
  options: DownloadOptions,
): Promise<Downloaded & { readonly bytes?: Uint8Array }>;
export async function download(
  session: TaskclusterSession,
  options: DownloadOptions,
): Promise<Downloaded & { readonly bytes?: Uint8Array }> {
  const object = session.endpoint('object/v1');
  const shared = sharing(options);
  const route = path`/start-download/${options.name}`;
  const body = { acceptDownloadMethods: { getUrl: true } };
  let expected: Readonly<Record<string, string>> = {};
  const address = renewing(undefined, async () => {
    const { answer, facts } = await withFacts(session, shared(), (call) =>
      object.put<StartDownloadAnswer>(route, { ...call, body }),
    );
    if (answer.method !== 'getUrl') {
      throw new ProtocolError(`a download by ${answer.method}, when only getUrl was asked for`, facts);
    }
    expected = answer.hashes;
    return answer;
  });
  return intoMemory(options.to, (sink) =>
    getData(
      session,
      {
        address,
        sink,
        redirects: false,
        verify(hashes, complain) {
          const complaint = hashComplaint(expected, hashes);
          if (complaint !== undefined) throw new VerificationError(complaint, complain(complaint));
        },
      },
      options,
    ),
  );
}

/** Downloads to `to`, or, when there is none, to memory. */
export async function intoMemory(
  to: Sink | undefined,
  get: (sink: Sink) => Promise<Downloaded>,
): Promise<Downloaded & { readonly bytes?: Uint8Array }> {
  if (to !== undefined) return get(to);
  let memory = new MemoryReceiver();
  const downloaded = await get(() => {
    memory = new MemoryReceiver();
    return memory;
  });
  return { ...downloaded, bytes: memory.bytes() };
}

async function inlineData(source: Parameters<typeof pieces>[0]) {
  const digest = new Digest();
  const read: Uint8Array[] = [];
  for await (const piece of pieces(source, digest)) read.push(piece);
  return { base64: Buffer.concat(read).toString('base64'), hashes: digest.hashes() };
}

function putUrlOf({ answer, facts }: Awaited<ReturnType<typeof withFacts<CreateUploadAnswer>>>): PutUrl {
  const { putUrl } = answer.uploadMethod;
  if (putUrl !== undefined) return putUrl;
  throw new ProtocolError('the service accepts none of the ways to upload that were proposed', facts);
}

interface PutUrl extends Address {
  readonly expires: string;
}

interface CreateUploadAnswer {
  readonly uploadMethod: { readonly dataInline?: boolean; readonly putUrl?: PutUrl };
}

interface StartDownloadAnswer {
  readonly method: string;
  readonly url: string;
  readonly expires: string;
  readonly hashes: Readonly<Record<string, string>>;
}
