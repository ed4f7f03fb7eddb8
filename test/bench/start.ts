import { usageOf } from './process.ts';
import { type Result, show } from './report.ts';
import { medians } from './rounds.ts';

const credentials = `{ clientId: 'tester', accessToken: 'no-secret' }`;
const deployment = `{ rootUrl: 'https://tc.example.com', credentials: ${credentials} }`;
const master = `{ url: 'https://salt.example.com:8000', username: 'me', password: 'no-secret', eauth: 'pam' }`;

const controller = `{ addresses: ['juju.example.com:17070'], login: passwordLogin({ user: 'me', password: 'no-secret' }) }`;

const programs = {
  nothing: '',
  taskcluster: `import { Queue, taskcluster } from '@fairlead/taskcluster'; new Queue(taskcluster(${deployment}));`,
  'taskcluster-client': `import client from 'taskcluster-client'; new client.Queue(${deployment});`,
  consul: `import { consul, Kv } from '@fairlead/consul'; new Kv(consul());`,
  'node-consul': `import Consul from 'consul'; new Consul();`,
  juju: `import { Application, juju, passwordLogin } from '@fairlead/juju'; new Application(juju(${controller}));`,
  // It makes nothing before it is connected.
  jujulib: `import { connectAndLogin } from '@canonical/jujulib'; import Application from '@canonical/jujulib/dist/api/facades/application/index.js'; import websocket from 'websocket';`,
  salt: `import { salt } from '@fairlead/salt'; import { Pkg } from '@fairlead/salt/modules/pkg'; new Pkg(salt(${master}));`,
};

/** Ours, with the peer where there is one. */
const pairs = [
  ['taskcluster', 'taskcluster-client'],
  ['consul', 'node-consul'],
  ['juju', 'jujulib'],
  ['salt'],
] as const;

/** CPU that importing one class and making it ready takes, over a process that does nothing. */
export async function benchStart(rounds: number): Promise<readonly Result[]> {
  const cpu = (program: string) => async () =>
    (await usageOf(['--input-type=module', '--eval', program])).cpuMs;
  const found = await medians(
    {
      nothing: cpu(programs.nothing),
      taskcluster: cpu(programs.taskcluster),
      'taskcluster-client': cpu(programs['taskcluster-client']),
      consul: cpu(programs.consul),
      'node-consul': cpu(programs['node-consul']),
      juju: cpu(programs.juju),
      jujulib: cpu(programs.jujulib),
      salt: cpu(programs.salt),
    },
    // A start is over in a moment, so that noise weighs more, and costs little to repeat.
    rounds * 3,
  );
  return pairs.flatMap(([name, peer]): readonly Result[] => {
    const ours = found[name] - found.nothing;
    const result: Result = {
      what: `CPU of import and session of ${name}, over an empty process`,
      measured: ours,
      unit: 'ms',
      target: 30,
      from: `${show(found[name], 'ms')} - ${show(found.nothing, 'ms')}`,
    };
    if (peer === undefined) return [result];
    const theirs = found[peer] - found.nothing;
    return [
      result,
      {
        what: `the same: fairlead / ${peer}`,
        measured: ours / theirs,
        unit: '×',
        from: `${show(ours, 'ms')} / ${show(theirs, 'ms')}`,
      },
    ];
  });
}
