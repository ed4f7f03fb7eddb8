import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fetchPackages } from '../fetched.ts';
import { fetchDocuments } from '../live/openapi/documents.ts';
import { root, usageOf } from './process.ts';
import type { Result } from './report.ts';
import { medians } from './rounds.ts';

const scratch = join(import.meta.dirname, '..', '.tmp', 'bench-generators');

/** A client of other people's descriptions, made by us and by the peers. */
export async function benchGenerators(rounds: number): Promise<readonly Result[]> {
  const documents = fetchDocuments();
  const peers = fetchPackages('generators', [
    '@redocly/cli@2.77.0',
    '@hey-api/openapi-ts@0.99.0',
    'typescript@~5.9',
  ]);
  if (typeof documents === 'string' || typeof peers === 'string') {
    process.stderr.write(`generators: skipped, ${typeof documents === 'string' ? documents : peers}\n`);
    return [];
  }
  const results: Result[] = [];
  // Redocly refuses the third one.
  for (const name of ['github', 'figma']) {
    const file = documents.get(name) ?? '';
    const cpu = async (args: readonly string[]) => (await usageOf(args)).cpuMs;
    const out = (peer: string) => {
      const folder = join(scratch, peer);
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      return folder;
    };
    const { fairlead, redocly, heyapi } = await medians(
      {
        fairlead: () =>
          cpu([join(root, 'codegen/bin/fairlead.js'), 'generate', file, '--out', out('fairlead')]),
        redocly: () =>
          cpu([
            join(peers.modules, '@redocly/cli/bin/cli.js'),
            ...['generate-client', file, '--output', join(out('redocly'), 'client.ts')],
          ]),
        heyapi: () =>
          cpu([
            // What its command starts in a process of its own, which wouldn't be counted.
            join(peers.modules, '@hey-api/openapi-ts/dist/run.mjs'),
            ...['-i', file, '-o', out('heyapi'), '--no-log-file'],
          ]),
      },
      rounds,
    );
    const from = (peer: number) => `${(fairlead / 1000).toFixed(2)} s / ${(peer / 1000).toFixed(2)} s`;
    results.push(
      {
        what: `CPU to generate ${name}: fairlead / redocly`,
        measured: fairlead / redocly,
        unit: '×',
        target: 1,
        from: from(redocly),
      },
      {
        what: `CPU to generate ${name}: fairlead / hey-api`,
        measured: fairlead / heyapi,
        unit: '×',
        target: 0.4,
        from: from(heyapi),
      },
    );
  }
  rmSync(scratch, { recursive: true, force: true });
  return results;
}
