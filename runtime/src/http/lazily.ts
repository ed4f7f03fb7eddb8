import type { Transport } from './transport.ts';

/** A library that is loaded and set up. */
export interface Loaded {
  readonly send: Transport;
  /** Closes what it holds. */
  close(): Promise<void>;
}

/** The transport over a library, which is loaded with the first call, and again with the first one after a close. */
export function lazily(load: () => Promise<Loaded>): Transport {
  let loading: Promise<Loaded> | undefined;
  const first: Transport = async (request) => {
    loading ??= load();
    const mine = loading;
    const loaded = await mine;
    if (loading === mine) send = loaded.send;
    return loaded.send(request);
  };
  let send = first;
  const close = async () => {
    const closing = loading;
    loading = undefined;
    send = first;
    await (await closing)?.close();
  };
  return Object.assign((request: Parameters<Transport>[0]) => send(request), { close });
}
