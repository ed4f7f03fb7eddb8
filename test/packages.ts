/** Checks what each package would publish: packs it, then runs publint and attw on the tarball. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const out = join(import.meta.dirname, '.tmp', 'packages');
const packages = [
  'runtime',
  'codegen',
  'generated/consul',
  'generated/juju',
  'generated/salt',
  'generated/taskcluster',
];

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const run = (command: string, args: readonly string[], cwd: string) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

let failed = 0;
for (const folder of packages) {
  const cwd = join(root, folder);
  const [packed] = JSON.parse(
    run(
      'npm',
      ['pack', '--json', '--loglevel=error', '--foreground-scripts=false', '--pack-destination', out],
      cwd,
    ),
  ) as [{ filename: string; files: { path: string }[]; unpackedSize: number }];
  const tarball = join(out, packed.filename);
  for (const [tool, args] of [
    ['publint', [tarball, '--strict']],
    // The packages are ESM only, which Node 22 and newer can require() as well.
    ['attw', [tarball, '--profile', 'esm-only', '--no-emoji', '--format', 'ascii']],
  ] as const) {
    try {
      run(tool, args, cwd);
    } catch (error) {
      failed += 1;
      process.stderr.write(`${folder}: ${tool} objects\n${String((error as { stdout?: string }).stdout)}\n`);
    }
  }
  process.stdout.write(
    `${folder}: ${packed.files.length} files, ${Math.round(packed.unpackedSize / 1024)} KiB\n`,
  );
}
process.exitCode = failed > 0 ? 1 : 0;
