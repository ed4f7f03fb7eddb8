import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The processes of a test, by name, with a log of each below `root`. */
export class Processes implements AsyncDisposable {
  readonly #root: string;
  readonly #children = new Map<string, ChildProcess>();
  readonly #names = new Set<string>();
  #isOver = false;

  constructor(root: string) {
    this.#root = root;
  }

  /** @throws Error when all were ended: a test that took too long may go on, and nobody would end what it starts */
  start(name: string, command: string, args: readonly string[]): void {
    if (this.#isOver) throw new Error(`${name} is not started any more`);
    const log = openSync(this.#logOf(name), 'a');
    // A group of its own, since Salt's programs end without their children when they are killed.
    const child = spawn(command, args, {
      stdio: ['ignore', log, log],
      detached: true,
      // What a minion asks of its machine stands where root finds it, whoever runs this.
      env: {
        ...process.env,
        PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
        SALT_MASTER_CONFIG: join(this.#root, 'master'),
      },
    });
    closeSync(log);
    this.#children.set(name, child);
    this.#names.add(name);
  }

  /** Ends a process and all of its group; by force after a while. */
  async stop(name: string): Promise<void> {
    const child = this.#children.get(name);
    this.#children.delete(name);
    if (child?.pid === undefined) return;
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      signal(child.pid, 'SIGTERM');
      await Promise.race([exited, sleep(10_000, undefined, { ref: false })]);
    }
    signal(child.pid, 'SIGKILL');
  }

  /** Ends all of them at once, by force. */
  kill(): void {
    this.#isOver = true;
    for (const { pid } of this.#children.values()) if (pid !== undefined) signal(pid, 'SIGKILL');
    this.#children.clear();
  }

  logs(): string {
    return Array.from(this.#names, (name) => `== ${name}\n${lastLines(this.#logOf(name))}`).join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await Promise.all(Array.from(this.#children.keys(), (name) => this.stop(name)));
  }

  #logOf(name: string): string {
    return join(this.#root, `${name}.out`);
  }
}

/** To a group, of which nobody may be left. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {}
}

function lastLines(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').slice(-15).join('\n');
  } catch {
    return '(nothing)';
  }
}
