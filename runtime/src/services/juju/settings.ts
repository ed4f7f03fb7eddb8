import type { BackOffOptions } from '../../time/back-off.ts';
import { type Clock, clock as realClock } from '../../time/clock.ts';
import { checkOptions } from './check-options.ts';
import { macaroonLogin } from './login/macaroons.ts';
import type { LoginProvider } from './login/provider.ts';
import type { JujuOptions } from './options.ts';

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

/** @throws TypeError when an option can't be used; says which and why */
export function settingsOf(options: JujuOptions): Settings {
  checkOptions(options);
  const { login = macaroonLogin(), timeoutMs = 600_000, clock = realClock } = options;
  const { periodMs = 60_000, timeoutMs: pingTimeoutMs = 30_000 } = options.ping ?? {};
  return {
    ...options,
    provider: login === false ? undefined : login,
    timeoutMs,
    pings: { periodMs, timeoutMs: pingTimeoutMs },
    backOff: backOffOf(options.reconnect),
    clock,
  };
}

function backOffOf(reconnect: JujuOptions['reconnect']): Settings['backOff'] {
  if (reconnect === undefined || reconnect === false) return undefined;
  const given = reconnect === true ? {} : reconnect;
  const { retries = Number.POSITIVE_INFINITY, delayMs = 500, maxDelayMs = 30_000 } = given;
  return { retries, delayMs, maxDelayMs };
}
