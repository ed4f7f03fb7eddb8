import { pointerOf } from '../../json/pointer.ts';
import type { Documents } from '../documents.ts';
import { withoutGhosts } from './definitions.ts';
import {
  compareReleases,
  type Facade,
  type FacadeMethod,
  type FacadeSchema,
  isFacades,
  releaseOf,
} from './facades.ts';

/** Facades of all files as one: newer releases and versions stand before older ones. */
export interface Merged {
  /** By name. */
  readonly facades: ReadonlyMap<string, MergedFacade>;
  /** By the names of their types in Go. */
  readonly definitions: ReadonlyMap<string, MergedType>;
}

export interface MergedFacade {
  readonly name: string;
  readonly entries: readonly Entry[];
  /** By name. */
  readonly methods: ReadonlyMap<string, readonly MethodEntry[]>;
}

/** A facade in one version, as one file describes it. */
export interface Entry {
  readonly facade: Facade;
  readonly release: string | undefined;
  /** A file and a pointer. */
  readonly source: string;
}

export interface MethodEntry extends Entry {
  readonly method: FacadeMethod;
}

/** A type as all that describe it have it together. */
export interface MergedType {
  /** Where it is described first. */
  readonly source: string;
  /** Present when it is an object whose properties are known. */
  readonly properties?: ReadonlyMap<string, MergedProperty>;
  /** What it is said to be, where that is no such object in one of them. */
  readonly others: readonly FacadeSchema[];
}

export interface MergedProperty {
  /** What it is said to be: mostly one thing. */
  readonly schemas: readonly FacadeSchema[];
  /** Whether it is required wherever the type is described. */
  readonly required: boolean;
  /** Whether it is required in one of them: Go writes it even when it is empty. */
  readonly written: boolean;
  /** The releases that have it, where that isn't all that have the type. */
  readonly releases?: readonly string[];
}

export function merged({ files }: Documents): Merged {
  const entries = [...files]
    .flatMap(([path, content]) =>
      (isFacades(content) ? content : []).map(
        (facade, index): Entry => ({
          facade,
          release: releaseOf(path),
          source: `${path}#${pointerOf([index])}`,
        }),
      ),
    )
    .sort(newestFirst);
  const byName = [...Map.groupBy(entries, ({ facade }) => facade.Name)].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    facades: new Map(byName.map(([name, own]) => [name, { name, entries: own, methods: methodsOf(own) }])),
    definitions: definitionsOf(entries),
  };
}

function newestFirst(a: Entry, b: Entry): number {
  const byRelease = compareReleases(b.release, a.release);
  if (byRelease !== 0) return byRelease;
  const byVersion = b.facade.Version - a.facade.Version;
  if (byVersion !== 0) return byVersion;
  const [own, other] = [`${a.facade.Name} ${a.source}`, `${b.facade.Name} ${b.source}`];
  return own < other ? -1 : 1;
}

function methodsOf(entries: readonly Entry[]): ReadonlyMap<string, readonly MethodEntry[]> {
  const all = entries.flatMap((entry) =>
    Object.entries(entry.facade.Schema.properties ?? {}).map(
      ([name, method]) => [name, { ...entry, method }] as const,
    ),
  );
  return new Map(
    [...Map.groupBy(all, ([name]) => name)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, own]) => [name, own.map(([, entry]) => entry)]),
  );
}

/** A type in the releases that have it with the same content. */
interface Told {
  readonly schema: FacadeSchema;
  readonly source: string;
  readonly releases: Set<string>;
}

function definitionsOf(entries: readonly Entry[]): ReadonlyMap<string, MergedType> {
  const told = new Map<string, Map<string, Told>>();
  for (const { facade, release, source } of entries) {
    for (const [name, raw] of Object.entries(facade.Schema.definitions ?? {})) {
      const schema = withoutGhosts(raw, facade);
      const bodies = told.get(name) ?? new Map<string, Told>();
      told.set(name, bodies);
      const key = identity(schema);
      const known = bodies.get(key);
      if (known === undefined) {
        const place = source + pointerOf(['Schema', 'definitions', name]);
        bodies.set(key, { schema, source: place, releases: new Set([release ?? '']) });
      } else known.releases.add(release ?? '');
    }
  }
  return new Map(
    [...told]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, bodies]) => [name, typeOf([...bodies.values()])]),
  );
}

function typeOf(told: readonly Told[]): MergedType {
  const [first] = told;
  const source = first?.source ?? '';
  if (!told.every(({ schema }) => isRecord(schema)))
    return { source, others: distinct(told.map(({ schema }) => schema)) };
  const all = new Set(told.flatMap(({ releases }) => [...releases]));
  const names = new Set(told.flatMap(({ schema }) => Object.keys(schema.properties ?? {})));
  const properties = [...names].sort().map((name) => [name, propertyOf(name, told, all)] as const);
  return { source, others: [], properties: new Map(properties) };
}

function isRecord({ type, additionalProperties, patternProperties, nullable, $ref }: FacadeSchema): boolean {
  return (
    type === 'object' &&
    additionalProperties !== true &&
    patternProperties === undefined &&
    nullable === undefined &&
    $ref === undefined
  );
}

function propertyOf(name: string, told: readonly Told[], all: ReadonlySet<string>): MergedProperty {
  const having = told.filter(({ schema }) => Object.hasOwn(schema.properties ?? {}, name));
  const requiring = told.filter(({ schema }) => schema.required?.includes(name) === true);
  const releases = new Set(having.flatMap((each) => [...each.releases]));
  const known = [...releases].filter((release) => release !== '').sort(compareReleases);
  return {
    schemas: distinct(having.flatMap(({ schema }) => schema.properties?.[name] ?? [])),
    required: requiring.length === told.length,
    written: requiring.length > 0,
    ...(releases.size < all.size && known.length > 0 && { releases: known }),
  };
}

export function distinct(schemas: readonly FacadeSchema[]): readonly FacadeSchema[] {
  return [...new Map(schemas.map((schema) => [identity(schema), schema])).values()];
}

/** Equal for schemas that say the same, in whichever order. */
function identity(schema: FacadeSchema): string {
  return JSON.stringify(schema, (_, value: unknown) => inOrder(value));
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.every((each) => typeof each === 'string') ? value.toSorted() : value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
