import { type CallFacts, ProtocolError } from '../../errors.ts';
import { isObject } from '../../json/is-object.ts';
import type { CallOptions } from '../../options.ts';
import { type Chunk, functionOf, nameOf } from './chunk.ts';
import { SaltFunctionError } from './errors.ts';
import { Lazy } from './lazy.ts';
import type { Sent } from './lowstate.ts';
import { netapis } from './netapi.ts';
import {
  bareBatchResults,
  bareResults,
  batchResults,
  fullResults,
  type JsonObject,
  silent,
  sshResults,
} from './read-minions.ts';
import { type MinionResult, MinionResults } from './results.ts';
import { explained, isFailureText, isNobodyText, meaningOf } from './words.ts';

/** One thing to do, and how what comes of it is read. */
export interface Step<R> {
  readonly chunk: Chunk;
  readonly options: CallOptions;
  /** `sent.elements` are those of this chunk. */
  read(sent: Sent): R;
}

/** Who does it. */
export type Perform = <R>(step: Step<R>) => Promise<R>;

/** A call that is made when it is awaited, or together with others by `session.run`. */
export class Call<R> extends Lazy<R> {
  readonly #step: Step<R>;

  constructor(perform: Perform, step: Step<R>) {
    super(() => perform(step));
    this.#step = step;
  }

  /** For `session.run`. Not a property, since a chunk may hold a secret. */
  static stepOf<R>(call: Call<R>): Step<R> {
    return call.#step;
  }

  override get [Symbol.toStringTag](): string {
    return 'Call';
  }
}

/** A function on minions, with what became of it on each. */
export function minionsStep<T>(chunk: Chunk, options: CallOptions): Step<MinionResults<T>> {
  return {
    chunk,
    options,
    read(sent) {
      const results = resultsIn<T>(chunk, sent);
      return new MinionResults([...results, ...leftOut<T>(chunk, results)], nameOf(chunk), sent.record);
    },
  };
}

function resultsIn<T>(chunk: Chunk, sent: Sent): MinionResult<T>[] {
  const fun = functionOf(chunk);
  if (chunk.client === 'local_batch') {
    return chunk['raw'] === true ? batchResults(fun, sent.elements) : bareBatchResults(fun, sent.elements);
  }
  const element = objectIn(chunk, sent);
  if (chunk.client === 'ssh') return sshResults(fun, element);
  return netapis[sent.netapi].fullReturn ? fullResults(fun, element) : bareResults(fun, element);
}

/** Minions that were asked for by their ids, and that the answer says nothing about. */
function leftOut<T>(
  { client, tgt, tgt_type: type }: Chunk,
  results: readonly MinionResult<T>[],
): MinionResult<T>[] {
  const isOfAll = client === 'local' || client === 'local_batch';
  if (!isOfAll || type !== 'list' || !Array.isArray(tgt)) return [];
  const told = new Set(results.map(({ minion }) => minion));
  const missing = tgt.filter((id) => typeof id === 'string' && !told.has(id));
  return missing.map((id) =>
    silent<T>(id, 'the answer says nothing about the minion: is it down, or unknown?'),
  );
}

/** A function on minions, with what the API says of it as it is. */
export function bareStep<T>(chunk: Chunk, options: CallOptions): Step<T> {
  return {
    chunk,
    options,
    // Whatever it is: whoever asks for the bare form reads it.
    read: (sent) => objectIn(chunk, sent) as T,
  };
}

/** A function on the master, with its value. */
export function masterStep<T>(chunk: Chunk, options: CallOptions): Step<T> {
  return { chunk, options, read: (sent) => masterValue<T>(chunk, sent.elements[0], factsOf(chunk, sent)) };
}

export function factsOf(chunk: Chunk, { record }: Pick<Sent, 'record'>): CallFacts {
  return { call: nameOf(chunk), record };
}

/**
 * The value of a runner or wheel function, from `{ tag, data: { return, success } }`.
 *
 * @throws SaltFunctionError when it failed
 */
export function masterValue<T>(chunk: Chunk, element: unknown, facts: CallFacts): T {
  const data = isObject(element) && typeof element['tag'] === 'string' ? element['data'] : undefined;
  const wrapped = isObject(data) && Object.hasOwn(data, 'return');
  const value = wrapped ? data['return'] : element;
  const succeeded = wrapped ? data['success'] !== false : !isFailureText(value);
  // What a function returns is of the type that its signature says: here it is believed.
  if (succeeded) return value as T;
  throw failed(chunk, value, facts);
}

/** The one object that a chunk gives as a rule; a text in its place says that it failed. */
export function objectIn(chunk: Chunk, sent: Sent): JsonObject {
  const [element] = sent.elements;
  if (isObject(element)) return element;
  const facts = factsOf(chunk, sent);
  if (isNobodyText(element)) return {};
  if (typeof element === 'string') throw failed(chunk, element, facts);
  if (element === undefined)
    throw failed(chunk, 'the answer has nothing for it: an earlier one failed', facts);
  throw new ProtocolError('an answer that is not an object by minion', facts);
}

function failed(chunk: Chunk, value: unknown, facts: CallFacts): SaltFunctionError {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // What a function says further down may be about anything.
  const meaning = meaningOf(text.split('\n', 1)[0] ?? '');
  const what = explained(shortened(text), meaning);
  return new SaltFunctionError(functionOf(chunk), meaning?.category ?? 'failed', what, value, facts);
}

/** A traceback says what it is about at its end. */
function shortened(text: string): string {
  const lines = text.trim().split('\n');
  const [first = '', ...more] = lines.map((line) => line.trim()).filter((line) => line !== '');
  const last = more.at(-1);
  const whole = last === undefined ? first : `${first} … ${last}`;
  return whole.length > 300 ? `${whole.slice(0, 300)}…` : whole;
}
