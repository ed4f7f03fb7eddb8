import { isObject } from '../../json/is-object.ts';
import type { MinionResult } from './results.ts';
import { isFailureText, isSilenceText } from './words.ts';

/** JSON that stands for an object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What one of those who do a job returned. */
export interface Returned {
  /** The minion, or the master. */
  readonly id: string;
  readonly value: unknown;
  /** Absent where it isn't known. */
  readonly retcode: unknown;
  readonly success: unknown;
}

/**
 * What `full_return` gives by minion: `{ ret, retcode, jid }`. For a minion that didn't return the master writes down
 * something else, or that with a text.
 */
export function fullResults<T>(fun: string, element: JsonObject): MinionResult<T>[] {
  return Object.entries(element).map(([minion, full]) => {
    const value = isObject(full) && Object.hasOwn(full, 'ret') ? full['ret'] : undefined;
    if (value === undefined) return silent<T>(minion, isSilenceText(full) ? full : undefined);
    return isSilenceText(value)
      ? silent<T>(minion, value)
      : judged<T>(fun, minion, value, isObject(full) ? full['retcode'] : undefined);
  });
}

/** Values by minion without return codes: that one failed is told by the values that are known to say so. */
export function bareResults<T>(fun: string, element: JsonObject): MinionResult<T>[] {
  return Object.entries(element).map(([minion, value]) =>
    isSilenceText(value) ? silent<T>(minion, value) : judged<T>(fun, minion, value, undefined),
  );
}

/**
 * What a batch gives with `raw`, an element a minion: the event of its return. What the master writes down for a minion
 * that was lost on the way has no tag, and since 3008 its id.
 */
export function batchResults<T>(fun: string, elements: readonly unknown[]): MinionResult<T>[] {
  return elements.filter(isObject).flatMap(({ data, tag }) => {
    if (!isObject(data) || typeof data['id'] !== 'string') return [];
    const { id, return: value, retcode, success } = data;
    if (tag === undefined) return [silent<T>(id, undefined)];
    return [returnedResult<T>(fun, { id, value, retcode, success })];
  });
}

/** What a batch gives without, an element a minion: its value, or an empty object for one that was lost on the way. */
export function bareBatchResults<T>(fun: string, elements: readonly unknown[]): MinionResult<T>[] {
  return elements.filter(isObject).flatMap((element) =>
    Object.entries(element).map(([minion, value]) => {
      if (isObject(value) && Object.keys(value).length === 0) return silent<T>(minion, undefined);
      if (isSilenceText(value)) return silent<T>(minion, value);
      // Releases before 3006 write the code into values that are objects.
      return judged<T>(fun, minion, value, isObject(value) ? value['retcode'] : undefined);
    }),
  );
}

/** What salt-ssh gives by minion: the whole record of its job, or what the shell said when it came to nothing. */
export function sshResults<T>(fun: string, element: JsonObject): MinionResult<T>[] {
  return Object.entries(element).map(([minion, record]) => {
    if (isObject(record) && Object.hasOwn(record, 'return')) {
      return judged<T>(fun, minion, record['return'], record['retcode']);
    }
    if (isObject(record) && typeof record['retcode'] === 'number') {
      const { retcode, stderr } = record;
      const message = typeof stderr === 'string' && stderr !== '' ? stderr : `return code ${retcode}`;
      return { kind: 'failed', minion, retcode: retcode === 0 ? 1 : retcode, value: record, message };
    }
    return judged<T>(fun, minion, record, undefined);
  });
}

/** What a minion returned, by its event or by what the master keeps of a job. */
export function returnedResult<T>(fun: string, { id, value, retcode, success }: Returned): MinionResult<T> {
  return judged(fun, id, value, success === false && (retcode === undefined || retcode === 0) ? 1 : retcode);
}

/** A value that came from a minion, with the return code that came with it; without one, the value has to tell. */
function judged<T>(fun: string, minion: string, value: unknown, code: unknown): MinionResult<T> {
  const retcode = retcodeOf(code);
  if (retcode === 0 || (retcode === undefined && !saysThatItFailed(fun, value))) {
    // What a function returns is of the type that its signature says: here, and nowhere else, it is believed.
    return { kind: 'ok', minion, value: value as T, retcode };
  }
  return { kind: 'failed', minion, retcode, value, message: messageOf(value, retcode) };
}

/** Nothing came; `text` is what the master says of that. */
export function silent<T>(minion: string, text: string | undefined): MinionResult<T> {
  return {
    kind: 'no-answer',
    minion,
    message: text?.split('\n', 1)[0] ?? 'the minion did not answer in time',
  };
}

/** Several functions at once have a code each. */
function retcodeOf(code: unknown): number | undefined {
  if (typeof code === 'number') return code;
  if (!isObject(code)) return undefined;
  const codes = Object.values(code).filter((each) => typeof each === 'number');
  return codes.find((each) => each !== 0) ?? codes[0];
}

function saysThatItFailed(fun: string, value: unknown): boolean {
  return isFailureText(value) || hasFailedState(value) || (runsStates.test(fun) && isTexts(value));
}

/** Functions that give a list of texts for states that don't compile, and for nothing else. */
const runsStates = /^state\.(?!(clear_cache|list_disabled|running|show_states)$)/;

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string');
}

function messageOf(value: unknown, retcode: number | undefined): string {
  if (typeof value === 'string' && value !== '') return value;
  if (Array.isArray(value)) {
    const texts = value.filter((each) => typeof each === 'string');
    if (texts.length > 0) return texts.join('; ');
  }
  const states = isObject(value) ? failedStates(value) : [];
  return states.length > 0 ? states.join('; ') : `return code ${retcode}`;
}

/** Whether a value is that of a run of states of which one failed: their keys look like nothing else. */
function hasFailedState(value: unknown): boolean {
  if (!isObject(value)) return false;
  return Object.entries(value).some(
    ([key, state]) => key.includes('_|-') && isObject(state) && state['result'] === false,
  );
}

/** The states of a run that failed, with why. */
function failedStates(value: JsonObject): string[] {
  return Object.entries(value).flatMap(([key, state]) => {
    if (!isObject(state) || state['result'] !== false) return [];
    const { __id__: id, comment } = state;
    return [`${typeof id === 'string' ? id : key}: ${typeof comment === 'string' ? comment : 'failed'}`];
  });
}
