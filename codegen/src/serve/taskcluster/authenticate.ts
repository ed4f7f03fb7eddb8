import type { IncomingHttpHeaders } from 'node:http';
import { type Attributes, type Credentials, server, utils } from 'hawk';
import type { ReceivedRequest } from '../core/service.ts';
import { checkCertificate, isScopeList, parseCertificate, temporaryToken } from './certificate.ts';
import { satisfiesAll } from './scopes.ts';

/** How far the time in a Hawk header may be off, in seconds. */
const timestampSkewSec = 15 * 60;

/** The parts of a request that a signature is about. */
export interface SignedRequest {
  readonly method: string;
  readonly resource: string;
  readonly host: string;
  readonly port: number;
  readonly authorization?: string;
  readonly contentType?: string;
  /** Checked when the header has a hash of it. */
  readonly payload?: Uint8Array;
}

/** Those who may sign. */
export interface Realm {
  client(clientId: string): RealmClient | undefined;
  /** All that scopes allow. */
  expand(scopes: readonly string[]): readonly string[];
  now(): number;
  /** How far `now` is ahead of the machine's clock. */
  readonly clockOffsetMs: number;
}

export interface RealmClient {
  readonly accessToken: string;
  readonly scopes: readonly string[];
  readonly expires: string;
  readonly disabled: boolean;
}

export type Authentication =
  | {
      readonly status: 'auth-success';
      readonly scheme: 'hawk';
      readonly clientId: string;
      readonly scopes: readonly string[];
      readonly expires: number;
      readonly hash?: string;
    }
  | { readonly status: 'auth-failed'; readonly message: string }
  | {
      readonly status: 'no-auth';
      readonly scheme: 'none';
      readonly scopes: readonly string[];
      readonly expires: number;
    };

interface Grant extends Credentials {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly expires: number;
}

/** Who signed a request, by its Hawk header or its bewit. */
export async function authenticate(request: SignedRequest, realm: Realm): Promise<Authentication> {
  const { authorization, resource } = request;
  const bewit = /[?&]bewit=([^&]*)/.exec(resource)?.[1];
  if (authorization !== undefined && bewit !== undefined) {
    return failed('Two ways of authentication at once: the request has an authorization header and a bewit');
  }
  if (authorization === undefined && bewit === undefined) {
    return {
      status: 'no-auth',
      scheme: 'none',
      scopes: realm.expand([]),
      expires: realm.now() + 15 * 60_000,
    };
  }
  try {
    const ext =
      authorization === undefined
        ? extOfBewit(bewit ?? '')
        : utils.parseAuthorizationHeader(authorization).ext;
    const lookup = async (clientId: string) => grant(clientId, ext, realm);
    const { credentials, hash } = await verify(request, lookup, realm.clockOffsetMs);
    const { clientId, scopes, expires } = credentials;
    return {
      status: 'auth-success',
      scheme: 'hawk',
      clientId,
      scopes,
      expires,
      ...(hash === undefined ? {} : { hash }),
    };
  } catch (error) {
    return failed(reason(error));
  }
}

async function verify(
  request: SignedRequest,
  lookup: (clientId: string) => Promise<Grant>,
  localtimeOffsetMsec: number,
): Promise<{ readonly credentials: Grant; readonly hash: string | undefined }> {
  const { method, resource, host, port, authorization, contentType = '', payload } = request;
  const hawkRequest = { method: method.toUpperCase(), url: resource, host, port, authorization, contentType };
  if (authorization === undefined) {
    const { credentials } = await server.authenticateBewit(hawkRequest, lookup, { localtimeOffsetMsec });
    return { credentials, hash: undefined };
  }
  const options = { timestampSkewSec, localtimeOffsetMsec };
  const { credentials, artifacts } = await server.authenticate(hawkRequest, lookup, options);
  const { hash }: Attributes = artifacts;
  if (hash !== undefined && payload !== undefined) {
    server.authenticatePayload(payload, credentials, artifacts, contentType);
  }
  return { credentials, hash };
}

/** What the holder of a clientId and an `ext` may do, and the key it has to sign with. */
function grant(clientId: string, ext: string | undefined, realm: Realm): Grant {
  const { certificate: given, authorizedScopes } = parseExt(ext);
  const certificate = given === undefined ? undefined : parseCertificate(given);
  const issuerId = certificate?.issuer ?? clientId;
  const issuer = realm.client(issuerId);
  if (issuer === undefined) throw new Error(`no such client: ${issuerId}`);
  if (issuer.disabled) throw new Error(`the client ${issuerId} is disabled`);
  if (Date.parse(issuer.expires) < realm.now()) throw new Error(`the client ${issuerId} has expired`);

  let key = issuer.accessToken;
  let scopes = realm.expand(issuer.scopes);
  let expires = Date.parse(issuer.expires);
  if (certificate !== undefined) {
    checkCertificate(certificate, clientId, { clientId: issuerId, accessToken: key, scopes }, realm.now());
    key = temporaryToken(certificate.seed, key);
    scopes = realm.expand(certificate.scopes);
    expires = Math.min(expires, certificate.expiry);
  }
  if (authorizedScopes !== undefined) {
    if (!isScopeList(authorizedScopes)) throw new Error('ext.authorizedScopes must be a list of scopes');
    if (!satisfiesAll(scopes, authorizedScopes))
      throw new Error('ext.authorizedScopes oversteps your scopes');
    scopes = realm.expand(authorizedScopes);
  }
  return { clientId, key, algorithm: 'sha256', scopes, expires };
}

function parseExt(ext: string | undefined): {
  readonly certificate?: unknown;
  readonly authorizedScopes?: unknown;
} {
  if (ext === undefined || ext === '') return {};
  try {
    const parsed: unknown = JSON.parse(Buffer.from(ext, 'base64').toString());
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Said below: the reason is always that it isn't base64 of JSON.
  }
  throw new Error('ext must be JSON in base64');
}

function extOfBewit(bewit: string): string | undefined {
  return Buffer.from(bewit, 'base64url').toString().split('\\')[3];
}

function failed(message: string): Authentication {
  return { status: 'auth-failed', message };
}

/** Hawk's errors are worded in two parts: `Unauthorized` and `Bad mac`. Ours are always about the credentials. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'Unauthorized';
  const kind = 'output' in error ? kindOf(error.output) : 'Unauthorized';
  return error.message === '' ? kind : `${kind}: ${error.message}`;
}

function kindOf(output: unknown): string {
  const payload =
    typeof output === 'object' && output !== null && 'payload' in output ? output.payload : undefined;
  const kind =
    typeof payload === 'object' && payload !== null && 'error' in payload ? String(payload.error) : '';
  return kind === 'Internal Server Error' ? 'Unauthorized' : kind;
}

/** The signed parts of a request that came in. Behind a proxy, the port is the one that the caller signed. */
export function signedPartsOf(request: ReceivedRequest): SignedRequest {
  const { headers, method, url, body } = request;
  const { hostname, port } = URL.parse(`http://${headers.host ?? ''}`) ?? { hostname: '', port: '' };
  const forwarded = first(headers, 'x-forwarded-port');
  const standard = first(headers, 'x-forwarded-proto') === 'https' ? 443 : 80;
  return {
    method,
    resource: url,
    host: hostname,
    port: Number(forwarded ?? (port === '' ? standard : port)),
    payload: body,
    ...(headers.authorization === undefined ? {} : { authorization: headers.authorization }),
    ...(headers['content-type'] === undefined ? {} : { contentType: headers['content-type'] }),
  };
}

function first(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
