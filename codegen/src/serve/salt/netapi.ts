import type { Duplex } from 'node:stream';
import type { JsonValue } from '../../model.ts';
import { isObject, type JsonObject } from '../core/schemas.ts';
import type { Call, Handler, ReceivedRequest, Refusal, Reply, RequestHead } from '../core/service.ts';
import { clientOf, runChunk } from './clients.ts';
import { callerOf } from './credentials.ts';
import type { Master, SaltCall, Token } from './deployment.ts';
import { failures } from './failures.ts';

/** What is different between the three HTTP interfaces: how they are asked, and how they say what they say. */
export interface Wire {
  /** The tag of its operations in the description. */
  readonly tag: string;
  /** What they do, by their names in the description. */
  readonly routes: Readonly<Record<string, Handler<SaltCall>>>;
  /** Those whose answers the description has otherwise than a real one gave them. */
  readonly unchecked: ReadonlySet<string>;
  readonly maxBodyBytes: number;
  admit(master: Master, call: Call): SaltCall;
  refusal(master: Master, error: Refusal, request: ReceivedRequest, call: Call | undefined): Reply;
  elsewhere(master: Master, request: ReceivedRequest, verbs: readonly string[]): Promise<Reply>;
  headers(request: RequestHead): Readonly<Record<string, string>>;
  /** Takes over a connection that is to be a WebSocket. */
  upgrade?(master: Master, head: RequestHead, socket: Duplex): void;
}

/** Runs chunks one after the other; the first that fails ends it. `session` is whose they are without a proof of their own. */
export async function runLowstate(
  master: Master,
  chunks: readonly JsonValue[],
  session?: Token,
): Promise<readonly JsonValue[]> {
  const elements: JsonValue[] = [];
  for (const chunk of chunks) {
    if (!isObject(chunk)) throw failures.unexpected("'str' object has no attribute 'get'");
    const client = clientOf(master, chunk);
    elements.push(...(await runChunk(master, session ?? callerOf(master, chunk), client, chunk)));
  }
  return elements;
}

/** One chunk that the server itself has made up, for whoever has the session. */
export async function runOne(master: Master, token: Token, chunk: JsonObject): Promise<JsonValue> {
  const [element = null] = await runLowstate(master, [chunk], token);
  return element;
}

/** A session as a login tells it. */
export function toldLogin(
  shown: string,
  { name, eauth, start, expire }: Token,
  permissions: readonly JsonValue[],
): JsonObject {
  return {
    token: shown,
    expire: expire / 1000,
    start: start / 1000,
    user: name,
    eauth,
    perms: permissions.length === 0 ? {} : permissions,
  };
}

/** The value of a cookie. */
export function cookie({ headers }: RequestHead, name: string): string | undefined {
  const cookies = (headers.cookie ?? '').split(/;\s*/).map((one) => one.split('='));
  return cookies.find(([own]) => own === name)?.[1];
}

/** Of a header that comes once. */
export function header({ headers }: RequestHead, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** What a hook makes of a request, and `said`, what the interface makes of its body. */
export function fireHook(master: Master, request: ReceivedRequest, path: string, said: JsonObject): void {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [titled(name), String(value)]),
  );
  const tag = ['salt/netapi/hook', ...path.split('/').filter(Boolean)].join('/');
  master.bus.fire(tag, { ...said, headers });
}

function titled(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
