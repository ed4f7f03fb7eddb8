import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { type Result, show } from './report.ts';

const mb = 2 ** 20;

/** What an installation of the client of Juju takes on the disk, with all that it needs, beside `@canonical/jujulib`. */
export async function benchSize(): Promise<readonly Result[]> {
  const ours = installed('@fairlead/juju') / mb;
  const theirs = installed('@canonical/jujulib') / mb;
  return [
    {
      what: 'installed size of Juju: fairlead / jujulib',
      measured: ours / theirs,
      unit: '×',
      from: `${show(ours, 'MB')} / ${show(theirs, 'MB')}`,
    },
  ];
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** In bytes. Ours as they would be published. */
function installed(name: string): number {
  const seen = new Map<string, number>();
  const add = (dependency: string, from: string): void => {
    const file = findPackageJSON(dependency, from);
    if (file === undefined) throw new Error(`${dependency} isn't installed`);
    if (seen.has(file)) return;
    const folder = realpathSync(dirname(file));
    seen.set(file, isInstalled(folder) ? sizeOf(folder) : publishedSize(folder));
    const { dependencies = {} }: Manifest = JSON.parse(readFileSync(file, 'utf8'));
    for (const each of Object.keys(dependencies)) add(each, file);
  };
  add(name, import.meta.url);
  return [...seen.values()].reduce((sum, size) => sum + size, 0);
}

function isInstalled(folder: string): boolean {
  return folder.split(sep).includes('node_modules');
}

/** Without what other packages have below it. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .map((entry) => join(folder, entry.name))
    .reduce((sum, path) => sum + onDisk(path), 0);
}

function onDisk(path: string): number {
  const facts = statSync(path);
  return facts.isDirectory() ? sizeOf(path) : inBlocks(facts.size);
}

function publishedSize(folder: string): number {
  const args = ['pack', '--dry-run', '--json', '--loglevel=error', '--ignore-scripts'];
  const packed = execFileSync('npm', args, { cwd: folder, encoding: 'utf8' });
  const [{ files }]: [{ readonly files: readonly { readonly size: number }[] }] = JSON.parse(packed);
  return files.reduce((sum, { size }) => sum + inBlocks(size), 0);
}

/** A small file takes as much as one of 4 KB. */
function inBlocks(size: number): number {
  return Math.ceil(size / 4_096) * 4_096;
}
