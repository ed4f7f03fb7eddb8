import { isArray, isObject, type JsonObject } from '../../json/values.ts';
import type { JsonValue } from '../../model.ts';
import { type Documents, documentsOf } from '../documents.ts';

/** What documents say for people only. */
const PROSE = new Set([
  '$comment',
  'contact',
  'description',
  'example',
  'examples',
  'externalDocs',
  'license',
  'summary',
  'termsOfService',
  'title',
]);

/** Under these stand names that mean what the document wants them to mean, and under each name an object. */
const NAMED = new Set([
  '$defs',
  'callbacks',
  'content',
  'definitions',
  'dependentSchemas',
  'encoding',
  'headers',
  'links',
  'pathItems',
  'paths',
  'patternProperties',
  'properties',
  'requestBodies',
  'responses',
  'schemas',
  'securitySchemes',
  'variables',
  'webhooks',
]);

/** Under these stands data, whatever it looks like. */
const DATA = new Set(['const', 'default', 'enum', 'mapping', 'required', 'scopes', 'security']);

/** The documents without prose. A document keeps its title, which is a name, and what OpenAPI demands stays empty. */
export function reduce({ origin, files }: Documents): Documents {
  return documentsOf(
    origin,
    [...files].map(([path, content]) => [path, withTitle(content, withoutProse(content))]),
  );
}

function withTitle(content: JsonValue, reduced: JsonValue): JsonValue {
  const info = isObject(content) ? content['info'] : undefined;
  if (!isObject(info) || !isObject(reduced)) return reduced;
  const { title, version } = info;
  return {
    ...reduced,
    info: { ...(title !== undefined && { title }), ...(version !== undefined && { version }) },
  };
}

function withoutProse(value: JsonValue): JsonValue {
  if (isArray(value)) return value.map(withoutProse);
  if (!isObject(value)) return value;
  const kept = Object.entries(value)
    .filter(([key]) => !PROSE.has(key))
    .map(([key, inner]): [string, JsonValue] => [key, member(key, inner)]);
  return Object.fromEntries(kept);
}

function member(key: string, value: JsonValue): JsonValue {
  if (DATA.has(key)) return value;
  // In components `parameters` and `examples` are names too; elsewhere they are lists.
  if (isObject(value) && (NAMED.has(key) || key === 'parameters')) return eachNamed(value, key);
  return withoutProse(value);
}

/** A response without a description is no response of OpenAPI. */
function eachNamed(names: JsonObject, key: string): JsonObject {
  const reduced = Object.entries(names).map(([name, inner]): [string, JsonValue] => {
    const one = withoutProse(inner);
    const needsText = key === 'responses' && isObject(one) && one['$ref'] === undefined;
    return [name, needsText ? { description: '', ...one } : one];
  });
  return Object.fromEntries(reduced);
}
