/** The known name nearest to a mistyped one, as the end of a sentence: `; did you mean generate?` */
export function didYouMean(given: string, known: readonly string[]): string {
  const limit = Math.max(1, Math.floor(given.length / 3));
  const [nearest] = known
    .map((name) => ({ name, distance: distance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= limit || (given.length > 1 && name.startsWith(given)))
    .sort((a, b) => a.distance - b.distance);
  return nearest === undefined ? '' : `; did you mean ${nearest.name}?`;
}

/** How many letters have to be put in, taken out, changed or swapped with the next. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const steps = [
        (previous[j - 1] ?? 0) + (same ? 0 : 1),
        (previous[j] ?? 0) + 1,
        (current[j - 1] ?? 0) + 1,
        ...(swapped ? [(before[j - 2] ?? 0) + 1] : []),
      ];
      current.push(Math.min(...steps));
    }
    [before, previous] = [previous, current];
  }
  return previous[b.length] ?? 0;
}
