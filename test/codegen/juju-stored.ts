import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { JsonSchema, Model } from '../../codegen/src/model.ts';
import { schemaTypeName } from '../../codegen/src/names.ts';
import type { Facade, FacadeSchema } from '../../codegen/src/read/juju/facades.ts';

/** Where the facades of Juju are stored. */
export const stored = join(import.meta.dirname, '..', '..', 'schemas', 'juju');

/** A facade as a file has it, before anything is corrected. */
export interface Described {
  /** `4.0.15-client` */
  readonly file: string;
  readonly facade: Facade;
}

/** Every facade of every file that is stored. */
export const described: readonly Described[] = globSync('facades/*.json', { cwd: stored })
  .sort()
  .flatMap((path) => {
    // What `fairlead sync` wrote, and every test of the reader has checked.
    const facades = JSON.parse(readFileSync(join(stored, path), 'utf8')) as readonly Facade[];
    return facades.map((facade) => ({ file: basename(path, '.json'), facade }));
  });

/** A property of a type, as one facade of one file describes it. */
export interface DescribedProperty extends Described {
  readonly type: string;
  readonly name: string;
  readonly schema: FacadeSchema;
  readonly required: boolean;
}

export const properties: readonly DescribedProperty[] = described.flatMap((each) =>
  Object.entries(each.facade.Schema.definitions ?? {}).flatMap(([type, definition]) =>
    Object.entries(definition.properties ?? {}).map(([name, schema]) => ({
      ...each,
      type,
      name,
      schema,
      required: definition.required?.includes(name) === true,
    })),
  ),
);

/** `HostPort.Address`, each once, in order. */
export function placesOf(found: readonly DescribedProperty[]): readonly string[] {
  return [...new Set(found.map(({ type, name }) => `${type}.${name}`))].sort();
}

/** The types of a model, by which way they travel. */
export class Sides {
  readonly #types: ReadonlyMap<string, JsonSchema>;
  readonly #answers: ReadonlySet<string>;
  readonly #requests: ReadonlySet<string>;

  constructor({ apis, types }: Model) {
    const methods = apis.flatMap((api) => api.methods);
    this.#types = new Map(types.map(({ name, schema }) => [name, schema]));
    this.#answers = this.#reachable(methods.flatMap(({ result }) => ('type' in result ? [result.type] : [])));
    this.#requests = this.#reachable(
      methods.flatMap(({ body }) =>
        body !== undefined && 'type' in body.content ? [body.content.type] : [],
      ),
    );
  }

  /** The type of a definition as it is answered; undefined when it never is. */
  answer(definition: string): JsonSchema | undefined {
    const name = schemaTypeName(definition);
    return this.#answers.has(name) ? this.#types.get(name) : undefined;
  }

  /** The type of a definition as it is sent; undefined when it never is. */
  request(definition: string): JsonSchema | undefined {
    const name = schemaTypeName(definition);
    const own = [`${name}Input`, name].find((each) => this.#requests.has(each));
    return own === undefined ? undefined : this.#types.get(own);
  }

  /** Both of them, where they are. */
  both(definition: string): readonly JsonSchema[] {
    return [this.answer(definition), this.request(definition)].filter((type) => type !== undefined);
  }

  #reachable(roots: readonly JsonSchema[]): ReadonlySet<string> {
    const found = new Set(roots.flatMap(refsIn));
    for (const name of found) for (const ref of refsIn(this.#types.get(name) ?? {})) found.add(ref);
    return found;
  }
}

function refsIn(schema: JsonSchema): readonly string[] {
  const { $ref, properties: named = {}, items, prefixItems = [], anyOf = [], additionalProperties } = schema;
  return [
    ...($ref === undefined ? [] : [$ref]),
    ...[...Object.values(named), ...prefixItems, ...anyOf].flatMap(refsIn),
    ...(items === undefined ? [] : refsIn(items)),
    ...(typeof additionalProperties === 'object' ? refsIn(additionalProperties) : []),
  ];
}

/** The property of a type; undefined when it has none of that name. */
export function property(type: JsonSchema | undefined, name: string): JsonSchema | undefined {
  const { properties: named = {} } = type ?? {};
  return Object.hasOwn(named, name) ? named[name] : undefined;
}

/** What a value may be: several things, or one. */
export function alternatives(schema: JsonSchema | undefined): readonly JsonSchema[] {
  return schema?.anyOf ?? (schema === undefined ? [] : [schema]);
}

export function mayBeNull(schema: JsonSchema | undefined): boolean {
  return alternatives(schema).some(({ type }) => type === 'null');
}
