import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The parts of undici that are used here. */
export interface Undici {
  Agent: new (options: object) => object;
  request(
    url: string,
    options: object,
  ): Promise<{ body: AsyncIterable<Uint8Array> & { json(): Promise<unknown> } }>;
}

/** A library in the version that the runtime uses, wherever npm put it. */
export function runtimesOwn(name: string) {
  const runtime = createRequire(import.meta.resolve('@fairlead/runtime'));
  return import(pathToFileURL(runtime.resolve(name)).href);
}
