import { ProtocolError } from '../../../errors.ts';
import { path } from '../../../http/path.ts';
import type { CallOptions } from '../../../options.ts';
import { rpcErrorOf } from '../../../rpc/rpc-error.ts';
import type { StreamHost } from '../stream-host.ts';
import { type Download, download } from './download.ts';
import { wireErrorOf } from './error-body.ts';
import { unhurried } from './transfer.ts';
import { bodyOf, lengthOf, type Upload } from './upload.ts';

/** What {@link uploadTools} takes. */
export interface ToolsUpload {
  /** A gzipped tar with the agent. */
  readonly body: Upload;
  /** `4.0.15-ubuntu-amd64`. */
  readonly version: string;
}

/** The agent of a version, as the controller has it. */
export interface StoredTools {
  readonly version: string;
  readonly url: string;
  readonly sha256?: string;
  /** In bytes. */
  readonly size: number;
}

/**
 * Sends the agent's own program of a version to the session's model, or in a session without one to the controller.
 *
 * @throws ResponseError or RpcError when the controller doesn't want it
 */
export async function uploadTools(
  host: StreamHost,
  { body, version }: ToolsUpload,
  options: CallOptions = {},
): Promise<readonly StoredTools[]> {
  const { model } = host;
  const contentLength = await lengthOf(body, options.signal);
  const route = model === undefined ? path`/tools` : path`/model/${model}/tools`;
  const { value, record } = await host.http
    .post<ToolsAnswer>(route, {
      ...unhurried(options),
      body: bodyOf(body),
      contentType: 'application/x-tar-gz',
      query: { binaryVersion: version },
      headers: { 'content-length': String(contentLength), ...options.headers },
    })
    .withResponse();
  const call = `POST ${route.shown}`;
  const said = wireErrorOf(value);
  if (said !== undefined) throw rpcErrorOf(said, call, record);
  if (Array.isArray(value?.tools)) return value.tools;
  throw new ProtocolError('200 without the tools that were stored', { call, record });
}

/**
 * Gets the agent's own program of a version, a gzipped tar. Nobody needs to prove who they are for it.
 *
 * @throws ResponseError when the controller can't get it either
 */
export function downloadTools(
  host: Pick<StreamHost, 'publicHttp'>,
  { version }: Pick<ToolsUpload, 'version'>,
  options: CallOptions = {},
): Promise<Download> {
  // Agents get it before they can log in.
  return download(host.publicHttp, path`/tools/${version}`, unhurried(options));
}

interface ToolsAnswer {
  readonly tools?: readonly StoredTools[];
  readonly error?: unknown;
}
