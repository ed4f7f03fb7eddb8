import { ProtocolError } from '../../errors.ts';
import { textOf } from '../../http/bytes.ts';
import { path } from '../../http/path.ts';
import { inspectCustom } from '../../inspect.ts';
import type { CallOptions, ResolvedOptions } from '../../options.ts';
import type { Connection } from './connection.ts';
import { NetapiError } from './errors.ts';
import { httpOptions } from './http-options.ts';
import { netapis } from './netapi.ts';

/** Whose keys are made, and how. */
export interface CreateKeysOptions extends CallOptions {
  /** The id of the minion. */
  readonly mid: string;
  /** Bits. Default: the master's `keysize`, 2,048. */
  readonly keysize?: number | undefined;
  /** Also where the master has a key of this minion already. Default false. */
  readonly force?: boolean | undefined;
}

/** The keys of a new minion, which the master has accepted. `inspect` doesn't show the private one. */
export class MinionKeys {
  readonly #privateKey: string;
  readonly #publicKey: string;

  constructor(publicKey: string, privateKey: string) {
    this.#publicKey = publicKey;
    this.#privateKey = privateKey;
  }

  /** PEM; belongs into `/etc/salt/pki/minion/minion.pub`. */
  get publicKey(): string {
    return this.#publicKey;
  }

  /** PEM; belongs into `/etc/salt/pki/minion/minion.pem`. */
  get privateKey(): string {
    return this.#privateKey;
  }

  [inspectCustom](): string {
    return 'MinionKeys { publicKey, privateKey: *** }';
  }
}

/** `POST /keys`, which wants credentials in its body whatever session there is. */
export async function createKeys(
  connection: Connection,
  resolved: ResolvedOptions,
  options: CreateKeysOptions,
): Promise<MinionKeys> {
  const { credentials } = connection;
  if (credentials === undefined) {
    throw new TypeError('createKeys needs credentials, and this session has none');
  }
  const { mid, keysize, force } = options;
  if (typeof mid !== 'string' || mid === '')
    throw new TypeError('createKeys needs mid, the id of the minion');
  const { name, keys } = netapis[await connection.netapi()];
  if (!keys) throw new NetapiError(`${name} can't make keys of minions: rest_cherrypy can`);
  const body = {
    ...(await credentials()),
    mid,
    ...(keysize !== undefined && { keysize }),
    ...(force !== undefined && { force }),
  };
  const { value, record } = await connection
    .endpoint('rest-cherrypy', undefined, resolved)
    .bytes('post', path`/keys`, { ...httpOptions(options), body, accept: 'application/x-tar' })
    .withResponse();
  const files = new Map(tarEntries(value));
  const [publicKey, privateKey] = [files.get('minion.pub'), files.get('minion.pem')];
  if (publicKey === undefined || privateKey === undefined) {
    throw new ProtocolError('an answer that is not an archive with minion.pub and minion.pem', {
      call: 'POST /keys',
      record,
    });
  }
  return new MinionKeys(textOf(publicKey), textOf(privateKey));
}

const blockSize = 512;

/** The plain files of a tar archive, by name; nothing is written anywhere. Ends where the archive makes no more sense. */
function* tarEntries(archive: Uint8Array): Generator<readonly [string, Uint8Array], void, undefined> {
  for (let at = 0; at + blockSize <= archive.length; ) {
    const header = archive.subarray(at, at + blockSize);
    const name = field(header, 0, 100);
    const size = Number.parseInt(field(header, 124, 12).trim(), 8);
    const kind = field(header, 156, 1);
    const start = at + blockSize;
    if (name === '' || !(size >= 0) || start + size > archive.length) return;
    if (kind === '0' || kind === '') yield [name, archive.subarray(start, start + size)];
    at = start + Math.ceil(size / blockSize) * blockSize;
  }
}

/** A text that a zero byte ends. */
function field(header: Uint8Array, from: number, length: number): string {
  const text = textOf(header.subarray(from, from + length));
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
