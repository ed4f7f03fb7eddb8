import type { WireAddress } from './login/provider.ts';

/** An address at which a controller listens. */
export interface HostPort {
  /** The host: a name, or an address without brackets. */
  readonly value: string;
  readonly type: 'ipv4' | 'ipv6' | 'hostname' | (string & {});
  /** From where it can be reached: `public`, `local-cloud`, `local-fan`, `local-machine`, `link-local`; empty: not known. */
  readonly scope: string;
  readonly port: number;
}

/** What a controller says of where its machines are: a list a machine. What is no address is left out. */
export function hostPortsOf(servers: unknown): readonly (readonly HostPort[])[] {
  if (!Array.isArray(servers)) return [];
  return servers.map((each: readonly (WireAddress | null)[] | null) =>
    Array.isArray(each) ? each.flatMap((address) => hostPortOf(address) ?? []) : [],
  );
}

function hostPortOf(address: WireAddress | null): HostPort | undefined {
  const { value, type, scope, port } = address ?? {};
  if (typeof value !== 'string' || value === '' || typeof port !== 'number') return undefined;
  return {
    value,
    type: typeof type === 'string' ? type : '',
    scope: typeof scope === 'string' ? scope : '',
    port,
  };
}

/** As it is dialled: `10.0.0.1:17070`, `[::1]:17070`. */
export function hostPortText({ value, port }: HostPort): string {
  return value.includes(':') ? `[${value}]:${port}` : `${value}:${port}`;
}

/** The addresses of all machines that can be reached from elsewhere, each once. */
export function usableAddresses(servers: readonly (readonly HostPort[])[]): readonly string[] {
  const usable = servers.flat().filter(({ scope }) => scope !== 'local-machine' && scope !== 'link-local');
  return [...new Set(usable.map(hostPortText))];
}

/**
 * The same with `address`, which has proven good, as the first of the first machine; added where no machine has it. One
 * with a path leads to something in front of the machines, and stays out.
 */
export function withFirst(
  servers: readonly (readonly HostPort[])[],
  address: string,
): readonly (readonly HostPort[])[] {
  const at = servers.findIndex((each) => each.some((hostPort) => hostPortText(hostPort) === address));
  const server = servers[at];
  if (server === undefined) {
    const first = parse(address);
    return first === undefined ? servers : [[first], ...servers];
  }
  const isFirst = (hostPort: HostPort) => hostPortText(hostPort) === address;
  const slid = [...server.filter(isFirst), ...server.filter((each) => !isFirst(each))];
  return [slid, ...servers.slice(0, at), ...servers.slice(at + 1)];
}

function parse(address: string): HostPort | undefined {
  const match = /^(?:\[([0-9a-f:.%]+)\]|([^:/[\]]+)):(\d{1,5})$/i.exec(address);
  if (match === null) return undefined;
  const [, ipv6, other = '', port] = match;
  const value = ipv6 ?? other;
  const type = ipv6 !== undefined ? 'ipv6' : /^\d+\.\d+\.\d+\.\d+$/.test(value) ? 'ipv4' : 'hostname';
  return { value, type, scope: '', port: Number(port) };
}
