import { join } from 'node:path';
import { fetchPackages } from '../../fetched.ts';

/** A description of an API that somebody else wrote, and the package that it comes in. */
export interface Document {
  readonly name: string;
  readonly package: string;
  /** Within the package. */
  readonly file: string;
  /** How many it has in that version, counted apart from our reader. */
  readonly operations: number;
}

export const documents: readonly Document[] = [
  {
    name: 'github',
    package: '@octokit/openapi@23.0.2',
    file: '@octokit/openapi/generated/api.github.com.json',
    operations: 1223,
  },
  {
    name: 'figma',
    package: '@figma/rest-api-spec@0.43.0',
    file: '@figma/rest-api-spec/openapi/openapi.yaml',
    operations: 54,
  },
  {
    name: 'directus',
    package: '@directus/specs@15.2.0',
    file: '@directus/specs/dist/openapi.json',
    operations: 136,
  },
  {
    name: 'blockfrost',
    package: '@blockfrost/openapi@0.1.93',
    file: '@blockfrost/openapi/openapi.yaml',
    operations: 129,
  },
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
