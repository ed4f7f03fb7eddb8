/**
 * Makes calls in one of several ways and tells the CPU that one took, in microseconds:
 * `node calls.ts <contender> <rootUrl> <concurrency>`.
 *
 * All keep their connections, at most 50, and parse the JSON.
 */
import { Agent } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const warmUp = 2_000;
const measured = 4_000;
const connections = 50;
const taskId = 'fN1SbArXTPSVFNUvaOlinQ';
const credentials = { clientId: 'tester', accessToken: 'no-secret' };

type Call = () => Promise<unknown>;

/** The parts of the libraries that are used here, as the runtime has them installed. */
interface Got {
  default(url: string, options: object): { json(): Promise<unknown> };
}
interface TaskclusterClient {
  default: { Queue: new (options: object) => { status(taskId: string): Promise<unknown> } };
}
interface Undici {
  Agent: new (options: object) => object;
  request(url: string, options: object): Promise<{ body: { json(): Promise<unknown> } }>;
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

/** A library in the version that the runtime uses, wherever npm put it. */
function runtimesOwn(name: string) {
  const runtime = createRequire(import.meta.resolve('@fairlead/runtime'));
  return import(pathToFileURL(runtime.resolve(name)).href);
}

async function run(call: Call, calls: number, concurrency: number): Promise<void> {
  let left = calls;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await call();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

const [name = '', rootUrl = '', concurrency = '1'] = process.argv.slice(2);
const prepare = contenders[name];
if (prepare === undefined) throw new Error(`no contender '${name}'`);
const call = await prepare(rootUrl);

const answer = JSON.stringify(await call());
if (!answer.includes(taskId)) throw new Error(`${name} gave a wrong answer: ${answer}`);
await run(call, warmUp, Number(concurrency));
const before = process.cpuUsage();
await run(call, measured, Number(concurrency));
const { user, system } = process.cpuUsage(before);
process.stdout.write(JSON.stringify((user + system) / measured));
process.exit();
