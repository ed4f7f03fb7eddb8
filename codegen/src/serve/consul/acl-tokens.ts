import type { JsonObject } from '../core/schemas.ts';
import { json, Refusal, type Reply } from '../core/service.ts';
import type { WireObject } from '../core/wire.ts';
import { addManagementToken, hashOf, hasManagementToken, linked, tokenBySecret } from './acl.ts';
import { absent, demandAcl } from './acl-documents.ts';
import { links } from './acl-kinds.ts';
import { read } from './blocking.ts';
import { objectBody, textAt } from './decode.ts';
import type { Consul, ConsulCall, Routes } from './deployment.ts';
import { bodyDurationMs } from './durations.ts';
import { badRequest, failed, notFound } from './errors.ts';
import { type Document, deleteDocument, documents, newId, putDocument, tableIndex, told } from './state.ts';

const fields = [
  'AccessorID',
  'SecretID',
  'Description',
  'Policies',
  'Roles',
  'TemplatedPolicies',
  'ServiceIdentities',
  'NodeIdentities',
  'Local',
  'ExpirationTime',
  'ExpirationTTL',
  'CreateTime',
  'AuthMethod',
  'Hash',
  'CreateIndex',
  'ModifyIndex',
];

export const aclTokenRoutes: Routes = {
  'PUT /acl/bootstrap': bootstrap,
  'GET /acl/replication': () => json(replication),
  'POST /acl/login': (call) => {
    if (call.consul.settings.acl === undefined) throw new Refusal(401, '', 'ACL support disabled');
    const body = objectBody(call, ['AuthMethod', 'BearerToken', 'Meta', 'Namespace']);
    const name = textAt(body, 'AuthMethod');
    if (!documents(call.consul.state, 'acl-auth-methods').has(name))
      throw new Refusal(403, '', `ACL not found: auth method ${JSON.stringify(name)} not found`);
    return json(shown(put(call.consul, newId(), { ...login(body, name), SecretID: newId() })));
  },
  'POST /acl/logout': (call) => {
    const { consul, caller } = call;
    const token = caller.secret === undefined ? undefined : tokenBySecret(consul, caller.secret);
    if (token?.body['AuthMethod'] === undefined) throw new Refusal(403, '', 'Permission denied');
    deleteDocument(consul.state, 'acl-tokens', String(token.body['AccessorID']));
    return {};
  },
  'GET /acl/tokens': (call) => {
    demandAcl(call, 'read');
    const { state } = call.consul;
    return read(call, () => {
      const all = [...documents(state, 'acl-tokens').values()].filter(isAsked(call));
      return { index: tableIndex(state, 'acl-tokens'), reply: json(all.map((one) => visible(call, one))) };
    });
  },
  'PUT /acl/token': create,
  'GET /acl/token/self': (call) =>
    read(call, () => {
      const { consul, caller } = call;
      if (consul.settings.acl === undefined) throw new Refusal(401, '', 'ACL support disabled');
      const token = tokenBySecret(consul, caller.secret ?? 'anonymous');
      if (token === undefined) throw absent(consul, 403);
      return { index: tableIndex(consul.state, 'acl-tokens'), reply: json(shown(token)) };
    }),
  'GET /acl/token/<AccessorID>': (call) => {
    demandAcl(call, 'read');
    return read(call, () => {
      const token = tokenOf(call);
      const body = visible(call, token);
      const expanded = call.request.query.has('expanded') && call.consul.modern;
      const reply = json(expanded ? { ...body, ...expansion(call.consul, token) } : body);
      return { index: tableIndex(call.consul.state, 'acl-tokens'), reply };
    });
  },
  'PUT /acl/token/<AccessorID>': update,
  'PUT /acl/token/<AccessorID>/clone': (call) => {
    demandAcl(call, 'write');
    const { consul } = call;
    const { ID: _, ...body } = tokenOf(call).body;
    const Description = textAt(objectBody(call, ['Description', 'Namespace']), 'Description');
    const copy = { ...body, AccessorID: newId(), SecretID: newId(), CreateTime: now(consul) };
    const description = Description === '' ? {} : { Description };
    return json(shown(put(consul, copy.AccessorID, { ...copy, ...description })));
  },
  'DELETE /acl/token/<AccessorID>': (call) => {
    demandAcl(call, 'write');
    const { consul, params } = call;
    if (!deleteDocument(consul.state, 'acl-tokens', params['AccessorID'] ?? '') && consul.modern)
      throw notFound();
    return json(true);
  },
};

/** Without a second datacenter there is nothing to replicate. */
const never = '0001-01-01T00:00:00Z';
const replication = {
  Enabled: false,
  Running: false,
  SourceDatacenter: '',
  ReplicationType: '',
  ReplicatedIndex: 0,
  ReplicatedRoleIndex: 0,
  ReplicatedTokenIndex: 0,
  LastSuccess: never,
  LastError: never,
  LastErrorMessage: '',
};

function bootstrap(call: ConsulCall): Reply {
  const { consul } = call;
  if (consul.settings.acl === undefined) throw new Refusal(401, '', 'ACL support disabled');
  const secret = textAt(objectBody(call, ['BootstrapSecret']), 'BootstrapSecret') || newId();
  if (hasManagementToken(consul.state)) {
    const index = tableIndex(consul.state, 'acl-tokens');
    throw new Refusal(403, '', `Permission denied: ACL bootstrap no longer allowed (reset index: ${index})`);
  }
  return json(told(addManagementToken(consul, newId(), secret)));
}

function login(body: JsonObject, method: string): WireObject {
  const meta = body['Meta'] === undefined ? '' : `: ${JSON.stringify(body['Meta'])}`;
  return { Description: `token created via login${meta}`, Local: true, AuthMethod: method };
}

function create(call: ConsulCall): Reply {
  demandAcl(call, 'write');
  const { consul } = call;
  const body = objectBody(call, fields);
  const accessor = textAt(body, 'AccessorID') || newId();
  if (documents(consul.state, 'acl-tokens').has(accessor))
    throw failed('Invalid Token: AccessorID is already in use');
  const CreateTime = now(consul);
  const made = { SecretID: textAt(body, 'SecretID') || newId(), ...settable(consul, body), CreateTime };
  return json(shown(put(consul, accessor, made)));
}

function update(call: ConsulCall): Reply {
  demandAcl(call, 'write');
  const { consul } = call;
  const { body: before } = tokenOf(call);
  const accessor = String(before['AccessorID']);
  const body = objectBody(call, fields);
  const said = textAt(body, 'AccessorID');
  if (said !== '' && said !== accessor) throw badRequest('Token Accessor ID in URL and payload do not match');
  const { SecretID, CreateTime, ExpirationTime, ID } = before;
  return json(
    shown(put(consul, accessor, { ID, SecretID, ...settable(consul, body), ExpirationTime, CreateTime })),
  );
}

function settable(consul: Consul, body: JsonObject): WireObject {
  const ttl = body['ExpirationTTL'];
  const ms = typeof ttl === 'string' || typeof ttl === 'number' ? bodyDurationMs(ttl) : undefined;
  const ExpirationTime = ms ? new Date(consul.clock.now() + ms).toISOString() : body['ExpirationTime'];
  return {
    Description: textAt(body, 'Description'),
    ...links(consul.state, body),
    Local: body['Local'] === true,
    ...(ExpirationTime === undefined ? {} : { ExpirationTime }),
  };
}

function put({ state }: Consul, accessor: string, body: WireObject): Document {
  return putDocument(state, 'acl-tokens', accessor, {
    ...body,
    AccessorID: accessor,
    Hash: hashOf(accessor),
  });
}

function tokenOf({ consul, params }: ConsulCall): Document {
  const found = documents(consul.state, 'acl-tokens').get(params['AccessorID'] ?? '');
  if (found === undefined) throw absent(consul, 403);
  return found;
}

/** Who may not make tokens doesn't see their secrets. */
function visible(call: ConsulCall, token: Document): WireObject {
  return { ...shown(token), ...(call.caller.may('acl', '', 'write') ? {} : { SecretID: '<hidden>' }) };
}

function shown(token: Document): WireObject {
  const { ID: _, AccessorID, SecretID, Description, ...rest } = told(token);
  return { AccessorID, SecretID, Description, ...rest };
}

function isAsked({ request: { query } }: ConsulCall): (token: Document) => boolean {
  const [policy, role, method] = [query.get('policy'), query.get('role'), query.get('authmethod')];
  return ({ body }) =>
    (policy === null || linked(body['Policies']).includes(policy)) &&
    (role === null || linked(body['Roles']).includes(role)) &&
    (method === null || body['AuthMethod'] === method);
}

function expansion({ state, settings }: Consul, { body }: Document): WireObject {
  const each = (table: 'acl-policies' | 'acl-roles', list: unknown) =>
    linked(list).flatMap((id) => {
      const found = documents(state, table).get(id);
      return found === undefined ? [] : [told(found)];
    });
  return {
    ExpandedPolicies: each('acl-policies', body['Policies']),
    ExpandedRoles: each('acl-roles', body['Roles']),
    NamespaceDefaultPolicyIDs: null,
    NamespaceDefaultRoleIDs: null,
    AgentACLDefaultPolicy: settings.acl?.defaultPolicy ?? 'deny',
    AgentACLDownPolicy: 'extend-cache',
    ResolvedByAgent: settings.nodeName,
  };
}

function now({ clock }: Consul): string {
  return new Date(clock.now()).toISOString();
}
