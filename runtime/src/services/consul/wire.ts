import type { HttpEndpoint } from '../../http/endpoint.ts';
import { path, slashes } from '../../http/path.ts';
import type { ReadMeta } from '../../http/read-meta.ts';
import { waiting } from '../../http/watch/waiting.ts';
import type { Shape } from '../../json/shape.ts';
import type { CallOptions } from '../../options.ts';
import { durationMs } from './duration.ts';
import { readConsulMeta } from './read-meta.ts';

/** An entry of the key-value store, as far as locks care. */
export interface Entry {
  readonly Key: string;
  /** Base64. */
  readonly Value: string | null;
  readonly Flags: bigint;
  /** The ID of the session that holds it; absent when none does. */
  readonly Session?: string;
  /** How often it was acquired. */
  readonly LockIndex: bigint;
  readonly ModifyIndex: bigint;
}

const entry: Shape = {
  props: { Flags: () => 'bigint', LockIndex: () => 'bigint', ModifyIndex: () => 'bigint' },
};
const entries: Shape = { items: () => entry };

/** What a session is made with, in Consul's own words. */
export interface SessionBody {
  readonly Name?: string | undefined;
  readonly TTL: string;
  readonly LockDelay?: string | undefined;
  readonly Behavior?: 'release' | 'delete' | undefined;
  readonly Node?: string | undefined;
  readonly NodeChecks?: readonly string[] | undefined;
  readonly ServiceChecks?:
    | readonly { readonly ID: string; readonly Namespace?: string | undefined }[]
    | undefined;
}

/** How an entry is asked for. */
export interface Look {
  /** The version that was seen already: the answer comes when there is another. */
  readonly seen?: { readonly index: bigint } | { readonly hash: string } | undefined;
  /** How long Consul may wait for it, in milliseconds. */
  readonly waitMs?: number | undefined;
  /** Whether the leader must make sure that it is one. */
  readonly consistent?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface Seen<T> {
  readonly value: T;
  readonly meta: ReadMeta;
}

export interface Content {
  readonly value: string | Uint8Array;
  readonly flags: bigint;
}

type Limits = Pick<CallOptions, 'attemptTimeoutMs' | 'timeoutMs'>;

/** In milliseconds. */
const brief: Limits = { attemptTimeoutMs: 2000, timeoutMs: 5000 };

/** The few calls that locks are made of: the runtime can't use what is generated on top of it. */
export class ConsulWire {
  readonly #http: HttpEndpoint;
  readonly #limits: Limits;

  constructor(http: HttpEndpoint, limits: Limits = {}) {
    this.#http = http;
    this.#limits = limits;
  }

  /** The same calls for giving back: Consul takes back by itself what it doesn't hear of, so that none may take long. */
  get brief(): ConsulWire {
    return new ConsulWire(this.#http, brief);
  }

  async read(key: string, look: Look): Promise<Seen<Entry | undefined>> {
    const { value, meta } = await this.#look(key, {}, look);
    return { value: value?.[0], meta };
  }

  async list(prefix: string, look: Look): Promise<Seen<readonly Entry[]>> {
    const { value, meta } = await this.#look(prefix, { recurse: '1' }, look);
    return { value: value ?? [], meta };
  }

  /** Acquiring twice with one session is as good as once, and so is releasing. */
  acquire(key: string, session: string, content: Content, signal: AbortSignal | undefined): Promise<boolean> {
    return this.#put(key, { acquire: session }, content, { safe: true, signal });
  }

  release(key: string, session: string, content: Content): Promise<boolean> {
    return this.#put(key, { release: session }, content, { safe: true });
  }

  /** `cas`: the version that is replaced; 0 is none. */
  replace(key: string, cas: bigint, content: Content, signal?: AbortSignal): Promise<boolean> {
    return this.#put(key, { cas }, content, { safe: false, signal });
  }

  async remove(key: string, cas?: bigint): Promise<boolean> {
    return await this.#http.delete<boolean>(path`/kv/${slashes(key)}`, {
      ...this.#limits,
      query: { cas },
    });
  }

  async createSession(body: SessionBody): Promise<string> {
    const options = { body, safe: false };
    const { ID } = await this.#http.put<{ readonly ID: string }>(path`/session/create`, options);
    return ID;
  }

  /** The time to live that the session has now, in milliseconds; `undefined` when there is no such session. */
  async renewSession(id: string, timeoutMs: number, signal: AbortSignal): Promise<number | undefined> {
    const renewed = await this.#http.put<readonly { readonly TTL?: string }[] | undefined>(
      path`/session/renew/${id}`,
      { absent: [404], retry: false, attemptTimeoutMs: timeoutMs, signal },
    );
    return renewed === undefined ? undefined : (durationMs(renewed[0]?.TTL ?? '') ?? 0);
  }

  async destroySession(id: string): Promise<void> {
    await this.#http.put<boolean>(path`/session/destroy/${id}`, this.#limits);
  }

  async #look(key: string, query: object, look: Look): Promise<Seen<readonly Entry[] | undefined>> {
    const { seen, waitMs, consistent, signal } = look;
    const held = seen === undefined || waitMs === undefined ? undefined : waiting(waitMs);
    const { value, headers } = await this.#http
      .get<readonly Entry[] | undefined>(path`/kv/${slashes(key)}`, {
        ...this.#limits,
        ...held,
        query: { ...query, ...seen, ...held?.query, ...(consistent === true && { consistent: '1' }) },
        absent: [404],
        shape: entries,
        retry: false,
        signal,
      })
      .withResponse();
    return { value, meta: readConsulMeta(headers) };
  }

  async #put(
    key: string,
    query: object,
    { value, flags }: Content,
    options: { readonly safe: boolean; readonly signal?: AbortSignal | undefined },
  ): Promise<boolean> {
    return await this.#http.put<boolean>(path`/kv/${slashes(key)}`, {
      ...this.#limits,
      ...options,
      query: { ...query, flags },
      body: value,
      contentType: 'application/octet-stream',
    });
  }
}
