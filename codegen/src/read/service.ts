import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors.ts';
import { isObject } from '../json/values.ts';
import { type Correction, parseCorrections } from './corrections.ts';
import { type Docs, noDocs, parseDocs } from './docs.ts';
import { readDocument } from './files.ts';

/** Where {@link ServiceFacts} stand. */
export const FACTS_FILE = 'service.yaml';

/** What the stored references are. Written by `fairlead sync`. */
export interface ServiceFacts {
  readonly format: string;
  readonly version?: string;
  readonly source?: string;
}

/** What stands beside the references of a service and is ours. */
export interface ServiceFiles extends ServiceFacts {
  readonly corrections: readonly Correction[];
  readonly docs: Docs;
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
  const { format, version, source, ...rest } = isObject(value) ? value : {};
  const [unknown] = Object.keys(rest);
  const wrong =
    unknown ??
    Object.entries({ version, source }).find(
      ([, value]) => value !== undefined && typeof value !== 'string',
    )?.[0];
  if (typeof format !== 'string' || wrong !== undefined) {
    throw new InputError(
      wrong === undefined ? "doesn't name a format" : `${JSON.stringify(wrong)} is wrong`,
      {
        file,
        hint: 'Write format, version and source, each a text',
      },
    );
  }
  return {
    format,
    ...(typeof version === 'string' && { version }),
    ...(typeof source === 'string' && { source }),
  };
}

/** As `service.yaml` holds it. A text in JSON is a text in YAML too. */
export function serviceFactsText(facts: ServiceFacts): string {
  const lines = Object.entries(facts).map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`);
  return `# Written by fairlead sync.\n${lines.join('')}`;
}
