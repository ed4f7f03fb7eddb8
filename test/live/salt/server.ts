import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, clients, configure, configureMaster, minion, sharedSecret } from './configuration.ts';
import { Processes } from './processes.ts';
import type { Programs } from './programs.ts';

/** A master with its minion and all three netapis, on loopback. */
export interface Salt extends AsyncDisposable {
  readonly cherrypy: string;
  readonly tornado: string;
  /** rest_wsgi behind a wrapper that gives bytes, as it answers with text since Python 3. */
  readonly wsgi: string;
  /** Below it is all that it has. */
  readonly root: string;
  /** Ends the minion, which then doesn't answer, and starts it again. */
  stopMinion(): Promise<void>;
  startMinion(): Promise<void>;
  stopMaster(): Promise<void>;
  /** The minion is back when this resolves. */
  startMaster(): Promise<void>;
  stopApi(): Promise<void>;
  /** Starts rest_cherrypy and rest_tornado, with these clients. */
  startApi(enabled?: readonly Client[]): Promise<void>;
  /** Makes the master forget all tokens, as if they were over. */
  forgetTokens(): void;
  /** The last lines of every log, for when something went wrong. */
  logs(): string;
}

/** Starts everything and waits until the minion answers. */
export async function startSalt({ folder, python }: Programs): Promise<Salt> {
  // A socket's path may have 107 bytes, so that it can't be below the repository.
  const root = mkdtempSync(join(tmpdir(), 'salt-'));
  const [publish = 0, ret = 0, cherrypyPort = 0, tornadoPort = 0, wsgiPort = 0] = await freePorts(5);
  const ports = { publish, ret, cherrypy: cherrypyPort, tornado: tornadoPort };
  configure(root, ports);
  const processes = new Processes(root);
  const [cherrypy, tornado, wsgi] = [cherrypyPort, tornadoPort, wsgiPort].map(
    (port) => `http://127.0.0.1:${port}`,
  );
  const start = (name: 'master' | 'minion' | 'api', config: string) =>
    processes.start(name, join(folder, `salt-${name}`), ['-c', config]);
  const isBack = () => until(() => pings(`${cherrypy}`), 60_000);
  const salt: Salt = {
    cherrypy: `${cherrypy}`,
    tornado: `${tornado}`,
    wsgi: `${wsgi}`,
    root,
    stopMinion: () => processes.stop('minion'),
    async startMinion() {
      start('minion', join(root, 'minion'));
      await isBack();
    },
    stopMaster: () => processes.stop('master'),
    async startMaster() {
      start('master', root);
      await isBack();
    },
    stopApi: () => processes.stop('api'),
    async startApi(enabled = clients) {
      configureMaster(root, ports, enabled);
      start('api', root);
      await until(() => answers(`${cherrypy}/`), 60_000);
      await until(() => answers(`${tornado}/`), 60_000);
    },
    forgetTokens() {
      const tokens = join(root, 'cache/master/tokens');
      for (const token of readdirSync(tokens)) rmSync(join(tokens, token));
    },
    logs: () => processes.logs(),
    async [Symbol.asyncDispose]() {
      await processes[Symbol.asyncDispose]();
      removeAll(root);
    },
  };
  // Whatever ends this process, those that it has started end, too.
  process.once('exit', () => {
    processes.kill();
    removeAll(root);
  });
  try {
    start('master', root);
    start('minion', join(root, 'minion'));
    processes.start('wsgi', python, [join(import.meta.dirname, 'wsgi.py'), String(wsgiPort)]);
    await salt.startApi();
    await until(() => answers(`${wsgi}`), 60_000);
    await until(() => pings(`${cherrypy}`), 120_000);
    return salt;
  } catch (error) {
    const told = processes.logs();
    await salt[Symbol.asyncDispose]();
    throw new Error(`Salt did not start:\n${told}`, { cause: error });
  }
}

/** Those who were killed a moment ago may still be writing. */
function removeAll(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

async function pings(url: string): Promise<boolean> {
  const chunk = {
    client: 'local',
    tgt: minion,
    fun: 'test.ping',
    eauth: 'sharedsecret',
    username: 'tester',
    password: sharedSecret,
  };
  const response = await fetch(`${url}/run`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([chunk]),
    signal: AbortSignal.timeout(20_000),
  });
  return response.ok && (await response.text()).includes(`"${minion}": true`);
}

async function answers(url: string): Promise<boolean> {
  // rest_tornado wants a token for its root, and says so.
  const { status } = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5_000) });
  return status < 500;
}

async function until(holds: () => Promise<boolean>, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const held = await holds().catch(() => false);
    if (held) return;
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs / 1000} s`);
    await sleep(300);
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
