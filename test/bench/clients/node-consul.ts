import type { EventEmitter } from 'node:events';

interface KeyOptions {
  readonly key: string;
  /** The value as bytes, which it otherwise gives as text. Not in its own types. */
  readonly buffer: true;
}

/** The parts of the package `consul` that are used here. */
export interface NodeConsul {
  readonly kv: { get(options: KeyOptions): Promise<unknown> };
  watch(options: {
    readonly method: NodeConsul['kv']['get'];
    readonly options: KeyOptions & { readonly wait: string };
  }): EventEmitter;
}

interface Package {
  readonly default: new (options: { readonly host: string; readonly port: number }) => NodeConsul;
}

/** The client of Consul that is on npm, loaded when it is asked for. */
export async function nodeConsul(url: string): Promise<NodeConsul> {
  const { default: Client }: Package = await import(import.meta.resolve('consul'));
  const { hostname, port } = new URL(url);
  return new Client({ host: hostname, port: Number(port) });
}
