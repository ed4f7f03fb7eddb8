import assert from 'node:assert/strict';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { ts } from 'ts-morph';
import { generate } from '../../codegen/src/generate.ts';

/** What would be a call of `P` if a text left its string, template, comment or type. */
const payloads = [
  '*/ P();',
  "'+P()+'",
  '"+P()+"',
  '`+P()+`',
  `\${P()}`,
  'a\nP()',
  'a\u2028P()',
  "\\'+P()//",
  'P()',
  '}}; P(); {{',
  '[P()]',
  '<script>@type {P()} */',
];

const text = { type: 'string' };
const date = { type: 'string', format: 'date-time' };
const json = (schema: object) => ({ 'application/json': { schema } });

/** A document that says a payload wherever a document may say what it likes. */
function documentFullOf(payload: string): object {
  const own = `#/components/schemas/${encodeURIComponent(payload.replaceAll('/', '~1'))}`;
  const named = `x${payload.replace(/[{}/?#\\\n]/g, '')}`;
  const doc = { title: payload, summary: payload, description: payload, 'x-since': payload };
  const constrained = { default: payload, format: payload, pattern: payload, example: payload };
  const parameter = (place: string, name: string, schema: object = text) => ({
    ...{ name, in: place, required: place === 'path', schema, example: payload },
    ...doc,
  });
  const answer = { ...doc, headers: { [payload]: { ...doc, schema: text } }, content: json({ $ref: own }) };
  return {
    openapi: '3.1.0',
    info: { ...doc, version: payload, termsOfService: payload, contact: { name: payload } },
    externalDocs: { url: payload, description: payload },
    tags: [{ ...doc, name: payload }],
    servers: [{ url: `https://api.example/${payload}`, description: payload }],
    security: [{ [payload]: [payload] }],
    paths: {
      [`/${named}/{${named}}`]: {
        ...doc,
        post: {
          ...doc,
          'x-edition': payload,
          tags: [payload],
          operationId: payload,
          servers: [{ url: `https://other.example/${payload}` }],
          security: [{ [payload]: [] }, {}],
          parameters: [
            parameter('path', named, { enum: [payload, 'b'] }),
            parameter('query', payload, { ...text, ...constrained }),
            {
              ...parameter('query', `where ${payload}`, { properties: { [payload]: text } }),
              style: 'deepObject',
            },
            parameter('cookie', `biscuit ${payload}`.replace(/[\n\u2028]/g, '')),
          ],
          requestBody: { ...doc, content: json({ $ref: own }) },
          responses: {
            200: answer,
            404: { ...answer, content: json({ properties: { [payload]: { const: payload } } }) },
          },
          callbacks: { [payload]: { [payload]: { post: { operationId: payload, responses: {} } } } },
        },
        get: {
          tags: [payload],
          parameters: [parameter('query', payload)],
          responses: {
            200: { content: json({ type: 'array', items: { $ref: '#/components/schemas/Told' } }) },
          },
          'x-variants': [{ name: payload, doc: payload, fixed: { [payload]: payload } }],
        },
      },
    },
    webhooks: {
      [payload]: { post: { ...doc, tags: [payload], requestBody: { content: json({ $ref: own }) } } },
    },
    components: {
      securitySchemes: { [payload]: { type: 'apiKey', in: 'query', name: payload, description: payload } },
      schemas: {
        [payload]: {
          ...doc,
          [payload]: payload,
          type: 'object',
          tsType: payload,
          $id: payload,
          $comment: payload,
          required: [payload],
          properties: {
            [payload]: date,
            a: { ...text, ...constrained, description: payload, tsType: payload },
            b: { enum: [payload, 'b', { [payload]: payload }], 'x-enum-varnames': [payload] },
            c: { const: { [payload]: payload }, default: { [payload]: payload } },
            d: { type: 'integer', default: payload },
          },
        },
        Told: {
          oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }],
          discriminator: { propertyName: payload, mapping: { [payload]: 'Cat', [`not ${payload}`]: 'Dog' } },
        },
        Cat: { type: 'object', title: payload, properties: { born: date } },
        Dog: { type: 'object', properties: { [payload]: text, bark: text } },
      },
    },
  };
}

function namesCalled(source: ts.Node): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) found.push(node.expression.getText());
    if (ts.isTaggedTemplateExpression(node)) found.push(node.tag.getText());
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

suite('nothing that a document says is called in what is generated', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'fairlead-injection-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [index, payload] of payloads.entries()) {
    test(`when it says ${JSON.stringify(payload)} wherever it can`, async () => {
      const from = join(folder, `${index}.json`);
      const out = join(folder, String(index));
      writeFileSync(from, JSON.stringify(documentFullOf(payload)));
      const { methods, events } = await generate({
        name: 'api.json',
        source: { kind: 'file', from, dates: 'date' },
        out,
      });
      assert.deepEqual([methods, events], [2, 1]);
      const files = globSync('**/*.ts', { cwd: out });
      assert.ok(files.includes('shapes.ts'));
      for (const file of files) {
        const content = readFileSync(join(out, file), 'utf8');
        const { diagnostics } = ts.transpileModule(content, { reportDiagnostics: true, fileName: file });
        assert.deepEqual(diagnostics, [], `${file}\n${content}`);
        const source = ts.createSourceFile(file, content, ts.ScriptTarget.Latest, true);
        assert.ok(!namesCalled(source).includes('P'), `${file}\n${content}`);
      }
    });
  }
});
