import type { Auth } from '../../auth/auth.ts';
import type { Eauth } from '../../auth/eauth.ts';
import { type CallRecord, ProtocolError, ResponseError } from '../../errors.ts';
import type { HttpEndpoint } from '../../http/endpoint.ts';
import { type Path, path } from '../../http/path.ts';
import { isObject } from '../../json/is-object.ts';
import type { CallOptions } from '../../options.ts';
import { type Chunk, namesOf } from './chunk.ts';
import { NetapiError } from './errors.ts';
import type { Credentials } from './login.ts';
import { type Netapi, netapis } from './netapi.ts';
import { patienceMs } from './patience.ts';

/** What came back of a request for several things. */
export interface Sent {
  /** One a chunk, but for batches, which are as many as minions answered. */
  readonly elements: readonly unknown[];
  readonly record: CallRecord;
  readonly netapi: Netapi;
}

interface LowstateParts {
  readonly netapi: () => Promise<Netapi>;
  readonly endpoint: (auth: Auth | undefined, asked: string) => HttpEndpoint;
  /** What signs the calls of a netapi. */
  readonly authOf: (netapi: Netapi) => Auth | undefined;
  /** Present where user and password get a token by a login. */
  readonly eauth: Eauth | undefined;
  /** What is sent in a body where nothing signs. */
  readonly credentials: Credentials | undefined;
  /** How long a call and an attempt may take, as far as the session's options say it. */
  readonly limits: Pick<CallOptions, 'timeoutMs' | 'attemptTimeoutMs'>;
}

/** Sends what is to be done, in the way that the netapi at hand takes it. */
export class Lowstate {
  readonly #parts: LowstateParts;

  constructor(parts: LowstateParts) {
    this.#parts = parts;
  }

  netapi(): Promise<Netapi> {
    return this.#parts.netapi();
  }

  /** @throws NetapiError when the netapi can't run one of the chunks; nothing was sent then */
  async send(chunks: readonly Chunk[], options: CallOptions): Promise<Sent> {
    const netapi = await this.netapi();
    for (const { client } of chunks) refuseMissing(client, netapi);
    const asked = namesOf(chunks);
    const { endpoint, authOf, eauth, credentials, limits } = this.#parts;
    const timeoutMs = options.timeoutMs ?? limits.timeoutMs ?? patienceMs(chunks);
    const attemptTimeoutMs = options.attemptTimeoutMs ?? limits.attemptTimeoutMs ?? timeoutMs;
    const limited = { ...options, timeoutMs, attemptTimeoutMs };
    // Who may use SSH is checked where the token of a session isn't known, since 3008.
    const isOverSsh = chunks.some(({ client }) => client === 'ssh');
    const auth = isOverSsh && credentials !== undefined ? undefined : authOf(netapi);
    if (auth === undefined && credentials !== undefined) {
      const proof = await credentials();
      const body = chunks.map((chunk) => ({ ...chunk, ...proof }));
      const route = netapi === 'wsgi' ? path`/` : path`/run`;
      return await post(endpoint(undefined, asked), route, netapi, body, limited, asked);
    }
    const ask = () => post(endpoint(auth, asked), path`/`, netapi, chunks, limited, asked);
    return eauth === undefined || netapi !== 'tornado' ? await ask() : await askTornado(eauth, ask, chunks);
  }
}

/** Once more with another token, where the answer may mean that the token is over: rest_tornado has no 401 for that. */
async function askTornado(eauth: Eauth, ask: () => Promise<Sent>, chunks: readonly Chunk[]): Promise<Sent> {
  const token = await eauth.token();
  try {
    const sent = await ask();
    // Of several, those before have been run.
    if (chunks.length > 1 || sent.elements[0] !== 'Failed to authenticate') return sent;
  } catch (error) {
    if (!isSentToLogin(error)) throw error;
  }
  eauth.drop(token);
  return await ask();
}

/** A token that is over is answered by rest_tornado with a redirect. */
export function isSentToLogin(error: unknown): boolean {
  return error instanceof ResponseError && error.status === 302 && error.code === 'Unauthenticated';
}

async function post(
  endpoint: HttpEndpoint,
  route: Path,
  netapi: Netapi,
  body: readonly object[],
  options: CallOptions,
  asked: string,
): Promise<Sent> {
  const { value, record } = await endpoint.post<unknown>(route, { ...options, body }).withResponse();
  const elements = isObject(value) ? value['return'] : undefined;
  if (Array.isArray(elements)) return { elements, record, netapi };
  throw new ProtocolError('an answer without a list called return', { call: asked, record });
}

function refuseMissing(client: string, netapi: Netapi): void {
  const { name, without } = netapis[netapi];
  if (!without.includes(client)) return;
  throw new NetapiError(`${name} can't run the client ${client}: rest_cherrypy can`);
}

/**
 * The elements of an answer that belong to each chunk. A batch has one a minion, so that no more than one batch can be in
 * a request.
 */
export function lineUp(
  chunks: readonly Chunk[],
  elements: readonly unknown[],
): readonly (readonly unknown[])[] {
  const surplus = elements.length - chunks.length;
  let at = 0;
  return chunks.map(({ client }) => {
    const from = at;
    at += client === 'local_batch' ? surplus + 1 : 1;
    return elements.slice(from, at);
  });
}

/** Chunks in requests of which none has more than one batch, in order. */
export function inRequests<C extends { readonly chunk: Chunk }>(
  steps: readonly C[],
  apart: boolean,
): readonly (readonly C[])[] {
  const requests: C[][] = [];
  for (const step of steps) {
    const last = requests.at(-1);
    const isBatch = step.chunk.client === 'local_batch';
    const isFull = isBatch && last?.some(({ chunk }) => chunk.client === 'local_batch') === true;
    if (last === undefined || apart || isFull) requests.push([step]);
    else last.push(step);
  }
  return requests;
}
