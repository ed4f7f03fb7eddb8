import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { InputError } from '../errors.ts';
import { loadService } from '../read/index.ts';
import { type Server, startServer } from './core/server.ts';
import { type ClientSetup, taskcluster } from './taskcluster.ts';

export type { Fault, FaultMatch, FaultRule } from './core/faults.ts';
export type { RecordedRequest } from './core/recorder.ts';
export type { ClientSetup } from './taskcluster.ts';

/** A stand-in that is listening, until it is closed. */
export interface StandIn extends Server {
  /** The same as `url`: what a client's session is made with. */
  readonly rootUrl: string;
  /** Those of the first client, who may do everything unless told otherwise. */
  readonly credentials: { readonly clientId: string; readonly accessToken: string };
}

export interface ServeOptions {
  /** 0 by default: one that is free. */
  readonly port?: number;
  /** The clients that there are from the start. By default one with the scope `*`. */
  readonly credentials?: ClientSetup | readonly [ClientSetup, ...ClientSetup[]];
  /** A folder like `schemas/taskcluster`. By default the one that comes with this package. */
  readonly schemas?: string;
  /** The largest page, and the size of a page for which no limit was given. 1,000 by default. */
  readonly pageSize?: number;
  /** How far the stand-in's clock is ahead of the machine's, in milliseconds. 0 by default. */
  readonly clockOffsetMs?: number;
  /** How long the URLs of files are good, in milliseconds. 45 minutes by default; negative ones have expired. */
  readonly storageUrlTtlMs?: number;
}

/** What can be served. */
export const services = ['taskcluster'] as const;

export type ServiceName = (typeof services)[number];

const defaultClient: ClientSetup = {
  clientId: 'static/fairlead/everything',
  accessToken: 'not-a-secret-but-good-enough-for-tests-00000',
};

/** The largest file that can be put, in bytes: it is kept in memory. */
const maxUploadBytes = 1024 ** 3;

/**
 * Starts a stand-in for a service, on 127.0.0.1.
 *
 * It checks authentication, permissions and requests as the real service does, keeps what is put, and answers all
 * that its reference offers. Nothing outlives it: close it, or declare it with `await using`.
 */
export async function serve(service: ServiceName, options: ServeOptions = {}): Promise<StandIn> {
  if (!services.includes(service)) {
    throw new InputError(`${JSON.stringify(service)} can not be served`, {
      hint: `Serve one of: ${services.join(', ')}`,
    });
  }
  const { documents } = await loadService(options.schemas ?? (await schemasFolder(service)));
  const { pageSize = 1000, clockOffsetMs = 0, storageUrlTtlMs = 45 * 60_000 } = options;
  if (!Number.isSafeInteger(pageSize) || pageSize < 1) {
    throw new InputError(`a page of ${pageSize} items is none`, { hint: 'Give a pageSize of 1 or more' });
  }
  const clients = clientList(options.credentials ?? defaultClient);
  const settings = { clients, pageSize, clockOffsetMs, storageUrlTtlMs };
  const [{ clientId, accessToken }] = clients;
  const credentials = { clientId, accessToken };

  const server = await startServer(await taskcluster(documents, settings), {
    ...(options.port === undefined ? {} : { port: options.port }),
    pageSize,
    maxUploadBytes,
    about: { service, credentials },
  }).catch((error: unknown) => {
    throw isPortTaken(error)
      ? new InputError(`port ${options.port} is taken`, { hint: 'Give another one, or none', cause: error })
      : error;
  });
  return { ...server, rootUrl: server.url, credentials };
}

function clientList(
  given: ClientSetup | readonly [ClientSetup, ...ClientSetup[]],
): readonly [ClientSetup, ...ClientSetup[]] {
  return 'clientId' in given ? [given] : given;
}

/** Next to the package when it was installed, in the root of the project when it wasn't. */
async function schemasFolder(service: ServiceName): Promise<string> {
  const installed = fileURLToPath(new URL(`../../schemas/${service}/`, import.meta.url));
  const isInstalled = await access(installed).then(
    () => true,
    () => false,
  );
  return isInstalled ? installed : fileURLToPath(new URL(`../../../schemas/${service}/`, import.meta.url));
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
