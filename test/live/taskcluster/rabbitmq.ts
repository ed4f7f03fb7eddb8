import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Programs } from './programs.ts';

/** How long a broker may take to start, in milliseconds. */
const startMs = 60_000;

export interface Account {
  readonly username: string;
  readonly password: string;
}

interface Permission extends Account {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

/**
 * A RabbitMQ of our own: on ports of its own on the loopback interface, with files of its own, and no process but
 * those started here.
 */
export class RabbitMq {
  readonly #programs: Programs;
  readonly #folder: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #exchanges: readonly string[];
  readonly #ports: { readonly amqp: number; readonly epmd: number; readonly distribution: number };
  readonly #running = new Set<ChildProcess>();
  #server: ChildProcess | undefined;

  /** May do everything, as the services may. */
  readonly services: Account = account('services');
  /** May do what an account of Pulse may: make queues under its own name and read every exchange. */
  readonly consumer: Account = account('consumer');
  /** May make its queues, but read no exchange. */
  readonly stranger: Account = account('stranger');

  private constructor(
    programs: Programs,
    folder: string,
    exchanges: readonly string[],
    [amqp, epmd, distribution]: readonly [number, number, number],
  ) {
    this.#programs = programs;
    this.#folder = folder;
    this.#exchanges = exchanges;
    this.#ports = { amqp, epmd, distribution };
    const file = (name: string) => join(folder, name);
    this.#environment = {
      ...programs.environment,
      LANG: 'C.UTF-8',
      HOME: folder,
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_EPMD_PORT: String(epmd),
      RABBITMQ_NODENAME: `fairlead-${randomBytes(4).toString('hex')}@localhost`,
      RABBITMQ_DIST_PORT: String(distribution),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
      RABBITMQ_CONF_ENV_FILE: file('env.conf'),
      RABBITMQ_CONFIG_FILE: file('rabbitmq.conf'),
      RABBITMQ_ENABLED_PLUGINS_FILE: file('plugins'),
      RABBITMQ_MNESIA_BASE: file('data'),
      RABBITMQ_LOG_BASE: file('log'),
      RABBITMQ_PID_FILE: file('pid'),
      // Makes the start script become the server, rather than wait for it: the process that we start is the one to end.
      RUNNING_UNDER_SYSTEMD: 'true',
    };
  }

  static async start(programs: Programs, exchanges: readonly string[]): Promise<RabbitMq> {
    const scratch = join(import.meta.dirname, '../../.tmp');
    mkdirSync(scratch, { recursive: true });
    const folder = mkdtempSync(join(scratch, 'rabbitmq-'));
    const broker = new RabbitMq(programs, folder, exchanges, await freePorts());
    process.once('exit', () => broker.#abandon());
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
    try {
      broker.#configure();
      await broker.#startPortMapper();
      await broker.start();
      return broker;
    } catch (error) {
      await broker.stop();
      throw error;
    }
  }

  get port(): number {
    return this.#ports.amqp;
  }

  /** Starts the server, on the data that it left. */
  async start(): Promise<void> {
    this.#server = this.#spawn(this.#programs.server);
    await this.#answers(this.#ports.amqp);
  }

  /** `kill -9`: the server gets no chance to say goodbye or to write anything. */
  async kill(): Promise<void> {
    if (this.#server !== undefined) await ended(this.#server, 'SIGKILL');
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running].map((child) => ended(child, 'SIGKILL')));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #configure(): void {
    const write = (name: string, text: string) =>
      writeFileSync(join(this.#folder, name), text, { mode: 0o600 });
    write('env.conf', '');
    write('plugins', '[].\n');
    write(
      'rabbitmq.conf',
      `listeners.tcp.local = 127.0.0.1:${this.#ports.amqp}\n` +
        `load_definitions = ${join(this.#folder, 'definitions.json')}\nlog.console = false\nlog.file.level = warning\n`,
    );
    const own = (name: string) => `^queue/${name}/.*`;
    const { consumer, stranger } = this;
    const permissions: readonly Permission[] = [
      { ...this.services, configure: '.*', write: '.*', read: '.*' },
      {
        ...consumer,
        configure: own('consumer'),
        write: own('consumer'),
        read: `${own('consumer')}|^exchange/.*`,
      },
      { ...stranger, configure: own('stranger'), write: own('stranger'), read: own('stranger') },
    ];
    const exchange = {
      vhost: '/',
      type: 'topic',
      durable: true,
      auto_delete: false,
      internal: false,
      arguments: {},
    };
    const definitions = {
      vhosts: [{ name: '/' }],
      users: permissions.map(({ username, password }) => ({
        name: username,
        password_hash: hashed(password),
        hashing_algorithm: 'rabbit_password_hashing_sha256',
        tags: '',
      })),
      permissions: permissions.map(({ username, configure, write, read }) => ({
        user: username,
        vhost: '/',
        configure,
        write,
        read,
      })),
      exchanges: this.#exchanges.map((name) => ({ name, ...exchange })),
    };
    write('definitions.json', JSON.stringify(definitions));
  }

  /** Erlang would start one as a daemon, which would outlive us. */
  async #startPortMapper(): Promise<void> {
    this.#spawn(this.#programs.epmd);
    await this.#answers(this.#ports.epmd);
  }

  #spawn(program: string): ChildProcess {
    const log = openSync(join(this.#folder, 'output.log'), 'a');
    const child = spawn(program, { env: this.#environment, cwd: this.#folder, stdio: ['ignore', log, log] });
    closeSync(log);
    this.#running.add(child);
    child.once('exit', () => this.#running.delete(child));
    return child;
  }

  async #answers(port: number): Promise<void> {
    for (const end = performance.now() + startMs; performance.now() < end; await wait(100)) {
      const child = [...this.#running].at(-1);
      if (child === undefined || child.exitCode !== null) break;
      if (await accepts(port)) return;
    }
    const output = readFileSync(join(this.#folder, 'output.log'), 'utf8');
    throw new Error(`RabbitMQ did not start:\n${output.split('\n').slice(-30).join('\n')}`);
  }

  #abandon(): void {
    for (const child of this.#running) child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function account(username: string): Account {
  return { username, password: randomBytes(16).toString('base64url') };
}

/** RabbitMQ's own form: four bytes of salt, and SHA-256 of them and the password. */
function hashed(password: string): string {
  const salt = randomBytes(4);
  const hash = createHash('sha256').update(salt).update(password).digest();
  return Buffer.concat([salt, hash]).toString('base64');
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function freePorts(): Promise<[number, number, number]> {
  const servers = [createServer(), createServer(), createServer()] as const;
  const port = async (server: (typeof servers)[number]) => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  };
  const ports: [number, number, number] = [
    await port(servers[0]),
    await port(servers[1]),
    await port(servers[2]),
  ];
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
