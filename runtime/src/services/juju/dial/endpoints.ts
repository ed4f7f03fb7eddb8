import type { Clock } from '../../../time/clock.ts';
import { type ControllerAddress, hostPort, httpRoot } from './address.ts';
import { ResolveFailure } from './errors.ts';
import { nodeNet } from './node-net.ts';
import type { DnsCache, HttpProxy, Resolver } from './options.ts';
import { abortable, hasSettledWithin } from './waiting.ts';

/** One place to dial. */
export interface Endpoint {
  readonly address: ControllerAddress;
  /** An IP address; behind an HTTP proxy the host as it was given, since a proxy resolves names itself. */
  readonly host: string;
  /** The two as one text; behind a proxy not necessarily of an IP address. */
  readonly ipAddress: string;
  /** The URL of the HTTP proxy on the way. */
  readonly proxy: string | undefined;
}

/** An address that isn't one. */
export interface Unresolved {
  readonly address: ControllerAddress;
  readonly failure: ResolveFailure;
}

export interface Resolving {
  readonly resolver: Resolver;
  readonly dnsCache: DnsCache;
  readonly httpProxy: HttpProxy;
  readonly clock: Clock;
  /** How long a name may take before others are looked at, in milliseconds. */
  readonly intervalMs: number;
}

/**
 * The places to dial, each IP address and port once. A name is looked up when it is its turn, as an earlier address may be all
 * that is needed; one that takes long is waited for at the end. What came from the cache may be out of date: once all have been
 * given, those names are looked up anew.
 *
 * @param signal ends waiting for a name
 */
export async function* endpointsOf(
  addresses: readonly ControllerAddress[],
  resolving: Resolving,
  signal: AbortSignal,
): AsyncGenerator<Endpoint | Unresolved, void, undefined> {
  const { httpProxy, dnsCache, intervalMs, clock } = resolving;
  const given = new Set<string>();
  const cached: ControllerAddress[] = [];
  const slow: Promise<Resolved>[] = [];

  function* fresh(address: ControllerAddress, hosts: readonly string[], proxy?: string): Generator<Endpoint> {
    for (const host of hosts) {
      const ipAddress = hostPort(host, address.port);
      if (given.has(ipAddress)) continue;
      given.add(ipAddress);
      yield { address, host, ipAddress, proxy };
    }
  }

  function* outcome({ address, ips }: Resolved): Generator<Endpoint | Unresolved> {
    if (ips instanceof ResolveFailure) yield { address, failure: ips };
    else yield* fresh(address, ips);
  }

  async function* lookedUp(address: ControllerAddress): AsyncGenerator<Endpoint | Unresolved> {
    const looking = lookUp(address, resolving, signal);
    if (await hasSettledWithin(looking, intervalMs, clock)) yield* outcome(await looking);
    else slow.push(looking);
  }

  for (const address of addresses) {
    // One with a zone has no URL that a proxy could be asked about.
    const proxy = isZoned(address.host) ? undefined : httpProxy(`${httpRoot(address)}/`);
    const known = proxy === undefined ? dnsCache.lookup(address.host).filter((ip) => !isZoned(ip)) : [];
    if (known.length > 0) cached.push(address);
    if (proxy !== undefined) yield* fresh(address, [address.host], proxy);
    else if (known.length > 0) yield* fresh(address, known);
    else yield* lookedUp(address);
  }
  for (const address of cached) yield* lookedUp(address);
  for (const looking of slow) yield* outcome(await looking);
}

interface Resolved {
  readonly address: ControllerAddress;
  readonly ips: readonly string[] | ResolveFailure;
}

/** Never rejects. */
async function lookUp(
  address: ControllerAddress,
  { resolver, dnsCache }: Resolving,
  signal: AbortSignal,
): Promise<Resolved> {
  const { host } = address;
  const isNumeric = nodeNet().isIP(host) !== 0;
  try {
    const all = isNumeric ? [host] : await abortable(resolver(host, signal), signal);
    const ips = all.filter((ip) => !isZoned(ip));
    if (ips.length === 0) {
      const why = all.length === 0 ? 'it has no address' : 'it has no address but of one link';
      return { address, ips: new ResolveFailure(`cannot resolve ${host}: ${why}`) };
    }
    if (!isNumeric) dnsCache.add(host, ips);
    return { address, ips };
  } catch (error) {
    return { address, ips: new ResolveFailure(`cannot resolve ${host}: ${whyOf(error)}`) };
  }
}

/** An address that is valid on one link only says on which: `fe80::1%eth0`. */
function isZoned(ip: string): boolean {
  return ip.includes('%');
}

function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

/** The resolver of the system, which also knows `/etc/hosts`. */
export const systemResolver: Resolver = async (host) => {
  const { lookup } = await import('node:dns/promises');
  return (await lookup(host, { all: true })).map(({ address }) => address);
};

export const noDnsCache: DnsCache = { lookup: () => [], add: () => {} };
