import type { JsonSchema, Method, Result } from '../../model.ts';
import { type Media, type MediaKind, mediaOf, preferred, USUAL } from './media.ts';
import { membersOf, type Node, type ObjectNode, objectAt, refuse, wordAt } from './node.ts';
import type { OperationReading } from './operations.ts';
import { followed } from './references.ts';
import { isBinary, isText } from './shape.ts';
import type { TypeNames } from './types.ts';

/** What comes back from an operation. */
export interface Answer {
  readonly result: Result;
  readonly accept?: string;
  /** What the document says of `result`. */
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

/** What we would rather get, the best first. */
const ORDER: readonly MediaKind[] = ['json', 'any', 'values', 'events', 'text', 'form', 'multipart', 'bytes'];

/** How the types of an operation's answers may be called that have no name. */
export interface AnswerNames {
  readonly result: TypeNames;
  readonly error: (status: string) => TypeNames;
}

/** `content` stands in place of what the document says about answers: of one of several methods. */
export function answerOf(
  operation: Node,
  verb: string,
  reading: OperationReading,
  names: AnswerNames,
  content: readonly Media[] | undefined,
): Answer {
  const all = responsesOf(operation, reading);
  const data = all.filter(({ means }) => means === 'data');
  const success = successOf(all);
  const good = [...success, ...data];
  const statuses = (told: readonly Told[]) =>
    told.flatMap(({ status }) => (isNumber(status) ? [Number(status)] : []));
  const errors = all
    .filter((response) => !good.includes(response))
    .flatMap((response) => errorOf(response, reading, names));
  const told = { data: statuses(data), errors };
  const absent = statuses(all.filter(({ means }) => means === 'absent'));
  // What answers HEAD has no body, whatever is told of it.
  if (verb === 'head') return { result: VOID, absent, ...told };
  if (good.length === 0) return { result: withoutGood(all, verb), absent, ...told };

  const main = content ?? success.flatMap(liked);
  const others = content === undefined ? data.flatMap(liked) : [];
  const hasContent = good.some(({ media }) => media.length > 0);
  const empty = hasContent ? statuses(good.filter(({ media }) => media.length === 0)) : [];
  return {
    ...resultOf(main.length > 0 ? main : others, [...main, ...others], reading, names),
    absent: [...new Set([...empty, ...absent])].sort(),
    ...told,
  };
}

/** Of several media types of one response, the one that we ask for. */
function liked({ media }: Told): readonly Media[] {
  const best = preferred(media, ORDER);
  return best === undefined ? [] : [best];
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

/** `main` says what kind of answer it is; of JSON, `all` say what it may be. */
function resultOf(
  main: readonly Media[],
  all: readonly Media[],
  reading: OperationReading,
  names: AnswerNames,
): Pick<Answer, 'result' | 'accept' | 'schema'> {
  for (const { node } of all) reading.warnings.unknownKeys(node.value, node, 'mediaType');
  const best = preferred(main, ORDER);
  if (best === undefined) return { result: VOID };
  const { type, kind, schema } = best;
  const isUsual = kind === 'any' || USUAL[kind] === type;
  return {
    result: kindOfResult(best, all, reading, names),
    ...(schema !== undefined && { schema }),
    ...(!isUsual && { accept: type }),
  };
}

function kindOfResult(
  best: Media,
  all: readonly Media[],
  reading: OperationReading,
  names: AnswerNames,
): Result {
  const { kind, node, schema } = best;
  const stream = wordAt(node, 'x-stream', ['bytes', 'lines', 'values']);
  if (stream === 'bytes') return { kind: 'stream' };
  if (stream === 'lines') return { kind: 'lines' };
  if (stream === 'values' || kind === 'values')
    return { kind: 'values', type: typeOf([best], reading, names) };
  if (kind === 'events') {
    if (schema !== undefined && !isText(schema, reading.documents)) {
      reading.warnings.add(schema, 'the type of the data of events is not followed: it comes as text');
    }
    return { kind: 'events' };
  }
  if (isJson(best, reading)) {
    const type = typeOf(
      all.filter((media) => isJson(media, reading)),
      reading,
      names,
    );
    return Object.keys(type).length === 0 ? { kind: 'unknown' } : { kind: 'json', type };
  }
  const isBytes = schema !== undefined && isBinary(schema, reading.documents);
  return { kind: kind === 'bytes' || kind === 'multipart' || isBytes ? 'bytes' : 'text' };
}

function isJson({ kind, schema }: Media, { documents }: OperationReading): boolean {
  if (kind === 'json') return true;
  return (
    kind === 'any' && (schema === undefined || !(isText(schema, documents) || isBinary(schema, documents)))
  );
}

/** Any of the types of several answers. */
function typeOf(media: readonly Media[], reading: OperationReading, { result }: AnswerNames): JsonSchema {
  const types = media.map(({ schema }) =>
    schema === undefined ? {} : reading.types.use(schema, 'answer', result),
  );
  const different = [...new Map(types.map((type) => [JSON.stringify(type), type])).values()];
  const [first = {}] = different;
  if (different.length <= 1) return first;
  return different.some((type) => Object.keys(type).length === 0) ? {} : { anyOf: different };
}

function errorOf(
  { status, media, means }: Told,
  reading: OperationReading,
  names: AnswerNames,
): Answer['errors'] {
  if (means !== undefined || !/^(4|5|default)/.test(status)) return [];
  const best = preferred(media, ['json']);
  if (best?.schema === undefined) return [];
  return [{ status, type: reading.types.use(best.schema, 'answer', names.error(status)) }];
}
