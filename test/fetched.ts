import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '.tmp');

/**
 * Installs packages that only one suite needs, so that `npm ci` stays small: other people's descriptions, compilers and
 * generators. Gives the folder of their `node_modules`, or says in one line why there is none.
 */
export function fetchPackages(
  name: string,
  packages: readonly string[],
): { readonly modules: string } | string {
  const home = join(folder, name);
  const modules = join(home, 'node_modules');
  const wanted = `${packages.join('\n')}\n`;
  // Named after what is in it and written last, so that an installation that was broken off isn't taken for one.
  const mark = join(home, `complete-${Buffer.from(wanted).toString('base64url').slice(-40)}`);
  if (existsSync(mark)) return { modules };
  console.log(`fetching ${packages.join(', ')} …`);
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
  try {
    const options = ['--no-audit', '--no-fund', '--no-save', '--ignore-scripts', '--loglevel=error'];
    execFileSync('npm', ['install', ...options, ...packages], {
      cwd: home,
      stdio: 'ignore',
      timeout: 300_000,
    });
    writeFileSync(`${mark}.part`, wanted);
    renameSync(`${mark}.part`, mark);
    return { modules };
  } catch {
    rmSync(home, { recursive: true, force: true });
    return `npm can't fetch ${packages.join(', ')} here`;
  }
}
