/** Where the parts of a deployment are: its services, references, schemas, documents and pages. */
export interface TaskclusterUrls {
  /** A route of a service: `api('queue', 'v1', 'task/abc')`. */
  api(service: string, version: string, path: string): string;
  /** The description of a service's API: `apiReference('queue', 'v1')`. */
  apiReference(service: string, version: string): string;
  /** The description of a service's exchanges. */
  exchangeReference(service: string, version: string): string;
  /** A JSON Schema: `schema('queue', 'v1/task.json')`. */
  schema(service: string, path: string): string;
  /** The list of all references. */
  apiManifest(): string;
  /** The schema of {@link apiReference}: `apiReferenceSchema('v0')`. */
  apiReferenceSchema(version: string): string;
  /** The schema of {@link exchangeReference}: `exchangesReferenceSchema('v0')`. */
  exchangesReferenceSchema(version: string): string;
  /** The schema of {@link apiManifest}: `apiManifestSchema('v3')`. */
  apiManifestSchema(version: string): string;
  /** What every schema of references is checked against. */
  metadataMetaschema(): string;
  /** A page of the documentation. */
  docs(path: string): string;
  /** A page for people: `ui('tasks/abc')`. */
  ui(path: string): string;
}

/**
 * The URLs of the deployment at `rootUrl`. Text is put together and nothing is checked, so that `''` gives paths that
 * are good on the deployment's own pages. Slashes at the end of `rootUrl` and at the start of a path don't count.
 */
export function taskclusterUrls(rootUrl: string): TaskclusterUrls {
  const root = rootUrl.replace(/\/+$/, '');
  const at = (folder: string, path: string) => `${root}${folder}/${path.replace(/^\/+/, '')}`;
  const common = (file: string) => at('/schemas/common', file);
  return {
    api: (service, version, path) => at(`/api/${service}/${version}`, path),
    apiReference: (service, version) => at(`/references/${service}/${version}`, 'api.json'),
    exchangeReference: (service, version) => at(`/references/${service}/${version}`, 'exchanges.json'),
    schema: (service, path) => at(`/schemas/${service}`, path),
    apiManifest: () => at('/references', 'manifest.json'),
    apiReferenceSchema: (version) => common(`api-reference-${version}.json`),
    exchangesReferenceSchema: (version) => common(`exchanges-reference-${version}.json`),
    apiManifestSchema: (version) => common(`manifest-${version}.json`),
    metadataMetaschema: () => common('metadata-metaschema.json'),
    docs: (path) => at('/docs', path),
    ui: (path) => at('', path),
  };
}
