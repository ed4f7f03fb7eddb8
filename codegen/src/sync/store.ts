import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Documents } from '../read/documents.ts';
import { listFolder } from '../read/files.ts';
import { FACTS_FILE } from '../read/service.ts';
import type { FileChanges } from './result.ts';
import type { Source } from './source.ts';

/** Files by their path in the folder. */
export type Texts = ReadonlyMap<string, string>;

export function textsOf({ files }: Documents, source: Source): Texts {
  return new Map([...files].map(([path, content]) => [path, source.text(content)]));
}

/** The references that a folder holds now, and what it says about them. */
export function storedTexts(folder: string, source: Source): Texts {
  const references = existsSync(folder) ? listFolder(folder).filter((file) => source.owns(file)) : [];
  const files = existsSync(join(folder, FACTS_FILE)) ? [...references, FACTS_FILE] : references;
  return new Map(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
}

export function fileChanges(before: Texts, after: Texts): FileChanges {
  const paths = [...after.keys()].sort();
  return {
    added: paths.filter((path) => !before.has(path)),
    changed: paths.filter((path) => before.has(path) && before.get(path) !== after.get(path)),
    removed: [...before.keys()].filter((path) => !after.has(path)).sort(),
    unchanged: paths.filter((path) => before.get(path) === after.get(path)).length,
  };
}

export function isChange({ added, changed, removed }: FileChanges): boolean {
  return added.length + changed.length + removed.length > 0;
}

/**
 * Makes `texts` what the folder holds at its top-level entries, and removes the entries in `gone`. Everything is
 * written beside the folder first and then moved; when a move fails, those before it are undone.
 */
export function swapIn(folder: string, texts: Texts, gone: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  const staging = mkdtempSync(join(dirname(folder), `.${basename(folder)}-`));
  const undo: (() => void)[] = [];
  const move = (from: string, to: string) => {
    renameSync(from, to);
    undo.unshift(() => renameSync(to, from));
  };
  try {
    const [fresh, old] = [join(staging, 'new'), join(staging, 'old')];
    mkdirSync(old);
    for (const [path, text] of texts) {
      mkdirSync(dirname(join(fresh, path)), { recursive: true });
      writeFileSync(join(fresh, path), text);
    }
    const entries = new Set([...readdirSync(fresh), ...gone.map((path) => path.split('/')[0] ?? path)]);
    for (const entry of entries) {
      if (existsSync(join(folder, entry))) move(join(folder, entry), join(old, entry));
      if (existsSync(join(fresh, entry))) move(join(fresh, entry), join(folder, entry));
    }
  } catch (error) {
    for (const step of undo) step();
    throw error;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}
