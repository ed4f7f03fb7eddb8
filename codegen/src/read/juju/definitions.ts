import type { Facade, FacadeSchema } from './facades.ts';

const PREFIX = '#/definitions/';

/** `Entities` of `#/definitions/Entities`. */
export function nameIn($ref: string): string {
  return $ref.startsWith(PREFIX) ? $ref.slice(PREFIX.length) : '';
}

/** What a reference within a facade refers to; undefined when there is no such thing. */
export function definitionNamed($ref: string, { Schema }: Facade): FacadeSchema | undefined {
  const { definitions = {} } = Schema;
  const name = nameIn($ref);
  return Object.hasOwn(definitions, name) ? definitions[name] : undefined;
}

/**
 * A type without the properties that never are on the wire. Where a struct in Go embeds another, upstream lists the
 * fields of the other one, which is right, and besides a property that is called like it, which is not.
 */
export function withoutGhosts(schema: FacadeSchema, facade: Facade): FacadeSchema {
  const { properties = {}, required = [], ...rest } = schema;
  const ghosts = Object.entries(properties).filter(([name, property]) =>
    isGhost(name, property, properties, facade),
  );
  if (ghosts.length === 0) return schema;
  const gone = new Set(ghosts.map(([name]) => name));
  return {
    ...rest,
    properties: Object.fromEntries(Object.entries(properties).filter(([name]) => !gone.has(name))),
    required: required.filter((name) => !gone.has(name)),
  };
}

function isGhost(
  name: string,
  { $ref }: FacadeSchema,
  siblings: Readonly<Record<string, FacadeSchema>>,
  facade: Facade,
): boolean {
  if ($ref === undefined || nameIn($ref) !== name || !/^[A-Z]/.test(name)) return false;
  const embedded = definitionNamed($ref, facade)?.properties;
  return embedded !== undefined && Object.keys(embedded).every((field) => Object.hasOwn(siblings, field));
}
