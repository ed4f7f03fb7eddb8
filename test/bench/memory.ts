import { answerOf, withServer } from './process.ts';
import { type Result, show } from './report.ts';
import { median } from './rounds.ts';

const expected = 1_000_000;

interface Held {
  readonly items: number;
  readonly used: readonly number[];
  readonly resident: readonly number[];
}

/**
 * Whether memory stays as it is while a million items on a thousand pages pass by. What counts is what is in use; how
 * much of what isn't the process gives back, and when, is the engine's own business and only told along.
 */
export async function benchMemory(): Promise<readonly Result[]> {
  const { items, used, resident } = await withServer('taskcluster.ts', (url) =>
    answerOf<Held>(['--expose-gc'], 'memory.ts', url),
  );
  if (items !== expected) throw new Error(`${items} items were seen, and there are ${expected}`);
  return [growth('in use', used, 10), growth('resident', resident)];
}

/** Not from the first tenth: the engine still compiles there. */
function growth(what: string, mb: readonly number[], target?: number): Result {
  const tenth = Math.floor(mb.length / 10);
  const second = median(mb.slice(tenth, 2 * tenth));
  const last = median(mb.slice(-tenth));
  return {
    what: `memory ${what} while iterating 1,000,000 items: last tenth over second tenth`,
    measured: last - second,
    unit: 'MB',
    ...(target !== undefined && { target }),
    from: `${show(last, 'MB')} - ${show(second, 'MB')}`,
  };
}
