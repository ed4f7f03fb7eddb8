import type { Form, JsonSchema, Result } from '../../model.ts';
import { inOrder, type Media, type MediaKind, USUAL } from './media.ts';
import type { Node } from './node.ts';
import type { OperationReading } from './operations.ts';
import { isBinary, isText, type Shape, shapeOf } from './shape.ts';
import type { TypeNames } from './types.ts';

/** What an operation gives that gives it whole. */
export interface Whole {
  readonly result: Result;
  readonly accept?: string;
  /** The caller says which of the forms it wants. */
  readonly isChosen: boolean;
}

/** A media type of a response, and how it is read. */
interface Way extends Media {
  readonly as: 'json' | 'text' | 'bytes';
}

/** What we would rather get, the best first. */
const ORDER: readonly MediaKind[] = ['json', 'any', 'text', 'form', 'multipart', 'bytes'];

/**
 * `success` are the media types of each response that is asked for, `others` those of each that may come all the same.
 * Of several media types that are read alike the one liked best is asked for.
 */
export function wholeOf(
  success: readonly (readonly Media[])[],
  others: readonly (readonly Media[])[],
  reading: OperationReading,
  names: TypeNames,
): Whole {
  const asked = success.map((media) => waysOf(media, reading));
  const all = [...asked, ...others.map((media) => waysOf(media, reading))];
  const differing = asked.filter((ways) => new Set(ways.map(identityOf)).size > 1);
  const isChosen = differing.length > 0;
  const kept = isChosen ? differing.flat() : asked.flatMap(([best]) => best ?? []);
  const ways = inOrder([...new Map(kept.map((way) => [way.type, way])).values()], ORDER);
  const forms = ways.map((way): Form => {
    const alike = all.flatMap((some) => some.find(({ type }) => type === way.type) ?? some.slice(0, 1));
    const same = alike.filter(({ as }) => as === way.as);
    return { mediaType: way.type, result: resultOf(way, same, reading, names) };
  });
  if (isChosen) return { result: { kind: 'forms', forms }, isChosen };
  const [first] = forms;
  const isOne = new Set(ways.map(({ as }) => as)).size === 1;
  const accept = acceptOf(ways);
  return {
    result: isOne && first !== undefined ? first.result : { kind: 'forms', forms },
    ...(accept !== undefined && { accept }),
    isChosen,
  };
}

/** The one liked best is the first. What may be anything says nothing where something is said. */
function waysOf(media: readonly Media[], { documents }: OperationReading): readonly Way[] {
  const told = media.filter(({ kind }) => kind !== 'any');
  return inOrder(told.length > 0 ? told : media, ORDER).map((one) => ({ ...one, as: readAs(one) }));

  function readAs({ type, kind, schema }: Media): Way['as'] {
    if (kind === 'json') return 'json';
    if (schema !== undefined && isBinary(schema, documents)) return 'bytes';
    if (kind === 'any') return schema !== undefined && isText(schema, documents) ? 'text' : 'json';
    // A type that says nothing of its syntax, with a schema that is more than a text.
    const isOpaque = (kind === 'bytes' && !BINARY.test(type)) || type === USUAL.text;
    if (isOpaque && schema !== undefined && isStructured(shapeOf(schema, documents))) return 'json';
    return kind === 'bytes' || kind === 'multipart' ? 'bytes' : 'text';
  }
}

function isStructured({ isList, isObject }: Shape): boolean {
  return isList || isObject;
}

/** What has a schema although it isn't JSON. */
const BINARY = /protobuf|msgpack|cbor|avro|bson|parquet|thrift/;

/** What makes a difference to the caller. */
function identityOf({ as, schema }: Way): string {
  return as === 'json' ? `json ${JSON.stringify(schema?.value)}` : as;
}

/** The media types of all, unless what goes without saying is enough. */
function acceptOf(ways: readonly Way[]): string | undefined {
  const told = ways.filter(({ kind }) => kind !== 'any');
  const [first, ...more] = told;
  if (first === undefined || (more.length === 0 && USUAL[first.kind] === first.type)) return undefined;
  return told.map(({ type }) => type).join(', ');
}

function resultOf(
  { as }: Way,
  same: readonly Way[],
  reading: OperationReading,
  names: TypeNames,
): Form['result'] {
  if (as !== 'json') return { kind: as };
  const type = typeOf(
    same.map(({ schema }) => schema),
    reading,
    names,
  );
  return Object.keys(type).length === 0 ? { kind: 'unknown' } : { kind: 'json', type };
}

/** Any of the types of several answers. */
export function typeOf(
  schemas: readonly (Node | undefined)[],
  reading: OperationReading,
  names: TypeNames,
): JsonSchema {
  const types = schemas.map((schema) =>
    schema === undefined ? {} : reading.types.use(schema, 'answer', names),
  );
  const different = [...new Map(types.map((type) => [JSON.stringify(type), type])).values()];
  const [first = {}] = different;
  if (different.length <= 1) return first;
  return different.some((type) => Object.keys(type).length === 0) ? {} : { anyOf: different };
}
