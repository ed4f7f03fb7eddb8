/** Events of a service that is faster than who takes them: of changes with one key only the last is kept. */
export class MergedEvents {
  readonly #key: (change: unknown) => string;
  #changes = new Map<string, unknown>();
  #any = false;
  #failed: { readonly error: unknown } | undefined;
  #news = Promise.withResolvers<void>();

  constructor(key: (change: unknown) => string) {
    this.#key = key;
  }

  put(event: unknown): void {
    this.#any = true;
    for (const change of Array.isArray(event) ? event : []) {
      const key = this.#key(change);
      // What changed last stands last.
      this.#changes.delete(key);
      this.#changes.set(key, change);
    }
    this.#news.resolve();
  }

  /** What was put before is still taken. */
  fail(error: unknown): void {
    this.#failed ??= { error };
    this.#news.resolve();
  }

  /** All that came since the last time, as one event. */
  async take(): Promise<readonly unknown[]> {
    for (;;) {
      if (this.#any) {
        const changes = [...this.#changes.values()];
        this.#changes = new Map();
        this.#any = false;
        return changes;
      }
      if (this.#failed !== undefined) throw this.#failed.error;
      this.#news = Promise.withResolvers();
      await this.#news.promise;
    }
  }
}
