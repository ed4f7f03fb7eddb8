import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A folder for one test file, removed at its end. What is remembered about it lies inside of it. */
export function temporaryFolder(name: string): string {
  const folder = join(import.meta.dirname, '..', '.tmp', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  return folder;
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

const entry = (name: string) => ({
  type: 'function',
  name,
  method: 'get',
  route: `/${name}`,
  args: [],
  query: [],
  stability: 'stable',
  category: 'Demo',
  title: name,
  description: `Gets ${name}.`,
  output: 'v1/thing.json#',
});

/** A small service as `schemas/<service>/` stores it, with a method for each name. */
export function demoService(service: string, methods: readonly string[]): Record<string, string> {
  const reference = {
    $schema: '/schemas/common/api-reference-v0.json#',
    apiVersion: 'v1',
    serviceName: service,
    title: 'Demo',
    description: 'A service for tests.',
    entries: methods.map(entry),
  };
  const schema = {
    $schema: '/schemas/common/metaschema.json#',
    $id: `/schemas/${service}/v1/thing.json#`,
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    properties: { name: { type: 'string' } },
  };
  return {
    'service.yaml': 'format: taskcluster\n',
    [`references/${service}/v1/api.json`]: JSON.stringify(reference),
    [`schemas/${service}/v1/thing.json`]: JSON.stringify(schema),
  };
}
