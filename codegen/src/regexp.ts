import { createContext, Script } from 'node:vm';
import { InputError } from './errors.ts';

/** How long a pattern may look at one text. A sensible one needs microseconds. */
const LIMIT_MS = 100;

/**
 * A regular expression from outside, for ajv. `^(a+)+$` takes seconds over thirty characters and twice as long
 * for each one more, and no rule tells all such patterns from harmless ones. So a pattern in which one repetition
 * may run into another is stopped after {@link LIMIT_MS}; the others run at full speed.
 */
export const guardedRegExp = Object.assign(
  (pattern: string, flags: string) => {
    const regexp = compile(pattern, flags);
    if (!mayBacktrack(pattern)) return regexp;
    return { test: (text: string) => testWithin(regexp, text) };
  },
  // What ajv would print into standalone code, which we never ask for.
  { code: 'new RegExp' },
);

function compile(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, flags);
  } catch (cause) {
    throw new InputError(`the pattern ${JSON.stringify(pattern)} is not a regular expression`, { cause });
  }
}

/** Two repetitions without a bound worth the name, or a group that is repeated. */
function mayBacktrack(pattern: string): boolean {
  const plain = pattern.replace(/\\./gs, '_').replace(/\[[^\]]*\]/g, '_');
  const repetitions = plain.match(/[*+]|\{\d+,(\d{4,})?\}/g) ?? [];
  return repetitions.length > 1 || /\)([*+]|\{\d+,)/.test(plain);
}

const script = new Script('regexp.test(text)');

function testWithin(regexp: RegExp, text: string): boolean {
  try {
    return script.runInContext(createContext({ regexp, text }), { timeout: LIMIT_MS }) === true;
  } catch (cause) {
    throw new InputError(
      `the pattern ${JSON.stringify(regexp.source)} needs more than ${LIMIT_MS} ms for a text`,
      {
        hint: 'Correct the pattern, so that one repetition cannot run into another',
        cause,
      },
    );
  }
}
