import { fromBase64 } from '../../../auth/macaroon/bytes.ts';
import { nonceBytes, open, seal } from '../../../auth/macaroon/secretbox.ts';
import { nodeCrypto } from '../../../auth/node-crypto.ts';
import { type CallRecord, ConnectionError, ProtocolError } from '../../../errors.ts';
import { createEndpoint } from '../../../http/endpoint.ts';
import { path } from '../../../http/path.ts';
import type { Transport } from '../../../http/transport.ts';
import { transportOf } from '../../../http/transports.ts';
import { isObject } from '../../../json/is-object.ts';
import { resolveOptions } from '../../../options.ts';
import { httpRoot, parseAddress } from '../dial/address.ts';
import type { ProxierConfig } from '../dial/proxier.ts';
import { readJujuError } from '../http/error-body.ts';
import { tags } from '../tags/tags.ts';
import { Registration, type RegistrationFacts } from './registration.ts';

/** What {@link register} takes. */
export interface RegisterOptions {
  /** The password that the user chooses, for every login from now on. */
  readonly password: string;
  /** Where the controller is, in place of what the registration says: the near end of a tunnel. */
  readonly addresses?: readonly string[] | undefined;
  /** How long each address may take, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** For tests. It must not insist on a certificate that is trusted. Default: one of its own. */
  readonly transport?: Transport | undefined;
}

/** A registration that is done: what to make a session with. */
export class Registered {
  /** For `passwordLogin`, with the password that was given. */
  readonly user: string;
  /** What the controller is called by who added the user. */
  readonly controllerName: string | undefined;
  /** Options of `juju()`. */
  readonly controller: {
    readonly addresses: readonly string[];
    readonly caCert: string;
    readonly controllerUuid: string;
  };
  readonly #proxyConfig: ProxierConfig | undefined;

  constructor({ user, controllerName, controller, proxyConfig }: Pick<Registered, keyof Registered>) {
    this.user = user;
    this.controllerName = controllerName;
    this.controller = controller;
    this.#proxyConfig = proxyConfig;
  }

  /** For `createProxier`, when the controller is behind something. Holds secrets, and isn't shown by `inspect` or in JSON. */
  get proxyConfig(): ProxierConfig | undefined {
    return this.#proxyConfig;
  }
}

/**
 * Sets the first password of a user whom an administrator has added, with what `juju add-user` printed, and learns whom to trust.
 * It can be done once: the secret of the registration is of no use afterwards.
 *
 * The controller's certificate isn't looked at, as its authority isn't known before the answer: both sides show that they know the
 * secret, by which all that matters is encrypted.
 *
 * @throws TypeError when the registration is none or the password is empty; ResponseError when the controller doesn't want it;
 *   ProtocolError when the answer isn't by who knows the secret; ConnectionError when no address answers
 */
export async function register(
  registration: string | RegistrationFacts,
  options: RegisterOptions,
): Promise<Registered> {
  const facts =
    typeof registration === 'string' ? Registration.parse(registration) : new Registration(registration);
  const { password, addresses = facts.addresses, signal, timeoutMs = 30_000 } = options;
  if (password === '') throw new TypeError('the password of a registration must not be empty');
  const { user, secretKey, controllerName } = facts;
  const nonce = nodeCrypto().randomBytes(nonceBytes);
  const payload = new TextEncoder().encode(JSON.stringify({ password }));
  const body = { user: tags.user(user), nonce, 'cipher-text': await seal(payload, nonce, secretKey) };
  const transport =
    options.transport ?? transportOf({ connection: { insecureSkipVerify: true, keepAlive: false } });
  try {
    const answered = await firstOf(addresses, (address) =>
      createEndpoint({
        service: 'juju',
        baseUrl: httpRoot(parseAddress(address)),
        transport,
        options: resolveOptions({ retry: false, timeoutMs, attemptTimeoutMs: timeoutMs }),
        readError: readJujuError,
      })
        .post<unknown>(path`/register`, { body, signal })
        .withResponse(),
    );
    const { caCert, controllerUuid, proxyConfig } = await unsealed(answered, secretKey);
    const controller = { addresses, caCert, controllerUuid };
    return new Registered({ user, controllerName, controller, proxyConfig });
  } finally {
    if (options.transport === undefined) await transport.close?.();
  }
}

/** An address to which there is no connection has done nothing, so that the next one may be asked. */
async function firstOf<T>(addresses: readonly string[], ask: (address: string) => Promise<T>): Promise<T> {
  let failure: unknown = new TypeError('addresses must hold an address at least');
  for (const address of addresses) {
    try {
      return await ask(address);
    } catch (error) {
      if (!(error instanceof ConnectionError && error.code === 'connect')) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** What the controller says that only who knows the secret can say. */
async function unsealed(
  { value, record }: { readonly value: unknown; readonly record: CallRecord },
  secretKey: Uint8Array,
) {
  const wrong = (what: string) => new ProtocolError(`200 ${what}`, { call: 'POST /register', record });
  const nonce = bytesAt(value, 'nonce');
  const sealed = bytesAt(value, 'cipher-text');
  if (nonce?.length !== nonceBytes || sealed === undefined) throw wrong('without what the controller seals');
  const payload = await open(sealed, nonce, secretKey);
  if (payload === undefined) {
    throw wrong('that was not made with the secret of the registration: who answered is not the controller');
  }
  const said = jsonOf(payload);
  const caCert = said?.['ca-cert'];
  const controllerUuid = said?.['controller-uuid'];
  if (typeof caCert !== 'string' || typeof controllerUuid !== 'string') {
    throw wrong('without the certificate and the UUID of the controller');
  }
  return { caCert, controllerUuid, proxyConfig: proxierOf(said?.['proxy-config']) };
}

function proxierOf(value: unknown): ProxierConfig | undefined {
  if (!isObject(value)) return undefined;
  const { type, config } = value;
  return typeof type === 'string' ? { type, ...(isObject(config) && { config }) } : undefined;
}

function bytesAt(value: unknown, name: string): Uint8Array | undefined {
  const text = isObject(value) ? value[name] : undefined;
  return typeof text === 'string' ? fromBase64(text) : undefined;
}

function jsonOf(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
