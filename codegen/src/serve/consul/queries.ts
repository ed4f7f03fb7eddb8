import { isObject, type JsonObject } from '../core/schemas.ts';
import { json, type Reply } from '../core/service.ts';
import { plainJson, type WireObject } from '../core/wire.ts';
import { demand } from './access.ts';
import { connected } from './catalog.ts';
import { nearestFirst } from './catalog-query.ts';
import * as catalog from './catalog-store.ts';
import { flagAt, objectBody, textAt, textMapAt, textsAt } from './decode.ts';
import type { Consul, ConsulCall, Routes } from './deployment.ts';
import { badRequest, denied, failed, notFound } from './errors.ts';
import { consistency, freshness } from './headers.ts';
import { entryShown, isPassing } from './health.ts';
import {
  type Document,
  deleteDocument,
  documents,
  newId,
  putDocument,
  type ServiceRow,
  tableIndex,
  told,
} from './state.ts';

export const queryRoutes: Routes = {
  'POST /query': (call) => {
    const id = newId();
    putDocument(call.consul.state, 'queries', id, definitionIn(call, id));
    return json({ ID: id });
  },
  'GET /query': (call) => {
    const { state } = call.consul;
    const all = [...documents(state, 'queries').values()].filter((one) => may(call, one, 'read'));
    return meta(call, tableIndex(state, 'queries'), json(all.map(told)));
  },
  'GET /query/<uuid>': (call) => {
    const found = byId(call, 'read');
    return meta(call, tableIndex(call.consul.state, 'queries'), json([told(found)]));
  },
  'PUT /query/<uuid>': (call) => {
    byId(call, 'write');
    const id = call.params['uuid'] ?? '';
    putDocument(call.consul.state, 'queries', id, definitionIn(call, id));
    return {};
  },
  'DELETE /query/<uuid>': (call) => {
    byId(call, 'write');
    deleteDocument(call.consul.state, 'queries', call.params['uuid'] ?? '');
    return {};
  },
  'GET /query/<uuid_or_name>/execute': execute,
  'GET /query/<uuid_or_name>/explain': (call) => {
    const found = lookUp(call);
    if (!may(call, found, 'read')) throw denied(call.consul, call.caller, 'query:read', nameOf(found));
    return meta(call, 1, json({ Query: told(found), ...inline(call) }));
  },
};

function nameOf({ body }: Document): string {
  return String(body['Name']);
}

/** A query without a name is known by its ID alone, to whoever has it. */
function may({ caller }: ConsulCall, query: Document, access: 'read' | 'write'): boolean {
  return nameOf(query) === '' && access === 'read'
    ? caller.may('query', '', 'read')
    : caller.may('query', nameOf(query), access);
}

function byId(call: ConsulCall, access: 'read' | 'write'): Document {
  const found = documents(call.consul.state, 'queries').get(call.params['uuid'] ?? '');
  if (found === undefined) throw notFound('Query not found');
  if (!may(call, found, access)) throw denied(call.consul, call.caller, `query:${access}`, nameOf(found));
  return found;
}

/** By ID, by name, or through the template with the longest beginning of it. */
function lookUp({ consul, params }: ConsulCall): Document {
  const wanted = params['uuid_or_name'] ?? '';
  const all = documents(consul.state, 'queries');
  const exact =
    all.get(wanted) ?? [...all.values()].find((one) => !isTemplate(one) && nameOf(one) === wanted);
  if (exact !== undefined) return exact;
  const [template] = [...all.values()]
    .filter((one) => isTemplate(one) && wanted.startsWith(nameOf(one)))
    .sort((a, b) => nameOf(b).length - nameOf(a).length);
  if (template === undefined) throw notFound('Query not found');
  return rendered(template, wanted);
}

function isTemplate({ body: { Template } }: Document): boolean {
  return isMap(Template) && Template['Type'] === 'name_prefix_match';
}

/** A template with the name that was asked for in its place. */
function rendered(template: Document, name: string): Document {
  const { Template, Service } = template.body;
  const regexp = isMap(Template) ? String(Template['Regexp']) : '';
  const groups = regexp === '' ? [] : (new RegExp(regexp).exec(name) ?? []);
  const values = new Map([
    ['full', name],
    ['prefix', nameOf(template)],
    ['suffix', name.slice(nameOf(template).length)],
  ]);
  const fill = (text: string) =>
    text
      .replace(/\$\{name\.(\w+)\}/g, (_, part: string) => values.get(part) ?? '')
      .replace(/\$\{match\((\d+)\)\}/g, (_, group: string) => groups[Number(group)] ?? '');
  const service = isMap(Service) ? { ...Service, Service: fill(String(Service['Service'])) } : Service;
  return { ...template, body: { ...template.body, Service: service } };
}

function definitionIn(call: ConsulCall, id: string): WireObject {
  const { consul } = call;
  const body = objectBody(call, ['ID', 'Name', 'Session', 'Token', 'Template', 'Service', 'DNS']);
  const name = textAt(body, 'Name');
  demand(call, 'query', name, 'write');
  const service = objectAt(body, 'Service');
  if (textAt(service, 'Service') === '')
    throw failed('Invalid prepared query: Must provide a Service name to query');
  const others = [...documents(consul.state, 'queries')].filter(([other]) => other !== id);
  if (name !== '' && others.some(([, other]) => nameOf(other) === name))
    throw failed(`Invalid prepared query: name '${name}' aliases an existing query name`);
  const template = objectAt(body, 'Template');
  const failover = objectAt(service, 'Failover');
  const { NearestN, Datacenters, Targets } = failover;
  return {
    ID: id,
    Name: name,
    Session: textAt(body, 'Session'),
    Token: textAt(body, 'Token'),
    Template: {
      Type: textAt(template, 'Type'),
      Regexp: textAt(template, 'Regexp'),
      RemoveEmptyTags: flagAt(template, 'RemoveEmptyTags'),
    },
    Service: {
      Service: textAt(service, 'Service'),
      Failover: {
        NearestN: NearestN ?? 0,
        Datacenters: Datacenters ?? null,
        ...(Targets === undefined ? {} : { Targets }),
      },
      OnlyPassing: flagAt(service, 'OnlyPassing'),
      IgnoreCheckIDs: service['IgnoreCheckIDs'] ?? null,
      Near: textAt(service, 'Near'),
      Tags: service['Tags'] ?? null,
      NodeMeta: service['NodeMeta'] ?? null,
      ServiceMeta: service['ServiceMeta'] ?? null,
      Connect: flagAt(service, 'Connect'),
    },
    DNS: { TTL: textAt(objectAt(body, 'DNS'), 'TTL') },
  };
}

function objectAt(object: JsonObject, name: string): JsonObject {
  const found = object[name];
  return isObject(found) ? found : {};
}

function execute(call: ConsulCall): Reply {
  const { consul, request, caller } = call;
  const { query } = request;
  const { body } = lookUp(call);
  const service = plainObject(body['Service']);
  const limit = query.get('limit') ?? '0';
  if (!/^\d+$/.test(limit)) throw badRequest(`Error parsing 'limit' value: strconv.Atoi: parsing "${limit}"`);
  const name = textAt(service, 'Service');
  const isConnect = flagAt(service, 'Connect') || query.get('connect') === 'true';
  const rows = isConnect ? connected(consul.state, name) : catalog.instancesOf(consul.state, name);
  const seen = rows.filter(({ instance }) => caller.may('service', instance.Service, 'read'));
  const found = nearestFirst(
    call,
    seen.filter((row) => isWanted(consul, service, row)),
    ({ node }) => node,
  );
  const max = Number(limit) || found.length;
  const answer = {
    Service: name,
    Nodes: found.slice(0, max).map((row) => entryShown(consul, row)),
    DNS: body['DNS'],
    Datacenter: consul.settings.datacenter,
    Failovers: 0,
    ...inline(call),
  };
  const cache = query.has('cached') ? { 'X-Cache': 'MISS' } : {};
  return meta(call, 1, json(answer, 200, cache));
}

function isWanted(consul: Consul, service: JsonObject, row: ServiceRow): boolean {
  const { state } = consul;
  const { Tags, Meta } = row.instance;
  const isUp = flagAt(service, 'OnlyPassing')
    ? isPassing(consul, row)
    : catalog.checksWith(state, row).every(({ Status }) => Status !== 'critical');
  const hasTags = textsAt(service, 'Tags').every((tag) =>
    tag.startsWith('!') ? !Tags.includes(tag.slice(1)) : Tags.includes(tag),
  );
  const nodeMeta = state.nodes.get(row.node.toLowerCase())?.Meta ?? {};
  const has = (wanted: object, meta: Readonly<Record<string, string>>) =>
    Object.entries(wanted).every(([key, value]) => meta[key] === value);
  return (
    isUp &&
    hasTags &&
    has(textMapAt(service, 'NodeMeta') ?? {}, nodeMeta) &&
    has(textMapAt(service, 'ServiceMeta') ?? {}, Meta)
  );
}

function isMap(value: WireObject[string]): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What was kept of a body is JSON still. */
function plainObject(value: WireObject[string]): JsonObject {
  const plain = value === undefined ? undefined : plainJson(value);
  return isObject(plain) ? plain : {};
}

/** What reads of no table's own tell within their answer. */
export function inline(
  { request, consul }: ConsulCall,
  level: string = consistency(request.query),
): WireObject {
  return {
    Index: 1,
    LastContact: 0,
    KnownLeader: true,
    ConsistencyLevel: level,
    NotModified: false,
    Backend: 0,
    ...(consul.modern ? { ResultsFilteredByACLs: false } : {}),
  };
}

function meta(call: ConsulCall, index: number, reply: Reply): Reply {
  return { ...reply, headers: { ...freshness(call, { index, effective: true }), ...reply.headers } };
}
