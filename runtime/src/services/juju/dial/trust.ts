import type { ConnectionOptions } from '../../../options.ts';

/**
 * How a controller is trusted, in the words of an HTTP transport: `gotTransport({ ...dialled.tls })` trusts the same
 * controller for the same reason.
 */
export interface ControllerTls extends Pick<ConnectionOptions, 'serverName' | 'insecureSkipVerify'> {
  /** PEM of the authorities; absent: those that the system trusts. */
  readonly ca?: readonly string[];
}

/** The name that every controller's own certificate is for, so that it doesn't depend on where the controller is. */
const controllerName = 'juju-apiserver';

/**
 * Trust by the authorities of a controller, if there are any, otherwise by those of the system.
 *
 * @param pool what {@link createCertPool} gives
 * @param serverName the name that a certificate of a public authority is for; default: the host of the address
 */
export function controllerTls(
  pool: readonly string[] | undefined,
  serverName: string | undefined,
  insecureSkipVerify = false,
): ControllerTls {
  return {
    ...(pool !== undefined && { ca: pool, serverName: controllerName }),
    ...(pool === undefined && serverName !== undefined && { serverName }),
    ...(insecureSkipVerify && { insecureSkipVerify }),
  };
}

/** A controller that was reached, as far as trust goes. */
export interface Trusted {
  /** The root of the controller over HTTP. */
  readonly httpRoot: string;
  readonly tls: ControllerTls;
}

/**
 * Whether a URL is one of the controller's own: same scheme, host and port. Its authorities vouch for that only; everybody else, such
 * as an identity provider, is known by those of the system.
 */
export function isAt(url: string, { httpRoot }: Pick<Trusted, 'httpRoot'>): boolean {
  const origin = URL.parse(url)?.origin;
  return origin !== undefined && origin === URL.parse(httpRoot)?.origin;
}
