/**
 * Is aborted when one of several signals is, for the same reason, as long as it isn't released. `AbortSignal.any` can't be
 * released: in Node 22 a signal that lives long keeps a trace of each that was ever made of it.
 */
export class JoinedSignal {
  readonly #controller = new AbortController();
  readonly #sources: readonly AbortSignal[];
  readonly #follow = (): void => {
    const aborted = this.#sources.find((source) => source.aborted);
    if (aborted === undefined || this.signal.aborted) return;
    this.release();
    this.#controller.abort(aborted.reason);
  };

  constructor(...sources: readonly (AbortSignal | undefined)[]) {
    this.#sources = sources.filter((source) => source !== undefined);
    for (const source of this.#sources) source.addEventListener('abort', this.#follow, { once: true });
    this.#follow();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Listens no more. What is aborted stays so. */
  release(): void {
    for (const source of this.#sources) source.removeEventListener('abort', this.#follow);
  }
}
