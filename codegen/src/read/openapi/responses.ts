import type { HttpCall, JsonSchema, Method, Result } from '../../model.ts';
import { typeOf, wholeOf } from './forms.ts';
import { type Media, type MediaKind, mediaOf, preferred, USUAL } from './media.ts';
import { member, membersOf, type Node, type ObjectNode, objectAt, refuse, wordAt } from './node.ts';
import type { OperationReading } from './operations.ts';
import { followed } from './references.ts';
import { isText } from './shape.ts';
import type { TypeNames } from './types.ts';

/** What comes back from an operation. */
export interface Answer {
  readonly result: Result;
  readonly accept?: HttpCall['accept'];
  /** The caller says which of the forms it wants. */
  readonly isChosen: boolean;
  /** What the document says of the JSON in it. */
  readonly schema?: Node;
  /** Statuses that say that there is nothing. */
  readonly absent: readonly number[];
  /** Statuses above 299 whose body is an answer. */
  readonly data: readonly number[];
  readonly errors: NonNullable<Method['errors']>;
}

/** One response of an operation. */
interface Told {
  /** `200`, `2XX`, `default`. */
  readonly status: string;
  readonly node: ObjectNode;
  readonly media: readonly Media[];
  readonly means: 'data' | 'absent' | undefined;
}

/** What comes bit by bit, what we would rather get first. */
const ENDLESS: readonly MediaKind[] = [
  'json',
  'any',
  'values',
  'events',
  'text',
  'form',
  'multipart',
  'bytes',
];

/** How the types of an operation's answers may be called that have no name. */
export interface AnswerNames {
  readonly result: TypeNames;
  readonly error: (status: string) => TypeNames;
}

/** Which of an operation's methods an answer is read for. */
export interface AnswerOf {
  readonly verb: string;
  /** Stands in place of what the document says about answers: of one of `x-variants`. */
  readonly content: readonly Media[] | undefined;
  /** Of two methods, the one whose answer comes bit by bit, or the other one. */
  readonly isStream: boolean | undefined;
}

export function answerOf(
  operation: Node,
  { verb, content, isStream }: AnswerOf,
  reading: OperationReading,
  names: AnswerNames,
): Answer {
  const all = responsesOf(operation, reading);
  const isFor = ({ media }: Told) => media.length === 0 || media.some(isOfMethod(isStream));
  const data = all.filter(({ means }) => means === 'data').filter(isFor);
  const success = successOf(all).filter(isFor);
  const good = [...success, ...data];
  const statuses = (told: readonly Told[]) =>
    told.flatMap(({ status }) => (isNumber(status) ? [Number(status)] : []));
  const told = { isChosen: false, data: statuses(data), errors: errorsOf(all, reading, names) };
  const absent = statuses(all.filter(({ means }) => means === 'absent'));
  // What answers HEAD has no body, whatever is told of it.
  if (verb === 'head') return { result: VOID, absent, ...told };
  if (good.length === 0) return { result: withoutGood(all, verb), absent, ...told };

  const mediaIn = (responses: readonly Told[]) =>
    responses.map(({ media }) => media.filter(isOfMethod(isStream))).filter((media) => media.length > 0);
  const main = content === undefined ? mediaIn(success) : [content].filter((media) => media.length > 0);
  const others = content === undefined ? mediaIn(data) : [];
  for (const { node } of [...main, ...others].flat())
    reading.warnings.unknownKeys(node.value, node, 'mediaType');
  const hasContent = good.some(({ media }) => media.length > 0);
  const empty = hasContent ? statuses(good.filter(({ media }) => media.length === 0)) : [];
  const asked = main.length > 0 ? main : others;
  const schema = preferred(asked.flat(), ['json'])?.schema;
  return {
    ...told,
    ...(schema !== undefined && { schema }),
    ...(streamOf(asked.flat(), reading, names) ??
      (asked.length > 0 ? wholeOf(asked, others, reading, names.result) : { result: VOID })),
    absent: [...new Set([...empty, ...absent])].sort(),
  };
}

/** Whether an operation answers both as a whole and bit by bit, as the caller asks: two methods. */
export function answersInTwoWays(operation: Node, reading: OperationReading): boolean {
  const media = successOf(responsesOf(operation, reading)).flatMap((response) => response.media);
  return media.some(isEndless) && !media.every(isEndless);
}

function isOfMethod(isStream: boolean | undefined): (media: Media) => boolean {
  return (media) => isStream === undefined || isEndless(media) === isStream;
}

function isEndless({ kind, node }: Media): boolean {
  return kind === 'values' || kind === 'events' || member(node, 'x-stream') !== undefined;
}

const VOID: Result = { kind: 'void' };

function responsesOf(operation: Node, reading: OperationReading): readonly Told[] {
  return membersOf(objectAt(operation, 'responses')).map(([status, found]) => {
    if (!/^([1-5](\d\d|XX)|default)$/.test(status)) {
      return refuse(
        found,
        `${JSON.stringify(status)} is no status`,
        'Write a status like 404, a range like 4XX, or default',
      );
    }
    const node = followed(reading.documents, found, 'a response');
    reading.warnings.unknownKeys(node.value, node, 'response');
    return { status, node, media: mediaOf(node), means: meaningOf(found) ?? meaningOf(node) };
  });
}

/** It may stand beside a `$ref`: the same response means one thing here and another there. */
function meaningOf(response: Node): Told['means'] {
  return wordAt(response, 'x-result', ['data', 'absent']);
}

/** Where no success is told, `default` is one. */
function successOf(all: readonly Told[]): readonly Told[] {
  const success = all.filter(({ status }) => status.startsWith('2'));
  return success.length > 0 ? success : all.filter(({ status }) => status === 'default');
}

/** Nothing is told about success: perhaps a redirect is, whose target is the answer. */
function withoutGood(all: readonly Told[], verb: string): Result {
  if (all.some(({ status }) => /^30[12378]$/.test(status))) return { kind: 'location' };
  return verb === 'get' && all.length === 0 ? { kind: 'unknown' } : VOID;
}

function isNumber(status: string): boolean {
  return /^\d+$/.test(status);
}

/** Undefined when nothing comes bit by bit. */
function streamOf(
  media: readonly Media[],
  reading: OperationReading,
  names: AnswerNames,
): Pick<Answer, 'result' | 'accept'> | undefined {
  const best = preferred(media.filter(isEndless), ENDLESS);
  if (best === undefined) return undefined;
  const { kind, type } = best;
  for (const other of media) {
    if (other.type !== type)
      reading.warnings.add(other.node, `the media type ${other.type} is not asked for, but ${type}`);
  }
  const isUsual = kind === 'any' || (kind !== 'values' && USUAL[kind] === type);
  return { result: endless(best, reading, names), ...(!isUsual && { accept: type }) };
}

function endless({ kind, node, schema }: Media, reading: OperationReading, names: AnswerNames): Result {
  const stream = wordAt(node, 'x-stream', ['bytes', 'lines', 'values']);
  if (stream === 'bytes') return { kind: 'stream' };
  if (stream === 'lines') return { kind: 'lines' };
  if (stream === 'values' || kind === 'values')
    return { kind: 'values', type: typeOf([schema], reading, names.result) };
  if (schema !== undefined && !isText(schema, reading.documents)) {
    reading.warnings.add(schema, 'the type of the data of events is not followed: it comes as text');
  }
  return { kind: 'events' };
}

/**
 * What refusals say, by status. Where any has a type, each that is told has an entry, so that a wider one is not taken
 * for it.
 */
function errorsOf(all: readonly Told[], reading: OperationReading, names: AnswerNames): Answer['errors'] {
  const good = successOf(all);
  const refusals = all.filter(
    (response) =>
      response.means === undefined && !good.includes(response) && /^(4|5|default)/.test(response.status),
  );
  const isTyped = refusals.some(({ media }) => preferred(media, ['json'])?.schema !== undefined);
  if (!isTyped) return [];
  return refusals.map(({ status, media }) => ({
    status,
    type: errorType(media, reading, names.error(status)),
  }));
}

/** A text is one; what nobody tells may be anything. */
function errorType(media: readonly Media[], reading: OperationReading, names: TypeNames): JsonSchema {
  const json = preferred(media, ['json']);
  const isTextToo = media.some(({ kind }) => kind === 'text');
  const isOther = media.some(({ kind }) => kind !== 'text' && kind !== 'json');
  if (isOther || (json === undefined && !isTextToo)) return {};
  const type = json?.schema === undefined ? {} : reading.types.use(json.schema, 'answer', names);
  if (json === undefined) return TEXT;
  if (!isTextToo || Object.keys(type).length === 0) return type;
  return { anyOf: [type, TEXT] };
}

const TEXT: JsonSchema = { type: 'string' };
