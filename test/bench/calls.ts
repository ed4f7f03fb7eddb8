import { answerOf, withServer } from './process.ts';
import { type Result, show } from './report.ts';
import { medians } from './rounds.ts';

const contenders = [
  'fairlead-got',
  'got',
  'fairlead-undici',
  'undici',
  'taskcluster-client',
  'taskcluster-client-as-is',
] as const;

/** Which figure is divided by which, and what the ratio should be at most. */
const ratios: readonly (readonly [(typeof contenders)[number], (typeof contenders)[number], number?])[] = [
  ['fairlead-got', 'got', 1.15],
  ['fairlead-undici', 'undici', 1.3],
  ['fairlead-got', 'taskcluster-client', 1],
  ['fairlead-undici', 'taskcluster-client', 0.4],
  ['fairlead-got', 'taskcluster-client-as-is'],
  ['fairlead-undici', 'taskcluster-client-as-is'],
];

/**
 * CPU a call, alone and 50 at a time. Ours and taskcluster-client's are signed, got's and undici's are not: what
 * they are compared with is the library alone. `as-is` is taskcluster-client without an agent of one's own, which
 * makes a connection a call.
 */
export async function benchCalls(rounds: number): Promise<readonly Result[]> {
  return withServer('taskcluster.ts', async (url) => {
    const results: Result[] = [];
    for (const concurrency of ['1', '50']) {
      const micros = await medians(
        Object.fromEntries(
          contenders.map(
            (name) => [name, () => answerOf<number>([], 'calls.ts', name, url, concurrency)] as const,
          ),
        ),
        rounds,
      );
      for (const [ours, theirs, target] of ratios) {
        const [one = Number.NaN, other = Number.NaN] = [micros[ours], micros[theirs]];
        results.push({
          what: `CPU a call, ${concurrency} at a time: ${ours} / ${theirs}`,
          measured: one / other,
          unit: '×',
          ...(target === undefined ? {} : { target }),
          from: `${show(one, 'µs')} / ${show(other, 'µs')}`,
        });
      }
    }
    return results;
  });
}
