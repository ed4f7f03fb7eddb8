import type { JsonValue } from '../../model.ts';
import { isObject, type JsonObject } from '../core/schemas.ts';
import { json, type Reply, text } from '../core/service.ts';
import { read } from './blocking.ts';
import { defaultsOfKind, fieldsOfKind, onlyNames } from './config-kinds.ts';
import { jsonBody, textAt } from './decode.ts';
import type { ConsulCall, Routes } from './deployment.ts';
import { badRequest, denied, failed } from './errors.ts';
import { filtered, isMap } from './filter.ts';
import { deleteDocument, documents, nextIndex, putDocument, tableIndex, told } from './state.ts';

export const configRoutes: Routes = {
  'PUT /config': put,
  'GET /config/<kind>/<name>': (call) => {
    const { kind, name } = placeOf(call);
    demand(call, kind, name, 'read');
    return read(call, () => {
      const found = documents(call.consul.state, 'config').get(`${kind}/${name}`);
      const reply =
        found === undefined
          ? text(`Config entry not found for "${kind}" / "${name}"`, 404)
          : json(told(found));
      return { index: tableIndex(call.consul.state, 'config'), reply };
    });
  },
  'GET /config/<kind>': (call) => {
    const { kind } = placeOf(call);
    const fields = fieldsOfKind(kind);
    if (fields === undefined) {
      const why = `invalid config entry kind: ${kind}`;
      throw call.consul.modern ? badRequest(why) : failed(why);
    }
    return read(call, () => {
      const all = [...documents(call.consul.state, 'config')].filter(([key]) => key.startsWith(`${kind}/`));
      const seen = all.filter(([, { body }]) => may(call, kind, String(body['Name']), 'read'));
      const wanted = filtered(call, seen, ([, one]) => told(one), fields);
      return {
        index: tableIndex(call.consul.state, 'config'),
        filtered: seen.length < all.length,
        reply: json(wanted.map(([, one]) => told(one))),
      };
    });
  },
  'DELETE /config/<kind>/<name>': (call) => {
    const { kind, name } = placeOf(call);
    const { state } = call.consul;
    demand(call, kind, name, 'write');
    const cas = casIn(call);
    if (cas === undefined) {
      deleteDocument(state, 'config', `${kind}/${name}`);
      return json({});
    }
    const isCurrent = documents(state, 'config').get(`${kind}/${name}`)?.ModifyIndex === cas;
    return json(isCurrent && deleteDocument(state, 'config', `${kind}/${name}`));
  },
};

function placeOf({ params }: ConsulCall) {
  return { kind: params['kind'] ?? '', name: params['name'] ?? '' };
}

function put(call: ConsulCall): Reply {
  const { state } = call.consul;
  const body = camelCased(jsonBody(call) ?? {});
  const given = isObject(body) ? body : {};
  const kind = textAt(given, 'Kind');
  const fields = fieldsOfKind(kind);
  if (fields === undefined)
    throw badRequest(`Bad request: Request decoding failed: invalid config entry kind: ${kind}`);
  const strange = Object.keys(given).filter((key) => !fields.includes(key));
  if (strange.length > 0) throw badRequest(invalidKeys(strange));
  const name = textAt(given, 'Name') || (onlyNames.get(kind) ?? '');
  if (name === '') throw failed('Name is required');
  demand(call, kind, name, 'write');
  if (kind === 'service-router' || kind === 'service-splitter') checkProtocol(call, name);
  const cas = casIn(call);
  const before = documents(state, 'config').get(`${kind}/${name}`)?.ModifyIndex ?? 0;
  if (cas !== undefined && cas !== before) {
    nextIndex(state);
    return json(false);
  }
  const { CreateIndex: _c, ModifyIndex: _m, Kind: _k, Name: _n, ...rest } = given;
  putDocument(state, 'config', `${kind}/${name}`, {
    Kind: kind,
    ...(fields.includes('Name') ? { Name: name } : {}),
    ...defaultsOfKind(kind),
    ...rest,
  });
  return json(true);
}

/** Requests are told apart only where a protocol has any. */
function checkProtocol({ consul: { state } }: ConsulCall, name: string): void {
  const entries = documents(state, 'config');
  const own = entries.get(`service-defaults/${name}`)?.body['Protocol'];
  const all = entries.get('proxy-defaults/global')?.body['Config'];
  const protocol = own || (isMap(all) && all['protocol']) || 'tcp';
  if (!['http', 'http2', 'grpc'].includes(String(protocol)))
    throw failed(
      `discovery chain "${name}" uses a protocol "${protocol}" that does not permit advanced routing or splitting behavior`,
    );
}

function casIn({ request }: ConsulCall): number | undefined {
  const given = request.query.get('cas');
  if (given === null) return undefined;
  if (!/^\d+$/.test(given))
    throw badRequest(`Bad request: cas is no unsigned integer: ${JSON.stringify(given)}`);
  return Number(given);
}

function invalidKeys(keys: readonly string[]): string {
  const errors = keys.map((key) => `\t* invalid config key ${JSON.stringify(key)}\n`).join('');
  const count = keys.length === 1 ? '1 error' : `${keys.length} errors`;
  return `Bad request: Request decoding failed: ${count} occurred:\n${errors}\n`;
}

/** Who may write a service may write what is configured for it; the rest is for operators. */
function may({ caller }: ConsulCall, kind: string, name: string, access: 'read' | 'write'): boolean {
  if (kind === 'service-intentions') return caller.mayIntend(name, access);
  if (kind.startsWith('service-')) return caller.may('service', name, access);
  if (access === 'read' && (kind === 'mesh' || kind === 'proxy-defaults')) return true;
  if (access === 'read' && kind.endsWith('-gateway')) return caller.may('service', name, access);
  return caller.may('mesh', '', access) || caller.may('operator', '', access);
}

function demand(call: ConsulCall, kind: string, name: string, access: 'read' | 'write'): void {
  if (!may(call, kind, name, access)) throw denied(call.consul, call.caller, `${kind}:${access}`, name);
}

/** Names that people choose themselves: what stands in these is no property of ours. */
const maps = new Set(['Meta', 'Config', 'Add', 'Set', 'Arguments']);
/** The same, but with objects under them whose properties are. */
const mapsOfObjects = new Set(['Subsets', 'Failover']);

/** An entry may be written in snake case all through; it is told in Consul's own. */
function camelCased(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(camelCased);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, child]) => {
    const name = camelCase(key);
    if (maps.has(name)) return [name, child] as const;
    if (mapsOfObjects.has(name) && isObject(child)) return [name, withValues(child, camelCased)] as const;
    return [name, camelCased(child)] as const;
  });
  return Object.fromEntries(entries);
}

function withValues(object: JsonObject, change: (value: JsonValue) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

const acronyms = new Set([
  'acl',
  'ca',
  'dns',
  'http',
  'id',
  'jwt',
  'kv',
  'sds',
  'sni',
  'tls',
  'ttl',
  'uri',
  'url',
]);

function camelCase(key: string): string {
  if (!/^[a-z]/.test(key) || ['priority', 'excludeEndpoints'].includes(key)) return key;
  return key
    .split('_')
    .map((word) => (acronyms.has(word) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}
