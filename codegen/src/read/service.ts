import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors.ts';
import { isObject } from '../json/values.ts';
import { type Correction, parseCorrections } from './corrections.ts';
import { noDocs, parseDocs } from './docs.ts';
import { readDocument } from './files.ts';
import type { ReadSettings } from './reader.ts';

/** Where {@link ServiceFacts} stand. */
export const FACTS_FILE = 'service.yaml';

/** What the stored references are. Written by `fairlead sync`, or by hand where the references are ours. */
export interface ServiceFacts extends Omit<ReadSettings, 'docs'> {
  readonly format: string;
  readonly version?: string;
  readonly source?: string;
  /** The service whose session is written by hand: `consul` is `@fairlead/runtime/consul`. */
  readonly session?: string;
}

/** What stands beside the references of a service and is ours. */
export interface ServiceFiles extends ServiceFacts, ReadSettings {
  readonly corrections: readonly Correction[];
}

/** Reads the files of a folder such as `schemas/taskcluster`. Only `service.yaml` has to be there. */
export async function readServiceFiles(folder: string): Promise<ServiceFiles> {
  const facts = await readServiceFacts(folder);
  if (facts === undefined) {
    throw new InputError(`there is no ${FACTS_FILE}`, {
      file: folder,
      hint: 'Run fairlead sync first, or name the folder of a service',
    });
  }
  const corrections = join(folder, 'corrections.yaml');
  const docs = join(folder, 'docs.yaml');
  return {
    ...facts,
    corrections: existsSync(corrections)
      ? parseCorrections(await readDocument(corrections), corrections)
      : [],
    docs: existsSync(docs) ? parseDocs(await readDocument(docs), docs) : noDocs,
  };
}

/** Undefined when there is none yet. */
export async function readServiceFacts(folder: string): Promise<ServiceFacts | undefined> {
  const file = join(folder, FACTS_FILE);
  if (!existsSync(file)) return undefined;
  const value = await readDocument(file);
  const given = isObject(value) ? value : {};
  const wrong = Object.keys(given).find((name) => name !== 'format' && !isFact(name, given[name]));
  // Checked above: this is where what stands in the file becomes a type.
  if (wrong === undefined && isFacts(given)) return given;
  throw new InputError(wrong === undefined ? "doesn't name a format" : `${JSON.stringify(wrong)} is wrong`, {
    file,
    hint:
      wrong === undefined || FACTS[wrong] === undefined
        ? 'Write format, version and source, each a text'
        : `Write ${FACTS[wrong].told}`,
  });
}

const TEXT = { pattern: /^/, told: 'a text' };

/** What each fact looks like. */
const FACTS: Readonly<Record<string, { readonly pattern: RegExp; readonly told: string }>> = {
  format: TEXT,
  version: TEXT,
  source: TEXT,
  session: { pattern: /^[a-z]+$/, told: 'a word in small letters' },
  sessionName: { pattern: /[A-Za-z]/, told: 'a text with a letter' },
  int64: { pattern: /^(number|bigint)$/, told: 'number or bigint' },
  dates: { pattern: /^(string|date)$/, told: 'string or date' },
  bytes: { pattern: /^(string|uint8array)$/, told: 'string or uint8array' },
};

function isFact(name: string, value: unknown): boolean {
  const fact = Object.hasOwn(FACTS, name) ? FACTS[name] : undefined;
  return typeof value === 'string' && fact?.pattern.test(value) === true;
}

function isFacts(value: object): value is ServiceFacts {
  return 'format' in value && typeof value.format === 'string';
}

/** As `service.yaml` holds it. A text in JSON is a text in YAML too. */
export function serviceFactsText(facts: ServiceFacts): string {
  const lines = Object.entries(facts).map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`);
  return `# Written by fairlead sync.\n${lines.join('')}`;
}
