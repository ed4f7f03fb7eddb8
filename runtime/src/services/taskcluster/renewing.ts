/**
 * Gives what `ask` answered, and asks again when that has expired. Each answer is good for at least one use: the
 * clocks of the two sides may differ by more than it is valid for.
 */
export function renewing<T extends { readonly expires: string }>(
  first: T | undefined,
  ask: () => Promise<T>,
): () => Promise<T> {
  let current = first;
  let used = false;
  return async () => {
    if (current === undefined || (used && Date.parse(current.expires) <= Date.now())) current = await ask();
    used = true;
    return current;
  };
}
