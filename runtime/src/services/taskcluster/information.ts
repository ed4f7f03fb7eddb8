import { type Category, ResponseError } from '../../errors.ts';
import { path } from '../../http/path.ts';
import { type Credentials, checkCredentials } from './credentials.ts';
import { TaskclusterSession } from './session.ts';
import { parseDate } from './time.ts';

/** What a deployment knows of credentials. */
export interface CredentialInformation {
  readonly clientId: string;
  /** `temporary` with a certificate. */
  readonly type: 'permanent' | 'temporary';
  /** Neither over, nor not begun yet, nor disabled. */
  readonly active: boolean;
  /** When temporary ones begin. */
  readonly start?: Date;
  /** When they end: with the certificate or with the client that issued it, whichever is first. */
  readonly expiry: Date;
  /** What they can do now; empty when the auth service doesn't accept them any more. */
  readonly scopes: readonly string[];
}

/**
 * Asks the auth service what `credentials` are. The client behind them is looked up without credentials first, which most
 * deployments allow, and then with these.
 *
 * @param at a rootUrl, or a session, whose own credentials play no part
 * @throws ResponseError: `not-found` when there is no such client; `forbidden` when neither may look it up, or these may
 * not ask for their own scopes (`auth:current-scopes`); `unauthorized` when they are active but their token is wrong
 */
export async function credentialInformation(
  at: string | TaskclusterSession,
  credentials: Credentials,
): Promise<CredentialInformation> {
  if (typeof at === 'string') {
    await using session = new TaskclusterSession({ rootUrl: at });
    return await credentialInformation(session, credentials);
  }
  const { clientId, certificate } = checkCredentials(credentials, 'credentials');
  const anybody = at.with({ credentials: undefined });
  const issuer = typeof certificate?.issuer === 'string' ? certificate.issuer : clientId;
  const caller = anybody.with({ credentials, authorizedScopes: undefined });
  const client = await lookUp(issuer, anybody, caller);
  const start = typeof certificate?.start === 'number' ? new Date(certificate.start) : undefined;
  const clientExpiry = parseDate(client.expires);
  const expiry =
    typeof certificate?.expiry === 'number' && certificate.expiry < clientExpiry.getTime()
      ? new Date(certificate.expiry)
      : clientExpiry;
  const now = Date.now();
  const active =
    !client.disabled && now < expiry.getTime() && (start === undefined || start.getTime() <= now);
  return {
    clientId,
    type: certificate === undefined ? 'permanent' : 'temporary',
    active,
    ...(start === undefined ? {} : { start }),
    expiry,
    scopes: await currentScopes(caller, active),
  };
}

interface Client {
  readonly expires: string;
  readonly disabled: boolean;
}

async function lookUp(
  clientId: string,
  anybody: TaskclusterSession,
  caller: TaskclusterSession,
): Promise<Client> {
  const route = path`/clients/${clientId}`;
  try {
    return await anybody.endpoint('auth/v1').get<Client>(route);
  } catch (error) {
    if (!isRefusal(error, 'forbidden')) throw error;
    return await caller.endpoint('auth/v1').get<Client>(route);
  }
}

async function currentScopes(caller: TaskclusterSession, active: boolean): Promise<readonly string[]> {
  try {
    const answer = await caller
      .endpoint('auth/v1')
      .get<{ readonly scopes: readonly string[] }>(path`/scopes/current`);
    return answer.scopes;
  } catch (error) {
    if (!active && isRefusal(error, 'unauthorized')) return [];
    throw error;
  }
}

function isRefusal(error: unknown, category: Category): boolean {
  return error instanceof ResponseError && error.category === category;
}
