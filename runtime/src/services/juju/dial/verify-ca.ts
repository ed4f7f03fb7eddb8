import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { ControllerAddress } from './address.ts';
import { isInPool } from './cert-pool.ts';
import { reach, secure } from './connect.ts';
import { type Endpoint, endpointsOf, type Resolving } from './endpoints.ts';
import { moreTelling } from './errors.ts';
import type { VerifyCa } from './options.ts';
import { type Runner, race } from './race.ts';
import { abortable, withDeadline } from './waiting.ts';

export interface Probing extends Resolving {
  readonly addresses: readonly ControllerAddress[];
  readonly verifyCa: VerifyCa;
  /** PEM of the authorities that are trusted already, if any. */
  readonly pool: readonly string[] | undefined;
  readonly timeoutMs: number;
  /** How long one handshake may take, in milliseconds. */
  readonly handshakeTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** What a controller shows of itself to anyone. */
interface Shown {
  readonly endpoint: Endpoint;
  readonly certificate: X509Certificate;
  /** Whether the system trusts it. */
  readonly trusted: boolean;
}

/**
 * Asks about the authority that a controller shows, unless it is known. Nothing is sent to the controller but a TLS handshake. When
 * none shows an authority nobody is asked, and dialling has to do with whom is trusted anyway.
 *
 * @returns PEM of an authority that is trusted from now on
 * @throws what `verifyCa` throws
 */
export async function verifiedCa(probing: Probing): Promise<string | undefined> {
  const { verifyCa, pool, signal } = probing;
  const shown = await probed(probing);
  if (shown === undefined || shown.trusted) return undefined;
  const { endpoint, certificate } = shown;
  if (pool !== undefined && isInPool(pool, certificate)) return undefined;
  const host = endpoint.address.text.replace(/\/.*$/, '');
  const deciding = async () => verifyCa(host, endpoint.ipAddress, certificate);
  await abortable(deciding(), signal);
  return certificate.toString();
}

async function probed(probing: Probing): Promise<Shown | undefined> {
  const { intervalMs, timeoutMs, clock, signal } = probing;
  try {
    return await withDeadline(
      (limited) =>
        race((over) => probes(probing, over), {
          intervalMs,
          clock,
          signal: limited,
          discard: () => {},
          moreTelling,
        }),
      { ms: timeoutMs, clock, signal, onTimeout: () => new Error('no authority in time') },
    );
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

async function* probes(probing: Probing, over: AbortSignal): AsyncGenerator<Runner<Shown>> {
  const { handshakeTimeoutMs: ms, clock } = probing;
  const overTls = probing.addresses.filter(({ scheme }) => scheme === 'wss');
  for await (const endpoint of endpointsOf(overTls, probing, over)) {
    if ('failure' in endpoint) continue;
    const onTimeout = () => new Error('no handshake in time');
    yield (signal) => withDeadline((limited) => probe(endpoint, limited), { ms, clock, signal, onTimeout });
  }
}

async function probe(endpoint: Endpoint, signal: AbortSignal): Promise<Shown> {
  const wire = await reach(endpoint, signal);
  // Whoever answers is looked at only: who is trusted, and for which name, is decided when the controller is dialled.
  const socket = await secure(wire, endpoint, { insecureSkipVerify: true }, signal);
  const certificate = authorityIn(socket);
  const trusted = isTrusted(socket);
  socket.destroy();
  if (certificate === undefined) throw new Error('no authority among the certificates');
  return { endpoint, certificate, trusted };
}

/** The first certificate of the chain that may sign others. */
function authorityIn(socket: TLSSocket): X509Certificate | undefined {
  const seen = new Set<string>();
  let certificate = socket.getPeerX509Certificate();
  while (certificate !== undefined && !certificate.ca && !seen.has(certificate.fingerprint256)) {
    seen.add(certificate.fingerprint256);
    certificate = certificate.issuerCertificate;
  }
  return certificate?.ca === true ? certificate : undefined;
}

/** For another name is not a matter of who signed it. */
function isTrusted({ authorized, authorizationError }: TLSSocket): boolean {
  return authorized || String(authorizationError).includes('ALTNAME_INVALID');
}
