import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, type Usage, usageOf } from './process.ts';
import type { Result } from './report.ts';
import { median } from './rounds.ts';

const cli = join(root, 'codegen', 'bin', 'fairlead.js');
const scratch = join(import.meta.dirname, '..', '.tmp', 'bench');

/** What `fairlead generate taskcluster` uses when there is nothing yet, and when nothing has changed. */
export async function benchGenerate(rounds: number): Promise<readonly Result[]> {
  const cold: Usage[] = [];
  const unchanged: Usage[] = [];
  for (let round = 0; round < rounds; round += 1) {
    rmSync(scratch, { recursive: true, force: true });
    // What was generated from what is remembered below node_modules.
    mkdirSync(join(scratch, 'node_modules'), { recursive: true });
    cold.push(await generate());
    unchanged.push(await generate());
  }
  rmSync(scratch, { recursive: true, force: true });
  const cpuSeconds = (usages: readonly Usage[]) => median(usages.map(({ cpuMs }) => cpuMs)) / 1000;
  return [
    { what: 'generate taskcluster, cold: CPU', measured: cpuSeconds(cold), unit: 's', target: 1.5 },
    {
      what: 'generate taskcluster, cold: peak memory',
      measured: median(cold.map(({ peakMb }) => peakMb)),
      unit: 'MB',
      target: 250,
    },
    {
      what: 'generate taskcluster, nothing changed: CPU',
      measured: cpuSeconds(unchanged),
      unit: 's',
      target: 0.3,
    },
  ];
}

function generate(): Promise<Usage> {
  const schemas = join(root, 'schemas');
  return usageOf([cli, 'generate', 'taskcluster', '--schemas', schemas, '--generated', scratch], scratch);
}
