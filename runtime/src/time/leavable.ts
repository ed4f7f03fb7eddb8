/**
 * A loop over what a generator gives, which can be left while it waits: a generator alone would wait for its next value before it
 * returns. `leave` makes an end of that.
 */
export function leavable<T>(
  values: AsyncGenerator<T, undefined, undefined>,
  leave: () => void,
): AsyncIterableIterator<T, undefined, undefined> {
  const iterator: AsyncIterableIterator<T, undefined, undefined> = {
    [Symbol.asyncIterator]: () => iterator,
    next: () => values.next(),
    return: async () => {
      leave();
      return await values.return(undefined);
    },
  };
  return iterator;
}
