import { path } from '../../../http/path.ts';
import type { CallOptions } from '../../../options.ts';
import type { StreamHost } from '../stream-host.ts';
import { type Download, download } from './download.ts';
import { modelOf, unhurried } from './transfer.ts';

/**
 * Gets the archive of a backup. Controllers up to Juju 3.6, of which the session must have the `controller` model; `id` is what
 * `Backups.create` gave as `filename`.
 *
 * @throws TypeError when the session has no model, ResponseError when there is no such backup
 */
export function downloadBackup(host: StreamHost, id: string, options: CallOptions = {}): Promise<Download> {
  const model = modelOf(host, 'download a backup');
  // A GET with a body, which is what the route takes.
  return download(host.http, path`/model/${model}/backups`, { ...unhurried(options), body: { id } });
}
