import type { JsonValue } from '../../model.ts';
import { isObject, type JsonObject } from '../core/schemas.ts';
import type { WireObject, WireValue } from '../core/wire.ts';
import { hashOf } from './acl.ts';
import { parseRules } from './acl-rules.ts';
import { known, textAt, textsAt } from './decode.ts';
import type { ConsulCall } from './deployment.ts';
import { bodyDurationMs, goDuration } from './durations.ts';
import { failed } from './errors.ts';
import { documents, type State, type Table } from './state.ts';

/** A kind of thing that access control is made of, and how it is made, found and told. */
export interface Kind {
  readonly table: Table;
  /** `policy`, as its route has it. */
  readonly one: string;
  readonly many: string;
  /** What identifies it, in its route and in its body. */
  readonly id: 'ID' | 'Name';
  readonly fields: readonly string[];
  /** Refuses what can't be, and fills in what wasn't said. */
  complete(call: ConsulCall, body: JsonObject, id: string): WireObject;
  /** Of a list: what only the thing itself tells is left out. */
  summary?(body: WireObject): WireObject;
  readonly lists?: Readonly<Record<string, (body: WireObject, asked: string) => boolean>>;
  /** How an absent one is answered by older servers. */
  readonly absentWas: 403 | 404;
  readonly builtin?: string;
}

const policies: Kind = {
  table: 'acl-policies',
  one: 'policy',
  many: 'policies',
  id: 'ID',
  fields: ['ID', 'Name', 'Description', 'Rules', 'Datacenters', 'Hash', 'CreateIndex', 'ModifyIndex'],
  complete({ consul }, body, id) {
    const Rules = textAt(body, 'Rules');
    try {
      parseRules(Rules);
    } catch (error) {
      throw failed(`Failed to parse ACL rules: ${error instanceof Error ? error.message : ''}`);
    }
    const { Datacenters } = body;
    return {
      ID: id,
      Name: nameOf(body, 'Policy', consul.modern ? policyName : undefined),
      Description: textAt(body, 'Description'),
      Rules,
      ...(Array.isArray(Datacenters) ? { Datacenters } : {}),
      Hash: hashOf(`${id}${Rules}`),
    };
  },
  summary: ({ Rules: _, ...rest }) => ({ Datacenters: null, ...rest }),
  absentWas: 403,
  builtin: '00000000-0000-0000-0000-000000000001',
};

const roles: Kind = {
  table: 'acl-roles',
  one: 'role',
  many: 'roles',
  id: 'ID',
  fields: [
    'ID',
    'Name',
    'Description',
    'Policies',
    'TemplatedPolicies',
    'ServiceIdentities',
    'NodeIdentities',
    'Hash',
    'CreateIndex',
    'ModifyIndex',
  ],
  complete: ({ consul }, body, id) => ({
    ID: id,
    Name: nameOf(body, 'Role'),
    Description: textAt(body, 'Description'),
    ...links(consul.state, body),
    Hash: hashOf(id),
  }),
  lists: { policy: (body, asked) => JSON.stringify(body['Policies'] ?? []).includes(`"${asked}"`) },
  absentWas: 404,
};

const authMethods: Kind = {
  table: 'acl-auth-methods',
  one: 'auth-method',
  many: 'auth-methods',
  id: 'Name',
  fields: [
    'Name',
    'Type',
    'DisplayName',
    'Description',
    'MaxTokenTTL',
    'TokenLocality',
    'TokenNameFormat',
    'Config',
    'CreateIndex',
    'ModifyIndex',
  ],
  complete(_, { CreateIndex: _c, ModifyIndex: _m, MaxTokenTTL: ttl, ...body }, id) {
    const type = textAt(body, 'Type');
    if (!['kubernetes', 'jwt', 'aws-iam'].includes(type))
      throw failed(`Invalid Auth Method: Type should be one of: [aws-iam jwt kubernetes]`);
    checkKeys(body['Config']);
    const ms = typeof ttl === 'string' || typeof ttl === 'number' ? bodyDurationMs(ttl) : undefined;
    const MaxTokenTTL = ms ? { MaxTokenTTL: goDuration(ms) } : {};
    return { ...body, ...MaxTokenTTL, Name: id, Type: type, Config: body['Config'] ?? null };
  },
  summary: ({ Config: _, ...rest }) => rest,
  absentWas: 404,
};

/** Keys and certificates must look like some; whether they are any is for the real servers to say. */
function checkKeys(config: JsonValue | undefined): void {
  if (!isObject(config)) return;
  for (const [index, key] of textsAt(config, 'JWTValidationPubKeys').entries()) {
    if (!key.includes('-----BEGIN'))
      throw failed(
        `Invalid Auth Method: error parsing public key JWTValidationPubKeys[${index}]: ` +
          'data does not contain any valid RSA, ECDSA, or ED25519 public keys',
      );
  }
  const authority = textAt(config, 'CACert');
  if (authority !== '' && !authority.includes('-----BEGIN'))
    throw failed(
      'Invalid Auth Method: error parsing kubernetes ca cert: ' +
        'data does not contain any valid RSA or ECDSA certificates',
    );
}

const bindingRules: Kind = {
  table: 'acl-binding-rules',
  one: 'binding-rule',
  many: 'binding-rules',
  id: 'ID',
  fields: [
    'ID',
    'Description',
    'AuthMethod',
    'Selector',
    'BindType',
    'BindName',
    'BindVars',
    'CreateIndex',
    'ModifyIndex',
  ],
  complete({ consul }, body, id) {
    const AuthMethod = textAt(body, 'AuthMethod');
    if (!documents(consul.state, 'acl-auth-methods').has(AuthMethod))
      throw failed(`cannot find auth method with name ${JSON.stringify(AuthMethod)}`);
    const BindType = textAt(body, 'BindType');
    if (!['service', 'role', 'node', 'policy', 'templated-policy'].includes(BindType))
      throw failed('Invalid Binding Rule: unknown BindType');
    return {
      ID: id,
      Description: textAt(body, 'Description'),
      AuthMethod,
      Selector: textAt(body, 'Selector'),
      BindType,
      BindName: textAt(body, 'BindName'),
      ...(body['BindVars'] === undefined ? {} : { BindVars: body['BindVars'] }),
    };
  },
  lists: { authmethod: (body, asked) => body['AuthMethod'] === asked },
  absentWas: 404,
};

export const aclKinds: readonly Kind[] = [policies, roles, authMethods, bindingRules];

interface Names {
  readonly pattern: RegExp;
  /** Which characters one may have, in words. */
  readonly allowed: string;
}

const anyName: Names = { pattern: /^[\w-]+$/, allowed: "'-' and '_'" };
const policyName: Names = { pattern: /^[\w-]+\/?[\w-]*$/, allowed: "a single '/', '-' and '_'" };

export function nameOf(body: JsonObject, what: string, { pattern, allowed }: Names = anyName): string {
  const name = textAt(body, 'Name');
  if (name === '') throw failed(`Invalid ${what}: no Name is set`);
  if (!pattern.test(name))
    throw failed(`Invalid ${what}: invalid Name. Only alphanumeric characters, ${allowed} are allowed`);
  return name;
}

/** What gives rights to a token or a role: links by ID or name become both, and empty lists are left out. */
export function links(state: State, body: JsonObject): WireObject {
  const result: Record<string, WireValue> = {};
  for (const [name, table] of [
    ['Policies', 'acl-policies'],
    ['Roles', 'acl-roles'],
  ] as const) {
    const given = body[name];
    if (Array.isArray(given) && given.length > 0)
      result[name] = given.map((link) => linkOf(state, table, known(link, ['ID', 'Name'])));
  }
  for (const name of ['TemplatedPolicies', 'ServiceIdentities', 'NodeIdentities']) {
    const given = body[name];
    if (Array.isArray(given) && given.length > 0) result[name] = given;
  }
  return result;
}

function linkOf(state: State, table: 'acl-policies' | 'acl-roles', link: JsonObject): WireObject {
  const all = [...documents(state, table)];
  const [id, name] = [textAt(link, 'ID'), textAt(link, 'Name')];
  const found = all.find(([own, { body }]) => (id === '' ? body['Name'] === name : own === id));
  const what = table === 'acl-policies' ? 'policy' : 'role';
  if (found === undefined) throw failed(`No such ACL ${what} with name ${JSON.stringify(name || id)}`);
  return { ID: found[0], Name: found[1].body['Name'] };
}
