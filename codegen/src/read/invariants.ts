import { segmentsOf } from '../json/pointer.ts';
import type { Api, JsonSchema, TypeRef } from '../model.ts';
import { keyIdentity } from './keys.ts';
import { refsIn } from './type-graph.ts';

/**
 * What every emitter relies on, whatever the reader: names are unique in their Api, every type that is named is
 * defined, and every parameter of a route is a path parameter. A reader that breaks this is wrong, not its input.
 */
export function assertInvariants(apis: readonly Api[]): void {
  assertUnique(
    'classes',
    apis.map(({ name }) => name),
  );
  for (const api of apis) {
    const types = new Map(api.types.map(({ name, schema }) => [name, schema]));
    assertUnique(
      `methods of ${api.path}`,
      api.methods.map(({ name }) => name),
    );
    assertUnique(
      `events of ${api.path}`,
      api.events.map(({ name }) => name),
    );
    const keys = new Map(
      api.events.map(({ source: { key, keyName } }) => [`${keyName} ${keyIdentity(key)}`, keyName]),
    );
    assertUnique(`routing keys of ${api.path}`, [...keys.values()]);
    assertUnique(`types of ${api.path}`, [
      ...api.types.map(({ name }) => name),
      ...api.methods.flatMap(({ queryType }) => queryType ?? []),
    ]);
    for (const { schema } of api.types) for (const ref of refsIn(schema)) assertDefined(api, types, ref);
    for (const { $ref } of namedTypes(api)) assertDefined(api, types, $ref);
    for (const { name, path, call } of api.methods) {
      const route = call.route.flatMap((part) => (typeof part === 'string' ? [] : [part.param]));
      if (route.join() !== path.map(({ wire }) => wire).join()) {
        throw new Error(`the path parameters of ${api.path}.${name} are not those of its route`);
      }
    }
  }
}

function namedTypes({ methods, events }: Api): readonly TypeRef[] {
  return [
    ...methods.flatMap(({ body, result }) => [body ?? [], result.kind === 'json' ? result.type : []].flat()),
    ...events.map(({ payload }) => payload),
  ];
}

function assertUnique(what: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two of the ${what} are called ${twice}`);
}

function assertDefined({ path }: Api, types: ReadonlyMap<string, JsonSchema>, ref: string): void {
  const [name = '', keyword, property = ''] = segmentsOf(`/${ref}`) ?? [];
  const type = types.get(name);
  const found = keyword === undefined ? type : type?.properties?.[property];
  if (found === undefined) throw new Error(`the type ${ref} of ${path} is not defined`);
}
