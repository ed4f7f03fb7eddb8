import type { Server, Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { nodeNet } from './node-net.ts';
import type { ProxierStart, TunnelProxier } from './proxier.ts';
import { abortable } from './waiting.ts';

const kind = 'kubernetes-port-forward';
const packageName = '@kubernetes/client-node';

/** As much of the official client for Kubernetes (2.0 or later) as is used. */
export interface KubernetesClient {
  readonly KubeConfig: new () => KubeConfig;
  readonly PortForward: new (config: KubeConfig) => PortForward;
}

interface KubeConfig {
  loadFromClusterAndUser(cluster: Cluster, user: { readonly name: string; readonly token: string }): void;
}

interface Cluster {
  readonly name: string;
  readonly server: string;
  readonly skipTLSVerify: boolean;
  /** Base64 of PEM. */
  readonly caData?: string;
}

interface PortForward {
  portForwardService(
    namespace: string,
    service: string,
    ports: number[],
    output: Writable,
    error: Writable | null,
    input: Readable,
  ): Promise<unknown>;
}

/** The WebSocket that a port is forwarded over. */
interface Forwarded {
  close(): void;
  addEventListener(type: 'close', listener: () => void): void;
}

interface Config {
  readonly 'api-host': string;
  readonly namespace: string;
  readonly 'remote-port': string;
  readonly service: string;
  readonly 'service-account-token': string;
  /** PEM; without it the authorities of the system are trusted. */
  readonly 'ca-cert'?: string | undefined;
}

/**
 * A tunnel to a controller inside Kubernetes, from a port of this machine. It needs the package `@kubernetes/client-node`, which is
 * loaded when it is started.
 *
 * @param config `proxy-config` of `controllers.yaml`
 * @param load gives the package, for where it can't be found by its name, such as in a bundle
 * @throws TypeError when something is missing
 */
export function kubernetesPortForward(
  config: Readonly<Record<string, unknown>>,
  load: () => Promise<unknown> = loadClient,
): TunnelProxier {
  return new KubernetesPortForward(checked(config), config, load);
}

class KubernetesPortForward implements TunnelProxier {
  readonly host = '127.0.0.1';
  readonly #config: Config;
  readonly #raw: Readonly<Record<string, unknown>>;
  readonly #load: () => Promise<unknown>;
  readonly #stopped = new AbortController();
  readonly #open = new Set<Tunnel>();
  #server: Server | undefined;
  #port: number | undefined;

  constructor(config: Config, raw: Readonly<Record<string, unknown>>, load: () => Promise<unknown>) {
    this.#config = config;
    this.#raw = raw;
    this.#load = load;
  }

  get type(): string {
    return kind;
  }

  get port(): number {
    if (this.#port === undefined) throw new Error(`${kind}: the port is known once the tunnel is started`);
    return this.#port;
  }

  rawConfig(): Readonly<Record<string, unknown>> {
    return { ...this.#raw };
  }

  /** Doesn't resolve before Kubernetes has forwarded the port once, so that what is wrong is told here. */
  async start({ signal, insecureSkipVerify = false }: ProxierStart = {}): Promise<void> {
    signal?.throwIfAborted();
    const forward = this.#forwarder(clientIn(await this.#load()), insecureSkipVerify);
    const { PassThrough } = process.getBuiltinModule('node:stream');
    const trial = new Tunnel(new PassThrough(), new PassThrough());
    try {
      await abortable(forward(trial), signal ?? this.#stopped.signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw new Error(`${kind}: no tunnel to ${this.#config.service}: ${whyOf(error)}`);
    } finally {
      trial.close();
    }
    await this.#listen((socket) => {
      const tunnel = new Tunnel(socket, socket);
      this.#open.add(tunnel);
      socket.on('error', () => {});
      socket.once('close', () => {
        this.#open.delete(tunnel);
        tunnel.close();
      });
      // Who is connected learns of it as of a controller that hangs up, and tries again.
      forward(tunnel).catch(() => socket.destroy());
    });
  }

  async stop(): Promise<void> {
    this.#stopped.abort(new Error('it was stopped'));
    for (const tunnel of this.#open) tunnel.close();
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await new Promise((closed) => server.close(closed));
  }

  #forwarder(client: KubernetesClient, skipTLSVerify: boolean): (tunnel: Tunnel) => Promise<void> {
    const config = new client.KubeConfig();
    const { namespace, service, 'ca-cert': ca } = this.#config;
    const cluster = {
      name: 'juju',
      server: this.#config['api-host'],
      skipTLSVerify,
      ...(ca !== undefined && { caData: Buffer.from(ca).toString('base64') }),
    };
    config.loadFromClusterAndUser(cluster, { name: 'juju', token: this.#config['service-account-token'] });
    const forward = new client.PortForward(config);
    const ports = [Number(this.#config['remote-port'])];
    return async (tunnel) => {
      const { output, input } = tunnel;
      tunnel.carry(await forward.portForwardService(namespace, service, ports, output, null, input));
    };
  }

  #listen(take: (socket: Socket) => void): Promise<void> {
    this.#stopped.signal.throwIfAborted();
    const server = nodeNet().createServer(take);
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, this.host, () => {
        const address = server.address();
        if (typeof address === 'object' && address !== null) this.#port = address.port;
        resolve();
      });
    });
  }
}

/** One connection through the tunnel, as long as both of its ends are there. */
class Tunnel {
  readonly output: Writable;
  readonly input: Readable;
  #forwarded: Forwarded | undefined;
  #closed = false;

  constructor(output: Writable, input: Readable) {
    this.output = output;
    this.input = input;
  }

  carry(forwarded: unknown): void {
    if (!isForwarded(forwarded))
      throw new Error(`${packageName} gave no WebSocket; version 2.0 or later is needed`);
    this.#forwarded = forwarded;
    if (this.#closed) forwarded.close();
    forwarded.addEventListener('close', () => this.close());
  }

  close(): void {
    this.#closed = true;
    this.#forwarded?.close();
    this.output.destroy();
    this.input.destroy();
  }
}

function isForwarded(value: unknown): value is Forwarded {
  return typeof value === 'object' && value !== null && 'close' in value && 'addEventListener' in value;
}

/** By a name that isn't written in the import, so that nobody who builds or bundles this needs the package. */
async function loadClient(): Promise<unknown> {
  const wanted: string = packageName;
  try {
    return await import(wanted);
  } catch (error) {
    throw new Error(`${kind} needs the package ${packageName}: npm install ${packageName}`, { cause: error });
  }
}

function clientIn(loaded: unknown): KubernetesClient {
  if (!isClient(loaded))
    throw new TypeError(`${packageName} isn't the one that is expected: install version 2.0 or later`);
  return loaded;
}

function isClient(loaded: unknown): loaded is KubernetesClient {
  const has = (name: string) =>
    typeof loaded === 'object' && loaded !== null && typeof Reflect.get(loaded, name) === 'function';
  return has('KubeConfig') && has('PortForward');
}

function checked(config: Readonly<Record<string, unknown>>): Config {
  const text = (key: string): string => {
    const value = config[key];
    if (typeof value !== 'string' || value === '')
      throw new TypeError(`proxy-config of ${kind}: ${key} is missing`);
    return value;
  };
  const port = text('remote-port');
  if (!/^\d{1,5}$/.test(port)) throw new TypeError(`proxy-config of ${kind}: remote-port must be a number`);
  return {
    'api-host': text('api-host'),
    namespace: text('namespace'),
    'remote-port': port,
    service: text('service'),
    'service-account-token': text('service-account-token'),
    'ca-cert': config['ca-cert'] ? text('ca-cert') : undefined,
  };
}

/** One line without what the client adds to it: bodies and headers. A cause tells more than what it led to. */
function whyOf(error: unknown): string {
  const told = (key: string): unknown =>
    typeof error === 'object' && error !== null ? Reflect.get(error, key) : undefined;
  const [code, cause, message] = [told('code'), told('cause'), told('message')];
  if (typeof code === 'number') return `its API answered ${code}`;
  if (typeof code === 'string') return code;
  if (cause !== undefined) return whyOf(cause);
  return String(message ?? error)
    .split('\n', 1)
    .join();
}
