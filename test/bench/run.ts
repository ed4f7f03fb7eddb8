/**
 * Measures side by side with the peers: `node test/bench/run.ts [name…] [--rounds 5] [--json]`.
 *
 * It reports and never fails: a machine that does other things at the same time makes every figure noisy, which is
 * why peers take turns in fresh processes and only ratios of medians count.
 */
import { parseArgs } from 'node:util';
import { benchBlocking } from './blocking.ts';
import { benchCalls } from './calls.ts';
import { benchConsul } from './consul.ts';
import { benchEvents } from './events.ts';
import { benchGenerate } from './generate.ts';
import { benchGenerators } from './generators.ts';
import { benchJuju } from './juju.ts';
import { benchMemory } from './memory.ts';
import { type Result, table } from './report.ts';
import { benchSize } from './size.ts';
import { benchStart } from './start.ts';

const benches: Readonly<Record<string, (rounds: number) => Promise<readonly Result[]>>> = {
  calls: benchCalls,
  consul: benchConsul,
  juju: benchJuju,
  blocking: benchBlocking,
  events: benchEvents,
  start: benchStart,
  size: benchSize,
  memory: benchMemory,
  generate: benchGenerate,
  generators: benchGenerators,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);
const wanted = positionals.length > 0 ? positionals : Object.keys(benches);

const results: Result[] = [];
for (const name of wanted) {
  const bench = benches[name];
  if (bench === undefined)
    throw new Error(`no bench '${name}': there are ${Object.keys(benches).join(', ')}`);
  if (!values.json) process.stderr.write(`${name} …\n`);
  const found = await bench(rounds);
  results.push(...found);
  if (!values.json) process.stdout.write(`${table(found)}\n`);
}
if (values.json)
  process.stdout.write(`${JSON.stringify({ node: process.version, rounds, results }, null, 2)}\n`);
