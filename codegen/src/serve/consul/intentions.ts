import { json, type Reply } from '../core/service.ts';
import type { WireObject } from '../core/wire.ts';
import { read } from './blocking.ts';
import { objectBody, textAt, textMapAt } from './decode.ts';
import type { ConsulCall, Routes } from './deployment.ts';
import { badRequest, denied, failed, notFound } from './errors.ts';
import { filtered } from './filter.ts';
import { type Document, deleteDocument, documents, newId, putDocument, tableIndex, told } from './state.ts';

const fields = [
  'ID',
  'Description',
  'SourceNS',
  'SourceName',
  'SourcePartition',
  'SourcePeer',
  'SourceSamenessGroup',
  'DestinationNS',
  'DestinationName',
  'DestinationPartition',
  'SourceType',
  'Action',
  'Permissions',
  'DefaultAddr',
  'DefaultPort',
  'Meta',
  'Precedence',
  'CreatedAt',
  'UpdatedAt',
  'Hash',
  'CreateIndex',
  'ModifyIndex',
];

export const intentionRoutes: Routes = {
  'GET /connect/intentions': (call) =>
    read(call, () => {
      const all = ordered(call);
      const seen = all.filter((one) => may(call, one, 'read'));
      const wanted = filtered(call, seen, told, fields);
      return { ...at(call), filtered: seen.length < all.length, reply: json(wanted.map(told)) };
    }),
  'POST /connect/intentions': (call) => json({ ID: putLegacy(call, newId()) }),
  'GET /connect/intentions/exact': (call) => {
    const { source, destination } = ends(call);
    return read(call, () => {
      const found = documents(call.consul.state, 'intentions').get(keyOf(source, destination));
      if (found === undefined || !may(call, found, 'read')) throw notFound('Intention not found');
      return { ...at(call), reply: json(told(found)) };
    });
  },
  'PUT /connect/intentions/exact': (call) => {
    const { source, destination } = ends(call);
    put(call, source, destination, {});
    return json(true);
  },
  'DELETE /connect/intentions/exact': (call) => {
    const { source, destination } = ends(call);
    demandWrite(call, destination);
    deleteDocument(call.consul.state, 'intentions', keyOf(source, destination));
    return json(true);
  },
  'GET /connect/intentions/check': (call) => {
    const { source, destination } = ends(call);
    if (!call.caller.mayIntend(destination, 'read'))
      throw denied(call.consul, call.caller, 'intention:read', destination);
    return json({ Allowed: isAllowed(call, source, destination) });
  },
  'GET /connect/intentions/match': match,
  'GET /connect/intentions/<uuid>': (call) => {
    const [, found] = byId(call);
    return read(call, () => ({ ...at(call), reply: json(told(found)) }));
  },
  'PUT /connect/intentions/<uuid>': (call) => {
    const [key] = byId(call);
    deleteDocument(call.consul.state, 'intentions', key);
    return json({ ID: putLegacy(call, call.params['uuid'] ?? '') });
  },
  'DELETE /connect/intentions/<uuid>': (call) => {
    const [key, { body }] = byId(call);
    demandWrite(call, String(body['DestinationName']));
    deleteDocument(call.consul.state, 'intentions', key);
    return json(true);
  },
};

function at({ consul }: ConsulCall) {
  return { index: tableIndex(consul.state, 'intentions') };
}

function keyOf(source: string, destination: string): string {
  return `${destination}\0${source}`;
}

/** Exact names come before wildcards. */
function ordered({ consul }: ConsulCall): readonly Document[] {
  return [...documents(consul.state, 'intentions').values()].sort(
    (a, b) => Number(b.body['Precedence']) - Number(a.body['Precedence']),
  );
}

function may({ caller }: ConsulCall, { body }: Document, access: 'read' | 'write'): boolean {
  return caller.mayIntend(String(body['DestinationName']), access);
}

function demandWrite({ consul, caller }: ConsulCall, destination: string): void {
  if (!caller.mayIntend(destination, 'write')) throw denied(consul, caller, 'intention:write', destination);
}

/** Both ends, as `name`, `namespace/name` or `partition/namespace/name`. */
function ends({ request: { query } }: ConsulCall) {
  const end = (name: string) => {
    const given = query.get(name) ?? '';
    if (given === '') throw badRequest(`required query parameter '${name}' not set`);
    return given.split('/').at(-1) ?? '';
  };
  return { source: end('source'), destination: end('destination') };
}

function byId(call: ConsulCall): readonly [string, Document] {
  const id = call.params['uuid'] ?? '';
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))
    throw badRequest(`Bad request: invalid UUID ${JSON.stringify(id)}`);
  const found = [...documents(call.consul.state, 'intentions')].find(([, { body }]) => body['ID'] === id);
  if (found === undefined || !may(call, found[1], 'read')) throw notFound('Intention not found');
  return found;
}

/** The way of before there were exact ones: with an ID. */
function putLegacy(call: ConsulCall, id: string): string {
  const body = objectBody(call, fields);
  const [source, destination] = [textAt(body, 'SourceName'), textAt(body, 'DestinationName')];
  if (source === '' || destination === '') throw badRequest('SourceName and DestinationName must be set');
  const there = documents(call.consul.state, 'intentions').get(keyOf(source, destination));
  if (there !== undefined && there.body['ID'] !== id)
    throw failed('duplicate intention found: an intention from the one to the other exists');
  const moment = new Date(call.consul.clock.now()).toISOString();
  const times = { Meta: textMapAt(body, 'Meta') ?? {}, CreatedAt: moment, UpdatedAt: moment };
  put(call, source, destination, { ID: id, ...times });
  return id;
}

function put(call: ConsulCall, source: string, destination: string, more: WireObject): void {
  demandWrite(call, destination);
  const body = objectBody(call, fields);
  const action = textAt(body, 'Action');
  const { Permissions } = body;
  if ((action === '') === (Permissions === undefined))
    throw badRequest('Bad request: either Action or Permissions must be set, and not both');
  if (action !== '' && action !== 'allow' && action !== 'deny')
    throw badRequest(`Bad request: Action must be set to 'allow' or 'deny'`);
  putDocument(call.consul.state, 'intentions', keyOf(source, destination), {
    ...more,
    ...(body['Description'] === undefined ? {} : { Description: body['Description'] }),
    SourceNS: 'default',
    SourceName: source,
    DestinationNS: 'default',
    DestinationName: destination,
    SourceType: textAt(body, 'SourceType') || 'consul',
    ...(action === '' ? { Permissions } : { Action: action }),
    Precedence: precedence(source, destination),
  });
}

function precedence(source: string, destination: string): number {
  if (destination !== '*') return source === '*' ? 8 : 9;
  return source === '*' ? 5 : 6;
}

function isAllowed(call: ConsulCall, source: string, destination: string): boolean {
  const found = ordered(call).find(
    ({ body }) => isFor(body['SourceName'], source) && isFor(body['DestinationName'], destination),
  );
  // Without an intention, what access control does by default decides.
  const { acl } = call.consul.settings;
  return found === undefined
    ? acl === undefined || acl.defaultPolicy === 'allow'
    : found.body['Action'] === 'allow';
}

function isFor(name: WireObject[string], asked: string): boolean {
  return name === '*' || name === asked;
}

function match(call: ConsulCall): Promise<Reply> {
  const { query } = call.request;
  const by = query.get('by');
  if (by === null) throw failed("required query parameter 'by' not set");
  if (by !== 'source' && by !== 'destination')
    throw failed(`'by' parameter must be one of 'source' or 'destination'`);
  const names = query.getAll('name');
  if (names.length === 0) throw failed("required query parameter 'name' not set");
  const property = by === 'source' ? 'SourceName' : 'DestinationName';
  return read(call, () => {
    const all = ordered(call).filter((one) => may(call, one, 'read'));
    const found = names.map(
      (name) => [name, all.filter(({ body }) => isFor(body[property], name)).map(told)] as const,
    );
    return { ...at(call), effective: true, reply: json(Object.fromEntries(found)) };
  });
}
