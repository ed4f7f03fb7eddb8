import { LINE_WIDTH } from './doc.ts';

/** Data as it stands in code: an expression, or an object whose keys are as they stand there too. */
export type Data = string | DataObject;

interface DataObject {
  /** What goes before: `() => `. */
  readonly before?: string;
  readonly entries: readonly Entry[];
}

/** A property, or what needs no key: `query`, `...options`. */
export type Entry = readonly [key: string, value: Data] | string;

/** Data on one line if it fits into `room` columns, else a property a line; the first line has begun already. */
export function dataText(data: Data, indent = 0, room = LINE_WIDTH - indent): string {
  const line = dataLine(data);
  if (typeof data === 'string' || data.entries.length === 0 || line.length <= room) return line;
  const pad = ' '.repeat(indent + 2);
  const lines = data.entries.map((entry) => {
    if (typeof entry === 'string') return `${pad}${entry},\n`;
    const [key, value] = entry;
    const head = `${pad}${key}: `;
    return `${head}${dataText(value, indent + 2, LINE_WIDTH - head.length - 1)},\n`;
  });
  const [start, end] = brackets(data);
  return `${start}{\n${lines.join('')}${' '.repeat(indent)}}${end}`;
}

export function dataLine(data: Data): string {
  if (typeof data === 'string') return data;
  const entries = data.entries.map((entry) =>
    typeof entry === 'string' ? entry : `${entry[0]}: ${dataLine(entry[1])}`,
  );
  const [start, end] = brackets(data);
  return `${start}${entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`}${end}`;
}

/** An object that a function gives stands in parentheses. */
function brackets({ before }: DataObject): readonly [string, string] {
  return before === undefined ? ['', ''] : [`${before}(`, ')'];
}
