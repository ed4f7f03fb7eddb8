import type { JsonSchema, NamedType } from '../../model.ts';
import { inputTypeName, Names, schemaTypeName } from '../../names.ts';
import { named } from '../naming.ts';
import type { ReadSettings } from '../reader.ts';
import { mapParts } from '../schema.ts';
import { refsIn } from '../type-graph.ts';
import type { View } from '../views.ts';
import type { FacadeSchema } from './facades.ts';
import type { Merged } from './merge.ts';
import { either, type SchemaContext, schemaIn, textOf, typeSchema } from './schemas.ts';

/** What a method is sent or answers, in all versions that have it. */
export interface Root {
  readonly view: View;
  readonly schemas: readonly FacadeSchema[];
}

export interface Types {
  /** Sorted by name. */
  readonly named: readonly NamedType[];
  /** The type of one of the roots. */
  readonly of: (root: Root) => JsonSchema;
}

/**
 * The types that the roots need, one for a definition. One that travels both ways and isn't the same both ways has two:
 * `Model` as it is answered and `ModelInput` as it is sent.
 */
export function typesOf(merged: Merged, roots: readonly Root[], settings: ReadSettings): Types {
  const plain = (view: View): SchemaContext => ({ merged, view, settings, name: (definition) => definition });
  const defined = [...merged.definitions].filter(([name]) => textOf(name, merged) === undefined);
  const schemas = new Map(
    defined.map(([name, type]) => [
      name,
      { answer: typeSchema(type, plain('answer')), request: typeSchema(type, plain('request')) },
    ]),
  );
  const differing = differingOf(schemas);
  const begins = roots.map(({ view, schemas: all }) => ({
    view,
    refs: all.flatMap((schema) => refsIn(schemaIn(schema, plain(view)))),
  }));
  const needed = neededViews(begins, schemas, differing);

  const names = new Names('types');
  const claimed = new Map(
    [...needed].map(([name, views]) => {
      const source = merged.definitions.get(name)?.source ?? '';
      const [file = '', pointer = ''] = source.split('#');
      const claim = (wanted: string) => named(file, pointer, () => names.claim(wanted, source));
      const answer = claim(schemaTypeName(name));
      return [name, { answer, request: views.size === 2 ? claim(inputTypeName(answer)) : answer }];
    }),
  );
  const context = (view: View): SchemaContext => ({
    ...plain(view),
    name: (definition) => claimed.get(definition)?.[view] ?? definition,
  });
  const types = [...needed].flatMap(([name, views]) =>
    [...views].map((view): NamedType => {
      const type = merged.definitions.get(name) ?? { source: '', others: [] };
      return {
        name: claimed.get(name)?.[view] ?? name,
        source: type.source,
        schema: typeSchema(type, context(view)),
      };
    }),
  );
  return {
    named: types.sort((a, b) => (a.name < b.name ? -1 : 1)),
    of: ({ view, schemas: all }) => either(all.map((schema) => schemaIn(schema, context(view)))),
  };
}

type BothViews = ReadonlyMap<string, Readonly<Record<View, JsonSchema>>>;

/**
 * The definitions that aren't the same both ways, by themselves or by what they refer to. That a list may be null in an
 * answer makes no difference: it may be sent so, too.
 */
function differingOf(schemas: BothViews): ReadonlySet<string> {
  const users = new Map<string, string[]>();
  const differing = new Set<string>();
  for (const [name, { answer, request }] of schemas) {
    if (JSON.stringify(withoutNull(answer)) !== JSON.stringify(request)) differing.add(name);
    for (const ref of new Set([...refsIn(answer), ...refsIn(request)])) {
      const known = users.get(ref);
      if (known === undefined) users.set(ref, [name]);
      else known.push(name);
    }
  }
  for (const name of differing) for (const user of users.get(name) ?? []) differing.add(user);
  return differing;
}

function withoutNull(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = mapParts(schema, withoutNull);
  if (anyOf === undefined) return rest;
  const [first = {}, ...others] = anyOf.filter(({ type }) => type !== 'null');
  return others.length === 0 ? { ...first, ...rest } : { ...rest, anyOf: [first, ...others] };
}

/** The views in which each definition is needed; of one that is the same both ways, the answer says more. */
function neededViews(
  roots: readonly { readonly view: View; readonly refs: readonly string[] }[],
  schemas: BothViews,
  differing: ReadonlySet<string>,
): ReadonlyMap<string, ReadonlySet<View>> {
  const needed = new Map<string, Set<View>>();
  const waiting = roots.flatMap(({ view, refs }) => refs.map((name) => ({ name, view })));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { name, view } = next;
    const both = schemas.get(name);
    const views = needed.get(name) ?? new Set<View>();
    if (both === undefined || views.has(view)) continue;
    needed.set(name, views.add(view));
    waiting.push(...refsIn(both[view]).map((ref) => ({ name: ref, view })));
  }
  for (const [name, views] of needed)
    if (!differing.has(name) && views.has('answer')) needed.set(name, new Set<View>(['answer']));
  return new Map([...needed].sort(([a], [b]) => (a < b ? -1 : 1)));
}
