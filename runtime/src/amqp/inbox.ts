/** Hands what comes in, in order, to one taker that may come earlier or later. Bounded by who puts. */
export class Inbox<T> {
  #items: T[] = [];
  #taker: PromiseWithResolvers<T | undefined> | undefined;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;

  put(item: T): void {
    if (this.#ended) return;
    const taker = this.#taker;
    this.#taker = undefined;
    if (taker === undefined) this.#items.push(item);
    else taker.resolve(item);
  }

  /** Forgets what nobody has taken yet. */
  clear(): void {
    this.#items = [];
  }

  /** Forgets what nobody has taken yet and takes no more. The first `take` after it rejects with the failure, if any. */
  end(failure?: { readonly error: unknown }): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#items = [];
    this.#failure = failure;
    const taker = this.#taker;
    this.#taker = undefined;
    taker?.resolve(this.take());
  }

  /** The next item; `undefined` at the end. */
  async take(): Promise<T | undefined> {
    const item = this.#items.shift();
    if (item !== undefined) return item;
    if (this.#ended) {
      const failure = this.#failure;
      this.#failure = undefined;
      if (failure !== undefined) throw failure.error;
      return undefined;
    }
    this.#taker ??= Promise.withResolvers();
    return this.#taker.promise;
  }
}
