import { answerOf, withServer } from './process.ts';
import { type Result, show } from './report.ts';
import { median } from './rounds.ts';

/** What one of a thousand queries that wait takes. */
interface Waited {
  readonly used: number;
  readonly resident: number;
  readonly idle: number;
}

const figures = [
  ['used', 'memory in use for one of 1,000 blocking queries', 'KB'],
  ['resident', 'resident memory for one of 1,000 blocking queries', 'KB'],
  ['idle', 'CPU a second while 1,000 blocking queries wait', 'ms'],
] as const;

/** What a thousand watches of one key each take in one process, beside those of the package `consul`. */
export async function benchBlocking(rounds: number): Promise<readonly Result[]> {
  const ours: Waited[] = [];
  const theirs: Waited[] = [];
  await withServer('consul.ts', async (url) => {
    const waited = (name: string) => answerOf<Waited>(['--expose-gc'], 'blocking.ts', name, url);
    for (let round = 0; round < rounds; round += 1) {
      ours.push(await waited('fairlead-undici'));
      theirs.push(await waited('node-consul'));
    }
  });
  return figures.map(([figure, what, unit]) => {
    const one = median(ours.map((each) => each[figure]));
    const other = median(theirs.map((each) => each[figure]));
    return { what, measured: one, unit, from: `node-consul ${show(other, unit)}` };
  });
}
