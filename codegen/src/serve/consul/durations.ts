const units: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** A duration as Go writes them (`1m30s`), in milliseconds; `undefined` when it is none. `0` needs no unit. */
export function durationMs(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  const [, sign, rest = ''] = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+)$/.exec(text) ?? [];
  if (sign === undefined) return undefined;
  let sum = 0;
  for (const [, amount, unit = ''] of rest.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g)) {
    sum += Number(amount) * (units.get(unit) ?? 0);
  }
  return sign === '-' ? -sum : sum;
}

/** A duration of whole seconds as Go tells it: `5m0s`. */
export function goDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const shown = [hours > 0 && `${hours}h`, minutes > 0 && `${minutes % 60}m`, `${seconds % 60}s`];
  return shown.filter(Boolean).join('');
}

/** In a body a duration is such a text, or a number of nanoseconds. */
export function bodyDurationMs(value: string | number): number | undefined {
  return typeof value === 'number' ? value / 1e6 : durationMs(value);
}
