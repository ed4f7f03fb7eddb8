import type { Event, KeyPart, Method, NamedType, Param, Tag } from '../model.ts';
import { routingTypeName } from '../names.ts';
import { docText } from './doc.ts';
import type { Uses } from './imports.ts';
import { layOut } from './layout.ts';
import { identifier, propertyKey } from './literal.ts';
import type { Draft, Patterns } from './patterns.ts';
import { schemaDoc, type TypeContext, typeOf } from './schema.ts';
import { type Member, type Node, partsOf } from './tree.ts';

/** A type under a name, as it will be declared. */
export interface Declared {
  readonly name: string;
  readonly doc: string;
  readonly type: Draft;
}

/** What else than schemas has a type in a file of types. */
interface Users {
  readonly methods: readonly Method[];
  readonly events: readonly Event[];
}

/** All that a file of types declares, in the order of names. */
export function declaredTypes(types: readonly NamedType[], users: Users, context: TypeContext): Declared[] {
  const declared = [
    ...types.map(({ name, schema }) => ({ name, doc: schemaDoc(schema), type: typeOf(schema, context) })),
    ...users.methods.flatMap((method) => [
      ...queryDeclared(method, context),
      ...answersDeclared(method, context),
      ...errorsDeclared(method, context),
    ]),
    ...users.events.flatMap(({ name, source }) => (source.kind === 'tag' ? partsDeclared(name, source) : [])),
  ];
  return declared.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The text of declarations, a blank line between them. `patterns` must have been answered. */
export function declarationsText(declared: readonly Declared[], patterns: Patterns, uses: Uses): string {
  return declared
    .map(({ name, doc, type }) => {
      const node = patterns.finish(type);
      use(node, uses);
      return layOut(identifier(name), doc, node);
    })
    .join('\n\n');
}

function use(node: Node, uses: Uses): void {
  if (node.kind === 'text') uses.types(node.text);
  if (node.kind === 'generic') uses.types(node.name);
  for (const part of partsOf(node)) use(part, uses);
}

/** A query may be given with `undefined` where there is nothing to ask; that is left out on the wire. */
function queryDeclared({ query, queryType }: Method, context: TypeContext): Declared[] {
  if (queryType === undefined) return [];
  const members = query.map((param): Member<Draft> => {
    const type = paramType(param, context);
    return {
      doc: described(param),
      key: `${propertyKey(param.wire)}${param.required ? '' : '?'}:`,
      node: param.required ? type : { kind: 'union', members: [type, named('undefined')] },
    };
  });
  return [{ name: queryType, doc: '', type: { kind: 'object', members } }];
}

function paramType({ type, schema }: Param, context: TypeContext): Draft {
  return schema === undefined ? named(PARAM_TYPES[type]) : typeOf(schema, context);
}

function named(text: string): Draft {
  return { kind: 'text', text };
}

const PARAM_TYPES: Readonly<Record<Param['type'], string>> = {
  string: 'string',
  integer: 'number',
  boolean: 'boolean',
  date: 'Date | string',
};

/** What a method may give, by the media type that is asked for. */
function answersDeclared({ result, answersType }: Method, context: TypeContext): Declared[] {
  if (answersType === undefined || result.kind !== 'forms') return [];
  const members = result.forms.map(
    ({ mediaType, result: one }): Member<Draft> => ({
      doc: '',
      key: `${propertyKey(mediaType)}:`,
      node: one.kind === 'json' ? typeOf(one.type, context) : named(FORM_TYPES[one.kind]),
    }),
  );
  return [{ name: answersType, doc: '', type: { kind: 'object', members } }];
}

const FORM_TYPES = { unknown: 'unknown', text: 'string', bytes: 'Uint8Array' } as const;

/** The bodies of a method's errors by status. */
function errorsDeclared({ errors = [], errorsType }: Method, context: TypeContext): Declared[] {
  if (errorsType === undefined) return [];
  const members = errors.map(({ status, type }): Member<Draft> => {
    const key = /^[1-9]\d*$/.test(status) ? status : propertyKey(status);
    return { doc: '', key: `${key}:`, node: typeOf(type, context) };
  });
  return [{ name: errorsType, doc: '', type: { kind: 'object', members } }];
}

/** The parts of a tag: what isn't given may be anything. */
function partsDeclared(event: string, { parts }: Tag): Declared[] {
  if (parts.length === 0) return [];
  const members = parts.map(
    (part): Member<Draft> => ({
      doc: described(part),
      key: `${propertyKey(part.wire)}?:`,
      node: named('string | undefined'),
    }),
  );
  return [{ name: partsTypeName(event), doc: '', type: { kind: 'object', members } }];
}

/** The interface of the parts of a tag: `jobReturned` has `JobReturnedParts`. */
export function partsTypeName(event: string): string {
  return `${event.charAt(0).toUpperCase()}${event.slice(1)}Parts`;
}

/** The interface of a routing key, of the events that have it. What they say about a part stands there once. */
export function routingDeclaration(
  keyName: string,
  events: readonly { name: string; key: readonly KeyPart[] }[],
): string {
  const parts = Map.groupBy(
    events.flatMap(({ key }) => key),
    ({ name }) => name,
  );
  const [name, ...others] = events.map((event) => event.name);
  const owner = others.length === 0 ? `of \`${name}\`` : `that ${events.length} events share`;
  const members = [...parts].map(
    ([part, said]): Member => ({
      doc: described(...said),
      key: `${propertyKey(part)}:`,
      node: { kind: 'text', text: 'string' },
    }),
  );
  const doc = `The parts of the routing key ${owner}.`;
  return layOut(identifier(routingTypeName(keyName)), doc, { kind: 'object', members });
}

function described(...said: readonly (Param | KeyPart)[]): string {
  return [...new Set(said.flatMap(({ doc }) => docText(doc) ?? []))].join('\n\n');
}
