/**
 * Calls a controller in one of several ways and tells what one call took, in microseconds:
 * `node juju.ts <contender> <url> <calls> <concurrency> [status]`, where `status` asks for a large one.
 *
 * All give the answer parsed. Ours also leaves out times that were never set and has integers of 64 bits.
 */
import { once } from 'node:events';
import { Client, juju, ModelManager, passwordLogin } from '@fairlead/juju';
import { WebSocket } from 'ws';
import { jujuLib } from './jujulib.ts';
import { type Call, tookPerCall } from './measure.ts';

const body = { entities: [{ tag: 'model-b2a1f8f0-5c0e-4d36-8a3b-0d4f2f5c7e11' }] };
const everything = { patterns: [] };

/** What is measured, in the words of each contender. */
interface Calls {
  readonly info: Call;
  readonly status: Call;
}

const contenders: Readonly<Record<string, (url: string) => Promise<Calls>>> = {
  fairlead,
  bare,
  jujulib: (url) => overJujuLib(url, 'websocket'),
  'jujulib-ws': (url) => overJujuLib(url, 'ws'),
};

async function fairlead(url: string): Promise<Calls> {
  const login = passwordLogin({ user: 'admin', password: 'no-secret' });
  const session = await juju({ addresses: [url], login }).open();
  const models = new ModelManager(session);
  const client = new Client(session);
  return { info: () => models.modelInfo(body), status: () => client.fullStatus(everything) };
}

/** What can hardly be left out: a message each way, and JSON. */
async function bare(url: string): Promise<Calls> {
  const socket = new WebSocket(`${url}/api`, { perMessageDeflate: false });
  const waiting = new Map<number, (response: unknown) => void>();
  socket.on('message', (data) => {
    const reply: { readonly 'request-id': number; readonly response: unknown } = JSON.parse(String(data));
    waiting.get(reply['request-id'])?.(reply.response);
    waiting.delete(reply['request-id']);
  });
  await once(socket, 'open');
  let id = 0;
  const call = (type: string, version: number, request: string, params: object) =>
    new Promise<unknown>((resolve) => {
      id += 1;
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ 'request-id': id, type, version, request, params }));
    });
  return {
    info: () => call('ModelManager', 11, 'ModelInfo', body),
    status: () => call('Client', 8, 'FullStatus', everything),
  };
}

async function overJujuLib(url: string, over: 'websocket' | 'ws'): Promise<Calls> {
  const { client, modelManager } = await jujuLib(`${url}/api`, over);
  return { info: () => modelManager.modelInfo(body), status: () => client.fullStatus(everything) };
}

const [name = '', url = '', calls = '1', concurrency = '1', what = 'info'] = process.argv.slice(2);
const prepare = contenders[name];
if (prepare === undefined) throw new Error(`no contender '${name}'`);
const { info, status } = await prepare(url.replace(/^http/, 'ws'));

const [call, expected] = what === 'status' ? [status, '"web0/0"'] : [info, '"cloud-rack"'];
if (!JSON.stringify(await call(), withBigints).includes(expected))
  throw new Error(`${name} gave a wrong answer`);
process.stdout.write(JSON.stringify(await tookPerCall(call, Number(concurrency), Number(calls))));
process.exit();

function withBigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
