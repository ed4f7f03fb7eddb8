import { inspectCustom } from '../../inspect.ts';

/**
 * Who calls. As issued: the access token is text and is never decoded.
 *
 * Temporary credentials have a certificate, as the text or the object that it was issued as.
 */
export interface Credentials {
  readonly clientId: string;
  readonly accessToken: string;
  readonly certificate?: string | object | undefined;
}

/**
 * Gives credentials when they are needed. Asked once for all calls that wait, and again when their certificate is about
 * to expire or a service refused them.
 */
export type CredentialsProvider = () => Credentials | Promise<Credentials>;

/** A part of a certificate that this side has a use for; the rest is for the service. */
interface Certificate {
  readonly start?: unknown;
  readonly expiry?: unknown;
  readonly scopes?: unknown;
  readonly issuer?: unknown;
}

/** Credentials that were looked at: the certificate, if there is one, is an object. */
export interface CheckedCredentials {
  readonly clientId: string;
  readonly accessToken: string;
  readonly certificate: Certificate | undefined;
  /** When the certificate ends, in milliseconds since the epoch; `Infinity` without one. */
  readonly expiresAt: number;
}

/**
 * @param source where they were given, for the error: `credentials`, `issuer`
 * @throws TypeError when they can't be used; says what is wrong with which part, and never shows the part
 */
export function checkCredentials(credentials: Credentials, source: string): CheckedCredentials {
  if (typeof credentials !== 'object' || credentials === null) {
    throw new TypeError(`${source} must be an object with clientId and accessToken`);
  }
  const { clientId, accessToken } = credentials;
  for (const [part, value] of Object.entries({ clientId, accessToken })) {
    if (typeof value !== 'string' || value === '') {
      throw new TypeError(
        `${source}.${part} is missing: give both clientId and accessToken, or no credentials`,
      );
    }
  }
  if (/[^\x21-\x7e]|["\\]/.test(clientId)) {
    throw new TypeError(`${source}.clientId holds a character that no client id may have`);
  }
  const certificate = parseCertificate(credentials.certificate, source);
  const expiry = certificate?.expiry;
  return {
    clientId,
    accessToken,
    certificate,
    expiresAt: typeof expiry === 'number' ? expiry : Number.POSITIVE_INFINITY,
  };
}

function parseCertificate(
  certificate: string | object | undefined | null,
  source: string,
): Certificate | undefined {
  if (certificate === undefined || certificate === null || certificate === '') return undefined;
  const value = typeof certificate === 'string' ? parsed(certificate) : certificate;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(
      `${source}.certificate is neither a JSON object nor the text of one: give it exactly as it was issued`,
    );
  }
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The error of JSON.parse quotes the text.
    return undefined;
  }
}

/** Whether the certificate of temporary credentials is over. Permanent credentials have none: only the service knows. */
export function isExpired(credentials: Credentials, now: Date = new Date()): boolean {
  return checkCredentials(credentials, 'credentials').expiresAt <= now.getTime();
}

/** The same object, of which `inspect` and `console.log` show no secret. `JSON.stringify` gives all of it. */
export function shielded<C extends Credentials>(credentials: C): C {
  return Object.defineProperty(credentials, inspectCustom, {
    value: () => ({
      ...credentials,
      accessToken: '***',
      ...(credentials.certificate === undefined ? {} : { certificate: '***' }),
    }),
  });
}
