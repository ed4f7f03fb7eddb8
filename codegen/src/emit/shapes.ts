import type { JsonSchema, NamedType } from '../model.ts';
import { isIdentifier } from '../names.ts';
import type { Conversions } from './conversions.ts';
import { type Data, dataText, type Entry } from './data.ts';
import { layOut } from './layout.ts';
import { propertyKey, quote } from './literal.ts';
import { alternatives, below, type Place, PlaceKeys, type Told } from './places.ts';
import type { Scope } from './reference.ts';
import type { Node } from './tree.ts';

/**
 * The shapes of answers as the runtime wants them: one for each type that holds a conversion, and one for each place
 * where several such types meet.
 */
export class Shapes {
  readonly #types: ReadonlyMap<string, JsonSchema>;
  readonly #scope: Scope;
  readonly #conversions: Conversions;
  readonly #declared = new Map<string, Data>();
  /** The names of places where types meet, by what meets there. */
  readonly #meetings = new Map<string, string>();
  readonly #keys = new PlaceKeys();
  /** Schemas without the others that they put together. */
  readonly #own = new Map<JsonSchema, JsonSchema>();
  /** What is opened when all else is, as the stack has an end and types may refer on and on. */
  readonly #later: [name: string, place: Place][] = [];
  #depth = 0;

  constructor(types: readonly NamedType[], scope: Scope, conversions: Conversions) {
    this.#types = new Map(types.map(({ name, schema }) => [name, schema]));
    this.#scope = scope;
    this.#conversions = conversions;
  }

  /** The shape of an answer; undefined when there is nothing to convert. `name` is that of its method. */
  of(schema: JsonSchema, name: string): Data | undefined {
    if (!this.#conversions.holds(schema)) return undefined;
    const shape = this.#shape([schema], name);
    for (let next = this.#later.pop(); next !== undefined; next = this.#later.pop()) this.#open(...next);
    return shape;
  }

  /** The constant that holds them; undefined when there are none. To be asked for when all answers were. */
  declaration(): string | undefined {
    const sorted = [...this.#declared].sort(([a], [b]) => (a < b ? -1 : 1));
    if (sorted.length === 0) return undefined;
    const entries = sorted.map(([name, data]): Entry => [propertyKey(name), data]);
    const names: Node = {
      kind: 'union',
      members: sorted.map(([name]) => ({ kind: 'text', text: quote(name) })),
    };
    return [
      layOut('ShapeName', '', names).replace(/^export /, ''),
      `/** Where answers hold what JSON has no word for. */\nexport const shapes: Readonly<Record<ShapeName, Shape>> = ${dataText({ entries }, 0, 0)};`,
    ].join('\n\n');
  }

  #shape(place: Place, name: string): Data {
    const parts = place.flatMap((schema) => this.#partsOf(schema));
    const leaf = parts.find(({ as }) => as !== undefined);
    if (leaf?.as !== undefined && parts.every(({ as }) => as !== undefined)) return quote(leaf.as);
    const [only, ...more] = parts;
    if (only === undefined || more.length > 0) return this.#meeting(parts, name);
    const type = only.$ref === undefined ? undefined : this.#types.get(only.$ref);
    return only.$ref === undefined || type === undefined || type.as !== undefined
      ? this.#opened([only], name)
      : this.#declare(only.$ref, [type]);
  }

  /** It has a name, so that types that refer to each other come to an end. */
  #meeting(place: Place, name: string): Data {
    const key = this.#keys.of(place);
    const known = this.#meetings.get(key) ?? name;
    this.#meetings.set(key, known);
    return this.#declare(known, place);
  }

  /** What holds conversions of what a schema is made of: itself, unless it only puts others together. */
  #partsOf(schema: JsonSchema): Place {
    if (!this.#conversions.holds(schema)) return [];
    const { allOf = [], anyOf = [], oneOf = [], discriminator, ...own } = schema;
    const others = [...allOf, ...anyOf, ...oneOf];
    if (discriminator !== undefined || schema.as !== undefined || others.length === 0) return [schema];
    // One and the same each time, so that a place is known again.
    const itself = this.#own.get(schema) ?? own;
    this.#own.set(schema, itself);
    return [itself, ...others].flatMap((part) => this.#partsOf(part));
  }

  #declare(name: string, place: Place): string {
    if (!this.#declared.has(name)) {
      // Known before it is made: types may refer to each other in a circle.
      this.#declared.set(name, '');
      if (this.#depth < DEEPEST) this.#open(name, place);
      else this.#later.push([name, place]);
    }
    return isIdentifier(name) ? `shapes.${name}` : `shapes[${quote(name)}]`;
  }

  #open(name: string, place: Place): void {
    this.#depth += 1;
    this.#declared.set(name, this.#opened(place, name));
    this.#depth -= 1;
  }

  #opened(place: Place, name: string): Data {
    const { parts, told } = alternatives(place, this.#scope);
    if (told !== undefined) return this.#told(told, name);
    const leaf = parts.find((part) => part.as !== undefined && this.#conversions.holds(part));
    if (leaf?.as !== undefined && !parts.some((part) => part !== leaf && this.#isStructure(part)))
      return quote(leaf.as);
    const { props, items, values } = below(parts);
    const named = [...props].flatMap(([key, inner]): Entry[] =>
      this.#entry(propertyKey(key), inner, `${name}.${key}`),
    );
    return {
      entries: [
        ...(named.length === 0 ? [] : [['props', { entries: named }] as const]),
        ...this.#entry('items', items, `${name}[]`),
        ...this.#entry('values', values, `${name}.*`),
        ...(leaf?.as === undefined ? [] : [['scalar', quote(leaf.as)] as const]),
      ],
    };
  }

  #isStructure(schema: JsonSchema): boolean {
    return schema.as === undefined && this.#conversions.holds(schema);
  }

  #told({ oneOf, discriminator: { property, values } }: Told, name: string): Data {
    const of = oneOf.flatMap((branch, index) =>
      (values[index] ?? []).flatMap((value) => this.#entry(propertyKey(value), [branch], `${name}.${value}`)),
    );
    const common = [...this.#common(oneOf)].map(
      ([key, as]): Entry => [propertyKey(key), `${before(key)}${quote(as)}`],
    );
    return {
      entries: [
        ...(common.length === 0 ? [] : [['props', { entries: common }] as const]),
        [
          'by',
          {
            entries: [
              ['property', quote(property)],
              ['of', { entries: of }],
            ],
          },
        ],
      ],
    };
  }

  /** The properties that all branches convert alike: they hold for a value of which no branch is known, too. */
  #common(branches: Place): ReadonlyMap<string, As> {
    const [first, ...others] = branches.map((branch) => this.#leaves([branch]));
    return new Map(
      [...(first ?? [])].filter(([name, as]) => others.every((other) => other.get(name) === as)),
    );
  }

  #leaves(place: Place): ReadonlyMap<string, As> {
    const { parts, told } = alternatives(place, this.#scope);
    if (told !== undefined) return this.#common(told.oneOf);
    const found = [...below(parts).props].flatMap(([name, inner]): [string, As][] => {
      const [first, ...others] = inner.flatMap((schema) => this.#partsOf(schema)).map(({ as }) => as);
      return first === undefined || others.some((other) => other !== first) ? [] : [[name, first]];
    });
    return new Map(found);
  }

  /** A function, as types may refer to each other in a circle. */
  #entry(key: string, place: Place, name: string): Entry[] {
    if (!place.some((schema) => this.#conversions.holds(schema))) return [];
    const shape = this.#shape(place, name);
    return [
      [
        key,
        typeof shape === 'string'
          ? `${before(key)}${shape}`
          : { before: before(key), entries: shape.entries },
      ],
    ];
  }
}

/** Of what every object has, TypeScript takes a type from there unless it is told another. */
function before(key: string): string {
  return Object.hasOwn(Object.prototype, key) ? '(): Shape => ' : '() => ';
}

type As = NonNullable<JsonSchema['as']>;

/** How many types within each other are opened at once. */
const DEEPEST = 200;
