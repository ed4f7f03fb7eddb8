/**
 * Gets a key in one of several ways and tells the CPU that one call took, in microseconds:
 * `node consul.ts <contender> <url> <concurrency>`.
 *
 * All give the pair, its value decoded from base64 to bytes, and keep their connections.
 */
import { consul, Kv } from '@fairlead/consul';
import { type Call, microsPerCall } from './measure.ts';
import { nodeConsul } from './node-consul.ts';

const key = 'config/web/limits';

const contenders: Readonly<Record<string, (url: string) => Promise<Call>>> = {
  'fairlead-got': async (url) => fairlead(url, 'got'),
  'fairlead-undici': async (url) => fairlead(url, 'undici'),
  async 'node-consul'(url) {
    const client = await nodeConsul(url);
    return () => client.kv.get({ key, buffer: true });
  },
};

function fairlead(address: string, transport: 'got' | 'undici'): Call {
  const kv = new Kv(consul({ address, transport }));
  return () => kv.get(key);
}

const [name = '', url = '', concurrency = '1'] = process.argv.slice(2);
const prepare = contenders[name];
if (prepare === undefined) throw new Error(`no contender '${name}'`);
const call = await prepare(url);

const answer = await call();
const isPair = typeof answer === 'object' && answer !== null && 'Value' in answer;
if (!isPair || !(answer.Value instanceof Uint8Array)) throw new Error(`${name} gave a wrong answer`);
process.stdout.write(JSON.stringify(await microsPerCall(call, Number(concurrency))));
process.exit();
