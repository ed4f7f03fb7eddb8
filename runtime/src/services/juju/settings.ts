import { duration } from '../../options.ts';
import type { BackOffOptions } from '../../rpc/back-off.ts';
import { type Clock, clock as realClock } from '../../time/clock.ts';
import { parseAddress } from './dial/address.ts';
import { macaroonLogin } from './login/macaroons.ts';
import type { LoginProvider } from './login/provider.ts';
import type { JujuOptions } from './options.ts';
import { isTagId } from './tags/tags.ts';

/** {@link JujuOptions} with nothing left open that a session asks for more than once. */
export interface Settings extends JujuOptions {
  /** `undefined`: nobody logs in. */
  readonly provider: LoginProvider | undefined;
  readonly timeoutMs: number;
  readonly pings: { readonly periodMs: number; readonly timeoutMs: number };
  /** `undefined`: a connection that is lost stays lost. */
  readonly backOff: BackOffOptions | undefined;
  readonly clock: Clock;
}

/** The names of {@link JujuOptions}, so that a program without types is told of what it misspelt. */
const known: Readonly<Record<keyof JujuOptions, true>> = {
  addresses: true,
  bakery: true,
  caCert: true,
  clientVersion: true,
  clock: true,
  controllerUuid: true,
  dial: true,
  http: true,
  login: true,
  model: true,
  onRedirect: true,
  ping: true,
  proxier: true,
  reconnect: true,
  serverName: true,
  timeoutMs: true,
};

/** @throws TypeError when an option can't be used; says which and why */
export function settingsOf(options: JujuOptions): Settings {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(known, name)) throw new TypeError(`${name} is no option of juju()`);
  }
  const { addresses, model, controllerUuid, login = macaroonLogin(), clock = realClock } = options;
  if (!Array.isArray(addresses) || addresses.length === 0) {
    throw new TypeError('addresses must be a list of at least one host:port');
  }
  for (const address of addresses) parseAddress(address);
  if (model !== undefined && !isTagId('model', model)) {
    throw new TypeError(`model must be the UUID of a model, not ${JSON.stringify(model)}; its name won't do`);
  }
  if (controllerUuid !== undefined && !isTagId('model', controllerUuid)) {
    throw new TypeError(`controllerUuid must be a UUID, not ${JSON.stringify(controllerUuid)}`);
  }
  if (login !== false && typeof login?.login !== 'function') {
    throw new TypeError(
      'login must be a login, such as passwordLogin({ user, password }), or false for none',
    );
  }
  const { periodMs = 60_000, timeoutMs: pingTimeoutMs = 30_000 } = options.ping ?? {};
  return {
    ...options,
    provider: login === false ? undefined : login,
    timeoutMs: duration('timeoutMs', options.timeoutMs ?? 600_000),
    pings: {
      periodMs: moreThan('ping.periodMs', 10_000, periodMs),
      timeoutMs: moreThan('ping.timeoutMs', 1_000, pingTimeoutMs),
    },
    backOff: backOffOf(options.reconnect),
    clock,
  };
}

function backOffOf(reconnect: JujuOptions['reconnect']): Settings['backOff'] {
  if (reconnect === undefined || reconnect === false) return undefined;
  const given = reconnect === true ? {} : reconnect;
  return {
    retries: atLeastOne('reconnect.retries', given.retries ?? Number.POSITIVE_INFINITY),
    delayMs: duration('reconnect.delayMs', given.delayMs ?? 500),
    maxDelayMs: duration('reconnect.maxDelayMs', given.maxDelayMs ?? 30_000),
  };
}

/** Less would be a burden to the controller, or would break a connection for nothing. */
function moreThan(name: string, leastMs: number, value: number): number {
  if (typeof value === 'number' && value > leastMs) return value;
  throw new TypeError(`${name} must be a number of milliseconds above ${leastMs}, not ${value}`);
}

function atLeastOne(name: string, value: number): number {
  if (typeof value === 'number' && value >= 1) return value;
  throw new TypeError(`${name} must be a number of at least 1, not ${value}`);
}
