import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type ConsulCredentials, type StandIn, serve } from '@fairlead/codegen/serve';
import { type Ask, asker, indexOf } from './consul-calls.ts';

let service: StandIn<ConsulCredentials>;
let ask: Ask;
before(async () => {
  service = await serve('consul', { jitter: false, metricsIntervalMs: 5 });
  ask = asker(service);
});
beforeEach(() => service.reset());
after(() => service.close());

/** Resolves when the stand-in has got so many requests. */
async function received(count: number): Promise<void> {
  while (service.requests.length < count) await new Promise(setImmediate);
}

describe('blocking reads', { timeout: 30_000 }, () => {
  test('an older index is answered at once, the same one when its wait is over', async () => {
    await ask('PUT', '/kv/k', 'x');
    const index = indexOf(await ask('GET', '/kv/k'));
    assert.equal(indexOf(await ask('GET', '/kv/k?index=1&wait=10m')), index);
    assert.equal(indexOf(await ask('GET', `/kv/k?index=${index}&wait=5ms`)), index);
    assert.equal(indexOf(await ask('GET', `/kv/k?index=${Number(index) + 1000}&wait=5ms`)), index);
  });

  test('a change of what is read ends it, and a change of something else doesn’t', async () => {
    await ask('PUT', '/kv/k', 'x');
    const index = indexOf(await ask('GET', '/kv/k'));
    const waiting = ask('GET', `/kv/k?index=${index}&wait=10m&raw`);
    await received(3);
    await ask('PUT', '/kv/other', 'x');
    await ask('PUT', '/kv/k', 'new');
    const { text, headers } = await waiting;
    assert.equal(text, 'new');
    assert.ok(Number(headers.get('x-consul-index')) > Number(index) + 1);
  });

  test('the index of a key that isn’t there is that of the last write to any', async () => {
    await ask('PUT', '/kv/a', 'x');
    const index = indexOf(await ask('GET', '/kv/none'));
    assert.equal(index, indexOf(await ask('GET', '/kv/a')));
    const waiting = ask('GET', `/kv/none?index=${index}&wait=10m`);
    await received(4);
    await ask('PUT', '/kv/none', 'x');
    assert.equal((await waiting).status, 200);
  });

  test('a clock that is moved ends their wait', async () => {
    await ask('PUT', '/kv/k', 'x');
    const index = indexOf(await ask('GET', '/kv/k'));
    const waiting = ask('GET', `/kv/k?index=${index}`);
    await received(3);
    service.advance(5 * 60_000);
    assert.equal(indexOf(await waiting), index);
  });

  test('all are answered when everything is forgotten', async () => {
    await ask('PUT', '/kv/k', 'x');
    const index = indexOf(await ask('GET', '/kv/k'));
    const waiting = ask('GET', `/kv/k?index=${index}&wait=10m`);
    await received(3);
    service.reset();
    assert.equal(indexOf(await waiting), index);
  });

  test('instances of a service, with their health', async () => {
    await ask('PUT', '/agent/service/register', { Name: 'web', Check: { TTL: '30s' } });
    const index = indexOf(await ask('GET', '/health/service/web?passing'));
    const waiting = ask('GET', `/health/service/web?passing&index=${index}&wait=10m`);
    await received(3);
    await ask('PUT', '/agent/check/pass/service:web');
    const answer = await waiting;
    assert.equal(answer.json<unknown[]>().length, 1);
    assert.equal(answer.headers.get('x-consul-query-backend'), 'streaming');
    assert.equal(answer.headers.get('x-consul-effective-consistency'), 'leader');
    assert.equal((await ask('GET', '/health/service/web?cached')).headers.get('x-cache'), 'HIT');
    assert.equal((await ask('GET', '/kv/k?cached')).headers.get('x-cache'), null);
  });

  test('an agent’s service, by its hash', async () => {
    await ask('PUT', '/agent/service/register', { Name: 'web', Port: 1 });
    const { headers } = await ask('GET', '/agent/service/web');
    const hash = headers.get('x-consul-contenthash') ?? '';
    const same = await ask('GET', `/agent/service/web?hash=${hash}&wait=5ms`);
    assert.equal(same.headers.get('x-consul-contenthash'), hash);
    const waiting = ask('GET', `/agent/service/web?hash=${hash}&wait=10m`);
    await received(4);
    await ask('PUT', '/agent/service/register', { Name: 'web', Port: 2 });
    const changed = await waiting;
    assert.notEqual(changed.headers.get('x-consul-contenthash'), hash);
    assert.match(changed.text, /"Port":2/);
  });

  test('events, by an index that is no clock', async () => {
    await ask('PUT', '/event/fire/deploy', 'one');
    const first = await ask('GET', '/event/list?name=deploy');
    const [event] = first.json<{ ID: string; LTime: number }[]>();
    const digits = event?.ID.replaceAll('-', '') ?? '';
    const halves = BigInt(`0x${digits.slice(0, 16)}`) ^ BigInt(`0x${digits.slice(16)}`);
    assert.equal(indexOf(first), String(halves));
    const waiting = ask('GET', `/event/list?name=deploy&index=${halves}&wait=10m`);
    await received(3);
    await ask('PUT', '/event/fire/other', 'x');
    await ask('PUT', '/event/fire/deploy', 'two');
    assert.equal((await waiting).json<unknown[]>().length, 2);
  });

  test('a caller who goes away is forgotten, and closing ends them all', async () => {
    const own = await serve('consul', { jitter: false });
    const askOwn = asker(own);
    await askOwn('PUT', '/kv/k', 'x');
    const index = indexOf(await askOwn('GET', '/kv/k'));
    const gone = new AbortController();
    const waiting = askOwn('GET', `/kv/k?index=${index}`, undefined, { signal: gone.signal });
    const cut = askOwn('GET', `/kv/k?index=${index}`);
    while (own.requests.length < 4) await new Promise(setImmediate);
    gone.abort();
    await assert.rejects(waiting, { name: 'AbortError' });
    await Promise.all([assert.rejects(cut), own.close()]);
  });
});

describe('streams', { timeout: 30_000 }, () => {
  async function firstLines(path: string, count: number): Promise<readonly string[]> {
    const stop = new AbortController();
    const { body, status } = await fetch(`${service.url}/v1${path}`, { signal: stop.signal });
    assert.equal(status, 200);
    let text = '';
    for await (const chunk of body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.split('\n').length > count) break;
    }
    stop.abort();
    return text.split('\n').slice(0, count);
  }

  test('the monitor tells lines, of text or of JSON', async () => {
    const [line = ''] = await firstLines('/agent/monitor', 1);
    assert.match(line, /^\S+ \[INFO\] +agent: /);
    const [json = ''] = await firstLines('/agent/monitor?logjson', 1);
    const told: unknown = JSON.parse(json);
    assert.deepEqual(Object.keys(Object(told)), ['@level', '@message', '@module', '@timestamp']);
    assert.equal((await ask('GET', '/agent/monitor?loglevel=loud')).status, 400);
  });

  test('the monitor tells what happens, without tokens', async () => {
    const stop = new AbortController();
    const { body } = await fetch(`${service.url}/v1/agent/monitor?loglevel=debug`, { signal: stop.signal });
    let text = '';
    for await (const chunk of body ?? []) {
      // Its first line says that it listens.
      if (text === '') await ask('GET', '/kv/k?token=a-secret');
      text += Buffer.from(chunk).toString();
      if (text.includes('path=/v1/kv/k\n')) break;
    }
    stop.abort();
    assert.match(text, /\[DEBUG\] agent\.http: Request: method=GET/);
    assert.doesNotMatch(text, /a-secret/);
  });

  test('metrics come one object after the other', async () => {
    const lines = await firstLines('/agent/metrics/stream', 2);
    for (const line of lines) assert.ok('Gauges' in Object(JSON.parse(line)));
    assert.equal((await ask('GET', '/agent/metrics')).status, 200);
    assert.equal((await ask('GET', '/agent/metrics?format=prometheus')).status, 415);
  });

  test('a snapshot brings back what was there', async () => {
    await ask('PUT', '/kv/k?flags=18446744073709551615', 'kept');
    const saved = await fetch(`${service.url}/v1/snapshot`);
    assert.equal(saved.headers.get('content-type'), 'application/x-gzip');
    const archive = new Uint8Array(await saved.arrayBuffer());
    await ask('DELETE', '/kv/k');
    assert.equal((await ask('PUT', '/snapshot', archive)).status, 200);
    assert.match((await ask('GET', '/kv/k')).text, /18446744073709551615/);
    assert.equal((await ask('PUT', '/snapshot', 'nothing')).status, 500);
  });
});
