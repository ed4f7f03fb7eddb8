import { type Handler, json, Refusal, type Reply } from '../core/service.ts';
import type { WireObject } from '../core/wire.ts';
import { demand } from './access.ts';
import { aclKinds, type Kind, nameOf } from './acl-kinds.ts';
import type { Access } from './acl-rules.ts';
import { type Found, read } from './blocking.ts';
import { objectBody, textAt } from './decode.ts';
import type { Consul, ConsulCall, Routes } from './deployment.ts';
import { badRequest, failed, notFound } from './errors.ts';
import { deleteDocument, documents, newId, putDocument, tableIndex, told } from './state.ts';

export const aclDocumentRoutes: Routes = Object.assign({}, ...aclKinds.map(routesOf));

function routesOf(kind: Kind): Routes {
  const { one, many } = kind;
  const byName: Record<string, Handler<ConsulCall>> = kind.id === 'ID'
    ? { [`GET /acl/${one}/name/<name>`]: (call) => get(call, kind, byNameOf(call, kind)) }
    : {};
  return {
    [`GET /acl/${many}`]: (call) => list(call, kind),
    [`PUT /acl/${one}`]: (call) => create(call, kind),
    [`GET /acl/${one}/<id>`]: (call) => get(call, kind, () => call.params['id'] ?? ''),
    [`PUT /acl/${one}/<id>`]: (call) => update(call, kind),
    [`DELETE /acl/${one}/<id>`]: (call) => remove(call, kind),
    ...byName,
  };
}

function byNameOf({ consul, params }: ConsulCall, kind: Kind): () => string {
  return () => {
    const all = documents(consul.state, kind.table);
    return [...all].find(([, { body }]) => body['Name'] === params['name'])?.[0] ?? '';
  };
}

export function demandAcl(call: ConsulCall, access: Access): void {
  if (call.consul.settings.acl === undefined) throw new Refusal(401, '', 'ACL support disabled');
  demand(call, 'acl', '', access);
}

/** How what isn't there is answered. */
export function absent({ modern }: Consul, was: 403 | 404): Refusal {
  if (modern || was === 404) return notFound(was === 403 ? 'ACL not found' : '');
  return new Refusal(403, '', 'ACL not found');
}

function list(call: ConsulCall, kind: Kind): Promise<Reply> {
  demandAcl(call, 'read');
  const { state } = call.consul;
  const { query } = call.request;
  const wanted = Object.entries(kind.lists ?? {}).filter(([name]) => query.get(name));
  const isWanted = (body: WireObject) => wanted.every(([name, test]) => test(body, query.get(name) ?? ''));
  return read(call, () => {
    const all = [...documents(state, kind.table).values()].filter(({ body }) => isWanted(body));
    const items = all.map((one) => told({ ...one, body: kind.summary?.(one.body) ?? one.body }));
    return { index: tableIndex(state, kind.table), reply: json(items) };
  });
}

function get(call: ConsulCall, kind: Kind, id: () => string): Promise<Reply> {
  demandAcl(call, 'read');
  const { state } = call.consul;
  return read(call, (): Found => {
    const found = documents(state, kind.table).get(id());
    if (found === undefined) throw absent(call.consul, kind.absentWas);
    return { index: tableIndex(state, kind.table), reply: json(told(found)) };
  });
}

function create(call: ConsulCall, kind: Kind): Reply {
  demandAcl(call, 'write');
  const { state } = call.consul;
  const body = objectBody(call, kind.fields);
  if (kind.id === 'ID' && textAt(body, 'ID') !== '')
    throw badRequest(`Cannot specify the ID when creating a new ${kind.one}`);
  const id = kind.id === 'ID' ? newId() : nameOf(body, 'Auth Method');
  const complete = kind.complete(call, body, id);
  const name = complete['Name'];
  const isTaken = [...documents(state, kind.table).values()].some(
    (other) => name !== undefined && other.body['Name'] === name,
  );
  if (isTaken && kind.id === 'ID')
    throw failed(`Invalid ${kind.one}: A ${kind.one} with Name ${JSON.stringify(name)} already exists`);
  return json(told(putDocument(state, kind.table, id, complete)));
}

function update(call: ConsulCall, kind: Kind): Reply {
  demandAcl(call, 'write');
  const { state } = call.consul;
  const id = call.params['id'] ?? '';
  const body = objectBody(call, kind.fields);
  const said = textAt(body, kind.id);
  if (said !== '' && said !== id) throw badRequest(`${kind.one} ${kind.id} in URL and payload do not match`);
  if (!documents(state, kind.table).has(id)) throw absent(call.consul, kind.absentWas);
  return json(told(putDocument(state, kind.table, id, kind.complete(call, body, id))));
}

function remove(call: ConsulCall, kind: Kind): Reply {
  demandAcl(call, 'write');
  const id = call.params['id'] ?? '';
  if (id === kind.builtin)
    throw failed('Delete operation not permitted on the builtin global-management policy');
  if (!deleteDocument(call.consul.state, kind.table, id) && call.consul.modern) throw notFound();
  return json(true);
}
