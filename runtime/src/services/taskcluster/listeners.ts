import type { Listener } from '../../amqp/listener.ts';

/** The listeners of a session that are not over, so that it can close them. */
export class Listeners {
  readonly #open = new Set<Listener<unknown>>();

  /** The same listener, but that it is forgotten here when it is over. */
  add<M>(listener: Listener<M>): Listener<M> {
    const forget = () => this.#open.delete(listener);
    this.#open.add(listener);
    const close = () => listener.close().finally(forget);
    return {
      ready: () => listener.ready(),
      close,
      [Symbol.asyncDispose]: close,
      async *[Symbol.asyncIterator]() {
        // Outside of the try: that a second loop is refused doesn't end the first.
        const messages = listener[Symbol.asyncIterator]();
        try {
          yield* { [Symbol.asyncIterator]: () => messages };
        } finally {
          forget();
        }
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((listener) => listener.close()));
    this.#open.clear();
  }
}
