import { segmentsOf } from '../json/pointer.ts';
import type { Api, Event, JsonSchema, KeyPart, Method, Model, Result } from '../model.ts';
import { keyIdentity } from './keys.ts';
import { refsIn } from './type-graph.ts';

/**
 * What every emitter relies on, whatever the reader: names are unique in their Api, every type that is named is
 * defined, and every parameter of a route is a path parameter. A reader that breaks this is wrong, not its input.
 */
export function assertInvariants({ apis, types: shared }: Model): void {
  assertUnique(
    'classes',
    apis.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`)),
  );
  assertUnique(
    'shared types',
    shared.map(({ name }) => name),
  );
  const sharedTypes = new Map(shared.map(({ name, schema }) => [name, schema]));
  for (const { schema } of shared) assertDefined('the shared types', sharedTypes, schema);
  // What a method asks and fails with is declared beside the types that it refers to.
  if (shared.length > 0) {
    assertUnique('shared types', [
      ...sharedTypes.keys(),
      ...apis.flatMap(({ methods }) => methods.flatMap(derivedNames)),
    ]);
  }
  for (const api of apis) assertApi(api, sharedTypes);
}

function assertApi(api: Api, shared: ReadonlyMap<string, JsonSchema>): void {
  const types = new Map([...shared, ...api.types.map(({ name, schema }) => [name, schema] as const)]);
  assertUnique(
    `methods of ${api.path}`,
    api.methods.map(({ name }) => name),
  );
  assertUnique(
    `events of ${api.path}`,
    api.events.map(({ name }) => name),
  );
  const keys = new Map(
    api.events.flatMap(keysOf).map(({ key, keyName }) => [`${keyName} ${keyIdentity(key)}`, keyName]),
  );
  assertUnique(`routing keys of ${api.path}`, [...keys.values()]);
  assertUnique(`types of ${api.path}`, [
    ...api.types.map(({ name }) => name),
    ...api.methods.flatMap(derivedNames),
  ]);
  for (const { schema } of api.types) assertDefined(api.path, types, schema);
  for (const schema of api.methods.flatMap(schemasOf)) assertDefined(api.path, types, schema);
  for (const { payload } of api.events) assertDefined(api.path, types, payload);
  for (const { name, path, call } of api.methods) {
    const route =
      call.kind === 'http'
        ? call.route.flatMap((part) => (typeof part === 'string' ? [] : [part.param]))
        : [];
    if (route.join() !== path.map(({ wire }) => wire).join()) {
      throw new Error(`the path parameters of ${api.path}.${name} are not those of its route`);
    }
  }
}

/** The types that a method brings along. */
function derivedNames({ queryType, answersType, errorsType }: Method): readonly string[] {
  return [queryType, answersType, errorsType].filter((name) => name !== undefined);
}

function keysOf({
  source,
}: Event): readonly { readonly key: readonly KeyPart[]; readonly keyName: string }[] {
  return source.kind === 'topic' ? [source] : [];
}

function schemasOf({ path, query, body, result, errors = [] }: Method): readonly JsonSchema[] {
  return [
    ...[...path, ...query].flatMap(({ schema }) => schema ?? []),
    ...(body !== undefined && 'type' in body.content ? [body.content.type] : []),
    ...typesIn(result),
    ...errors.map(({ type }) => type),
  ];
}

function typesIn(result: Result): readonly JsonSchema[] {
  if (result.kind === 'forms') return result.forms.flatMap((form) => typesIn(form.result));
  return 'type' in result ? [result.type] : [];
}

function assertUnique(what: string, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new Error(`two of the ${what} are called ${name}`);
    seen.add(name);
  }
}

function assertDefined(where: string, types: ReadonlyMap<string, JsonSchema>, schema: JsonSchema): void {
  for (const ref of refsIn(schema)) {
    if (types.has(ref)) continue;
    const [name = '', keyword, property = ''] = segmentsOf(`/${ref}`) ?? [];
    const type = types.get(name);
    const found = keyword === undefined ? type : type?.properties?.[property];
    if (found === undefined) throw new Error(`the type ${ref} of ${where} is not defined`);
  }
}
