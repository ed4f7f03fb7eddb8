import type { ReceivedRequest } from '../core/service.ts';
import { Refusal } from '../core/service.ts';
import {
  authorizer,
  everything,
  nodeIdentityRules,
  parseRules,
  type Rule,
  serviceIdentityRules,
} from './acl-rules.ts';
import type { Caller, Consul } from './deployment.ts';
import { type Document, documents, putDocument, type State } from './state.ts';

const managementPolicy = '00000000-0000-0000-0000-000000000001';
const anonymousToken = '00000000-0000-0000-0000-000000000002';

/** The token of a request, in the order in which an agent looks for it. */
export function tokenIn({ query, headers }: ReceivedRequest): string | undefined {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const header = headers['x-consul-token'];
  return query.get('token') || (typeof header === 'string' ? header : '') || bearer;
}

/** Who shows a token. An unknown one is refused before anything else is looked at. */
export function callerOf(consul: Consul, given: string | undefined): Caller {
  const { settings, state, agent } = consul;
  if (settings.acl === undefined) return { ...everything, accessor: undefined, secret: given };
  const secret = given ?? agent.tokens.get('default');
  const token = secret === undefined ? undefined : tokenBySecret(consul, secret);
  if (secret !== undefined && token === undefined) throw new Refusal(403, '', 'ACL not found');
  const body = token?.body ?? documents(state, 'acl-tokens').get(anonymousToken)?.body ?? {};
  const mine =
    linked(body['Policies']).includes(managementPolicy) || rolesOf(state, body).some(isManagement)
      ? everything
      : authorizer(rulesOf(state, body), settings.acl.defaultPolicy ?? 'deny');
  return { ...mine, accessor: accessorOf(token), secret };
}

function accessorOf(token: Document | undefined): string | undefined {
  const accessor = token?.body['AccessorID'];
  return typeof accessor === 'string' ? accessor : undefined;
}

function isManagement(role: Document): boolean {
  return linked(role.body['Policies']).includes(managementPolicy);
}

export function tokenBySecret({ state, clock }: Consul, secret: string): Document | undefined {
  const found = [...documents(state, 'acl-tokens').values()].find(({ body }) => body['SecretID'] === secret);
  const expires = found?.body['ExpirationTime'];
  return typeof expires === 'string' && Date.parse(expires) <= clock.now() ? undefined : found;
}

function rulesOf(state: State, token: Document['body']): readonly Rule[] {
  return [token, ...rolesOf(state, token).map(({ body }) => body)].flatMap((holder) => [
    ...linked(holder['Policies']).flatMap((id) => policyRules(state, id)),
    ...named(holder['ServiceIdentities'], 'ServiceName').flatMap(serviceIdentityRules),
    ...named(holder['NodeIdentities'], 'NodeName').flatMap(nodeIdentityRules),
  ]);
}

function policyRules(state: State, id: string): readonly Rule[] {
  const rules = documents(state, 'acl-policies').get(id)?.body['Rules'];
  return typeof rules === 'string' ? parseRules(rules) : [];
}

function rolesOf(state: State, token: Document['body']): readonly Document[] {
  return linked(token['Roles']).flatMap((id) => documents(state, 'acl-roles').get(id) ?? []);
}

/** The IDs that a list of links holds. */
export function linked(links: unknown): readonly string[] {
  return named(links, 'ID');
}

function named(list: unknown, property: string): readonly string[] {
  const items: readonly unknown[] = Array.isArray(list) ? list : [];
  return items.flatMap((item) => {
    const found = typeof item === 'object' && item !== null ? Reflect.get(item, property) : undefined;
    return typeof found === 'string' ? [found] : [];
  });
}

/** What there is from the start: the policy that allows everything, the token of those who show none. */
export function populateAcl(consul: Consul): void {
  const { state, settings, clock } = consul;
  putDocument(state, 'acl-policies', managementPolicy, {
    ID: managementPolicy,
    Name: 'global-management',
    Description: 'A builtin policy that allows everything',
    Rules: '',
    Datacenters: null,
    Hash: hashOf('global-management'),
  });
  putDocument(state, 'acl-tokens', anonymousToken, {
    AccessorID: anonymousToken,
    SecretID: 'anonymous',
    Description: 'Anonymous Token',
    Local: false,
    CreateTime: new Date(clock.now()).toISOString(),
    Hash: hashOf('anonymous'),
  });
  const { managementToken } = settings.acl ?? {};
  if (managementToken !== undefined) addManagementToken(consul, managementToken, managementToken);
}

export function addManagementToken({ state, clock }: Consul, accessor: string, secret: string): Document {
  return putDocument(state, 'acl-tokens', accessor, {
    // The first of all tokens still tells its secret under the name that it had before there were accessors.
    ID: secret,
    AccessorID: accessor,
    SecretID: secret,
    Description: 'Bootstrap Token (Global Management)',
    Policies: [{ ID: managementPolicy, Name: 'global-management' }],
    Local: false,
    CreateTime: new Date(clock.now()).toISOString(),
    Hash: hashOf(secret),
  });
}

/** Whether there is a token that may do everything and that nobody had to be asked for. */
export function hasManagementToken(state: State): boolean {
  return [...documents(state, 'acl-tokens').values()].some(({ body }) => body['ID'] !== undefined);
}

export function hashOf(what: string): string {
  return Buffer.from(what.padEnd(32, '.').slice(0, 32)).toString('base64');
}
