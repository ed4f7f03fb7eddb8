import type { JsonValue } from '../../model.ts';
import { isObject } from '../core/schemas.ts';

/** YAML as Python's writer lays it out: in blocks, keys in order, quotes only where a text would be something else. */
export function yamlText(value: JsonValue): string {
  return `${lines(value).join('\n')}\n`;
}

function lines(value: JsonValue): readonly string[] {
  if (Array.isArray(value) && value.length > 0) {
    return value.flatMap((item) => {
      const [first = '', ...rest] = lines(item);
      return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
    });
  }
  const entries = isObject(value) ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)) : [];
  if (entries.length === 0) return [scalar(value)];
  return entries.flatMap(([key, item]) => {
    const own = lines(item);
    if (Array.isArray(item) && item.length > 0) return [`${scalar(key)}:`, ...own];
    if (isObject(item) && Object.keys(item).length > 0)
      return [`${scalar(key)}:`, ...own.map((line) => `  ${line}`)];
    return [`${scalar(key)}: ${own[0] ?? ''}`];
  });
}

/** A text that is plainly none of YAML's other things. */
const plain =
  /^(?!(?:true|false|yes|no|on|off|null|y|n|~)$)[A-Za-z_/*](?:[\w ./()@%+,;*=-]*[\w./()@%+,;*=-])?$/i;

function scalar(value: JsonValue): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  if (plain.test(value) && !value.startsWith('*')) return value;
  return /[\\\p{Cc}]/u.test(value) ? JSON.stringify(value) : `'${value.replaceAll("'", "''")}'`;
}
