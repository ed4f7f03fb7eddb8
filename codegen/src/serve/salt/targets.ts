import { isIPv4 } from 'node:net';
import type { JsonValue } from '../../model.ts';
import { isObject } from '../core/schemas.ts';
import type { Master, MinionSetup } from './deployment.ts';
import { grainsOf } from './grains.ts';

/** The accepted minions that a target means. A `list` with one of them also names those that there aren't. */
export function targeted(master: Master, tgt: JsonValue, type: string, delimiter = ':'): readonly string[] {
  const accepted = [...master.keys].filter(([, state]) => state === 'minions').map(([id]) => id);
  if (type === 'list') {
    const named = new Set(names(tgt));
    return accepted.some((id) => named.has(id)) ? [...named].sort() : [];
  }
  const wanted = String(tgt);
  return accepted
    .filter((id) => matches(master, master.minions.get(id) ?? { id }, wanted, type, delimiter))
    .sort();
}

function names(tgt: JsonValue): readonly string[] {
  if (Array.isArray(tgt)) return tgt.map(String);
  return String(tgt).split(',').filter(Boolean);
}

function matches(master: Master, minion: MinionSetup, tgt: string, type: string, delimiter: string): boolean {
  const data = () => (type.startsWith('grain') ? grainsOf(master, minion) : (minion.pillar ?? {}));
  switch (type) {
    case 'glob':
      return glob(tgt).test(minion.id);
    case 'pcre':
      return pattern(tgt).test(minion.id);
    case 'grain':
    case 'pillar':
      return inData(data(), tgt, delimiter, glob);
    case 'grain_pcre':
    case 'pillar_pcre':
      return inData(data(), tgt, delimiter, pattern);
    case 'pillar_exact':
      return inData(data(), tgt, delimiter, exact);
    case 'ipcidr':
      return listOf(grainsOf(master, minion)['ipv4']).some((address) => inNetwork(address, tgt));
    case 'compound':
      return compound(master, minion, tgt);
    default:
      return false;
  }
}

/** A shell's pattern, for all of a text. */
export function glob(text: string): RegExp {
  const source = text
    .replace(/\[!/g, '[^')
    .replace(/[.+^${}()|\\]/g, (found, at: number) =>
      found === '^' && text[at - 1] === '[' ? found : `\\${found}`,
    );
  return safely(`^${source.replace(/\*/g, '.*').replace(/\?/g, '.')}$`);
}

/** Python's `match` wants the beginning only. */
function pattern(text: string): RegExp {
  return safely(`^(?:${text})`);
}

function exact(text: string): RegExp {
  return safely(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
}

/** What is no pattern matches nothing. */
function safely(source: string): RegExp {
  try {
    return new RegExp(source, 's');
  } catch {
    return /(?!)/;
  }
}

/** `role:web`: what is left of some delimiter is where to look, the rest is what should be there. */
function inData(data: JsonValue, tgt: string, delimiter: string, test: (text: string) => RegExp): boolean {
  const parts = tgt.split(delimiter);
  return parts.slice(0, -1).some((_, at) => {
    const found = traverse(data, parts.slice(0, at + 1));
    const wanted = test(parts.slice(at + 1).join(delimiter));
    if (isObject(found)) return Object.keys(found).some((key) => wanted.test(key));
    return listOf(found).some((value) => wanted.test(value));
  });
}

/** What stands in data under keys, one below the other. */
export function traverse(data: JsonValue | undefined, keys: readonly string[]): JsonValue | undefined {
  return keys.reduce<JsonValue | undefined>((found, key) => {
    if (Array.isArray(found)) return found[Number(key)];
    return isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }, data);
}

function listOf(value: JsonValue | undefined): readonly string[] {
  if (value === undefined || isObject(value)) return [];
  return (Array.isArray(value) ? value : [value]).map(pythonText);
}

function pythonText(value: JsonValue): string {
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
}

function inNetwork(address: string, network: string): boolean {
  const [base = '', bits = '32'] = network.split('/');
  if (!isIPv4(base) || !isIPv4(address)) return base === address;
  const number = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  return Math.floor(number(base) / size) === Math.floor(number(address) / size);
}

const engines: Readonly<Record<string, string>> = {
  G: 'grain',
  P: 'grain_pcre',
  I: 'pillar',
  J: 'pillar_pcre',
  L: 'list',
  S: 'ipcidr',
  E: 'pcre',
};

/** `G@os:Debian and not web* or E@db\d`: `not` binds closest, then `and`. Parentheses are words by themselves. */
function compound(master: Master, minion: MinionSetup, tgt: string): boolean {
  const words = tgt.split(/\s+/).flatMap((word) => word.split(/(?<=^\()|(?=\)$)/));
  let at = 0;
  const either = (): boolean => {
    let found = both();
    while (words[at] === 'or') {
      at += 1;
      const other = both();
      found ||= other;
    }
    return found;
  };
  const both = (): boolean => {
    let found = one();
    while (words[at] === 'and') {
      at += 1;
      const other = one();
      found &&= other;
    }
    return found;
  };
  const one = (): boolean => {
    const word = words[at] ?? '';
    at += 1;
    if (word === 'not') return !one();
    if (word !== '(') return matchesWord(master, minion, word);
    const found = either();
    at += 1;
    return found;
  };
  return either();
}

function matchesWord(master: Master, minion: MinionSetup, word: string): boolean {
  const [, letter = '', rest = word] = /^([A-Z])@(.*)$/.exec(word) ?? [];
  const type = engines[letter] ?? 'glob';
  if (type === 'list') return names(rest).includes(minion.id);
  return matches(master, minion, rest, type, ':');
}
