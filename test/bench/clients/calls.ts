/**
 * Makes calls in one of several ways and tells the CPU that one took, in microseconds:
 * `node calls.ts <contender> <rootUrl> <concurrency>`.
 *
 * All keep their connections, at most 50, and parse the JSON.
 */
import { Agent } from 'node:http';
import { runtimesOwn, type Undici } from './libraries.ts';
import { type Call, microsPerCall } from './measure.ts';

const connections = 50;
const taskId = 'fN1SbArXTPSVFNUvaOlinQ';
const credentials = { clientId: 'tester', accessToken: 'no-secret' };

/** The parts of the libraries that are used here, as the runtime has them installed. */
interface Got {
  default(url: string, options: object): { json(): Promise<unknown> };
}
interface TaskclusterClient {
  default: { Queue: new (options: object) => { status(taskId: string): Promise<unknown> } };
}

const contenders: Readonly<Record<string, (rootUrl: string) => Promise<Call>>> = {
  'fairlead-got': (rootUrl) => fairlead(rootUrl, 'got'),
  'fairlead-undici': (rootUrl) => fairlead(rootUrl, 'undici'),
  async got(rootUrl) {
    const { default: got }: Got = await runtimesOwn('got');
    const agent = { http: new Agent({ keepAlive: true, maxSockets: connections }) };
    const url = `${rootUrl}/api/queue/v1/task/${taskId}/status`;
    return () => got(url, { agent }).json();
  },
  async undici(rootUrl) {
    const undici: Undici = await runtimesOwn('undici');
    const dispatcher = new undici.Agent({ connections });
    const url = `${rootUrl}/api/queue/v1/task/${taskId}/status`;
    return async () => (await undici.request(url, { dispatcher })).body.json();
  },
  'taskcluster-client': (rootUrl) => taskclusterClient(rootUrl, { keepAlive: true, maxSockets: connections }),
  'taskcluster-client-as-is': (rootUrl) => taskclusterClient(rootUrl, undefined),
};

async function fairlead(rootUrl: string, transport: 'got' | 'undici'): Promise<Call> {
  const { Queue, taskcluster } = await import('@fairlead/taskcluster');
  const queue = new Queue(taskcluster({ rootUrl, credentials, transport }));
  return () => queue.status(taskId);
}

async function taskclusterClient(rootUrl: string, agent: object | undefined): Promise<Call> {
  const { default: client }: TaskclusterClient = await import(import.meta.resolve('taskcluster-client'));
  const queue = new client.Queue({ rootUrl, credentials, agent });
  return () => queue.status(taskId);
}

const [name = '', rootUrl = '', concurrency = '1'] = process.argv.slice(2);
const prepare = contenders[name];
if (prepare === undefined) throw new Error(`no contender '${name}'`);
const call = await prepare(rootUrl);

const answer = JSON.stringify(await call());
if (!answer.includes(taskId)) throw new Error(`${name} gave a wrong answer: ${answer}`);
process.stdout.write(JSON.stringify(await microsPerCall(call, Number(concurrency))));
process.exit();
