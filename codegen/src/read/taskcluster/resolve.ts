import { InputError } from '../../errors.ts';
import { segmentsOf, valueAt } from '../../json/pointer.ts';
import type { Documents } from '../documents.ts';
import type { Place, ResolveRef } from '../type-graph.ts';

/** Stands for the deployment, whose URL the abstract form leaves out. The name is reserved: nobody can own it. */
const ROOT = 'https://deployment.invalid';

/** The JSON Schema meta-schema as a type: any schema, which is to say anything. */
const META_SCHEMA = /^https?:\/\/json-schema\.org\//;

/** A `$ref`, relative to the document in which it stands (RFC 3986), within the schemas of the same service. */
export function refResolver(documents: Documents, service: string): ResolveRef {
  return (ref, from) =>
    META_SCHEMA.test(ref) ? undefined : place(documents, service, ref, `/${from.path}`, from);
}

/** The `input`, `output` or `schema` of an entry, relative to the schemas of its service. */
export function entrySchema(documents: Documents, service: string, name: string, from: Place): Place {
  if (/^(\/|\.\.(\/|$)|[a-z][a-z\d+.-]*:)/i.test(name)) {
    throw new InputError(`${JSON.stringify(name)} is not relative to the schemas of ${service}`, {
      file: from.path,
      pointer: from.pointer,
      hint: 'Write it like "v1/task.json#"',
    });
  }
  return place(documents, service, name, `/schemas/${service}/`, from);
}

function place(documents: Documents, service: string, ref: string, base: string, from: Place): Place {
  const refuse = (problem: string, hint: string): never => {
    throw new InputError(`${JSON.stringify(ref)} ${problem}`, {
      file: from.path,
      pointer: from.pointer,
      hint,
    });
  };
  const url = URL.parse(ref, ROOT + base) ?? refuse('is not a reference', 'Write a path and a fragment');
  if (url.origin !== ROOT) {
    refuse(
      'lies outside of the reference, and nothing is ever fetched',
      'Refer to a schema of the same service',
    );
  }
  if (!url.pathname.startsWith(`/schemas/${service}/`)) {
    refuse(`is not a schema of ${service}`, 'Refer to a schema of the same service');
  }
  const path = decoded(url.pathname.slice(1));
  const pointer = decoded(url.hash.slice(1));
  const segments =
    (pointer === undefined ? undefined : segmentsOf(pointer)) ??
    refuse('has no JSON pointer as its fragment', 'Write it like "task.json#/properties/x"');
  const document =
    documents.files.get(path ?? '') ??
    refuse('refers to a file that is missing', 'Add the file, or correct its name');
  if (valueAt(document, segments) === undefined) {
    refuse("refers to a part that the file doesn't have", 'Correct the fragment');
  }
  return { path: path ?? '', pointer: pointer ?? '' };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
