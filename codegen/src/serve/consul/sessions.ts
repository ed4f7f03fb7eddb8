import { isObject, type JsonObject } from '../core/schemas.ts';
import { json, type Reply } from '../core/service.ts';
import type { WireObject } from '../core/wire.ts';
import { demand } from './access.ts';
import { type Found, read } from './blocking.ts';
import { objectBody, textAt, textsAt } from './decode.ts';
import type { ConsulCall, Routes } from './deployment.ts';
import { bodyDurationMs, durationMs } from './durations.ts';
import { badRequest, failed, notFound } from './errors.ts';
import { invalidate, sessionsOf } from './session-store.ts';
import { newId, nextIndex, type Session, tableIndex, touch, under } from './state.ts';

const shortestTtlMs = 10_000;
const longestTtlMs = 24 * 3_600_000;
const usualLockDelayMs = 15_000;
const longestLockDelayMs = 60_000;

const fields = ['Node', 'Name', 'LockDelay', 'Checks', 'NodeChecks', 'ServiceChecks', 'Behavior', 'TTL'];

export const sessionRoutes: Routes = {
  'PUT /session/create': create,
  'PUT /session/destroy/<uuid>': (call) => {
    const id = idOf(call);
    const session = call.consul.state.sessions.get(id);
    if (session !== undefined) demandWrite(call, session.Node);
    call.consul.agent.expiries.forget(id);
    invalidate(call.consul, id);
    return json(true);
  },
  'PUT /session/renew/<uuid>': (call) => {
    const session = call.consul.state.sessions.get(idOf(call));
    if (session === undefined) throw notFound(`Session id '${idOf(call)}' not found`);
    demandWrite(call, session.Node);
    call.consul.agent.expiries.renew(session);
    return json([shown(session)]);
  },
  'GET /session/info/<uuid>': (call) =>
    read(call, () => {
      const session = call.consul.state.sessions.get(idOf(call));
      return list(call, session === undefined ? [] : [session], session?.ModifyIndex);
    }),
  'GET /session/node/<node>': (call) =>
    read(call, () => list(call, sessionsOf(call.consul.state, call.params['node'] ?? ''))),
  'GET /session/list': (call) => read(call, () => list(call, [...call.consul.state.sessions.values()])),
};

function idOf({ params }: ConsulCall): string {
  return params['uuid'] ?? '';
}

function demandWrite(call: ConsulCall, node: string): void {
  demand(call, 'session', node, 'write');
}

function list(call: ConsulCall, sessions: readonly Session[], index?: number): Found {
  const seen = sessions.filter(({ Node }) => call.caller.may('session', Node, 'read'));
  const ordered = [...seen].sort((a, b) => (a.ID < b.ID ? -1 : 1));
  return {
    index: index ?? tableIndex(call.consul.state, 'sessions'),
    filtered: seen.length < sessions.length,
    reply: json(ordered.map(shown)),
  };
}

function create(call: ConsulCall): Reply {
  const { consul } = call;
  const { state } = consul;
  const body = objectBody(call, fields);
  const Node = textAt(body, 'Node') || consul.settings.nodeName;
  demandWrite(call, Node);
  if (!state.nodes.has(Node.toLowerCase())) throw failed('Missing node registration');
  const Behavior = textAt(body, 'Behavior') || 'release';
  if (Behavior !== 'release' && Behavior !== 'delete') throw failed(`Invalid Behavior setting '${Behavior}'`);
  const TTL = ttlOf(body);
  const session: Omit<Session, 'CreateIndex' | 'ModifyIndex'> = {
    ID: newId(),
    Name: textAt(body, 'Name'),
    Node,
    lockDelayMs: lockDelayOf(body),
    Behavior,
    TTL,
    NodeChecks: nodeChecksOf(body),
    ServiceChecks: serviceChecksOf(body),
  };
  for (const id of [...session.NodeChecks, ...(session.ServiceChecks ?? []).map(({ ID }) => ID)]) {
    const check = state.checks.get(under(Node, id));
    if (check === undefined) throw failed(`Missing check '${id}' registration`);
    if (check.Status === 'critical') throw failed(`Check '${id}' is in critical state`);
  }
  const index = nextIndex(state);
  const made = { ...session, CreateIndex: index, ModifyIndex: index };
  state.sessions.set(made.ID, made);
  touch(state, index, 'sessions');
  consul.agent.expiries.renew(made);
  return json({ ID: made.ID });
}

function ttlOf(body: JsonObject): string {
  const given = textAt(body, 'TTL');
  if (given === '') return '';
  const ms = durationMs(given);
  if (ms === undefined) throw failed(`Invalid Session TTL '${given}': time: invalid duration "${given}"`);
  if (ms !== 0 && (ms < shortestTtlMs || ms > longestTtlMs))
    throw failed(`Invalid Session TTL '${ms * 1e6}', must be between [10s=24h0m0s]`);
  return ms === 0 ? '' : given;
}

/** A number below 1000 is of seconds, as it once was; any other one of nanoseconds. */
function lockDelayOf(body: JsonObject): number {
  const given = body['LockDelay'];
  if (given === undefined || given === null) return usualLockDelayMs;
  if (typeof given !== 'string' && typeof given !== 'number')
    throw badRequest('Request decode failed: the LockDelay is neither a text nor a number');
  const ms = typeof given === 'number' && given < 1000 ? given * 1000 : bodyDurationMs(given);
  if (ms === undefined) throw badRequest(`Request decode failed: time: invalid duration "${given}"`);
  return Math.min(ms, longestLockDelayMs);
}

function nodeChecksOf(body: JsonObject): readonly string[] {
  if (Array.isArray(body['NodeChecks'])) return textsAt(body, 'NodeChecks');
  return Array.isArray(body['Checks']) ? textsAt(body, 'Checks') : ['serfHealth'];
}

function serviceChecksOf(body: JsonObject): Session['ServiceChecks'] {
  const given = body['ServiceChecks'];
  if (!Array.isArray(given)) return null;
  return given
    .filter(isObject)
    .map((check) => ({ ID: textAt(check, 'ID'), Namespace: textAt(check, 'Namespace') }));
}

/** A session as it is told, its delay in nanoseconds. */
export function shown(session: Session): WireObject {
  const { ID, Name, Node, lockDelayMs, Behavior, TTL, NodeChecks, ServiceChecks } = session;
  return {
    ID,
    Name,
    Node,
    LockDelay: Math.round(lockDelayMs * 1e6),
    Behavior,
    TTL,
    NodeChecks,
    ServiceChecks,
    CreateIndex: session.CreateIndex,
    ModifyIndex: session.ModifyIndex,
  };
}
