import type { Took } from './clients/measure.ts';
import { answerOf, withServer } from './process.ts';
import { type Result, show } from './report.ts';
import { median } from './rounds.ts';

type Contender = 'fairlead' | 'bare' | 'jujulib' | 'jujulib-ws';
type Medians = Readonly<Partial<Record<Contender, Took>>>;

/**
 * What a call with an answer of 1 KB takes, one and 100 at a time, and one with an answer of 20 MB: beside
 * `@canonical/jujulib`, over the package that its documentation names and over `ws`, and beside `ws` with JSON alone.
 */
export async function benchJuju(rounds: number): Promise<readonly Result[]> {
  return withServer('juju.ts', async (url) => {
    const took = (names: readonly Contender[], ...load: readonly string[]) => turns(names, rounds, url, load);
    const everyone = ['fairlead', 'bare', 'jujulib', 'jujulib-ws'] as const;
    const alone = await took(everyone, '10000', '1');
    const pipelined = await took(everyone, '20000', '100');
    // Over the package `websocket`, which takes no frame of more than 1 MB, jujulib never gives this answer.
    const large = await took(['fairlead', 'bare', 'jujulib-ws'], '8', '1', 'status');
    return [
      cpu('a call of Juju, 1 at a time', 'bare', alone),
      cpu('a call of Juju, 1 at a time', 'jujulib', alone),
      time('a call of Juju, 1 at a time', 'jujulib', alone),
      time('a call of Juju, 1 at a time', 'jujulib-ws', alone),
      cpu('a call of Juju, 100 at a time', 'bare', pipelined, 1.5),
      cpu('a call of Juju, 100 at a time', 'jujulib', pipelined),
      time('a call of Juju, 100 at a time', 'jujulib', pipelined, 0.5),
      time('a call of Juju, 100 at a time', 'jujulib-ws', pipelined),
      cpu('a status of 20 MB', 'bare', large),
      cpu('a status of 20 MB', 'jujulib-ws', large),
    ];
  });
}

async function turns(
  names: readonly Contender[],
  rounds: number,
  url: string,
  load: readonly string[],
): Promise<Medians> {
  const all = new Map<Contender, Took[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, found] of all) found.push(await answerOf<Took>([], 'juju.ts', name, url, ...load));
  }
  const medianOf = (found: readonly Took[], figure: keyof Took) => median(found.map((each) => each[figure]));
  return Object.fromEntries(
    [...all].map(([name, found]) => [name, { cpu: medianOf(found, 'cpu'), wall: medianOf(found, 'wall') }]),
  );
}

function cpu(what: string, peer: Contender, took: Medians, target?: number): Result {
  const [ours, theirs] = [took.fairlead?.cpu ?? Number.NaN, took[peer]?.cpu ?? Number.NaN];
  const micros = (value: number) => (value < 10_000 ? show(value, 'µs') : show(value / 1_000, 'ms'));
  return {
    what: `CPU ${what}: fairlead / ${peer}`,
    measured: ours / theirs,
    unit: '×',
    ...(target !== undefined && { target }),
    from: `${micros(ours)} / ${micros(theirs)}`,
  };
}

/** One over the ratio of the rates. */
function time(what: string, peer: Contender, took: Medians, target?: number): Result {
  const [ours, theirs] = [took.fairlead?.wall ?? Number.NaN, took[peer]?.wall ?? Number.NaN];
  const rate = (wall: number) => show(1_000 / wall, 'thousand/s');
  return {
    what: `time ${what}: fairlead / ${peer}`,
    measured: ours / theirs,
    unit: '×',
    ...(target !== undefined && { target }),
    from: `${rate(ours)}, ${rate(theirs)}`,
  };
}
