import { answerOf, withServer } from './process.ts';
import { type Result, show } from './report.ts';
import { median } from './rounds.ts';

/** What one event took, in microseconds. */
interface Took {
  readonly cpu: number;
  readonly wall: number;
}

const ours = ['fairlead-undici', 'fairlead-got'] as const;

/**
 * What an event of Salt takes that comes over SSE to `session.listen`, over the least that it could take: the bytes as
 * undici gives them, cut at empty lines, and parsed.
 */
export async function benchEvents(rounds: number): Promise<readonly Result[]> {
  const found = new Map<string, Took[]>([...ours, 'bare'].map((name) => [name, []]));
  await withServer('salt.ts', async (url) => {
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, took] of found) took.push(await answerOf<Took>([], 'events.ts', name, url));
    }
  });
  const micros = (name: string, kind: keyof Took) =>
    median((found.get(name) ?? []).map((each) => each[kind]));
  const least = micros('bare', 'cpu');
  return ours.flatMap((name): readonly Result[] => [
    {
      what: `CPU an event of Salt: ${name} / undici and split`,
      measured: micros(name, 'cpu') / least,
      unit: '×',
      from: `${show(micros(name, 'cpu'), 'µs')} / ${show(least, 'µs')}`,
    },
    {
      what: `events of Salt: ${name}`,
      measured: 1_000 / micros(name, 'wall'),
      unit: 'thousand/s',
      from: `undici and split ${show(1_000 / micros('bare', 'wall'), 'thousand/s')}`,
    },
  ]);
}
