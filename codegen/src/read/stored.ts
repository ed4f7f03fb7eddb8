import { existsSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Where something of `schemas/` lies that comes with this package: a published one brings its own copy, in the repository
 * it is next to the package. `undefined` when it is missing.
 */
export function storedSchemas(...path: readonly string[]): string | undefined {
  const manifest = findPackageJSON(import.meta.url);
  if (manifest === undefined) return undefined;
  const root = dirname(manifest);
  return [join(root, 'schemas', ...path), join(root, '..', 'schemas', ...path)].find((place) =>
    existsSync(place),
  );
}
