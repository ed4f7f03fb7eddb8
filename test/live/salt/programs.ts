import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the Python of a virtual environment that holds Salt and its programs are. */
export interface Programs {
  readonly folder: string;
  readonly python: string;
}

/** 3006 is the first release that asks for `netapi_enable_clients`; the line after 3008 is not known yet. */
const PACKAGES = ['salt>=3006,<3009', 'cherrypy>=18.6', 'ws4py'];

const environment = join(import.meta.dirname, '../../.tmp/salt-environment');

/** Finds Salt, or installs it into an environment of this repository; otherwise says in one line why not. */
export function findPrograms(): Programs | string {
  if (process.platform !== 'linux') return 'Salt masters run on Linux only';
  if (process.getuid?.() !== 0) return 'a master that opens the jobs of its minions runs as root';
  return installed() ?? install();
}

function installed(): Programs | undefined {
  const folder = join(environment, 'bin');
  // Written last, so that an installation that was broken off isn't taken for one.
  if (!existsSync(join(environment, 'complete'))) return undefined;
  return { folder, python: join(folder, 'python') };
}

function install(): Programs | string {
  console.log('installing Salt into an environment of its own …');
  rmSync(environment, { recursive: true, force: true });
  mkdirSync(join(environment, '..'), { recursive: true });
  try {
    execFileSync('python3', ['-m', 'venv', environment], { stdio: 'ignore', timeout: 120_000 });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES];
    execFileSync(join(environment, 'bin/python'), pip, { stdio: 'ignore', timeout: 600_000 });
    writeFileSync(join(environment, 'complete.part'), '');
    renameSync(join(environment, 'complete.part'), join(environment, 'complete'));
  } catch {
    rmSync(environment, { recursive: true, force: true });
    return 'there is no python3 with venv here, or its registry does not give salt and cherrypy';
  }
  return installed() ?? 'the packages hold no salt-master';
}
