/** Has what belongs to one place happen one after another. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Acts as soon as those who came before have succeeded or failed; an abort rejects with the signal's own reason. */
  async take<T>(place: string, signal: AbortSignal | undefined, act: () => Promise<T>): Promise<T> {
    const before = this.#last.get(place);
    const turn = (async () => {
      if (before !== undefined) await unlessAborted(before, signal);
      return act();
    })();
    // Who comes next waits for whoever is before us, too, should we be aborted meanwhile.
    const settled = Promise.allSettled([before, turn]);
    this.#last.set(place, settled);
    try {
      return await turn;
    } finally {
      if (this.#last.get(place) === settled) this.#last.delete(place);
    }
  }
}

function unlessAborted(promise: Promise<unknown>, signal: AbortSignal | undefined): Promise<unknown> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
