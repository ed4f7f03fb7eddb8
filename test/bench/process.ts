import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

/** What a whole process used. */
export interface Usage {
  /** User and system time of all its threads, in milliseconds. */
  readonly cpuMs: number;
  /** The most memory that it held at once, in MB. */
  readonly peakMb: number;
}

export const root = join(import.meta.dirname, '..', '..');
const exitReport = pathToFileURL(join(import.meta.dirname, 'exit-report.js')).href;

/** Runs Node with these arguments to its end and gives what it used. */
export async function usageOf(args: readonly string[], cwd = root): Promise<Usage> {
  const { child, ended } = start(['--import', exitReport, ...args], cwd);
  child.stdout?.resume();
  const report = child.stdio[3];
  if (report === null || report === undefined) throw new Error('the measured process has no report channel');
  const [told] = await Promise.all([text(report as Readable), ended]);
  return JSON.parse(told) as Usage;
}

/** Runs a program of `clients/` to its end and gives the JSON that it wrote. */
export async function answerOf<T>(
  nodeOptions: readonly string[],
  program: string,
  ...args: readonly string[]
): Promise<T> {
  const { child, ended } = start(
    [...nodeOptions, join(import.meta.dirname, 'clients', program), ...args],
    root,
  );
  const [told] = await Promise.all([text(child.stdout as Readable), ended]);
  return JSON.parse(told) as T;
}

/** A server of `servers/` on loopback, in a process of its own, so that what it uses isn't counted. */
export async function withServer<T>(program: string, use: (url: string) => Promise<T>): Promise<T> {
  const { child, ended } = start([join(import.meta.dirname, 'servers', program)], root);
  ended.catch(() => {});
  try {
    const [url] = await once(createInterface(child.stdout as Readable), 'line');
    return await use(String(url));
  } finally {
    child.kill();
  }
}

function start(args: readonly string[], cwd: string): { child: ChildProcess; ended: Promise<void> } {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const said = text(child.stderr as Readable);
  const ended = once(child, 'close').then(async ([code]) => {
    if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}: ${await said}`);
  });
  return { child, ended };
}
