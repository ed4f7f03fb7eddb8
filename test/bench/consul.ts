import { answerOf, withServer } from './process.ts';
import { type Result, show } from './report.ts';
import { medians } from './rounds.ts';

const contenders = ['fairlead-undici', 'fairlead-got', 'node-consul'] as const;

/** What the ratio to `node-consul` should be at most. */
const targets: readonly (readonly [(typeof contenders)[number], number?])[] = [
  ['fairlead-undici', 0.9],
  ['fairlead-got'],
];

/**
 * CPU of getting one key, alone and 50 at a time, over that of the package `consul`. Both give the pair with its value as
 * bytes; node-consul would give it as text unless told so.
 */
export async function benchConsul(rounds: number): Promise<readonly Result[]> {
  return withServer('consul.ts', async (url) => {
    const results: Result[] = [];
    for (const concurrency of ['1', '50']) {
      const micros = await medians(
        Object.fromEntries(
          contenders.map(
            (name) => [name, () => answerOf<number>([], 'consul.ts', name, url, concurrency)] as const,
          ),
        ),
        rounds,
      );
      const theirs = micros['node-consul'] ?? Number.NaN;
      for (const [name, target] of targets) {
        const ours = micros[name] ?? Number.NaN;
        results.push({
          what: `CPU a kv.get, ${concurrency} at a time: ${name} / node-consul`,
          measured: ours / theirs,
          unit: '×',
          ...(target === undefined ? {} : { target }),
          from: `${show(ours, 'µs')} / ${show(theirs, 'µs')}`,
        });
      }
    }
    return results;
  });
}
