import { type ExecFileSyncOptions, execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** How to run the oracles. */
export interface Programs {
  /** The Go program, built. */
  readonly go: string;
  /** Absent where Debian's Python isn't the one that its packages are for. */
  readonly python: PythonProgram | undefined;
}

export interface PythonProgram {
  readonly command: string;
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
}

const packages = [
  'golang-github-go-macaroon-bakery-macaroon-bakery-dev',
  'golang-github-juju-persistent-cookiejar-dev',
  'python3-macaroonbakery',
];

const sources = join(import.meta.dirname, 'oracle');
const folder = join(import.meta.dirname, '../../.tmp/juju-programs');
const unpacked = join(folder, 'root');
const { PATH: pathHere = '' } = process.env;

/** Fetches what Juju's macaroons are made of and builds the oracle; otherwise says in one line why not. */
export function findPrograms(): Programs | string {
  if (!existsSync(unpacked)) {
    const problem = fetch();
    if (problem !== undefined) return problem;
  }
  const go = build();
  return go === undefined
    ? 'Go cannot build the oracle from what the packages hold'
    : { go, python: python() };
}

/** Unpacks Debian's packages into a folder of ours: what is installed is nobody's business but the machine's. */
function fetch(): string | undefined {
  console.log('fetching the macaroon bakery of Go and of Python …');
  const part = `${folder}.part`;
  const options: ExecFileSyncOptions = { stdio: 'ignore', timeout: 300_000 };
  rmSync(part, { recursive: true, force: true });
  mkdirSync(join(part, 'debs/partial'), { recursive: true });
  const wanted = hasGo() ? packages : [...packages, 'golang-go'];
  const download = ['install', '--yes', '--download-only', '--no-install-recommends', ...wanted];
  const archives = ['-o', `Dir::Cache::archives=${join(part, 'debs')}`, '-o', 'Debug::NoLocking=1'];
  try {
    // Lists of packages that are old, or not ours to renew, may still do.
    spawnSync('apt-get', ['update'], options);
    execFileSync('apt-get', [...download, ...archives], options);
    for (const file of globSync('debs/*.deb', { cwd: part })) {
      execFileSync('dpkg', ['--extract', join(part, file), join(part, 'root')], options);
    }
    rmSync(join(part, 'debs'), { recursive: true });
    rmSync(folder, { recursive: true, force: true });
    renameSync(part, folder);
    return undefined;
  } catch {
    rmSync(part, { recursive: true, force: true });
    return 'apt-get and dpkg cannot fetch the macaroon bakery of Go and of Python here';
  }
}

function hasGo(): boolean {
  return spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0;
}

/** Built once for every state of its sources. */
function build(): string | undefined {
  const hash = createHash('sha256');
  for (const file of globSync('*.go', { cwd: sources }).toSorted())
    hash.update(readFileSync(join(sources, file)));
  const program = join(folder, `oracle-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(program)) return program;
  console.log('building the oracle …');
  const own = join(folder, 'gopath');
  const [goRoot] = globSync('usr/lib/go-*', { cwd: unpacked }).map((each) => join(unpacked, each));
  const environment = {
    ...process.env,
    PATH: goRoot === undefined ? pathHere : [join(goRoot, 'bin'), pathHere].join(delimiter),
    ...(goRoot !== undefined && { GOROOT: goRoot }),
    // Without modules, as Debian lays out its sources; nothing is asked of a network.
    GOPATH: [own, join(unpacked, 'usr/share/gocode'), '/usr/share/gocode'].join(delimiter),
    GO111MODULE: 'off',
    GOPROXY: 'off',
    GOFLAGS: '',
    GOCACHE: join(folder, 'gocache'),
    CGO_ENABLED: '0',
  };
  try {
    const copy = join(own, 'src/oracle');
    rmSync(copy, { recursive: true, force: true });
    cpSync(sources, copy, { recursive: true });
    execFileSync('go', ['build', '-o', `${program}.part`, '.'], {
      cwd: copy,
      env: environment,
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: 600_000,
    });
    renameSync(`${program}.part`, program);
    return program;
  } catch {
    return undefined;
  }
}

function python(): PythonProgram | undefined {
  const libraries = globSync('usr/lib/*-linux-gnu*', { cwd: unpacked }).map((each) => join(unpacked, each));
  const program = {
    command: '/usr/bin/python3',
    script: join(sources, 'oracle.py'),
    environment: {
      PATH: pathHere,
      PYTHONPATH: join(unpacked, 'usr/lib/python3/dist-packages'),
      PYTHONDONTWRITEBYTECODE: '1',
      LD_LIBRARY_PATH: libraries.join(delimiter),
    },
  };
  const imported = spawnSync(
    program.command,
    ['-W', 'ignore', '-c', 'import macaroonbakery.httpbakery, pymacaroons'],
    { env: program.environment, stdio: 'ignore' },
  );
  return imported.status === 0 ? program : undefined;
}
