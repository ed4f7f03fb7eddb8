import { isUtf8 } from 'node:buffer';
import { existsSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { InputError } from '../errors.ts';
import type { JsonValue } from '../model.ts';
import { assertJson } from './bounds.ts';
import { type Documents, documentsOf } from './documents.ts';
import { parseJson } from './json.ts';
import { parseYaml } from './yaml.ts';

/** The largest input, in bytes, one file or a whole folder. The largest real reference that we know has 13 MB. */
export const MAX_BYTES = 32 * 1024 * 1024;

/** Files that stand beside the references of a service and belong to us. */
const OWN_FILES: readonly string[] = ['service.yaml', 'corrections.yaml', 'docs.yaml'];

/**
 * Reads a file, or every `.json`, `.yaml` and `.yml` file below a folder, each under its path relative to the
 * folder. Hidden files and symbolic links inside of a folder are passed over: what a folder gives must not depend
 * on what lies around it.
 */
export async function readDocuments(from: string): Promise<Documents> {
  if (!isFolder(from)) return documentsOf(from, [[basename(from), await readDocument(from)]]);
  const files = reading(from, () => listFolder(from));
  if (files.length === 0) {
    throw new InputError('holds no .json, .yaml or .yml file', {
      file: from,
      hint: 'Name the folder of a reference',
    });
  }
  const sizes = files.map((file) => statsOf(join(from, file)).size);
  assertSize(
    sizes.reduce((sum, size) => sum + size, 0),
    from,
  );
  const parsed: [string, JsonValue][] = [];
  for (const file of files) parsed.push([file, await readDocument(join(from, file))]);
  return documentsOf(from, parsed);
}

/**
 * A single file together with those that it refers to, and those that they refer to: never one that lies, or by a link
 * leads, outside of its folder. One that doesn't exist is left out, and missed by whoever needs it.
 */
export async function readReferredTo(
  { origin, files }: Documents,
  filesReferredTo: (path: string, document: JsonValue) => readonly string[],
): Promise<Documents> {
  const folder = dirname(origin);
  const found = new Map(files);
  let bytes = statsOf(origin).size;
  for (const [path, document] of found) {
    for (const referred of filesReferredTo(path, document)) {
      const file = join(folder, referred);
      if (found.has(referred) || !isBelow(file, folder)) continue;
      bytes += statsOf(file).size;
      assertSize(bytes, origin);
      found.set(referred, await readDocument(file));
    }
  }
  return documentsOf(origin, found);
}

function isBelow(file: string, folder: string): boolean {
  if (!/\.(json|ya?ml)$/i.test(file) || !existsSync(file)) return false;
  return reading(file, () => realpathSync(file)).startsWith(join(realpathSync(folder), sep));
}

/** One file of JSON or YAML, told apart by its extension. */
export async function readDocument(file: string): Promise<JsonValue> {
  const stats = statsOf(file);
  if (!stats.isFile()) {
    // A device or a pipe may never end.
    throw new InputError('not a regular file', { file, hint: 'Save what it gives in a file' });
  }
  assertSize(stats.size, file);
  return parseDocument(
    reading(file, () => readFileSync(file)),
    file,
  );
}

/** Bytes of JSON, or of YAML when `name` ends in `.yaml` or `.yml`. */
export async function parseDocument(bytes: Uint8Array, name: string): Promise<JsonValue> {
  assertSize(bytes.length, name);
  if (!isUtf8(bytes)) {
    throw new InputError('not UTF-8', { file: name, hint: 'Save the file in UTF-8' });
  }
  const text = new TextDecoder().decode(bytes); // without its byte order mark
  const value = /\.ya?ml$/i.test(name) ? await parseYaml(text, name) : parseJson(text, name);
  assertJson(value, name);
  return value;
}

function assertSize(bytes: number, name: string): void {
  if (bytes <= MAX_BYTES) return;
  const limit = `${MAX_BYTES / 1024 / 1024} MB`;
  throw new InputError(`has ${Math.ceil(bytes / 1024 / 1024)} MB, and ${limit} is the limit`, {
    file: name,
    hint: 'Name the reference of one service, or split the file',
  });
}

export function isFolder(path: string): boolean {
  return statsOf(path).isDirectory();
}

function statsOf(path: string): Stats {
  const stats = reading(path, () => statSync(path, { throwIfNoEntry: false }));
  if (stats === undefined)
    throw new InputError('no such file or folder', { file: path, hint: 'Check the path' });
  return stats;
}

function reading<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(`cannot be read: ${reason}`, {
      file,
      hint: 'Check the path and its permissions',
      cause,
    });
  }
}

/** The files of references below a folder, relative to it and sorted. */
export function listFolder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(json|ya?ml)$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, sep).length).split(sep).join('/'))
    .filter((file) => !OWN_FILES.includes(file) && !/(^|\/)\./.test(file))
    .sort();
}
