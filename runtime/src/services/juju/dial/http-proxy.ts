import { nodeNet } from './node-net.ts';
import type { HttpProxy } from './options.ts';

/** The variables, each also in lower case. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxies that the environment names, as most programs understand it: `HTTPS_PROXY` for `https:`, `HTTP_PROXY` for `http:`,
 * and none for what `NO_PROXY` lists or for this machine. `NO_PROXY` has, with commas between, `*` for all, IP addresses, ranges of
 * them (`10.0.0.0/8`), and names, which mean what is below them, too, and only that with a dot before; each may end in a port.
 */
export function proxyFromEnvironment(environment: Environment = process.env): HttpProxy {
  const of = (name: string) => environment[name] || environment[name.toLowerCase()] || undefined;
  const proxies = new Map([
    ['https:', of('HTTPS_PROXY')],
    ['http:', of('HTTP_PROXY')],
  ]);
  const exceptions = (of('NO_PROXY') ?? '').split(',').map((entry) => entry.trim().toLowerCase());
  return (url) => {
    const { protocol, hostname, port } = new URL(url);
    const proxy = proxies.get(protocol);
    if (proxy === undefined) return undefined;
    const host = hostname.toLowerCase().replace(/^\[|\]$|\.$/g, '');
    const at = { host, port: port || (protocol === 'https:' ? '443' : '80') };
    if (isThisMachine(host) || exceptions.some((entry) => isMeant(entry, at))) return undefined;
    return proxy.includes('://') ? proxy : `http://${proxy}`;
  };
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || (nodeNet().isIP(host) === 4 && host.startsWith('127.'));
}

const withPort = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/;

function isMeant(entry: string, at: { readonly host: string; readonly port: string }): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  const [, bracketed, plain, port] = withPort.exec(entry) ?? [];
  if (port !== undefined && port !== at.port) return false;
  const what = bracketed ?? plain ?? entry;
  if (nodeNet().isIP(at.host) !== 0) return isAmong(what, at.host);
  const name = what.replace(/^\*/, '');
  return name.startsWith('.') ? at.host.endsWith(name) : at.host === name || at.host.endsWith(`.${name}`);
}

function isAmong(range: string, ip: string): boolean {
  const [network = '', prefix] = range.split('/');
  const family = nodeNet().isIP(network);
  if (family === 0) return false;
  const list = new (nodeNet().BlockList)();
  const type = family === 6 ? 'ipv6' : 'ipv4';
  const bits = Number(prefix ?? (family === 6 ? 128 : 32));
  if (!Number.isInteger(bits) || bits < 0 || bits > (family === 6 ? 128 : 32)) return false;
  list.addSubnet(network, bits, type);
  return list.check(ip, nodeNet().isIP(ip) === 6 ? 'ipv6' : 'ipv4');
}
