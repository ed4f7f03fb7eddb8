import { createHash, type Hash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { generatedFiles } from './write.ts';

/**
 * Remembers what was generated from what, so that doing it again takes no time when nothing has changed.
 *
 * Kept under `node_modules/.cache`, where tools keep what may be deleted; where there is no `node_modules` at or
 * above the folder that is generated into, nothing is remembered.
 */
export class Stamp<Facts> {
  readonly #place: string | undefined;
  readonly #out: string;
  readonly #inputs: string | undefined;
  readonly #began = Date.now();

  /** `inputs` are files and folders; `options` is whatever else the output depends on. */
  constructor(out: string, inputs: readonly string[], options: unknown) {
    this.#out = out;
    this.#place = placeFor(out);
    this.#inputs = this.#place === undefined ? undefined : attempt(() => hashInputs(inputs, options));
  }

  /** What was saved, if inputs, options, generator and output are still what they were. */
  read(): Facts | undefined {
    const { place, inputs } = { place: this.#place, inputs: this.#inputs };
    if (place === undefined || inputs === undefined || !existsSync(place)) return undefined;
    // The file is only ever written by `save`; one that is damaged or not ours to read is as good as none.
    const saved = attempt(() => JSON.parse(readFileSync(place, 'utf8')) as Saved<Facts> | undefined);
    const isCurrent =
      saved?.inputs === inputs &&
      attempt(() => hashFiles(saved.alsoRead)) === saved.read &&
      saved.outputs === this.#outputs();
    return isCurrent ? saved.facts : undefined;
  }

  /**
   * Remembers `facts` about the output as it is now, which came from the inputs and from files that these refer to.
   * That it could not be saved is no reason to fail.
   */
  save(facts: Facts, alsoRead: readonly string[]): void {
    const { place, inputs } = { place: this.#place, inputs: this.#inputs };
    if (place === undefined || inputs === undefined) return;
    attempt(() => {
      const files = alsoRead.filter((file) => existsSync(file));
      // What changed while we were busy may not be what we read.
      if (files.some((file) => statSync(file).mtimeMs >= this.#began)) return;
      const read = hashFiles(files);
      const saved: Saved<Facts> = { inputs, alsoRead: files, read, outputs: this.#outputs(), facts };
      mkdirSync(dirname(place), { recursive: true });
      const temporary = `${place}.${process.pid}.tmp`;
      writeFileSync(temporary, JSON.stringify(saved));
      renameSync(temporary, place);
    });
  }

  #outputs(): string {
    const hash = createHash('sha256');
    for (const path of generatedFiles(this.#out)) add(hash, path, readFileSync(join(this.#out, path)));
    return hash.digest('hex');
  }
}

interface Saved<Facts> {
  readonly inputs: string;
  readonly alsoRead: readonly string[];
  readonly read: string;
  readonly outputs: string;
  readonly facts: Facts;
}

/** Remembering is never a reason to fail: what is wrong with an input is told by whoever needs it. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

function placeFor(out: string): string | undefined {
  const name = `${createHash('sha256').update(resolve(out)).digest('hex').slice(0, 16)}.json`;
  for (let folder = resolve(out); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules'))) {
      return join(folder, 'node_modules', '.cache', 'fairlead', name);
    }
    if (folder === dirname(folder)) return undefined;
  }
}

/** The libraries that what is generated depends on. */
const LIBRARIES = ['ajv', 'ajv-formats', 'js-yaml', 'json-schema-to-typescript', 'ts-morph'];

function hashInputs(inputs: readonly string[], options: unknown): string {
  const hash = createHash('sha256');
  add(hash, 'options', JSON.stringify(options));
  const manifests = LIBRARIES.map((name) => findPackageJSON(name, import.meta.url)).filter(
    (file) => file !== undefined,
  );
  const files = [
    ...[import.meta.dirname, ...manifests].flatMap((place) => filesOf(place, /\.js(on)?$|(?<!\.d)\.ts$/)),
    ...inputs.flatMap((place) => filesOf(place, /\.(json|ya?ml)$/i)),
  ];
  for (const file of files) add(hash, file, readFileSync(file));
  return hash.digest('hex');
}

function hashFiles(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) add(hash, file, readFileSync(file));
  return hash.digest('hex');
}

/** A file, or those of a folder that `names` matches. A pipe could be read only once, and a device for ever. */
function filesOf(place: string, names: RegExp): string[] {
  const stats = statSync(place, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return stats?.isFile() ? [place] : [];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && names.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Lengths first, so that what belongs to the name can't pass for content. */
function add(hash: Hash, name: string, content: string | Uint8Array): void {
  hash.update(`${name.length} ${name} ${content.length} `).update(content);
}
