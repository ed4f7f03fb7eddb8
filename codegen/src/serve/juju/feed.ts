/** Tells whoever listens. */
export interface Feed<T> {
  /** Returns what stops it. */
  listen(listener: (event: T) => void): () => void;
  tell(event: T): void;
}

export function createFeed<T>(): Feed<T> {
  const listeners = new Set<(event: T) => void>();
  return {
    listen(listener) {
      // Whoever listens twice is told twice.
      const own = (event: T) => listener(event);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    tell(event) {
      for (const listener of [...listeners]) listener(event);
    },
  };
}
