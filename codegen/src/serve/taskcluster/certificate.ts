import { createHmac, timingSafeEqual } from 'node:crypto';
import { satisfiesAll } from './scopes.ts';
import { slugid } from './state.ts';

const minute = 60_000;
/** How far a certificate's start and expiry may be off, for the sake of clocks that aren't right. */
const skew = 5 * minute;
const longest = 31 * 24 * 60 * minute;

/** The certificate of temporary credentials, as it stands in `ext`. */
export interface Certificate {
  readonly version: 1;
  readonly scopes: readonly string[];
  readonly start: number;
  readonly expiry: number;
  readonly seed: string;
  readonly signature: string;
  /** Present when the credentials have a name of their own. */
  readonly issuer?: string;
}

export interface TemporaryOptions {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly start: number;
  readonly expiry: number;
}

/** Named temporary credentials, for a worker or a download. */
export function issueTemporary(
  issuer: { readonly clientId: string; readonly accessToken: string },
  { clientId, scopes, start, expiry }: TemporaryOptions,
): { readonly clientId: string; readonly accessToken: string; readonly certificate: string } {
  const unsigned = {
    version: 1,
    scopes,
    start,
    expiry,
    seed: slugid() + slugid(),
    issuer: issuer.clientId,
  } as const;
  const signature = signatureOf(unsigned, clientId, issuer.accessToken);
  return {
    clientId,
    accessToken: temporaryToken(unsigned.seed, issuer.accessToken),
    certificate: JSON.stringify({ ...unsigned, signature }),
  };
}

/** The access token that a certificate's seed gives, with the token of its issuer. */
export function temporaryToken(seed: string, issuerToken: string): string {
  return createHmac('sha256', issuerToken).update(seed).digest('base64url');
}

function signatureOf(
  certificate: Omit<Certificate, 'signature'>,
  clientId: string,
  issuerToken: string,
): string {
  const { scopes, start, expiry, seed, issuer } = certificate;
  const name = issuer === undefined ? [] : [`clientId:${clientId}`, `issuer:${issuer}`];
  const text = [
    'version:1',
    ...name,
    `seed:${seed}`,
    `start:${start}`,
    `expiry:${expiry}`,
    'scopes:',
    ...scopes,
  ];
  return createHmac('sha256', issuerToken).update(text.join('\n')).digest('base64');
}

/** The certificate in `ext`, well formed; an error says what is wrong with it. */
export function parseCertificate(value: unknown): Certificate {
  if (typeof value !== 'object' || value === null) throw new Error('ext.certificate must be an object');
  const given: Readonly<Record<string, unknown>> = { ...value };
  const { version, scopes, start, expiry, seed, signature } = given;
  // Some clients send null where there is no issuer.
  const issuer = given['issuer'] ?? undefined;
  if (version !== 1) throw new Error('ext.certificate.version must be 1');
  if (typeof seed !== 'string') throw new Error('ext.certificate.seed must be a string');
  if (seed.length !== 44) throw new Error('ext.certificate.seed must be 44 characters');
  if (typeof start !== 'number') throw new Error('ext.certificate.start must be a number');
  if (typeof expiry !== 'number') throw new Error('ext.certificate.expiry must be a number');
  if (!isScopeList(scopes)) throw new Error('ext.certificate.scopes must be a list of scopes');
  if (typeof signature !== 'string') throw new Error('ext.certificate.signature must be a string');
  if (issuer !== undefined && typeof issuer !== 'string')
    throw new Error('ext.certificate.issuer must be a string');
  return { version, scopes, start, expiry, seed, signature, ...(issuer === undefined ? {} : { issuer }) };
}

export function isScopeList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((scope) => typeof scope === 'string' && /^[ -~]*$/.test(scope));
}

/** Checks what a well-formed certificate claims; `issuer` is who signed it, with expanded scopes. */
export function checkCertificate(
  certificate: Certificate,
  clientId: string,
  issuer: { readonly clientId: string; readonly accessToken: string; readonly scopes: readonly string[] },
  now: number,
): void {
  const { start, expiry, scopes } = certificate;
  if (start > now + skew) throw new Error('ext.certificate.start is in the future');
  if (expiry < now - skew)
    throw new Error('ext.certificate.expiry is in the past: the credentials have expired');
  if (expiry - start > longest) throw new Error('ext.certificate is valid for longer than 31 days');
  if (certificate.issuer === clientId)
    throw new Error('ext.certificate.issuer must differ from the clientId');

  const expected = Buffer.from(signatureOf(certificate, clientId, issuer.accessToken));
  const given = Buffer.from(certificate.signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new Error('ext.certificate.signature is not valid');
  }
  const wanted = certificate.issuer === undefined ? scopes : [...scopes, `auth:create-client:${clientId}`];
  if (!satisfiesAll(issuer.scopes, wanted)) {
    throw new Error(`ext.certificate issuer ${issuer.clientId} doesn't satisfy ${wanted.join(', ')}`);
  }
}
