import { pointerOf } from '../../json/pointer.ts';
import { mapSchemas } from '../../json/positions.ts';
import { isArray, isObject, type JsonObject } from '../../json/values.ts';
import type { JsonValue } from '../../model.ts';
import { type Documents, documentsOf } from '../documents.ts';
import type { Place } from '../type-graph.ts';
import { kindOf } from './arrange.ts';
import { eventRoots } from './events.ts';
import { methodRoots } from './methods.ts';
import { apiReferences, exchangesReferences } from './references.ts';
import { refResolver } from './resolve.ts';

/** What references and schemas say for people only. */
const PROSE = new Set(['$comment', 'category', 'description', 'examples', 'summary', 'title']);

/** The references and the schemas that they need, without prose. */
export function reduce(documents: Documents): Documents {
  const references = [...documents.files].filter(([, content]) =>
    ['api', 'exchanges'].includes(kindOf(content) ?? ''),
  );
  const schemas = [...neededSchemas(documents)].map((path): [string, JsonValue] => [
    path,
    mapSchemas(documents.files.get(path) ?? true, withoutProse),
  ]);
  return documentsOf(documents.origin, [
    ...references.map(([path, content]): [string, JsonValue] => [path, reducedReference(content)]),
    ...schemas,
  ]);
}

/** Its entries and the parts of its routing keys are facts with prose beside them; what they hold is none. */
function reducedReference(reference: JsonValue): JsonValue {
  if (!isObject(reference)) return reference;
  const { entries } = reference;
  return {
    ...withoutProse(reference),
    entries: (isArray(entries) ? entries : []).map((entry) => {
      if (!isObject(entry)) return entry;
      const { routingKey } = entry;
      if (!isArray(routingKey)) return withoutProse(entry);
      const parts = routingKey.map((part) => (isObject(part) ? withoutProse(part) : part));
      return { ...withoutProse(entry), routingKey: parts };
    }),
  };
}

function withoutProse(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !PROSE.has(key)));
}

/** Everything that an entry names, and what that refers to: whether or not it matters for a type. */
function neededSchemas(documents: Documents): ReadonlySet<string> {
  const needed = new Set<string>();
  const follow = (service: string, roots: readonly Place[]) => {
    const resolve = refResolver(documents, service);
    const waiting = roots.map(({ path }) => path);
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (needed.has(path)) continue;
      needed.add(path);
      for (const target of placesIn(documents, path, resolve)) waiting.push(target.path);
    }
  };
  for (const api of apiReferences(documents)) follow(api.reference.serviceName, methodRoots(documents, api));
  for (const exchanges of exchangesReferences(documents)) {
    follow(exchanges.reference.serviceName, eventRoots(documents, exchanges));
  }
  return needed;
}

function placesIn(
  documents: Documents,
  path: string,
  resolve: ReturnType<typeof refResolver>,
): readonly Place[] {
  const places: Place[] = [];
  mapSchemas(documents.files.get(path) ?? true, (schema, at) => {
    const { $ref } = schema;
    const place =
      typeof $ref === 'string' ? resolve($ref, { path, pointer: pointerOf([...at, '$ref']) }) : undefined;
    if (place !== undefined) places.push(place);
    return schema;
  });
  return places;
}
