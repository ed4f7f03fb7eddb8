import { ProtocolError, ResponseError } from '../../../errors.ts';
import { path } from '../../../http/path.ts';
import type { CallOptions } from '../../../options.ts';
import type { StreamHost } from '../stream-host.ts';
import { type Download, download } from './download.ts';
import { modelOf, unhurried } from './transfer.ts';
import { measured, type Upload } from './upload.ts';

/** How charms go to and fro: by their hash since Juju 3.4, before by a query. */
export type CharmRoute = 'hash' | 'query';

/** What {@link uploadCharm} takes. */
export interface CharmUpload {
  /** The zip of the charm; 500 MiB at most, and five minutes. */
  readonly body: Upload;
  /** The name in the charm's `metadata.yaml`. */
  readonly name: string;
  /** The revision that the charm says it has; the controller may choose a higher one. Default 0. */
  readonly revision?: number | undefined;
  /** The schema of its URL. Default `local`; others are for the migration of models. */
  readonly schema?: string | undefined;
  /** Of charms of Juju 2 and 3: `jammy`. */
  readonly series?: string | undefined;
  /** Of the URL: `amd64`. Default: none, as local charms have none. */
  readonly architecture?: string | undefined;
  /** Default: by hash, and when the controller knows no such route, by query. */
  readonly route?: CharmRoute | undefined;
}

/** What became of a charm. */
export interface UploadedCharm {
  /** The URL that the controller gave it, for `Application.deploy`: `local:mysql-3`. */
  readonly url: string;
  /** Of the zip, in hexadecimal: what it is downloaded by. */
  readonly sha256: string;
}

/**
 * Sends a charm of one's own to the controller. Its sha256 is a part of the route, so that the data is read twice, unless its
 * hash is known. Each attempt reads it from its beginning.
 *
 * @throws TypeError when the session has no model, the charm has no name or the data can't be sent, ResponseError when the controller doesn't want it
 */
export async function uploadCharm(
  host: StreamHost,
  charm: CharmUpload,
  options: CallOptions = {},
): Promise<UploadedCharm> {
  const model = modelOf(host, 'upload a charm');
  const { name, revision = 0, schema = 'local', series, architecture, route } = charm;
  if (!name) throw new TypeError('which charm to upload: give its name, as its metadata.yaml has it');
  const { body, contentLength, hash } = await measured(charm.body, 'sha256', options.signal);
  const shared = {
    ...unhurried(options),
    body,
    contentType: 'application/zip',
  };
  const length = { 'content-length': String(contentLength) };
  const url = [architecture, series, `${name}-${revision}`].filter((each) => each !== undefined).join('/');
  const byHash = () =>
    host.http
      .put<CharmAnswer>(path`/model-${model}/charms/${`${name}-${hash.slice(0, 7)}`}`, {
        ...shared,
        headers: { ...length, 'juju-curl': `${schema}:${url}`, ...options.headers },
      })
      .withResponse();
  const byQuery = () =>
    host.http
      .post<CharmAnswer>(path`/model/${model}/charms`, {
        ...shared,
        query: { series: series ?? '', schema, revision },
        headers: { ...length, ...options.headers },
      })
      .withResponse();
  const { value, record } = await either(route, byHash, byQuery);
  const given = value?.['charm-url'];
  if (typeof given === 'string' && given !== '') return { url: given, sha256: hash };
  throw new ProtocolError('an answer without the URL of the charm', { call: 'upload of a charm', record });
}

/** Which charm to download: of one's own by name and hash, of any by its URL. */
export interface CharmChoice {
  /** As in its `metadata.yaml`; for the route by hash. */
  readonly name?: string | undefined;
  /** Of the zip, in hexadecimal: all of it, which is then verified, or its first 7 digits. */
  readonly sha256?: string | undefined;
  /** `ch:amd64/mysql-8`; for the route by query, which controllers have up to Juju 3.6. */
  readonly url?: string | undefined;
  /** Default: by hash where that is known, and when the controller knows no such route, by query. */
  readonly route?: CharmRoute | undefined;
}

/**
 * Gets the zip of a charm that the controller has.
 *
 * @throws TypeError when the session has no model or the choice says too little, ResponseError when there is no such charm
 */
export function downloadCharm(
  host: StreamHost,
  { name, sha256, url, route }: CharmChoice,
  options: CallOptions = {},
): Promise<Download> {
  const model = modelOf(host, 'download a charm');
  const hash = !name || sha256 === undefined ? undefined : { name, sha256: hexOf(sha256) };
  if (hash === undefined && url === undefined) {
    throw new TypeError('which charm to download: give its url, or its name and its sha256');
  }
  const byHash =
    hash === undefined
      ? undefined
      : () =>
          download(
            host.http,
            path`/model-${model}/charms/${`${hash.name}-${hash.sha256.slice(0, 7)}`}`,
            unhurried(options),
            { algorithm: 'sha256', hash: hash.sha256 },
          );
  const byQuery =
    url === undefined
      ? undefined
      : () =>
          download(host.http, path`/model/${model}/charms`, {
            ...unhurried(options),
            // The whole of it; without, the controller lists its files.
            query: { url, file: '*' },
          });
  const chosen = route ?? (byHash === undefined ? 'query' : byQuery === undefined ? 'hash' : undefined);
  if (chosen === 'hash' && byHash === undefined) {
    throw new TypeError('a charm is had by hash with its name and its sha256; give both');
  }
  if (chosen === 'query' && byQuery === undefined) {
    throw new TypeError('a charm is had by query with its url; give it');
  }
  const none = () => Promise.reject(new TypeError('there is no such route'));
  return either(chosen, byHash ?? none, byQuery ?? none);
}

interface CharmAnswer {
  readonly 'charm-url'?: unknown;
}

/** By one route, or when none was chosen, by the newer one, and where there is none such, by the older one. */
async function either<T>(
  route: CharmRoute | undefined,
  byHash: () => Promise<T>,
  byQuery: () => Promise<T>,
): Promise<T> {
  if (route === 'query') return byQuery();
  try {
    return await byHash();
  } catch (error) {
    const unknown = error instanceof ResponseError && (error.status === 404 || error.status === 405);
    if (route === 'hash' || !unknown) throw error;
  }
  return byQuery();
}

function hexOf(sha256: string): string {
  if (/^[0-9a-fA-F]{7,64}$/.test(sha256)) return sha256.toLowerCase();
  throw new TypeError('sha256 must be 64 hexadecimal digits, or the first 7 of them at least');
}
