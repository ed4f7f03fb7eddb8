/** One figure and what it should be. */
export interface Result {
  readonly what: string;
  readonly measured: number;
  /** `×` for a ratio, otherwise a unit. */
  readonly unit: string;
  /** At most this; absent when the figure only stands for comparison. */
  readonly target?: number;
  /** What the figure was made of. */
  readonly from?: string;
}

const columns = ['what', 'measured', 'target', 'reached', 'from'] as const;

/** The results as a Markdown table. */
export function table(results: readonly Result[]): string {
  const rows = results.map((result): readonly string[] => [
    result.what,
    show(result.measured, result.unit),
    result.target === undefined ? '' : `<= ${show(result.target, result.unit)}`,
    result.target === undefined ? '' : result.measured <= result.target ? 'yes' : 'no',
    result.from ?? '',
  ]);
  const widths = columns.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(columns), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line), ''].join('\n');
}

export function show(value: number, unit: string): string {
  return unit === '×' ? value.toFixed(2) : `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ${unit}`;
}
