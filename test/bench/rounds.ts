/**
 * Lets the contenders take turns, A B C A B C …, so that whatever else the machine does hits all of them alike, and
 * gives the median of each.
 */
export async function medians<K extends string>(
  contenders: Readonly<Record<K, () => Promise<number>>>,
  rounds: number,
): Promise<Record<K, number>> {
  const names = Object.keys(contenders).filter((name): name is K => Object.hasOwn(contenders, name));
  const samples = new Map<K, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, found] of samples) found.push(await contenders[name]());
  }
  const result: Partial<Record<K, number>> = {};
  for (const [name, found] of samples) result[name] = median(found);
  return complete(result, names);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

function complete<K extends string>(
  partial: Partial<Record<K, number>>,
  names: readonly K[],
): Record<K, number> {
  const isComplete = (value: Partial<Record<K, number>>): value is Record<K, number> =>
    names.every((name) => name in value);
  if (!isComplete(partial)) throw new Error('a contender has no figure');
  return partial;
}
