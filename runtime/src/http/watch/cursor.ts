import type { ReadMeta } from '../read-meta.ts';

/** By what a service tells one version of an answer from another. */
export type WatchedBy = 'index' | 'hash' | 'event';

/** Where a watch is: which version it has seen. */
export interface Cursor {
  /** What to ask with, so that the answer comes when there is another version; `undefined`: it comes at once. */
  readonly query: { readonly index: bigint } | { readonly hash: string } | undefined;
  /** Takes the version of an answer; `undefined` when it has none, otherwise whether it is another than the last. */
  advance(meta: ReadMeta): boolean | undefined;
  /** Takes an answer that says, without a version, that there is nothing; whether the last one said something else. */
  vanish(): boolean;
  /** The next answer shall come at once: whoever gives it may count anew. */
  reset(): void;
}

/** @throws TypeError when `from` isn't what this kind of watch begins with */
export function cursorOf(by: WatchedBy, from: bigint | string | undefined): Cursor {
  switch (by) {
    case 'index':
      if (from === undefined || typeof from === 'bigint') return new IndexCursor(from, true);
      throw new TypeError(
        'from must be an index here, a bigint, such as the meta.index of an earlier answer',
      );
    case 'hash':
      if (typeof from !== 'bigint') return new HashCursor(from);
      throw new TypeError('from must be a hash here, such as the meta.contentHash of an earlier answer');
    case 'event':
      if (typeof from !== 'bigint') return new IndexCursor(undefined, false);
      throw new TypeError(
        'from must be the ID of an event here: the index of events says nothing of their order',
      );
  }
}

/** What no answer has for its version. */
const nothing = { index: 0n, hash: '' };

class IndexCursor implements Cursor {
  readonly #counts: boolean;
  /** What the caller has seen, as long as there is nothing newer. */
  #from: bigint | undefined;
  #last: bigint | undefined;
  #asked: bigint | undefined;

  /** `counts`: whether later means larger. */
  constructor(from: bigint | undefined, counts: boolean) {
    this.#from = from === 0n ? undefined : from;
    this.#last = this.#from;
    this.#asked = this.#from;
    this.#counts = counts;
  }

  get query(): { readonly index: bigint } | undefined {
    return this.#asked === undefined ? undefined : { index: this.#asked };
  }

  advance({ index }: ReadMeta): boolean | undefined {
    if (index === undefined) return undefined;
    // Asked with 0, a service answers at once: over and over, if it ever says 0.
    const next = index === 0n ? 1n : index;
    const last = this.#last;
    const moved = next !== last;
    const wentBack = this.#counts && last !== undefined && next < last;
    this.#asked = wentBack ? undefined : next;
    this.#last = next;
    if (moved) this.#from = undefined;
    return moved;
  }

  vanish(): boolean {
    const vanished = this.#last !== nothing.index;
    this.#from = undefined;
    this.#asked = undefined;
    this.#last = nothing.index;
    return vanished;
  }

  reset(): void {
    this.#asked = undefined;
    // Whoever counts anew may come to the same number with another value.
    this.#last = this.#from;
  }
}

class HashCursor implements Cursor {
  #last: string | undefined;
  #asked: string | undefined;

  constructor(from: string | undefined) {
    this.#last = from;
    this.#asked = from;
  }

  get query(): { readonly hash: string } | undefined {
    return this.#asked === undefined ? undefined : { hash: this.#asked };
  }

  advance({ contentHash }: ReadMeta): boolean | undefined {
    if (contentHash === undefined) return undefined;
    const changed = contentHash !== this.#last;
    this.#last = contentHash;
    this.#asked = contentHash;
    return changed;
  }

  vanish(): boolean {
    const vanished = this.#last !== nothing.hash;
    this.#asked = undefined;
    this.#last = nothing.hash;
    return vanished;
  }

  reset(): void {
    this.#asked = undefined;
  }
}
