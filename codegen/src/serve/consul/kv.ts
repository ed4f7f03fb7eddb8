import { json, type Operation, Refusal, type Reply, type RequestHead, text } from '../core/service.ts';
import type { WireObject } from '../core/wire.ts';
import { demand } from './access.ts';
import { type Found, isUint64, read } from './blocking.ts';
import type { ConsulCall, Routes } from './deployment.ts';
import { badRequest, failed } from './errors.ts';
import * as store from './kv-store.ts';
import { type KvEntry, nextIndex } from './state.ts';

/** The largest value, and the largest transaction, in bytes. */
export const maxValueBytes = 512 * 1024;

export const kvRoutes: Routes = {
  'GET /kv/<key*>': (call) => {
    const { query } = call.request;
    if (query.has('keys')) return read(call, () => keys(call));
    if (keyOf(call) === '' && !query.has('recurse')) throw badRequest('Missing key name');
    return read(call, () => (query.has('recurse') ? entries(call) : entry(call)));
  },
  'PUT /kv/<key*>': put,
  'DELETE /kv/<key*>': remove,
};

function keyOf({ params }: ConsulCall): string {
  return params['key'] ?? '';
}

function entry(call: ConsulCall): Found {
  const { consul, request } = call;
  const key = keyOf(call);
  demand(call, 'key', key, 'read');
  const found = consul.state.kv.get(key);
  const index = store.keyIndex(consul.state, key);
  if (found === undefined) return { index, reply: { status: 404 } };
  return { index, reply: request.query.has('raw') ? raw(found) : json([shown(found)]) };
}

function raw({ Value }: KvEntry): Reply {
  return { data: Value, headers: { 'content-type': 'text/plain', 'X-Content-Type-Options': 'nosniff' } };
}

/** A caller without rights finds nothing under a prefix, and is not told why. */
function entries(call: ConsulCall): Found {
  const { consul, caller } = call;
  const prefix = keyOf(call);
  const all = store.tree(consul.state, prefix);
  const seen = all.filter(({ Key }) => caller.may('key', Key, 'read'));
  const index = store.treeIndex(consul.state, prefix);
  const filtered = seen.length < all.length;
  return { index, filtered, reply: seen.length === 0 ? { status: 404 } : json(seen.map(shown)) };
}

function keys(call: ConsulCall): Found {
  const { consul, caller, request } = call;
  const prefix = keyOf(call);
  const separator = request.query.get('separator') ?? '';
  const all = store.tree(consul.state, prefix);
  const seen = all.filter(({ Key }) => caller.may('key', Key, 'read'));
  const names = new Set(seen.map(({ Key }) => upTo(Key, separator, prefix.length)));
  const index = store.treeIndex(consul.state, prefix);
  const isNone = names.size === 0 && prefix !== '';
  return {
    index,
    filtered: seen.length < all.length,
    reply: isNone ? { status: 404 } : json([...names]),
  };
}

function upTo(key: string, separator: string, from: number): string {
  const at = separator === '' ? -1 : key.indexOf(separator, from);
  return at < 0 ? key : key.slice(0, at + separator.length);
}

function put(call: ConsulCall): Reply {
  const { consul, request } = call;
  const { state, clock } = consul;
  const { query } = request;
  const key = keyOf(call);
  if (key === '') throw badRequest('Missing key name');
  exclusive(query, ['cas', 'acquire', 'release']);
  demand(call, 'key', key, 'write');
  const written = { Value: request.body, Flags: number(query, 'flags') };
  const cas = query.has('cas') ? number(query, 'cas') : undefined;
  const index = nextIndex(state);
  const session = query.get('acquire') ?? query.get('release');
  if (session !== null) {
    if (query.has('release'))
      return json(store.release(state, index, { key, session, written }) !== undefined);
    if (!state.sessions.has(session)) throw failed(invalidSession(session));
    return json(store.acquire(state, index, clock.now(), { key, session, written }) !== undefined);
  }
  if (cas !== undefined && !store.isAt(state, key, cas)) return json(false);
  store.set(state, index, key, written);
  return json(true);
}

function remove(call: ConsulCall): Reply {
  const { consul, request } = call;
  const { state } = consul;
  const { query } = request;
  const key = keyOf(call);
  const isTree = query.has('recurse');
  if (key === '' && !isTree) throw badRequest('Missing key name');
  exclusive(query, ['cas', 'recurse']);
  const touched = isTree ? [key, ...store.tree(state, key).map(({ Key }) => Key)] : [key];
  for (const one of touched) demand(call, 'key', one, 'write');
  const index = nextIndex(state);
  if (query.has('cas')) {
    const cas = number(query, 'cas');
    if (cas === 0n || !store.isAt(state, key, cas)) return json(false);
  }
  if (isTree) store.removeTree(state, index, key);
  else store.remove(state, index, key);
  return json(true);
}

function exclusive(query: URLSearchParams, names: readonly string[]): void {
  const given = names.filter((name) => query.has(name));
  if (given.length < 2) return;
  const told = given.map((name) => `${name}=${query.get(name)}`).join('&');
  throw badRequest(`Conflicting flags: ${told}`);
}

function number(query: URLSearchParams, name: string): bigint {
  const given = query.get(name) ?? '';
  if (given === '') return 0n;
  if (isUint64(given)) return BigInt(given);
  const why = /^\d+$/.test(given) ? 'value out of range' : 'invalid syntax';
  throw failed(`strconv.ParseUint: parsing ${JSON.stringify(given)}: ${why}`);
}

export function invalidSession(session: string): string {
  return `raft apply failed: invalid session ${JSON.stringify(session)}`;
}

/** An entry as it is told: an empty value is none. */
export function shown(entry: KvEntry): WireObject {
  const { LockIndex, Key, Flags, Value, Session, CreateIndex, ModifyIndex } = entry;
  return {
    LockIndex,
    Key,
    Flags,
    Value: Value.length === 0 ? null : Buffer.from(Value).toString('base64'),
    ...(Session === undefined ? {} : { Session }),
    CreateIndex,
    ModifyIndex,
  };
}

/** Too large a value is refused by its announced size, before any of it is read. */
export function refuseLargeValue(head: RequestHead, operation: Operation | undefined): Reply | undefined {
  if (operation?.verb !== 'PUT' || !/^\/v1\/(kv\/|txn$)/.test(operation.route)) return undefined;
  const size = Number(head.headers['content-length'] ?? 0);
  return size > maxValueBytes ? text(tooLarge(size), 413) : undefined;
}

/** Where the size wasn't announced, it is known only to be too much. */
export function tooLargeRefusal(): Refusal {
  return new Refusal(413, '', tooLarge(maxValueBytes + 1));
}

function tooLarge(size: number): string {
  return (
    `Request body(${size} bytes) too large, max size: ${maxValueBytes} bytes. ` +
    'See https://www.consul.io/docs/agent/options.html#kv_max_value_size.'
  );
}
