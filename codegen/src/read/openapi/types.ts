import { isObject } from '../../json/values.ts';
import type { JsonSchema, NamedType } from '../../model.ts';
import { type Claim, settleNames } from '../../names.ts';
import { assertNoEndlessAlias } from '../aliases.ts';
import { named } from '../naming.ts';
import { mapParts } from '../schema.ts';
import { refsIn, type Target, type Unit } from '../type-graph.ts';
import type { View } from '../views.ts';
import { type Links, unionOf } from './discriminators.ts';
import { Families, type Family } from './inheritance.ts';
import { withLiterals } from './literals.ts';
import { type Node, placeOf } from './node.ts';
import { type SchemaReading, schemaInView } from './schemas.ts';
import { simpleSchema } from './simple.ts';
import { withClosedTags } from './tags.ts';
import { baseClaim, type Named, requestClaim, typeClaim } from './type-names.ts';

/** What a reader was asked for: a schema as one side sees it. */
interface Wanted {
  readonly node: Node;
  readonly view: View;
  /** The head of a family without those that build upon it. */
  readonly isBase: boolean;
  schema?: JsonSchema;
}

/**
 * The types of all documents, in one flat list. While operations are read, references are keys; when all is read, every
 * type gets its name, and {@link Settled.rename} turns keys into names.
 */
export class Types {
  readonly #reading: SchemaReading;
  readonly #families: Families;
  readonly #wanted = new Map<string, Wanted>();
  readonly #waiting: string[] = [];
  /** What places are called that have no name of their own, by the operations that use them. */
  readonly #hints = new Map<string, (readonly string[])[]>();

  constructor(reading: SchemaReading) {
    this.#reading = reading;
    this.#families = new Families(reading.documents, reading.warnings);
  }

  /**
   * A schema as it may stand in a method's signature. One that is too large gets a name, the first of `names` that is
   * free. `finish` has the last word on what stands there and behind no reference.
   */
  use(node: Node, view: View, names: TypeNames, finish = (schema: JsonSchema) => schema): JsonSchema {
    const reduced = finish(schemaInView(node, view, this.#reading, this.#links(view)));
    const simple = simpleSchema(reduced);
    if (simple !== undefined) return simple;
    const place = placeOf(node);
    const hints = this.#hints.get(place);
    if (hints === undefined) this.#hints.set(place, [names()]);
    else hints.push(names());
    return { $ref: this.#want(node, view, false, reduced) };
  }

  /** Reads whatever the schemas so far need, and names it. `others` are names that stand beside the types. */
  settle(others: readonly Claim[]): Settled {
    this.#readAll();
    const wanted = this.#wanted;
    const read = new Map([...wanted].map(([key, { schema = {} }]) => [key, schema]));
    this.#refuseEndless(read);
    const schemas = withClosedTags(withLiterals(read, (key) => key.replace(/^\w+ /, '')));
    const merged = this.#mergedViews(schemas);
    const kept = [...wanted.keys()].filter((key) => (merged.get(key) ?? key) === key).sort();
    const claims = kept.map((key) => this.#claimOf(key));
    const names = named('', '', () => settleNames([...claims, ...others], 'types'));
    const nameOf = new Map(kept.map((key, index) => [key, names[index] ?? '']));
    const rename = (schema: JsonSchema): JsonSchema => {
      const { $ref, ...rest } = mapParts(schema, rename);
      return $ref === undefined ? rest : { ...rest, $ref: nameOf.get(merged.get($ref) ?? $ref) ?? '' };
    };
    const types = kept.map((key, index): NamedType => {
      const { path = '', pointer = '' } = wanted.get(key)?.node ?? {};
      return {
        name: names[index] ?? '',
        source: placeOf({ path, pointer }),
        schema: rename(schemas.get(key) ?? {}),
      };
    });
    return {
      types: types.sort((a, b) => (a.name < b.name ? -1 : 1)),
      others: names.slice(kept.length),
      rename,
    };
  }

  #links(view: View): Links {
    const families = this.#families;
    return {
      refer: (target, from) =>
        this.#want(target, view, families.of(target) !== undefined && families.isUpwards(target, from)),
      heirs: (target, property) => {
        const family = families.of(target);
        const isTold = family?.property === property && family.children.length > 0;
        return isTold ? family.children.flatMap(({ values }) => values) : undefined;
      },
    };
  }

  #want(node: Node, view: View, isBase: boolean, schema?: JsonSchema): string {
    const key = `${view} ${isBase ? 'base ' : ''}${placeOf(node)}`;
    if (!this.#wanted.has(key)) {
      this.#wanted.set(key, { node, view, isBase, ...(schema !== undefined && { schema }) });
      if (schema === undefined) this.#waiting.push(key);
    }
    return key;
  }

  #readAll(): void {
    for (let key = this.#waiting.pop(); key !== undefined; key = this.#waiting.pop()) {
      const wanted = this.#wanted.get(key);
      if (wanted !== undefined) wanted.schema = this.#schemaOf(wanted);
    }
  }

  #schemaOf({ node, view, isBase }: Wanted): JsonSchema {
    const family = this.#families.of(node);
    if (isBase && isObject(node.value)) {
      const { discriminator, oneOf, anyOf, ...own } = node.value;
      return schemaInView({ ...node, value: own }, view, this.#reading, this.#links(view));
    }
    if (family !== undefined && family.children.length > 0) return this.#unionOf(family, view);
    return schemaInView(node, view, this.#reading, this.#links(view));
  }

  /** Any of those that build upon the head of a family. */
  #unionOf({ parent, property, children }: Family, view: View): JsonSchema {
    return unionOf(
      {},
      property,
      children.map(({ node, values }) => ({
        schema: { $ref: this.#want(node, view, placeOf(node) === placeOf(parent)) },
        raw: node.value,
        values,
      })),
    );
  }

  #refuseEndless(schemas: ReadonlyMap<string, JsonSchema>): void {
    const targets = new Map<string, Target>();
    const units = new Map<string, Unit>();
    for (const [key, schema] of schemas) {
      const { path = '', pointer = '' } = this.#wanted.get(key)?.node ?? {};
      targets.set(key, { unit: key, schema });
      units.set(key, { path, pointer, schema });
    }
    assertNoEndlessAlias({ targets, units });
  }

  /**
   * For each request that looks like its answer, the answer. That an enum is open in an answer makes no difference:
   * what was read can be sent back.
   */
  #mergedViews(schemas: ReadonlyMap<string, JsonSchema>): ReadonlyMap<string, string> {
    const pairs = [...schemas.keys()].flatMap((key): [string, string][] => {
      const answer = key.replace(/^request /, 'answer ');
      return key !== answer && schemas.has(answer) ? [[key, answer]] : [];
    });
    const usedBy = new Map<string, string[]>();
    for (const [request] of pairs) {
      for (const ref of refsIn(schemas.get(request) ?? {})) {
        const users = usedBy.get(ref);
        if (users === undefined) usedBy.set(ref, [request]);
        else users.push(request);
      }
    }
    const text = (key: string) =>
      JSON.stringify(schemas.get(key), (name, value: unknown) =>
        name === 'open' && value === true
          ? undefined
          : name === '$ref' && typeof value === 'string'
            ? value.replace(/^\w+ /, '')
            : value,
      );
    const differing = new Set(
      pairs.filter(([request, answer]) => text(request) !== text(answer)).map(([request]) => request),
    );
    for (const key of differing) for (const user of usedBy.get(key) ?? []) differing.add(user);
    return new Map(pairs.filter(([request]) => !differing.has(request)));
  }

  #claimOf(key: string): Claim {
    const { node, isBase } = this.#wanted.get(key) ?? NOWHERE;
    const own: Named = typeClaim(node, this.#hints.get(placeOf(node)));
    const claim = isBase ? baseClaim(own) : own;
    const hasAnswer = this.#wanted.has(key.replace(/^request /, 'answer '));
    const source = placeOf(node);
    return { ...(key.startsWith('request ') && hasAnswer ? requestClaim(claim) : claim), source };
  }
}

const NOWHERE: Wanted = { node: { value: null, path: '', pointer: '' }, view: 'answer', isBase: false };

/** What a schema may be called that has no name, the best first. Most have one, or need none. */
export type TypeNames = () => readonly string[];

/** All types under their names. */
export interface Settled {
  /** Sorted by name. */
  readonly types: readonly NamedType[];
  /** What the other claims are called, in their order. */
  readonly others: readonly string[];
  /** A copy of a schema in which keys became names. */
  readonly rename: (schema: JsonSchema) => JsonSchema;
}
