import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, type Usage, usageOf } from './process.ts';
import type { Result } from './report.ts';
import { median } from './rounds.ts';

const cli = join(root, 'codegen', 'bin', 'fairlead.js');
const scratch = join(import.meta.dirname, '..', '.tmp', 'bench');

/** What is generated at a time, and what that should take at most. */
const runs: readonly {
  readonly services: readonly string[];
  readonly cold?: { readonly seconds: number; readonly mb: number };
  readonly unchanged?: number;
}[] = [
  { services: ['taskcluster'], cold: { seconds: 1.5, mb: 250 }, unchanged: 0.3 },
  { services: ['consul'] },
  { services: ['salt'] },
  { services: ['juju'], unchanged: 0.4 },
  { services: ['consul', 'salt'], unchanged: 0.5 },
];

/** What `fairlead generate` uses when there is nothing yet, and when nothing has changed. */
export async function benchGenerate(rounds: number): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const { services, cold, unchanged } of runs) {
    const used = await timesOver(rounds, services);
    const what = `generate ${services.join(' ')}`;
    results.push(
      { what: `${what}, cold: CPU`, ...cpuOf(used.cold), ...target(cold?.seconds) },
      {
        what: `${what}, cold: peak memory`,
        measured: median(used.cold.map(({ peakMb }) => peakMb)),
        unit: 'MB',
        ...target(cold?.mb),
      },
      { what: `${what}, nothing changed: CPU`, ...cpuOf(used.unchanged), ...target(unchanged) },
    );
  }
  return results;
}

async function timesOver(rounds: number, services: readonly string[]) {
  const cold: Usage[] = [];
  const unchanged: Usage[] = [];
  for (let round = 0; round < rounds; round += 1) {
    rmSync(scratch, { recursive: true, force: true });
    // What was generated from what is remembered below node_modules.
    mkdirSync(join(scratch, 'node_modules'), { recursive: true });
    cold.push(await generate(services));
    unchanged.push(await generate(services));
  }
  rmSync(scratch, { recursive: true, force: true });
  return { cold, unchanged };
}

function cpuOf(usages: readonly Usage[]): Pick<Result, 'measured' | 'unit'> {
  return { measured: median(usages.map(({ cpuMs }) => cpuMs)) / 1000, unit: 's' };
}

function target(most: number | undefined): Pick<Result, 'target'> {
  return most === undefined ? {} : { target: most };
}

function generate(services: readonly string[]): Promise<Usage> {
  const schemas = join(root, 'schemas');
  return usageOf([cli, 'generate', ...services, '--schemas', schemas, '--generated', scratch], scratch);
}
