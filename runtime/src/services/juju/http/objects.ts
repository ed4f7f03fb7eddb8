import { path } from '../../../http/path.ts';
import type { CallOptions } from '../../../options.ts';
import type { StreamHost } from '../stream-host.ts';
import { type Download, download } from './download.ts';
import { modelOf, unhurried } from './transfer.ts';

/**
 * Gets an object of the model's object store by its sha256, and verifies it. Juju 4.
 *
 * @throws TypeError when the session has no model or `sha256` is none, ResponseError when there is no such object
 */
export function downloadObject(
  host: StreamHost,
  sha256: string,
  options: CallOptions = {},
): Promise<Download> {
  const model = modelOf(host, 'download an object');
  if (!/^[0-9a-fA-F]{64}$/.test(sha256)) throw new TypeError('sha256 must be 64 hexadecimal digits');
  const hash = sha256.toLowerCase();
  return download(host.http, path`/model-${model}/objects/${hash}`, unhurried(options), {
    algorithm: 'sha256',
    hash,
  });
}
