import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** How long one program held something, in nanoseconds of a clock that they share. */
export interface Hold {
  readonly program: number;
  readonly from: bigint;
  readonly to: bigint;
  readonly lockIndex: bigint;
  /** Its session was ended under it. */
  readonly lost: boolean;
}

export interface Contest {
  readonly kind: 'lock' | 'semaphore';
  readonly key: string;
  readonly limit: number;
  readonly programs: number;
  readonly forMs: number;
}

const contender = fileURLToPath(new URL('contender.ts', import.meta.url));

/** Lets programs contend; gives what each came to hold, in the order in which they did. */
export async function contest({ kind, key, limit, programs, forMs }: Contest): Promise<readonly Hold[]> {
  const arguments_ = [contender, kind, key, String(limit), String(forMs)];
  const holds = await Promise.all(
    Array.from({ length: programs }, async (_, program) => {
      const child = spawn(process.execPath, arguments_, { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      const said = await text(child.stdout);
      const code = await ended;
      if (code !== 0) throw new Error(`contender ${program} ended with ${code}`);
      return holdsOf(program, said);
    }),
  );
  return holds.flat().toSorted((one, other) => (one.from < other.from ? -1 : 1));
}

function holdsOf(program: number, said: string): readonly Hold[] {
  const lines = said.trim().split('\n').filter(Boolean);
  const words: [string, string, string][] = lines.map((line) => JSON.parse(line));
  return words.flatMap(([what, at, lockIndex], index): Hold[] => {
    if (what !== 'begin') return [];
    const [end, until] = words[index + 1] ?? [];
    if (until === undefined) throw new Error(`contender ${program} never said that it stopped`);
    return [
      { program, from: BigInt(at), to: BigInt(until), lockIndex: BigInt(lockIndex), lost: end === 'lost' },
    ];
  });
}

/** The most that held something at the same time. */
export function mostAtOnce(holds: readonly Hold[]): number {
  const steps = holds.flatMap(({ from, to }) => [
    { at: from, by: 1 },
    { at: to, by: -1 },
  ]);
  let now = 0;
  let most = 0;
  for (const { by } of steps.toSorted((one, other) => (one.at < other.at ? -1 : 1))) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
