import { deriveTemporary } from '../../auth/temporary.ts';
import { type Credentials, checkCredentials, shielded } from './credentials.ts';
import { checkScopes } from './options.ts';
import { slugidV4 } from './slugid.ts';

/** The longest that temporary credentials may last, in milliseconds: 31 days. The auth service's limit. */
const longestMs = 31 * 24 * 60 * 60 * 1000;

/** What temporary credentials are made of. */
export interface TemporaryCredentialsOptions {
  /** Permanent credentials: those that have a certificate can't issue others. */
  readonly issuer: Credentials;
  /** What they may do. The issuer must have these scopes when they are used; `[]` is nothing but proving who calls. */
  readonly scopes: readonly string[];
  /** When they end, at most 31 days after their start. */
  readonly expiry: Date;
  /** When they begin. Default now. Services allow for clocks that differ by five minutes. */
  readonly start?: Date | undefined;
  /**
   * Their own client id, for audits; the issuer needs the scope `auth:create-client:<clientId>`. Default: they go by
   * the issuer's.
   */
  readonly clientId?: string | undefined;
}

/** Credentials with a certificate as text, which is the form that other clients and the environment take. */
export interface TemporaryCredentials extends Credentials {
  readonly certificate: string;
}

/**
 * Makes credentials that can do less and end soon, without asking any service. `inspect` doesn't show their secrets.
 *
 * @throws TypeError when the auth service would refuse them in any case; says why
 */
export function createTemporaryCredentials(options: TemporaryCredentialsOptions): TemporaryCredentials {
  const { scopes, expiry, start = new Date(), clientId } = options;
  const issuer = checkCredentials(options.issuer, 'issuer');
  if (issuer.certificate !== undefined) {
    throw new TypeError('issuer has a certificate: only permanent credentials can issue temporary ones');
  }
  checkScopes(scopes, 'scopes');
  const broken = scopes.find((scope) => !/^[\x20-\x7e]*$/.test(scope));
  if (broken !== undefined) {
    throw new TypeError(`the scope ${JSON.stringify(broken)} holds something other than printable ASCII`);
  }
  const startMs = milliseconds(start, 'start');
  const expiryMs = milliseconds(expiry, 'expiry');
  if (expiryMs <= startMs) throw new TypeError('expiry must be after start');
  if (expiryMs - startMs > longestMs) throw new TypeError('expiry must be at most 31 days after start');
  if (clientId === issuer.clientId) {
    throw new TypeError('clientId is the one of the issuer: leave it out, or give another');
  }
  const { certificate, accessToken } = deriveTemporary({
    issuer,
    clientId,
    scopes,
    start: startMs,
    expiry: expiryMs,
    seed: slugidV4() + slugidV4(),
  });
  return shielded({
    ...checkedName({ clientId: clientId ?? issuer.clientId, accessToken }),
    certificate: JSON.stringify(certificate),
  });
}

function checkedName<C extends Credentials>(credentials: C): C {
  checkCredentials(credentials, 'the temporary credentials');
  return credentials;
}

function milliseconds(date: Date, name: string): number {
  const ms = date instanceof Date ? date.getTime() : Number.NaN;
  if (Number.isNaN(ms)) throw new TypeError(`${name} must be a valid Date; fromNow('1 hour') makes one`);
  return ms;
}
