import { type CallRecord, ProtocolError } from '../../../errors.ts';
import { path } from '../../../http/path.ts';
import { isObject } from '../../../json/is-object.ts';
import type { Shape } from '../../../json/shape.ts';
import type { CallOptions } from '../../../options.ts';
import { rpcErrorOf } from '../../../rpc/rpc-error.ts';
import type { StreamHost } from '../stream-host.ts';
import { tags } from '../tags/tags.ts';
import { type Download, download } from './download.ts';
import { wireErrorOf } from './error-body.ts';
import { modelOf, unhurried } from './transfer.ts';
import { measured, type Upload } from './upload.ts';

/** What {@link uploadResource} takes. */
export interface ResourceUpload {
  readonly application: string;
  /** The name in the charm's `metadata.yaml`. */
  readonly name: string;
  readonly body: Upload;
  /** What the file is called where it comes from; its extension must be that of the resource's own file. */
  readonly filename: string;
  /** Of `Resources.addPendingResources`: the application doesn't have the resource yet. */
  readonly pendingId?: string | undefined;
}

/** A resource as the controller has it; names are Juju's own. */
export interface StoredResource {
  readonly id: string;
  readonly 'pending-id': string;
  readonly application: string;
  readonly name: string;
  readonly type: string;
  readonly path: string;
  readonly description?: string;
  readonly origin: string;
  readonly revision: number;
  /** The sha384 of the data. */
  readonly fingerprint: Uint8Array;
  /** In bytes. */
  readonly size: number;
  readonly username: string;
  readonly timestamp: Date;
}

const shape: Shape = {
  props: { resource: () => ({ props: { fingerprint: () => 'bytes', timestamp: () => 'date' } }) },
};

/**
 * Sends the data of a resource of an application. Its sha384 goes before it, so that the data is read twice, unless its hash
 * and its length are known. Each attempt reads it from its beginning.
 *
 * @throws TypeError when the session has no model or the data can't be sent, ResponseError or RpcError when the controller
 *   doesn't want it
 */
export async function uploadResource(
  host: StreamHost,
  resource: ResourceUpload,
  options: CallOptions = {},
): Promise<StoredResource> {
  const model = modelOf(host, 'upload a resource');
  const { application, name, filename, pendingId } = resource;
  const { body, contentLength, hash } = await measured(resource.body, 'sha384', options.signal);
  const route = path`/model/${model}/applications/${application}/resources/${name}`;
  const { value, record } = await host.http
    .put<ResourceAnswer>(route, {
      ...unhurried(options),
      body,
      contentType: 'application/octet-stream',
      query: { pendingid: pendingId },
      headers: {
        'content-length': String(contentLength),
        'content-sha384': hash,
        'content-disposition': disposition(filename),
        ...options.headers,
      },
      shape,
    })
    .withResponse();
  return storedOf(value, `PUT ${route.shown}`, record);
}

/**
 * Gets the data of a resource of an application.
 *
 * @throws TypeError when the session has no model, ResponseError when there is no such resource or it has no data yet
 */
export function downloadResource(
  host: StreamHost,
  { application, name }: Pick<ResourceUpload, 'application' | 'name'>,
  options: CallOptions = {},
): Promise<Download> {
  const model = modelOf(host, 'download a resource');
  const route = path`/model/${model}/applications/${application}/resources/${name}`;
  return download(host.http, route, unhurried(options));
}

/**
 * Gets the data of a resource that a unit uses, for the agent of that unit.
 *
 * @throws TypeError when the session has no model or the unit is none, ResponseError when there is no such resource
 */
export function downloadUnitResource(
  host: StreamHost,
  { unit, name }: { readonly unit: string; readonly name: string },
  options: CallOptions = {},
): Promise<Download> {
  const model = modelOf(host, 'download a resource');
  const route = path`/model/${model}/units/${tags.unit(unit)}/resources/${name}`;
  return download(host.http, route, unhurried(options));
}

interface ResourceAnswer {
  readonly resource?: StoredResource;
  readonly error?: unknown;
}

function storedOf(answer: ResourceAnswer | undefined, call: string, record: CallRecord): StoredResource {
  const said = wireErrorOf(answer);
  if (said !== undefined) throw rpcErrorOf(said, call, record);
  if (isObject(answer?.resource)) return answer.resource;
  throw new ProtocolError('200 without the resource that was stored', { call, record });
}

/** As Go writes and reads it: what isn't printable ASCII as encoded words of RFC 2047. */
function disposition(filename: string): string {
  const text = /^[\x20-\x7e]*$/.test(filename) ? filename : encodedWords(filename);
  return `form-data; filename="${text.replace(/["\\]/g, '\\$&')}"`;
}

/** A word has 75 characters at most (RFC 2047, 2), of which 63 are left for base64: 45 bytes, and no character in two words. */
function encodedWords(text: string): string {
  const words: string[] = [''];
  for (const character of text.toWellFormed()) {
    const longer = `${words.at(-1) ?? ''}${character}`;
    if (Buffer.byteLength(longer) > 45) words.push(character);
    else words[words.length - 1] = longer;
  }
  return words.map((word) => `=?utf-8?b?${Buffer.from(word).toString('base64')}?=`).join(' ');
}
