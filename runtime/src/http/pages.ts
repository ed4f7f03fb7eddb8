/** How an answer says where the next one is. */
export interface Paging<K extends string> {
  /** The property of the answer that holds the items. */
  readonly items: K;
  /** Both the property of the answer that holds the token of the next page and the query parameter that takes it. */
  readonly key: string;
}

/** The next page is asked for with a token that this one gave. */
export function byToken<const K extends string>(items: K, key: string): Paging<K> {
  return { items, key };
}

/** An item of the list that the property `K` of a page `P` holds. */
export type Item<P, K extends keyof P> = NonNullable<P[K]> extends readonly (infer I)[] ? I : never;

/** One answer, and what its reader found in it. */
export interface Page<P, I> {
  readonly value: P;
  readonly items: readonly I[];
  /** The token of the next page; absent on the last. */
  readonly next: string | undefined;
}

/**
 * An answer that comes in pages: `await` gives the first page, `for await` every item, `.pages()` every page.
 *
 * Nothing is asked before one of these begins, each begins anew, and no page is asked for before all items of the
 * previous one were taken, so that memory stays constant and stopping early costs nothing.
 */
export class Pages<P, K extends keyof P> implements PromiseLike<P>, AsyncIterable<Item<P, K>> {
  readonly #ask: (token: string | undefined) => Promise<Page<P, Item<P, K>>>;

  constructor(ask: (token: string | undefined) => Promise<Page<P, Item<P, K>>>) {
    this.#ask = ask;
  }

  /** Asks for the first page. */
  then<R = P, E = never>(
    resolve?: ((page: P) => R | PromiseLike<R>) | null,
    reject?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    return this.#ask(undefined)
      .then((page) => page.value)
      .then(resolve, reject);
  }

  /** Every page, one after the other. */
  async *pages(): AsyncGenerator<P, void, undefined> {
    for await (const page of this.#each()) yield page.value;
  }

  /** Every item of every page. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Item<P, K>, void, undefined> {
    for await (const page of this.#each()) {
      for (const item of page.items) yield item;
    }
  }

  /** Every item, or the first `limit` of them, in one array. */
  async toArray(options: { readonly limit?: number } = {}): Promise<Item<P, K>[]> {
    const limit = options.limit ?? Number.POSITIVE_INFINITY;
    const items: Item<P, K>[] = [];
    if (limit <= 0) return items;
    for await (const page of this.#each()) {
      for (const item of page.items) {
        items.push(item);
        if (items.length >= limit) return items;
      }
    }
    return items;
  }

  async *#each(): AsyncGenerator<Page<P, Item<P, K>>, void, undefined> {
    let token: string | undefined;
    do {
      const page = await this.#ask(token);
      yield page;
      token = page.next;
    } while (token !== undefined);
  }
}
