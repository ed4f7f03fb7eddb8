import type { JsonSchema, JsonValue } from '../../model.ts';
import type { Documents } from '../../read/index.ts';
import { type Group, isFunctionsFile } from '../../read/salt/functions.ts';
import { type Overlay, overlaysOf } from '../../read/salt/overlays.ts';
import { example } from '../core/example.ts';
import { isObject, schemasOf } from '../core/schemas.ts';
import type { Known, Signatures } from './deployment.ts';

/** What the stored files tell about functions. */
export function knownFrom(documents: Documents): Known {
  const signatures = (group: Group): Signatures => {
    const file = documents.files.get(`functions/${group}.json`);
    return new Map(isFunctionsFile(file) ? Object.entries(file.functions) : []);
  };
  const overlays = overlaysOf(documents);
  return {
    modules: signatures('modules'),
    runners: signatures('runners'),
    wheel: signatures('wheel'),
    example(group, fun) {
      const [module = '', own = ''] = fun.split('.');
      const overlay = overlays.get(`${group}/${module}`);
      const result = overlay?.functions.get(own)?.result;
      return overlay === undefined || result === undefined ? null : exampleOf(overlay, result);
    },
  };
}

/** Valid against what the overlay says that the function returns. */
function exampleOf({ types }: Overlay, result: JsonSchema): JsonValue {
  const named = [...types].map(([name, schema]) => [name, withPointers(schema)]);
  const schemas = schemasOf(
    new Map([['overlay', { ...Object.fromEntries(named), result: withPointers(result) }]]),
  );
  return example(schemas, { $ref: 'overlay#/result' });
}

/** Types refer to each other by name. */
function withPointers(schema: JsonValue): JsonValue {
  if (Array.isArray(schema)) return schema.map(withPointers);
  if (!isObject(schema)) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [
    key,
    key === '$ref' && typeof value === 'string' ? `#/${value}` : withPointers(value),
  ]);
  return Object.fromEntries(entries);
}
