/** Where a controller is, as far as that is known before a name is looked up. */
export interface ControllerAddress {
  /** As it was given, without the scheme and a slash at the end: `host:port`, or `host:port/path`. */
  readonly text: string;
  readonly scheme: 'ws' | 'wss';
  /** A name or an IP address; one of version 6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Of a controller that isn't at the root: `/foo`; otherwise empty. */
  readonly path: string;
}

const form = /^(?:([a-z][a-z\d+.-]*):\/\/)?(\[[^\]]*\]|[^/:?#[\]]*)(?::(\d{1,5}))?(\/[^?#\s]*)?$/i;
const name = /^[\w.-]+$/;
const zone = /%[^%\s]+$/;

/**
 * Takes `host:port`, with `ws://` or `wss://` before it (default `wss://`) and a path after it where there is one. An IP address
 * of version 6 stands in brackets. Only an address with a scheme may leave out the port, which then is 443, or 80 with `ws://`.
 *
 * @throws TypeError
 */
export function parseAddress(address: string): ControllerAddress {
  if (address.includes('@'))
    throw new TypeError('an address has a user in it: leave it out, and give a login');
  const refuse = (why: string) => new TypeError(`the address ${JSON.stringify(address)} ${why}`);
  const [, given, bracketed = '', digits, path = ''] = form.exec(address) ?? [];
  const host = bracketed.replace(/^\[|\]$/g, '');
  const isBracketed = bracketed.startsWith('[');
  if (host === '' || !(isBracketed ? isIPv6(host) : name.test(host)))
    throw refuse('must look like host:port or [IPv6]:port, with ws:// or wss:// before it if you like');
  const scheme = schemeOf(given ?? 'wss');
  if (scheme === undefined) throw refuse('must begin with wss:// or ws://, or have no scheme');
  if (digits === undefined && given === undefined)
    throw refuse(`has no port: add one, such as :17070, which is a controller's default`);
  const port = digits === undefined ? defaultPorts[scheme] : Number(digits);
  if (port < 1 || port > 65_535) throw refuse('must have a port between 1 and 65535');
  const root = path.replace(/\/+$/, '');
  return { text: `${hostPort(host, port)}${root}`, scheme, host, port, path: root };
}

/** With a zone or without. As a URL parser sees it, since what Node has for it would slow the start of every program. */
function isIPv6(host: string): boolean {
  return URL.canParse(`ws://[${host.replace(zone, '')}]`);
}

const defaultPorts = { ws: 80, wss: 443 };

function schemeOf(text: string): 'ws' | 'wss' | undefined {
  const scheme = text.toLowerCase();
  return scheme === 'ws' || scheme === 'wss' ? scheme : undefined;
}

/** `host:port`, with the brackets of an IP address of version 6. */
export function hostPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The URL of a WebSocket at a controller. */
export function socketUrl(address: ControllerAddress, path: string): string {
  return `${address.scheme}://${address.text}${path}`;
}

/** The URL of a controller's root over HTTP, without a slash at its end. */
export function httpRoot(address: ControllerAddress): string {
  return `${address.scheme === 'ws' ? 'http' : 'https'}://${address.text}`;
}

/**
 * The URL of a controller's API.
 *
 * @param address without scheme and port; may have a path after it: `controller.example.com/foo`
 */
export function controllerApiUrl(address: string, port: number): string {
  const slash = address.indexOf('/');
  const host = slash < 0 ? address : address.slice(0, slash);
  const path = slash < 0 ? '' : address.slice(slash).replace(/\/+$/, '');
  return `wss://${hostPort(host.replace(/^\[|\]$/g, ''), port)}${path}/api`;
}

/** What a controller goes by, whichever of its machines answers. */
export interface ControllerNames {
  readonly serverName?: string | undefined;
  readonly controllerUuid?: string | undefined;
}

/** The host that a controller's cookies are kept under, where it has one that stays the same: its public name, or its UUID. */
export function preferredHost({ serverName, controllerUuid }: ControllerNames): string | undefined {
  return serverName || controllerUuid || undefined;
}

export function cookieUrlFromHost(host: string): string {
  return `https://${host}/`;
}

/**
 * The URL that the cookies of a controller are kept under: with its public name, or its UUID, or at least where it is.
 *
 * @param address as dialled: `host:port`, or `host:port/path`
 */
export function cookieUrl(names: ControllerNames, address: string): string {
  return cookieUrlFromHost(preferredHost(names) ?? address.replace(/\/.*$/, ''));
}
