/**
 * Hawk 1, the header scheme of <https://github.com/mozilla/hawk/blob/main/API.md>: an HMAC over what is asked of whom and
 * when, made with a key that is never sent. Algorithm sha256 throughout.
 */

import { hmacSha256 } from './hmac.ts';
import { nodeCrypto } from './node-crypto.ts';

/** What a signature is made with. */
export interface HawkKey {
  readonly id: string;
  /** Used as UTF-8 text, as it is: it looks like base64 in places, and is never decoded. */
  readonly key: string;
  /** Application data that goes along and is covered by the signature. */
  readonly ext?: string | undefined;
}

/** What is signed for. */
interface HawkRequest {
  /** Upper case. */
  readonly method: string;
  /** Absolute, with a path, without a fragment, byte for byte as sent. */
  readonly url: string;
  /** See {@link payloadHash}. Absent: the body isn't covered by the signature. */
  readonly hash?: string | undefined;
}

/** When it is signed, and what makes it unlike any other of that second. */
interface HawkMoment {
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly nonce: string;
}

/** The value of the `Authorization` header. */
export function hawkHeader(key: HawkKey, request: HawkRequest, moment: HawkMoment): string {
  const mac = hawkMac('header', key, request, moment);
  const hash = request.hash === undefined ? '' : `hash="${request.hash}", `;
  const ext = key.ext === undefined ? '' : `ext="${escaped(key.ext)}", `;
  return `Hawk id="${key.id}", ts="${moment.timestamp}", nonce="${moment.nonce}", ${hash}${ext}mac="${mac}"`;
}

/** The signature itself, in base64. A bewit is signed without nonce and hash, and with its expiry as the time. */
export function hawkMac(
  type: 'header' | 'bewit',
  key: HawkKey,
  { method, url, hash = '' }: HawkRequest,
  { timestamp, nonce }: HawkMoment,
): string {
  const { resource, host, port } = partsOf(url);
  const ext = key.ext === undefined ? '' : escaped(key.ext);
  const text = `hawk.1.${type}\n${timestamp}\n${nonce}\n${method}\n${resource}\n${host}\n${port}\n${hash}\n${ext}\n`;
  return macOf(key)(text);
}

/** What each key signs with, made once. */
const macs = new WeakMap<HawkKey, (text: string) => string>();

function macOf(key: HawkKey): (text: string) => string {
  const known = macs.get(key);
  if (known !== undefined) return known;
  const mac = hmacSha256(key.key);
  macs.set(key, mac);
  return mac;
}

/** The hash of a body, in base64. The content type counts without its parameters. */
export function payloadHash(body: string | Uint8Array, contentType = ''): string {
  const [type = ''] = contentType.split(';', 1);
  const hash = nodeCrypto().createHash('sha256').update(`hawk.1.payload\n${type.trim().toLowerCase()}\n`);
  return hash.update(body).update('\n').digest('base64');
}

const nonceLength = 8;
let nonces = '';
let nextNonce = 0;

/** Eight random characters. Drawn 512 at a time, since one call to the random source costs as much as signing. */
export function hawkNonce(): string {
  if (nextNonce === nonces.length) {
    nonces = nodeCrypto()
      .randomBytes(512 * 6)
      .toString('base64url');
    nextNonce = 0;
  }
  const nonce = nonces.slice(nextNonce, nextNonce + nonceLength);
  nextNonce += nonceLength;
  return nonce;
}

/** Not through `URL` as a whole: that would normalise the path and the query, and what is sent is what counts. */
function partsOf(url: string): { readonly resource: string; readonly host: string; readonly port: string } {
  const slash = url.indexOf('/', url.indexOf('://') + 3);
  const { protocol, hostname, port } = new URL(url.slice(0, slash));
  return {
    resource: url.slice(slash),
    host: hostname,
    port: port || (protocol === 'https:' ? '443' : '80'),
  };
}

function escaped(ext: string): string {
  return ext.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
