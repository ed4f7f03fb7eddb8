import { nodeCrypto } from './node-crypto.ts';

/** What a temporary credential is derived from. */
interface TemporaryGrant {
  readonly issuer: { readonly clientId: string; readonly accessToken: string };
  /** The name that the credential goes by; absent: the issuer's. */
  readonly clientId?: string | undefined;
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch. */
  readonly start: number;
  /** Milliseconds since the epoch. */
  readonly expiry: number;
  /** 44 random characters: two slugids. */
  readonly seed: string;
}

/** What travels with a temporary credential, and tells the service how to derive and check it. */
interface IssuedCertificate {
  readonly version: 1;
  readonly scopes: readonly string[];
  readonly start: number;
  readonly expiry: number;
  readonly seed: string;
  readonly signature: string;
  readonly issuer?: string;
}

/** The certificate and the access token that a grant comes to: a pure function of it. */
export function deriveTemporary(grant: TemporaryGrant): {
  readonly certificate: IssuedCertificate;
  readonly accessToken: string;
} {
  const { issuer, clientId, scopes, start, expiry, seed } = grant;
  const named = clientId === undefined ? [] : [`clientId:${clientId}`, `issuer:${issuer.clientId}`];
  // No newline after the last line, also when that is `scopes:` because there are none: so the auth service has it.
  const text = [
    'version:1',
    ...named,
    `seed:${seed}`,
    `start:${start}`,
    `expiry:${expiry}`,
    'scopes:',
    ...scopes,
  ].join('\n');
  const hmac = (data: string) => nodeCrypto().createHmac('sha256', issuer.accessToken).update(data);
  return {
    certificate: {
      version: 1,
      scopes: [...scopes],
      start,
      expiry,
      seed,
      signature: hmac(text).digest('base64'),
      ...(clientId === undefined ? {} : { issuer: issuer.clientId }),
    },
    accessToken: hmac(seed).digest('base64url'),
  };
}
