import { join } from 'node:path';
import { Part } from './part.ts';
import { StoreError } from './store-error.ts';

/** The variables that say where the store is. */
export interface StoreEnvironment {
  readonly JUJU_DATA?: string | undefined;
  readonly XDG_DATA_HOME?: string | undefined;
  readonly HOME?: string | undefined;
}

/** Where Juju's own client keeps its files: `$JUJU_DATA`, `$XDG_DATA_HOME/juju` or `~/.local/share/juju`. */
export async function storeDirectory(env: StoreEnvironment = process.env): Promise<string> {
  if (env.JUJU_DATA) return env.JUJU_DATA;
  if (env.XDG_DATA_HOME) return join(env.XDG_DATA_HOME, 'juju');
  const home = env.HOME || (await import('node:os')).homedir();
  return join(home, '.local', 'share', 'juju');
}

/** A text file; `undefined` when there is none. */
export async function textOf(file: string): Promise<string | undefined> {
  const { readFile } = await import('node:fs/promises');
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    throw new StoreError(file, '', `can't be read (${String(code)})`);
  }
}

/** What a YAML file holds; a file that is empty or isn't there holds nothing. */
export async function yamlOf(file: string): Promise<Part> {
  const text = await textOf(file);
  if (text === undefined || text.trim() === '') return new Part(file, '', undefined);
  const { load, YAMLException } = await import('js-yaml');
  try {
    return new Part(file, '', load(text));
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { mark } = error;
    // The parser's own words quote the file, passwords included.
    const where = mark === undefined ? '' : ` at line ${mark.line + 1}, column ${mark.column + 1}`;
    throw new StoreError(file, '', `is no valid YAML${where}`);
  }
}
