import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Programs } from './programs.ts';

/** A program that makes, verifies and asks for macaroons with somebody else's code. */
export class Oracle implements AsyncDisposable {
  readonly name: string;
  /** Its discharger and its service. */
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(name: string, url: string, child: ChildProcess) {
    this.name = name;
    this.url = url;
    this.#child = child;
  }

  static async start(
    name: string,
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<Oracle> {
    const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
    // Whatever ends this process, the pipe closes, and the program ends, too.
    process.once('exit', () => child.kill('SIGKILL'));
    const lines = createInterface({ input: child.stdout });
    const ended = once(child, 'exit').then(() => {
      throw new Error(`${name} ended before it had started`);
    });
    const [url] = await Promise.race([once(lines, 'line'), ended]);
    ended.catch(() => undefined);
    return new Oracle(name, String(url), child);
  }

  /** Has it do something; `error` in the answer is what its library said. */
  async tool(path: string, request: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.url}${path}`, {
      method: 'POST',
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(60_000),
    });
    const answer: unknown = await response.json();
    if (typeof answer === 'object' && answer !== null) return { ...answer };
    throw new Error(`${this.name}: ${path} answers with no object`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await exited;
  }
}

export interface Oracles {
  readonly go: Oracle;
  readonly python: Oracle | undefined;
}

export async function startOracles({ go, python }: Programs): Promise<Oracles> {
  return {
    go: await Oracle.start('Go', go, [], {}),
    python:
      python === undefined
        ? undefined
        : await Oracle.start('Python', python.command, ['-W', 'ignore', python.script], python.environment),
  };
}
