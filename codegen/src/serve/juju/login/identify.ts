import type { IncomingHttpHeaders } from 'node:http';
import type { JsonValue } from '../../../model.ts';
import type { Macaroon } from '../bakery/macaroon.ts';
import type { Controller, Identity, User } from '../controller.ts';
import { badCredentials, Failure } from '../failures.ts';
import { parseTag } from '../tags.ts';
import { bakeryVersion, demand, slicesIn, userOf } from './bakery.ts';

/** What somebody says about himself, in a login or in the headers of a request. */
export interface Claim {
  readonly tag: string;
  readonly password: string;
  readonly nonce: string;
  readonly macaroons: readonly (readonly Macaroon[])[];
}

/** Macaroons are needed, and those that were sent are not good. */
export class MacaroonNeeded extends Error {
  /** Only this one may discharge it. */
  readonly user: string | undefined;

  constructor(reason: string, user: string | undefined) {
    super(reason);
    this.user = user;
  }
}

export async function identify(controller: Controller, claim: Claim): Promise<Identity> {
  const { tag, password } = claim;
  if (tag === 'user-jujuanonymous' && password === '') return { kind: 'anonymous' };
  if (tag === '') return await byMacaroons(controller, claim, undefined);
  const { kind, id } = parseTag(tag);
  if (kind !== 'user') return agentBy(controller, claim);
  const name = id.replace(/@local$/, '');
  if (password === '') return await byMacaroons(controller, claim, name);
  const user = controller.users.get(name);
  if (user === undefined || user.password !== password) throw badCredentials();
  refuseDisabled(user);
  return { kind: 'user', name };
}

async function byMacaroons(
  controller: Controller,
  { macaroons }: Claim,
  wanted: string | undefined,
): Promise<Identity> {
  let name: string;
  try {
    name = await userOf(controller, macaroons);
  } catch (error) {
    throw error instanceof Failure ? new MacaroonNeeded(error.message, wanted) : error;
  }
  if (wanted !== undefined && wanted !== name) throw badCredentials();
  const user = controller.users.get(name);
  if (user === undefined) throw badCredentials();
  refuseDisabled(user);
  return { kind: 'user', name };
}

function agentBy({ settings }: Controller, { tag, password, nonce }: Claim): Identity {
  const agent = settings.agents.find((one) => one.tag === tag);
  if (agent === undefined || agent.password !== password) throw badCredentials();
  if (tag.startsWith('machine-') && agent.nonce !== nonce)
    throw new Failure(`${tag.replace('-', ' ')} not provisioned`, 'not provisioned');
  return { kind: 'agent', tag };
}

function refuseDisabled({ name, isDisabled }: User): void {
  if (isDisabled) throw new Failure(`user ${JSON.stringify(name)} is disabled`, 'unauthorized access');
}

/**
 * Who sends a request, by its headers: a password, an agent's nonce with it, or macaroons in cookies or in `Macaroons`.
 * Of JAAS: the token of a session without a user, or a client and its secret.
 */
export async function identifyRequest(
  controller: Controller,
  headers: IncomingHttpHeaders,
  rootUrl: string,
): Promise<Identity> {
  const [tag, password] = basicIn(headers);
  if (controller.settings.jaas !== undefined) return ofJaas(controller, tag, password);
  const nonce = String(headers['x-juju-nonce'] ?? '');
  const claim = { tag, password, nonce, macaroons: macaroonsInHeaders(headers) };
  try {
    return await identify(controller, claim);
  } catch (error) {
    if (!(error instanceof MacaroonNeeded)) throw error;
    const version = bakeryVersion(Number(headers['bakery-protocol-version'] ?? 0));
    const { plain, wrapped } = await demand(controller, `${rootUrl}/auth`, version, error.user);
    throw new Failure(error.message, 'macaroon discharge required', {
      macaroon: plain,
      'bakery-macaroon': wrapped,
      'macaroon-path': '/',
    });
  }
}

function ofJaas({ settings, sessionTokens, clock }: Controller, name: string, secret: string): Identity {
  if (name !== '') {
    if (settings.jaas?.clients?.[name] !== secret) throw badCredentials();
    return { kind: 'user', name: `${name}@serviceaccount` };
  }
  const session = sessionTokens.get(secret);
  if (session === undefined || session.expires <= clock.now())
    throw new Failure('session token invalid', 'session token invalid');
  return { kind: 'user', name: session.user };
}

function basicIn({ authorization = '' }: IncomingHttpHeaders): readonly [string, string] {
  const [, encoded = ''] = /^Basic (.+)$/i.exec(authorization) ?? [];
  const [, user = '', password = ''] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return [user, password];
}

/** Those that are none are as good as not sent. */
function macaroonsInHeaders(headers: IncomingHttpHeaders): readonly (readonly Macaroon[])[] {
  const cookies = String(headers.cookie ?? '')
    .split(/;\s*/)
    .flatMap((cookie) => /^macaroon-[^=]*=(.*)$/.exec(cookie)?.[1] ?? []);
  const own = headers['macaroons'] === undefined ? [] : String(headers['macaroons']).split(/,\s*/);
  return slicesIn([...cookies, ...own].map(decoded));
}

function decoded(text: string): JsonValue {
  try {
    const value: JsonValue = JSON.parse(Buffer.from(text, 'base64').toString());
    return value;
  } catch {
    return null;
  }
}
