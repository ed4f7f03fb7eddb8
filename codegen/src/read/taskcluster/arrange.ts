import { InputError } from '../../errors.ts';
import { child } from '../../json/pointer.ts';
import { mapSchemas } from '../../json/positions.ts';
import { isArray, isObject, type JsonObject } from '../../json/values.ts';
import type { JsonValue } from '../../model.ts';
import { type Documents, documentsOf } from '../documents.ts';

/** The kinds of files that we read. What a file is stands in its `$schema` and nowhere else. */
export type Kind = 'api' | 'exchanges' | 'schema';

interface Classified {
  readonly kind: Kind;
  /** Of the deployment that published the file, in the absolute form; '' in the abstract form. */
  readonly rootUrl: string;
  /** Where the file belongs. */
  readonly path: string;
}

/** `name` and `version` are those of the metadata in the schema that `$schema` names. */
const REFERENCE = /^(?<rootUrl>.*)\/schemas\/common\/(?<name>[a-z]+)-reference-v(?<version>\d+)\.json#?$/;
const SCHEMA_ID = /^(?<rootUrl>.*?)\/schemas\/(?<service>[^/]+)\/(?<rest>.+\.json)#?$/;
const PATH = /^(?!.*(^|\/)\.\.?(\/|$))[\w.-]+(\/[\w.-]+)*$/;

/** The kind of a file; undefined for every other kind, and for versions that came later. */
export function kindOf(content: JsonValue): Kind | undefined {
  if (!isObject(content)) return undefined;
  const { $schema, $id } = content;
  const { name, version } = (typeof $schema === 'string' && REFERENCE.exec($schema)?.groups) || {};
  if ((name === 'api' || name === 'exchanges') && version === '0') return name;
  if (name !== undefined || typeof $id !== 'string') return undefined;
  const { service } = SCHEMA_ID.exec($id)?.groups ?? {};
  return service === undefined || service === 'common' ? undefined : 'schema';
}

/**
 * Puts files where they belong, whatever their names: upstream publishes one array of all files, a folder
 * laid out like a deployment's URLs and a folder for each service, and each file says itself what it is.
 * A deployment writes its own URL before every name (the absolute form); it is removed (the abstract form).
 */
export function arrange(documents: Documents): Documents {
  const found = new Map<
    string,
    { readonly content: JsonValue; readonly from: string; readonly rootUrl: string }
  >();
  for (const [from, content] of unrolled(documents)) {
    const classified = classify(content, from);
    if (classified === undefined || !isObject(content)) continue;
    const { path, rootUrl } = classified;
    const before = found.get(path);
    if (before !== undefined) {
      throw new InputError(`the same file as ${before.from}: both are ${path}`, {
        file: from,
        hint: 'Keep one',
      });
    }
    found.set(path, { from, rootUrl, content: abstracted(content, classified) });
  }
  const [first, ...rest] = [...found.values()];
  const other = rest.find(({ rootUrl }) => rootUrl !== first?.rootUrl);
  if (first !== undefined && other !== undefined) {
    throw new InputError(
      `belongs to ${other.rootUrl || 'no deployment'}, but ${first.from} to ${first.rootUrl || 'no deployment'}`,
      { file: other.from, hint: 'Take all files from one deployment' },
    );
  }
  return documentsOf(
    documents.origin,
    [...found].map(([path, { content }]) => [path, content]),
  );
}

/** Every file, those in a rolled-up array too. */
function unrolled({ files }: Documents): [string, JsonValue][] {
  return [...files].flatMap(([name, content]): [string, JsonValue][] => {
    if (!isArray(content)) return [[name, content]];
    return content.map((element, index) => {
      const { filename, content: inner } = isObject(element) ? element : {};
      if (typeof filename === 'string' && inner !== undefined) return [filename, inner];
      throw new InputError('not of the form { filename, content }', {
        file: name,
        pointer: `/${index}`,
        hint: 'Take the references.json of a deployment',
      });
    });
  });
}

function classify(content: JsonValue, from: string): Classified | undefined {
  const kind = kindOf(content);
  if (kind === undefined || !isObject(content)) return undefined;
  const { $schema, $id, serviceName, apiVersion } = content;
  const [pattern, url] = kind === 'schema' ? [SCHEMA_ID, $id] : [REFERENCE, $schema];
  const { rootUrl = '', service, rest } = pattern.exec(String(url))?.groups ?? {};
  const path =
    kind === 'schema' ? `schemas/${service}/${rest}` : `references/${serviceName}/${apiVersion}/${kind}.json`;
  if (PATH.test(path)) return { kind, rootUrl, path };
  throw new InputError(`cannot be kept under ${JSON.stringify(path)}`, {
    file: from,
    pointer: kind === 'schema' ? '/$id' : '/serviceName',
    hint: 'Use letters, digits, ".", "_" and "-"',
  });
}

function abstracted(content: JsonObject, { kind, rootUrl, path }: Classified): JsonValue {
  const own = kind === 'schema' ? { ...content, $id: `/${path}#` } : content;
  if (rootUrl === '') return own;
  const local = (url: JsonValue | undefined) =>
    typeof url === 'string' && url.startsWith(`${rootUrl}/`) ? url.slice(rootUrl.length) : url;
  const moved = withMember(own, '$schema', local(child(content, '$schema')));
  if (kind !== 'schema') return moved;
  return mapSchemas(moved, (schema) => withMember(schema, '$ref', local(child(schema, '$ref'))));
}

function withMember(object: JsonObject, name: string, value: JsonValue | undefined): JsonObject {
  return value === undefined ? object : { ...object, [name]: value };
}
