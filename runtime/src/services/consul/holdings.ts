/** Something that is held until it is given back. */
interface Holding {
  /** Aborted when it is over. */
  readonly ended: AbortSignal;
  close(): Promise<void>;
}

/** What a session of the program holds, or is about to, so that closing that gives it back. */
export class Holdings {
  readonly #open = new Set<Holding>();
  readonly #pending = new Set<Promise<unknown>>();

  /** Remembers what is about to be held, and then what is held until it is over. */
  async hold<T extends Holding | undefined>(pending: Promise<T>): Promise<T> {
    this.#pending.add(pending);
    try {
      const holding = await pending;
      if (holding !== undefined) this.#remember(holding);
      return holding;
    } finally {
      this.#pending.delete(pending);
    }
  }

  /** Never rejects: what can't be given back ends by itself. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#pending);
    await Promise.allSettled([...this.#open].map((holding) => holding.close()));
  }

  #remember(holding: Holding): void {
    this.#open.add(holding);
    holding.ended.addEventListener('abort', () => this.#open.delete(holding), { once: true });
    if (holding.ended.aborted) this.#open.delete(holding);
  }
}
