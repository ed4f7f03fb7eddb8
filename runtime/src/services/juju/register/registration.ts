import { keyBytes } from '../../../auth/macaroon/secretbox.ts';
import { inspectCustom } from '../../../inspect.ts';
import { DerError, DerReader, derBytes, derSequence, derText } from './der.ts';

/** What `juju add-user` hands out, and a new user registers with. */
export interface RegistrationFacts {
  /** Of the new user: `alice`. */
  readonly user: string;
  /** Of the controller: `host:port`. */
  readonly addresses: readonly string[];
  /** 32 bytes that the controller knows, too, and that are of use once. As good as a password. */
  readonly secretKey: Uint8Array;
  /** What the controller is called by who added the user. */
  readonly controllerName?: string | undefined;
  /** What is between here and the controller, in YAML, as `controllers.yaml` has it under `proxy-config`. */
  readonly proxyConfig?: string | undefined;
}

/** A registration whose secret isn't shown by `inspect` or in JSON. */
export class Registration implements RegistrationFacts {
  readonly user: string;
  readonly addresses: readonly string[];
  readonly controllerName: string | undefined;
  readonly #secretKey: Uint8Array;
  readonly #proxyConfig: string | undefined;

  /** @throws TypeError when a part isn't what it should be */
  constructor(facts: RegistrationFacts) {
    const { user, addresses, secretKey, controllerName, proxyConfig } = facts;
    if (user === '') throw new TypeError('a registration without a user');
    if (addresses.length === 0) throw new TypeError('a registration without an address of the controller');
    if (secretKey.length !== keyBytes) {
      throw new TypeError(`the secret key of a registration has ${keyBytes} bytes, not ${secretKey.length}`);
    }
    this.user = user;
    this.addresses = addresses;
    this.controllerName = controllerName || undefined;
    this.#secretKey = secretKey;
    this.#proxyConfig = proxyConfig || undefined;
  }

  get secretKey(): Uint8Array {
    return this.#secretKey;
  }

  get proxyConfig(): string | undefined {
    return this.#proxyConfig;
  }

  /**
   * What the text that `juju add-user` prints says: a sequence in DER of user, addresses, secret key, name of the controller and
   * what is between here and there, in base64url. Older releases leave the last two out; zeros may follow.
   *
   * @throws TypeError when it is no such text; shows nothing of it
   */
  static parse(text: string): Registration {
    const trimmed = text.trim();
    if (!/^[A-Za-z0-9_+/-]+={0,2}$/.test(trimmed)) {
      throw new TypeError('a registration is a text in base64url, as juju add-user prints it');
    }
    try {
      const parts = new DerReader(Buffer.from(trimmed, 'base64url')).sequence();
      const user = parts.text();
      const addresses: string[] = [];
      for (const list = parts.sequence(); list.hasMore; ) addresses.push(list.text());
      const secretKey = new Uint8Array(parts.bytes());
      const controllerName = parts.hasMore ? parts.text() : undefined;
      const proxyConfig = parts.hasMore ? parts.text() : undefined;
      return new Registration({ user, addresses, secretKey, controllerName, proxyConfig });
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
      throw new TypeError(`the text is no registration: ${error.message}; was all of it copied?`);
    }
  }

  /** The text that `juju register` takes: what an administrator gives to the user whom `UserManager.addUser` made. */
  format(): string {
    const der = derSequence([
      derText(this.user),
      derSequence(this.addresses.map(derText)),
      derBytes(this.#secretKey),
      derText(this.controllerName ?? ''),
      derText(this.#proxyConfig ?? ''),
    ]);
    // Zeros, so that no `=` is needed at its end, which is easily left behind when it is copied.
    const padded = new Uint8Array(Math.ceil(der.length / 3) * 3);
    padded.set(der);
    return Buffer.from(padded).toString('base64url');
  }

  [inspectCustom](): string {
    return `Registration { user: ${JSON.stringify(this.user)}, addresses: ${JSON.stringify(this.addresses)}, secretKey: '***' }`;
  }
}
