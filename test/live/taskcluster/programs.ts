import { type ExecFileSyncOptions, execFileSync, spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';

/** How to run a broker. */
export interface Programs {
  readonly server: string;
  readonly epmd: string;
  /** What they need besides. */
  readonly environment: Readonly<Record<string, string>>;
}

// Debian's rabbitmq-server on the PATH becomes another user and writes to /var; this is the script that it wraps.
const debian = '/usr/lib/rabbitmq/bin';
const { PATH: pathHere = '' } = process.env;
const unpacked = join(import.meta.dirname, '../../.tmp/rabbitmq-programs');

/** Finds RabbitMQ, or fetches it; otherwise says in one line why not. */
export function findPrograms(): Programs | string {
  return installed() ?? fetched() ?? fetch() ?? fetched() ?? 'the packages hold no rabbitmq-server';
}

function installed(): Programs | undefined {
  const path = pathHere.split(delimiter);
  const server = firstIn([debian, ...path, '/usr/sbin', '/usr/local/sbin'], 'rabbitmq-server');
  const epmd = firstIn([...path, '/usr/local/bin'], 'epmd');
  return server && epmd ? { server, epmd, environment: { PATH: pathHere } } : undefined;
}

function fetched(): Programs | undefined {
  const erlang = join(unpacked, 'usr/lib/erlang');
  const server = firstIn([join(unpacked, debian)], 'rabbitmq-server');
  const epmd = firstIn([join(erlang, 'bin')], 'epmd');
  if (!server || !epmd) return undefined;
  const libraries = globSync('{lib,usr/lib}/*-linux-gnu*', { cwd: unpacked }).map((each) =>
    join(unpacked, each),
  );
  const environment = {
    ERL_ROOTDIR: erlang,
    PATH: [join(erlang, 'bin'), pathHere].join(delimiter),
    LD_LIBRARY_PATH: libraries.join(delimiter),
  };
  return { server, epmd, environment };
}

/**
 * Unpacks Debian's packages into a folder of ours. Installing them would enable services that start with the machine,
 * and needs to be root.
 */
function fetch(): string | undefined {
  console.log('fetching the packages of rabbitmq-server …');
  const folder = `${unpacked}.part`;
  const options: ExecFileSyncOptions = { stdio: 'ignore', timeout: 300_000 };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'debs/partial'), { recursive: true });
  const download = [
    ...['install', '--yes', '--download-only', '--no-install-recommends', 'rabbitmq-server'],
    ...['-o', `Dir::Cache::archives=${join(folder, 'debs')}`, '-o', 'Debug::NoLocking=1'],
  ];
  try {
    // Lists of packages that are old, or not ours to renew, may still do.
    spawnSync('apt-get', ['update'], options);
    execFileSync('apt-get', download, options);
    for (const file of globSync('debs/*.deb', { cwd: folder })) {
      execFileSync('dpkg', ['--extract', join(folder, file), folder], options);
    }
    rmSync(join(folder, 'debs'), { recursive: true });
    relocate(join(folder, 'usr/lib/erlang/bin/erl'));
    renameSync(folder, unpacked);
    return undefined;
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return 'there is no rabbitmq-server here, and apt-get and dpkg cannot fetch it';
  }
}

/** Debian's start script looks for the rest of Erlang in one fixed place only. */
function relocate(script: string): void {
  const text = readFileSync(script, 'utf8');
  writeFileSync(script, text.replaceAll('ROOTDIR=/usr/lib/erlang', 'ROOTDIR="$ERL_ROOTDIR"'));
}

function firstIn(folders: readonly string[], name: string): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
