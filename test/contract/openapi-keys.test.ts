import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { mapSchemas } from '../../codegen/src/json/positions.ts';
import { isArray, isObject } from '../../codegen/src/json/values.ts';
import type { JsonValue } from '../../codegen/src/model.ts';
import { readDocuments } from '../../codegen/src/read/files.ts';
import { KEYWORDS, type Part } from '../../codegen/src/read/openapi/keywords.ts';

type Shape = 'one' | 'list' | 'map';

const VERBS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace'] as const;

/** Where parts stand in each other, by the key. Schemas stand in schemas by rules of their own. */
const INSIDE: Readonly<Partial<Record<Part, Readonly<Record<string, readonly [Part, Shape]>>>>> = {
  document: { paths: ['pathItem', 'map'], webhooks: ['pathItem', 'map'], servers: ['server', 'list'] },
  pathItem: {
    parameters: ['parameter', 'list'],
    ...Object.fromEntries(VERBS.map((verb) => [verb, ['operation', 'one'] as const])),
  },
  operation: {
    parameters: ['parameter', 'list'],
    requestBody: ['requestBody', 'one'],
    responses: ['response', 'map'],
  },
  parameter: { schema: ['schema', 'one'], content: ['mediaType', 'map'] },
  requestBody: { content: ['mediaType', 'map'] },
  response: { content: ['mediaType', 'map'], headers: ['parameter', 'map'] },
  mediaType: { schema: ['schema', 'one'] },
};

const COMPONENTS: Readonly<Record<string, Part>> = {
  schemas: 'schema',
  responses: 'response',
  parameters: 'parameter',
  requestBodies: 'requestBody',
  headers: 'parameter',
  securitySchemes: 'securityScheme',
  pathItems: 'pathItem',
};

/** The keys at which nothing of that name is known: a flow mapping cuts a sentence at its first comma. */
function unknownKeys(value: JsonValue | undefined, part: Part, at: string): readonly string[] {
  if (!isObject(value)) return [];
  if (part === 'schema') {
    const found: string[] = [];
    mapSchemas(value, (schema, segments) => {
      found.push(...strange(schema, part, [at, ...segments].join('/')));
      return schema;
    });
    return found;
  }
  const inside = Object.entries(INSIDE[part] ?? {}).flatMap(([key, [inner, shape]]) =>
    elements(value[key], shape).flatMap(([name, one]) => unknownKeys(one, inner, `${at}/${key}/${name}`)),
  );
  return [...strange(value, part, at), ...inside];
}

function strange(value: object, part: Part, at: string): readonly string[] {
  const keys = Object.keys(value).filter((key) => !KEYWORDS[part].has(key) && !key.startsWith('x-'));
  return keys.map((key) => `${at}: ${JSON.stringify(key)}`);
}

function elements(value: JsonValue | undefined, shape: Shape): readonly (readonly [string, JsonValue])[] {
  if (value === undefined) return [];
  if (shape === 'one') return [['', value]];
  return isObject(value) || isArray(value) ? Object.entries(value) : [];
}

for (const service of ['consul', 'salt']) {
  const folder = fileURLToPath(new URL(`../../schemas/${service}`, import.meta.url));
  const documents = [...(await readDocuments(folder)).files].filter(
    ([, content]) => isObject(content) && 'openapi' in content,
  );

  suite(`the description of ${service}`, () => {
    test('has no key that OpenAPI does not know', () => {
      assert.ok(documents.length > 0);
      for (const [file, document] of documents) {
        const components = isObject(document) ? document['components'] : undefined;
        const shared = Object.entries(COMPONENTS).flatMap(([key, part]) =>
          elements(isObject(components) ? components[key] : undefined, 'map').flatMap(([name, one]) =>
            unknownKeys(one, part, `${file}#/components/${key}/${name}`),
          ),
        );
        assert.deepEqual([...unknownKeys(document, 'document', `${file}#`), ...shared], []);
      }
    });

    test('has no empty list of servers', () => {
      for (const [file, document] of documents)
        assert.notDeepEqual(isObject(document) ? document['servers'] : undefined, [], file);
    });
  });
}
