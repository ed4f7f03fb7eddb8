const unitsMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** A duration as Go writes it (`1m30s`, `200ms`) in milliseconds; `undefined` when it isn't one. */
export function durationMs(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined;
  let ms = 0;
  for (const [, number, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)([a-zµμ]+)/g)) {
    ms += Number(number) * (unitsMs[unit] ?? Number.NaN);
  }
  return ms;
}

/** Milliseconds as Go reads them. */
export function durationText(ms: number): string {
  return `${Math.ceil(ms)}ms`;
}
