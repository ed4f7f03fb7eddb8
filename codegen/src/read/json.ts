import { InputError } from '../errors.ts';
import type { JsonValue } from '../model.ts';

/** Parses JSON; what isn't JSON is refused with the line and column where it stops to be. */
export function parseJson(text: string, file: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { offset, expected } = whereItBreaks(text);
    const before = text.slice(0, offset).split('\n');
    const column = (before.at(-1)?.length ?? 0) + 1;
    const found = offset >= text.length ? 'the end of the file' : JSON.stringify(text.charAt(offset));
    throw new InputError(
      `not valid JSON: line ${before.length}, column ${column} has ${found} where ${expected} should be`,
      { file, cause },
    );
  }
}

const TOKEN =
  /[ \t\r\n]*(?:(?<mark>[{}[\],:])|(?<string>"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[ !#-[\]-\uffff]*)*")|(?<other>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;

/** After a token: which tokens may follow, in words. */
const EXPECTED = {
  value: 'a value',
  'first element': 'a value or "]"',
  'first name': 'a property name or "}"',
  name: 'a property name',
  colon: '":"',
  'next element': '"," or "]"',
  'next property': '"," or "}"',
  end: 'the end of the file',
} as const;

type State = keyof typeof EXPECTED;

/** Where a string would do, so that a quotation mark can only be the start of one that is broken. */
const BEFORE_STRING: ReadonlySet<State> = new Set(['value', 'first element', 'first name', 'name']);

/** JSON.parse doesn't say where for every mistake, and its words differ between versions of Node. */
function whereItBreaks(text: string): { offset: number; expected: string } {
  const open: string[] = [];
  let state: State = 'value';
  let offset = 0;
  for (;;) {
    TOKEN.lastIndex = offset;
    const token: RegExpExecArray | null = TOKEN.exec(text);
    const next: State | undefined = token === null ? undefined : step(state, token.groups ?? {}, open);
    if (next === undefined || token === null) break;
    state = next;
    offset = TOKEN.lastIndex;
  }
  const blank = /[ \t\r\n]*/y;
  blank.lastIndex = offset;
  blank.test(text);
  const expected =
    text.charAt(blank.lastIndex) === '"' && BEFORE_STRING.has(state) ? 'a whole string' : EXPECTED[state];
  return { offset: blank.lastIndex, expected };
}

function step(
  state: State,
  token: Readonly<Record<string, string | undefined>>,
  open: string[],
): State | undefined {
  const { mark, string } = token;
  const closed = (): State => {
    open.pop();
    return afterValue(open);
  };
  switch (state) {
    case 'value':
    case 'first element':
      if (mark === ']' && state === 'first element') return closed();
      if (mark === '[' || mark === '{') {
        open.push(mark);
        return mark === '[' ? 'first element' : 'first name';
      }
      return mark === undefined ? afterValue(open) : undefined;
    case 'first name':
    case 'name':
      if (mark === '}' && state === 'first name') return closed();
      return string === undefined ? undefined : 'colon';
    case 'colon':
      return mark === ':' ? 'value' : undefined;
    case 'next element':
      return mark === ',' ? 'value' : mark === ']' ? closed() : undefined;
    case 'next property':
      return mark === ',' ? 'name' : mark === '}' ? closed() : undefined;
    case 'end':
      return undefined;
  }
}

function afterValue(open: readonly string[]): State {
  const last = open.at(-1);
  return last === undefined ? 'end' : last === '[' ? 'next element' : 'next property';
}
