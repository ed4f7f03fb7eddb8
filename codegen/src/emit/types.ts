import type { Api, Event, KeyPart, Method, Param } from '../model.ts';
import { routingTypeName } from '../names.ts';
import { docText } from './doc.ts';
import type { RuntimeName } from './imports.ts';
import { layOut } from './layout.ts';
import { identifier } from './literal.ts';
import { type PrintableSchema, printable, type TypesByName } from './schema.ts';

/** Prints one schema as the declaration of a type: json-schema-to-typescript, as `print.ts` sets it up. */
export type PrintType = (schema: PrintableSchema) => Promise<string>;

/** All declarations of an Api's `types.ts`, in the order of their names. */
export async function typeDeclarations(api: Api, types: TypesByName, print: PrintType): Promise<string[]> {
  const schemas = new Map(api.types.map(({ name, schema }) => [name, printable(schema, types)]));
  for (const method of api.methods) {
    if (method.queryType !== undefined) schemas.set(method.queryType, querySchema(method));
  }
  const sorted = [...schemas].sort(([a], [b]) => (a < b ? -1 : 1));
  return Promise.all(sorted.map(async ([name, schema]) => layOut(await print(schema), identifier(name))));
}

/** The interface of a routing key, of the events that have it. */
export async function routingDeclaration(
  key: string,
  events: readonly Event[],
  print: PrintType,
): Promise<string> {
  return layOut(await print(routingSchema(events)), identifier(routingTypeName(key)));
}

/** What the declarations use of the runtime: `Open`, when there is an enum that may grow. */
export function typesRuntime(texts: readonly string[]): ReadonlySet<RuntimeName> {
  return new Set(texts.some((text) => text.includes('Open<')) ? ['Open'] : []);
}

/** A query may be given with `undefined` where there is nothing to ask; that is left out on the wire. */
function querySchema({ query }: Method): PrintableSchema {
  return closedObject(
    query.map((param) => [param.wire, { ...described(param), tsType: queryType(param) }]),
    query.filter((param) => param.required).map((param) => param.wire),
  );
}

function queryType({ type, required }: Param): string {
  return required ? QUERY_TYPES[type] : `${QUERY_TYPES[type]} | undefined`;
}

const QUERY_TYPES: Readonly<Record<Param['type'], string>> = {
  string: 'string',
  integer: 'number',
  boolean: 'boolean',
  date: 'Date | string',
};

/** What the events say about a part of their key stands there once. */
function routingSchema(events: readonly Event[]): PrintableSchema {
  const parts = Map.groupBy(
    events.flatMap(({ source }) => source.key),
    ({ name }) => name,
  );
  const [name, ...others] = events.map((event) => event.name);
  const owner = others.length === 0 ? `of \`${name}\`` : `that ${events.length} events share`;
  return {
    description: `The parts of the routing key ${owner}.`,
    ...closedObject(
      [...parts].map(([part, said]) => [part, { ...described(...said), type: 'string' }]),
      [...parts.keys()],
    ),
  };
}

function closedObject(properties: [string, PrintableSchema][], required: string[]): PrintableSchema {
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties),
    required,
  };
}

function described(...said: readonly (Param | KeyPart)[]): PrintableSchema {
  const texts = new Set(said.flatMap(({ doc }) => docText(doc) ?? []));
  return texts.size === 0 ? {} : { description: [...texts].join('\n\n') };
}
