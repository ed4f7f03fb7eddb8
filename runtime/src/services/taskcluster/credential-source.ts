import {
  type CheckedCredentials,
  type Credentials,
  type CredentialsProvider,
  checkCredentials,
} from './credentials.ts';

/** Where a session and those derived from it have their credentials from. */
export interface CredentialSource {
  /** Those to sign with now. A promise only while they are being asked for. */
  current(): CheckedCredentials | Promise<CheckedCredentials>;
  /** Whether others are to be had after `refused` were refused. */
  renew(refused: CheckedCredentials): Promise<boolean>;
}

/** @throws TypeError when credentials given as a value can't be used */
export function credentialSource(credentials: Credentials | CredentialsProvider): CredentialSource {
  if (typeof credentials === 'function') return new AskedCredentials(credentials);
  const checked = checkCredentials(credentials, 'credentials');
  return { current: () => checked, renew: async () => false };
}

/**
 * How long before its certificate ends a credential is no longer used, in milliseconds: longer than a call is under way
 * as a rule. Services accept it for five minutes beyond its end, but clocks differ.
 */
const renewalMarginMs = 60_000;

class AskedCredentials implements CredentialSource {
  readonly #ask: CredentialsProvider;
  #held: CheckedCredentials | undefined;
  #asking: Promise<CheckedCredentials> | undefined;

  constructor(ask: CredentialsProvider) {
    this.#ask = ask;
  }

  current(): CheckedCredentials | Promise<CheckedCredentials> {
    if (this.#held !== undefined && Date.now() < this.#held.expiresAt - renewalMarginMs) return this.#held;
    this.#asking ??= this.#renewed();
    return this.#asking;
  }

  async renew(refused: CheckedCredentials): Promise<boolean> {
    // Who was signed before the last renewal need not ask again.
    if (this.#held === refused) this.#held = undefined;
    return (await this.current()) !== refused;
  }

  async #renewed(): Promise<CheckedCredentials> {
    try {
      this.#held = checkCredentials(await this.#ask(), 'what the credentials function gave');
      return this.#held;
    } finally {
      this.#asking = undefined;
    }
  }
}
