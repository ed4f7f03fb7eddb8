import type { JsonSchema, Param } from '../../model.ts';
import { NameError, paramName, queryParamName } from '../../names.ts';
import { mapParts } from '../schema.ts';
import { docOf } from './doc.ts';
import { type Media, mediaOf } from './media.ts';
import {
  flagAt,
  leaveOut,
  listAt,
  member,
  type Node,
  type ObjectNode,
  placeOf,
  refuse,
  textAt,
  UncallableError,
  wordAt,
} from './node.ts';
import type { OperationReading } from './operations.ts';
import { followed } from './references.ts';
import { shapeOf } from './shape.ts';
import type { TypeNames } from './types.ts';

/** A parameter as the document has it. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly node: ObjectNode;
}

/** These are said by other means, whatever a document tells of them. */
const SAID_ELSEWHERE = new Set(['accept', 'content-type', 'authorization']);

/** What may stand before the colon: a token of RFC 9110. */
export function isHeaderName(name: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name);
}

/** The parameters of an operation, those of its path included, sorted by place and name. */
export function parametersOf(owners: readonly Node[], reading: OperationReading): readonly Parameter[] {
  const found = new Map<string, Parameter>();
  for (const owner of owners) {
    const own = new Map<string, Parameter>();
    for (const element of listAt(owner, 'parameters')) {
      const parameter = parameterOf(element, reading);
      if (parameter === undefined) continue;
      const key = `${parameter.in} ${parameter.name}`;
      const before = own.get(key);
      if (before !== undefined) {
        refuse(element, `the ${key} parameter stands twice, also at ${placeOf(before.node)}`, 'Keep one');
      }
      own.set(key, parameter);
    }
    for (const [key, parameter] of own) found.set(key, parameter);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, parameter]) => parameter);
}

function parameterOf(element: Node, reading: OperationReading): Parameter | undefined {
  const node = followed(reading.documents, element, 'a parameter');
  reading.warnings.unknownKeys(node.value, node, 'parameter');
  const name = textAt(node, 'name');
  if (name === undefined || name === '')
    return refuse(node, 'a parameter without a name', 'Name it as on the wire');
  if (member(node, 'in') === undefined)
    return refuse(node, 'a parameter without a place', 'Write in: query, path, header or cookie');
  const place = wordAt(node, 'in', [
    'path',
    'query',
    'header',
    'cookie',
    'querystring',
    'body',
    'formData',
  ] as const);
  if (place === undefined || flagAt(node, 'x-runtime')) return undefined;
  if (place === 'querystring' || place === 'body' || place === 'formData') {
    return leaveOut(
      node,
      `a parameter in ${place} is not known to us`,
      'Write it as a request body, or as parameters of the query',
    );
  }
  if (place === 'header' && SAID_ELSEWHERE.has(name.toLowerCase())) return undefined;
  if (place === 'header' && !isHeaderName(name)) {
    return leaveOut(node, `${JSON.stringify(name)} is no name of a header`, 'Use letters, digits and "-"');
  }
  if (place !== 'path' && flagAt(node, 'x-secret')) {
    return refuse(
      node,
      `x-secret is for parameters of a path, and ${JSON.stringify(name)} is in the ${place}`,
      `Write it as a security scheme, which is never shown: { type: apiKey, in: ${place}, name: ${JSON.stringify(name)} }`,
    );
  }
  return { name, in: place, node };
}

/** All but those of the path. One name can stand for one thing only: the query goes before headers and cookies. */
export function queryOf(
  all: readonly Parameter[],
  omitted: ReadonlySet<string>,
  { warnings }: OperationReading,
): readonly Parameter[] {
  const found = new Map<string, Parameter>();
  for (const place of ['query', 'header', 'cookie'] as const) {
    for (const parameter of all) {
      if (parameter.in !== place || omitted.has(parameter.name)) continue;
      const before = found.get(parameter.name);
      if (before === undefined) found.set(parameter.name, parameter);
      else if (flagAt(parameter.node, 'required')) {
        leaveOut(
          parameter.node,
          `${JSON.stringify(parameter.name)} is needed in the ${place}, and is a parameter of the ${before.in} too`,
          'Rename one',
        );
      } else {
        warnings.add(
          parameter.node,
          `${JSON.stringify(parameter.name)} in the ${place} was ignored, as the ${before.in} has the same name`,
        );
      }
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, parameter]) => parameter);
}

/** Runs what gives a name to a part of an operation, which is left out when none can be given. */
export function callable<T>(node: Node, give: () => T): T {
  try {
    return give();
  } catch (cause) {
    throw cause instanceof NameError ? new UncallableError(node, cause.message) : cause;
  }
}

/** The model of a parameter. `names` are for a schema that has none. */
export function paramOf(parameter: Parameter, reading: OperationReading, names: TypeNames): Param {
  const { name: wire, in: place, node } = parameter;
  const schema = schemaOf(parameter);
  const name = callable(node, () => (place === 'path' ? paramName(wire) : queryParamName(wire)));
  return {
    wire,
    name,
    ...typeOf(parameter, schema, reading, names),
    ...((place === 'header' || place === 'cookie') && { in: place }),
    ...styleOf(parameter, reading),
    ...(place === 'query' && flagAt(node, 'allowReserved') && { reserved: true }),
    required: place === 'path' || flagAt(node, 'required'),
    secret: flagAt(node, 'x-secret'),
    doc: docOf(node, presetOf(schema)),
  };
}

function schemaOf({ node }: Parameter): Node | undefined {
  const [media] = mediaOf(node);
  return media === undefined ? member(node, 'schema') : media.schema;
}

function typeOf(
  { node, in: place }: Parameter,
  schema: Node | undefined,
  { documents, types, warnings }: OperationReading,
  names: TypeNames,
): Pick<Param, 'type' | 'schema'> {
  if (flagAt(node, 'x-flag')) return { type: 'boolean' };
  if (schema === undefined) return { type: 'string' };
  const [media] = mediaOf(node);
  const { isList, isObject, isNested } = shapeOf(schema, documents);
  if (media !== undefined && !isJson(media)) {
    // How a list or an object becomes such a text, only the caller knows.
    if (isList || isObject) return { type: 'string' };
  } else if (
    media === undefined &&
    isNested &&
    !(place === 'query' && textAt(node, 'style') === 'deepObject')
  ) {
    warnings.add(node, 'no style can write a list of lists or objects: each element is given as a text');
    return { type: 'string', schema: { type: 'array', items: { type: 'string' } } };
  }
  return typed(
    withoutNull(
      types.use(schema, 'request', names, media === undefined || !isJson(media) ? writable : undefined),
    ),
  );
}

function isJson({ kind }: Media): boolean {
  return kind === 'json' || kind === 'any';
}

/** What is only written is also taken as what has the same text. Neither bytes nor files have one. */
function writable(schema: JsonSchema): JsonSchema {
  const { as, ...rest } = mapParts(schema, writable);
  switch (as) {
    case 'bigint':
      return { ...rest, as: 'integer' };
    case 'date':
      return { ...rest, as: 'instant' };
    default:
      return rest;
  }
}

/** What a plain type says goes without a schema. */
function typed(schema: JsonSchema): Pick<Param, 'type' | 'schema'> {
  const { type, as, ...rest } = schema;
  if (Object.keys(rest).length > 0) return { type: 'string', schema };
  if (type === 'string' && as === 'instant') return { type: 'date' };
  if (as !== undefined) return { type: type === 'integer' ? 'integer' : 'string', schema };
  if (type === 'integer' || type === 'number') return { type: 'integer' };
  if (type === 'boolean') return { type };
  return type === 'string' || type === undefined ? { type: 'string' } : { type: 'string', schema };
}

/** There is no way to write `null` in a URL or a header: leaving the parameter out says it. */
function withoutNull(schema: JsonSchema): JsonSchema {
  const branches = schema.anyOf?.filter(({ type }) => type !== 'null') ?? [];
  const [only] = branches;
  if (only === undefined) return schema;
  return branches.length === 1 ? only : { ...schema, anyOf: branches };
}

function presetOf(schema: Node | undefined): readonly string[] {
  const preset = schema && member(schema, 'default')?.value;
  const isShort = ['string', 'number', 'boolean'].includes(typeof preset) && String(preset).length <= 40;
  return isShort && preset !== '' ? [`default \`${String(preset).replaceAll('`', '')}\``] : [];
}

const STYLES = [
  'form',
  'simple',
  'spaceDelimited',
  'pipeDelimited',
  'deepObject',
  'label',
  'matrix',
  'cookie',
] as const;

function styleOf(parameter: Parameter, reading: OperationReading): Pick<Param, 'style' | 'expand'> {
  const { in: place, node } = parameter;
  if (place === 'path' && flagAt(node, 'x-slashes')) return { style: 'slashes' };
  if (flagAt(node, 'x-flag')) return { style: 'flag' };
  if (flagAt(node, 'x-choice')) return { style: 'choice' };
  const [media] = mediaOf(node);
  if (media !== undefined) return isJson(media) ? { style: 'json' } : {};
  if (place === 'path') {
    const expand = expansionOf(parameter, reading);
    return expand === undefined ? {} : { expand };
  }
  const { style, explode, isList, isObject } = serialization(parameter, reading);
  if (!isList && !isObject) return {};
  switch (place) {
    case 'header':
      return explode && isObject ? { style: 'exploded' } : {};
    case 'cookie':
      return explode ? { style: 'exploded' } : {};
    case 'query':
      if (style === 'deepObject') return { style };
      if (explode) return isObject ? { style: 'exploded' } : {};
      return { style: style === 'spaceDelimited' ? 'space' : style === 'pipeDelimited' ? 'pipe' : 'comma' };
  }
}

function knownStyle(node: Node): (typeof STYLES)[number] | undefined {
  const found = member(node, 'style');
  if (found === undefined) return undefined;
  const style = STYLES.find((candidate) => candidate === found.value);
  return style ?? leaveOut(found, 'there is no such style', `Write one of ${STYLES.join(', ')}`);
}

/** The style of a parameter, and what a value of it may be. */
function serialization({ in: place, node }: Parameter, { documents }: OperationReading) {
  const style = knownStyle(node) ?? (place === 'query' || place === 'cookie' ? 'form' : 'simple');
  const explode =
    member(node, 'explode') === undefined ? style === 'form' || style === 'cookie' : flagAt(node, 'explode');
  const schema = member(node, 'schema');
  const shape = schema === undefined ? { isList: false, isObject: false } : shapeOf(schema, documents);
  return { style, explode, ...shape };
}

/** What is more in a path than one value or a list with `,` between its elements. */
function expansionOf(parameter: Parameter, reading: OperationReading): Param['expand'] {
  const { style, explode, isList, isObject } = serialization(parameter, reading);
  const isKnown = style === 'label' || style === 'matrix';
  if (!isObject && !(isList && explode && isKnown)) return undefined;
  return { style: isKnown ? style : 'simple', explode };
}

/** What stands before the value in a path: nothing, but for two styles of old. */
export function prefixOf(parameter: Parameter, reading: OperationReading): string {
  if (expansionOf(parameter, reading) !== undefined) return '';
  const style = knownStyle(parameter.node);
  return style === 'label' ? '.' : style === 'matrix' ? `;${encodeURIComponent(parameter.name)}=` : '';
}
