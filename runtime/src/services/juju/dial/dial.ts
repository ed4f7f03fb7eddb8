import { clock as realClock } from '../../../time/clock.ts';
import { type ControllerAddress, hostPort, parseAddress, socketUrl } from './address.ts';
import { createCertPool } from './cert-pool.ts';
import { Dialler, handshakeTimeoutMs } from './dialler.ts';
import { type Endpoint, endpointsOf, noDnsCache, systemResolver, type Unresolved } from './endpoints.ts';
import { DialTimeoutError, dialError, dialTimeoutError, moreTelling } from './errors.ts';
import { proxyFromEnvironment } from './http-proxy.ts';
import { DialLog } from './log.ts';
import type { Dialled, DialOptions } from './options.ts';
import { isTunnel } from './proxier.ts';
import { type Runner, race } from './race.ts';
import { verifiedCa } from './verify-ca.ts';
import { abortable, withDeadline } from './waiting.ts';

/**
 * Opens a WebSocket to one of a controller's addresses, whichever answers first. Rules and numbers are those of Juju's own client.
 *
 * @throws TypeError when an option isn't what it should be
 * @throws DialError when no address can be reached, or none is to be trusted
 * @throws DialTimeoutError when `timeoutMs` is over
 * @throws whatever `verifyCa` or the proxier throws
 */
export async function dial(options: DialOptions): Promise<Dialled> {
  check(options);
  const addresses = options.addresses.map(parseAddress);
  const { proxier, signal, insecureSkipVerify } = options;
  if (proxier === undefined) return reachAny(addresses, options);
  try {
    signal?.throwIfAborted();
    await abortable(proxier.start({ signal, insecureSkipVerify }), signal);
    if (!isTunnel(proxier)) throw new TypeError(`a proxier must be a tunnel, and ${proxier.type} isn't one`);
    return await reachAny([parseAddress(hostPort(proxier.host, proxier.port))], options);
  } catch (error) {
    // What went wrong first tells more.
    await proxier.stop().catch(() => {});
    throw error;
  }
}

async function reachAny(given: readonly ControllerAddress[], options: DialOptions): Promise<Dialled> {
  const { clock = realClock, signal, intervalMs = 50, timeoutMs = Number.POSITIVE_INFINITY } = options;
  signal?.throwIfAborted();
  const addresses = shuffled(given, options.random ?? Math.random);
  const resolving = {
    resolver: options.resolver ?? systemResolver,
    dnsCache: options.dnsCache ?? noDnsCache,
    httpProxy: options.httpProxy ?? proxyFromEnvironment(),
    clock,
    intervalMs,
  };
  const pool = await poolOf(options, (verifyCa, pool) =>
    verifiedCa({ ...resolving, addresses, verifyCa, pool, timeoutMs, handshakeTimeoutMs, signal }),
  );
  const urls = addresses.map((address) => socketUrl(address, options.path));
  const log = new DialLog(urls, clock, options.onFailure);
  const dialler = new Dialler(options, pool, log);

  const runnerOf = (place: Endpoint | Unresolved): Runner<Dialled> =>
    'failure' in place
      ? (over) => log.watched(place, () => Promise.reject(place.failure), over)
      : (over) => dialler.dial(place, over);
  async function* runners(over: AbortSignal): AsyncGenerator<Runner<Dialled>> {
    for await (const place of endpointsOf(addresses, resolving, over)) yield runnerOf(place);
  }
  const rules = { intervalMs, clock, discard: ({ socket }: Dialled) => socket.drop(), moreTelling };
  const onTimeout = () => dialTimeoutError(log.facts, timeoutMs);
  try {
    return await withDeadline((limited) => race(runners, { ...rules, signal: limited }), {
      ms: timeoutMs,
      clock,
      signal,
      onTimeout,
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof DialTimeoutError ? error : dialError({ ...log.facts, cause: error });
  }
}

type Verifying = (
  verifyCa: NonNullable<DialOptions['verifyCa']>,
  pool: readonly string[] | undefined,
) => Promise<string | undefined>;

/** PEM of the authorities that vouch for the controller; absent: the system's do. */
async function poolOf(
  { caCert, caDirectory, verifyCa }: DialOptions,
  verify: Verifying,
): Promise<readonly string[] | undefined> {
  const own = caCert === undefined ? undefined : await createCertPool(caCert, caDirectory);
  const verified = verifyCa && (await verify(verifyCa, own));
  return verified === undefined ? own : [...(own ?? []), verified];
}

/** So that many clients don't all ask the same machine. */
function shuffled<T>(values: readonly T[], random: () => number): readonly T[] {
  const keyed = values.map((value) => ({ value, key: random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ value }) => value);
}

const durations = ['intervalMs', 'timeoutMs', 'retryDelayMs', 'retryForMs'] as const;

function check(options: DialOptions): void {
  if (options.addresses.length === 0 && options.proxier === undefined)
    throw new TypeError('no addresses: give at least one host:port of the controller');
  if (!options.path.startsWith('/')) throw new TypeError('the path of an API must begin with a slash: /api');
  for (const name of durations) {
    const value = options[name] ?? 0;
    if (!(typeof value === 'number' && value >= 0))
      throw new TypeError(`${name} must be a number of milliseconds of at least 0, not ${value}`);
  }
}
