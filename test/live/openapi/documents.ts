import { join } from 'node:path';
import { fetchPackages } from '../../fetched.ts';

/** A description of an API that somebody else wrote, and the package that it comes in. */
export interface Document {
  readonly name: string;
  readonly package: string;
  /** Within the package. */
  readonly file: string;
}

export const documents: readonly Document[] = [
  {
    name: 'github',
    package: '@octokit/openapi@23.0.2',
    file: '@octokit/openapi/generated/api.github.com.json',
  },
  {
    name: 'figma',
    package: '@figma/rest-api-spec@0.43.0',
    file: '@figma/rest-api-spec/openapi/openapi.yaml',
  },
  { name: 'directus', package: '@directus/specs@15.2.0', file: '@directus/specs/dist/openapi.json' },
];

/** Where the file of each document is, or in one line why they can't be had. */
export function fetchDocuments(): ReadonlyMap<string, string> | string {
  const fetched = fetchPackages(
    'openapi-documents',
    documents.map((document) => document.package),
  );
  if (typeof fetched === 'string') return fetched;
  return new Map(documents.map(({ name, file }) => [name, join(fetched.modules, file)]));
}
