import type { Auth, AuthRequest, Refusal } from '../../auth/auth.ts';
import { withBewit } from '../../auth/bewit.ts';
import { type HawkKey, hawkHeader, hawkNonce, payloadHash } from '../../auth/hawk.ts';
import type { ServiceClock } from './clock.ts';
import type { CredentialSource } from './credential-source.ts';
import type { CheckedCredentials } from './credentials.ts';
import { errorMessage } from './error-body.ts';

/** How a session signs. */
interface HawkSettings {
  readonly source: CredentialSource;
  readonly clock: ServiceClock;
  readonly authorizedScopes: readonly string[] | undefined;
  /** Whether the signature covers the body. */
  readonly payloadHash: boolean;
}

/** What an attempt was signed with. */
interface Signature {
  readonly credentials: CheckedCredentials;
  readonly offsetMs: number;
}

/** Signs the calls of a session, and knows what may be done about a 401. */
export class HawkAuth implements Auth {
  readonly #settings: HawkSettings;
  /** By the headers that were given out, which is how an attempt is known again. */
  readonly #signatures = new WeakMap<object, Signature>();
  #key: { readonly of: CheckedCredentials; readonly key: HawkKey } | undefined;

  constructor(settings: HawkSettings) {
    this.#settings = settings;
  }

  sign(request: AuthRequest): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>> {
    const credentials = this.#settings.source.current();
    // Without a promise where there is nothing to wait for: this is on the path of every call.
    return credentials instanceof Promise
      ? credentials.then((given) => this.#headers(given, request))
      : this.#headers(credentials, request);
  }

  /**
   * Worth one more attempt: when the clock was corrected, or the credentials renewed, since or because of this refusal.
   * That the time was wrong is only told by the message; the right time only by the `Date` header.
   */
  async renew(refusal: Refusal): Promise<boolean> {
    const signature = this.#signatures.get(refusal.signed);
    if (signature === undefined) return false;
    const { clock, source } = this.#settings;
    if (/stale timestamp/i.test(errorMessage(refusal.body) ?? '')) {
      const { date } = refusal.headers;
      return signature.offsetMs !== clock.offsetMs || clock.correct(date, refusal.receivedAt);
    }
    return await source.renew(signature.credentials);
  }

  /** `url` with a signature in its query, good for `seconds` from now. */
  async signUrl(url: string, seconds: number): Promise<string> {
    const credentials = await this.#settings.source.current();
    return withBewit(this.#keyOf(credentials), url, this.#settings.clock.seconds() + seconds);
  }

  #headers(credentials: CheckedCredentials, request: AuthRequest): Readonly<Record<string, string>> {
    const { clock } = this.#settings;
    const { body } = request;
    const hash =
      this.#settings.payloadHash && body !== undefined ? payloadHash(body, request.contentType) : undefined;
    const authorization = hawkHeader(
      this.#keyOf(credentials),
      { method: request.method, url: request.url, hash },
      { timestamp: clock.seconds(), nonce: hawkNonce() },
    );
    const headers = { authorization };
    this.#signatures.set(headers, { credentials, offsetMs: clock.offsetMs });
    return headers;
  }

  #keyOf(credentials: CheckedCredentials): HawkKey {
    if (this.#key?.of !== credentials) {
      this.#key = { of: credentials, key: hawkKey(credentials, this.#settings.authorizedScopes) };
    }
    return this.#key.key;
  }
}

/** An empty list of authorized scopes is sent, as it means that the call may use none; an absent one isn't. */
function hawkKey(credentials: CheckedCredentials, authorizedScopes: readonly string[] | undefined): HawkKey {
  const { clientId, accessToken, certificate } = credentials;
  const ext =
    certificate === undefined && authorizedScopes === undefined
      ? undefined
      : Buffer.from(JSON.stringify({ certificate, authorizedScopes })).toString('base64');
  return { id: clientId, key: accessToken, ext };
}
