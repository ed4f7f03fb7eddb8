import { usageOf } from './process.ts';
import { type Result, show } from './report.ts';
import { medians } from './rounds.ts';

const options = `{ rootUrl: 'https://tc.example.com', credentials: { clientId: 'tester', accessToken: 'no-secret' } }`;

const programs = {
  nothing: '',
  fairlead: `import { Queue, taskcluster } from '@fairlead/taskcluster'; new Queue(taskcluster(${options}));`,
  'taskcluster-client': `import client from 'taskcluster-client'; new client.Queue(${options});`,
};

/** CPU that importing one class and making it ready takes, over a process that does nothing. */
export async function benchStart(rounds: number): Promise<readonly Result[]> {
  const cpu = (program: string) => async () =>
    (await usageOf(['--input-type=module', '--eval', program])).cpuMs;
  const found = await medians(
    {
      nothing: cpu(programs.nothing),
      fairlead: cpu(programs.fairlead),
      'taskcluster-client': cpu(programs['taskcluster-client']),
    },
    // A start is over in a moment, so that noise weighs more, and costs little to repeat.
    rounds * 3,
  );
  const ours = found.fairlead - found.nothing;
  const theirs = found['taskcluster-client'] - found.nothing;
  return [
    {
      what: 'CPU of import and session, over an empty process',
      measured: ours,
      unit: 'ms',
      target: 30,
      from: `${show(found.fairlead, 'ms')} - ${show(found.nothing, 'ms')}`,
    },
    {
      what: 'the same: fairlead / taskcluster-client',
      measured: ours / theirs,
      unit: '×',
      from: `${show(ours, 'ms')} / ${show(theirs, 'ms')}`,
    },
  ];
}
