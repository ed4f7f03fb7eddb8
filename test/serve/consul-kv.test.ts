import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type ConsulCredentials, type StandIn, serve } from '@fairlead/codegen/serve';
import { type Ask, asker, indexOf } from './consul-calls.ts';

let service: StandIn<ConsulCredentials>;
let ask: Ask;
before(async () => {
  service = await serve('consul', { jitter: false });
  ask = asker(service);
});
beforeEach(() => service.reset());
after(() => service.close());

interface Pair {
  readonly Key: string;
  readonly Value: string | null;
  readonly LockIndex: number;
  readonly Session?: string;
  readonly ModifyIndex: number;
}

describe('keys and values', () => {
  test('flags are exact, however large', async () => {
    await ask('PUT', '/kv/k?flags=18446744073709551615', 'x');
    assert.match((await ask('GET', '/kv/k')).text, /"Flags":18446744073709551615,/);
    assert.equal((await ask('PUT', '/kv/k?flags=18446744073709551616', 'x')).status, 500);
    await ask('PUT', '/kv/k', 'x');
    assert.match((await ask('GET', '/kv/k')).text, /"Flags":0,/);
  });

  test('a key keeps its slashes, encoded or not, also at its end', async () => {
    await ask('PUT', '/kv/a%2Fb/c%3Fd/', 'x');
    const keys = (await ask('GET', '/kv/?keys')).json<string[]>();
    assert.deepEqual(keys, ['a/b/c?d/']);
    assert.equal((await ask('GET', '/kv/a/b/c%3Fd/?raw')).text, 'x');
    assert.equal((await ask('GET', '/kv/a/b/c%3Fd')).status, 404);
  });

  test('a key that would be another one is redirected, however it is written', async () => {
    const keys = {
      '/x': 'x',
      '%2Fx': 'x',
      'a%2F%2Fb': 'a/b',
      'a%2F.%2Fb': 'a/b',
      'a%2F%2E%2E%2Fb%20%2Fc%2B%3F%23%22%C3%BC': 'b%20/c+%3F%23%22%C3%BC',
    };
    for (const [key, other] of Object.entries(keys)) {
      const { status, headers } = await ask('PUT', `/kv/${key}?flags=1`, 'x');
      assert.deepEqual([status, headers.get('location')], [301, `/v1/kv/${other}?flags=1`]);
    }
    assert.equal((await ask('PUT', '/kv/a%2Fb/..c%20d%F0%9F%8C%B1', 'x')).status, 200);
    for (const key of ['a%0Ab', '%7F', 'a%C2%A0b'])
      assert.equal((await ask('PUT', `/kv/${key}`, 'x')).status, 400);
  });

  test('a separator ends the keys of a list', async () => {
    for (const key of ['a/1', 'a/2/x', 'a/2/y', 'b']) await ask('PUT', `/kv/${key}`, '');
    const keys = async (query: string) => (await ask('GET', query)).json<string[]>();
    assert.deepEqual(await keys('/kv/?keys&separator=/'), ['a/', 'b']);
    assert.deepEqual(await keys('/kv/a/?keys&separator=/'), ['a/1', 'a/2/']);
    assert.equal((await ask('GET', '/kv/z?keys')).status, 404);
  });

  test('what is written only if nobody wrote before', async () => {
    const put = async (query: string) => (await ask('PUT', `/kv/k?${query}`, 'x')).json<boolean>();
    assert.equal(await put('cas=0'), true);
    assert.equal(await put('cas=0'), false);
    const [pair] = (await ask('GET', '/kv/k')).json<Pair[]>();
    assert.equal((await ask('DELETE', '/kv/k?cas=1')).text, 'false');
    assert.equal((await ask('DELETE', `/kv/k?cas=${pair?.ModifyIndex}`)).text, 'true');
    assert.equal((await ask('GET', '/kv/k')).status, 404);
  });

  test('an empty value is none, and what was deleted moves the index of its prefix', async () => {
    await ask('PUT', '/kv/a/1', '');
    assert.match((await ask('GET', '/kv/a/1')).text, /"Value":null/);
    await ask('PUT', '/kv/a/2', 'x');
    const first = indexOf(await ask('GET', '/kv/a/?recurse'));
    await ask('DELETE', '/kv/a/2');
    assert.ok(Number(indexOf(await ask('GET', '/kv/a/?recurse'))) > Number(first));
  });

  test('a value that is too large is refused before it was sent', async () => {
    const large = request(`${service.url}/v1/kv/k`, {
      method: 'PUT',
      headers: { 'content-length': 512 * 1024 + 1 },
    });
    // Only the head goes out.
    large.flushHeaders();
    const [response] = await once(large, 'response');
    assert.equal(response.statusCode, 413);
    large.destroy();
    const inPieces = new ReadableStream({
      start(controller) {
        controller.enqueue(new Uint8Array(512 * 1024 + 1));
        controller.close();
      },
    });
    const options = { method: 'PUT', body: inPieces, duplex: 'half' } as const;
    const { status } = await fetch(`${service.url}/v1/kv/k`, options);
    assert.equal(status, 413);
  });

  test('flags that exclude each other, and words that mean nothing, are refused', async () => {
    for (const query of ['cas=1&acquire=x', 'acquire=x&release=y'])
      assert.equal((await ask('PUT', `/kv/k?${query}`, 'x')).status, 400, query);
    for (const query of ['recurse&cas=1']) assert.equal((await ask('DELETE', `/kv/k?${query}`)).status, 400);
    for (const query of ['stale&consistent', 'cached&consistent', 'wait=10', 'wait=x', 'index=-1', 'ns=a'])
      assert.equal((await ask('GET', `/kv/k?${query}`)).status, 400, query);
    assert.equal((await ask('GET', '/kv/k?dc=elsewhere')).text, 'No path to datacenter');
    const bad = { headers: { 'cache-control': 'max-age=soon' } };
    assert.equal((await ask('GET', '/catalog/services?cached', undefined, bad)).status, 400);
  });
});

describe('locks and sessions', () => {
  async function session(more: object = {}): Promise<string> {
    return (await ask('PUT', '/session/create', { LockDelay: '1s', ...more })).json<{ ID: string }>().ID;
  }
  const locks = async (id: string) => (await ask('PUT', `/kv/lock?acquire=${id}`, 'x')).text;

  test('one session holds a lock at a time', async () => {
    const [one, two] = [await session(), await session()];
    assert.equal(await locks(one), 'true');
    assert.equal(await locks(one), 'true');
    assert.equal(await locks(two), 'false');
    const [pair] = (await ask('GET', '/kv/lock')).json<Pair[]>();
    assert.equal(pair?.LockIndex, 1);
    assert.equal(pair?.Session, one);
    assert.equal((await ask('PUT', `/kv/lock?release=${two}`, 'x')).text, 'false');
    assert.equal((await ask('PUT', `/kv/lock?release=${one}`, 'x')).text, 'true');
    assert.equal(await locks(two), 'true');
    assert.equal((await ask('PUT', '/kv/lock?acquire=nobody', 'x')).status, 500);
  });

  test('a lock that was lost can not be had again for a while', async () => {
    const [one, two] = [await session(), await session()];
    await locks(one);
    await ask('PUT', `/session/destroy/${one}`);
    assert.doesNotMatch((await ask('GET', '/kv/lock')).text, /Session/);
    assert.equal(await locks(two), 'false');
    service.advance(1000);
    assert.equal(await locks(two), 'true');
  });

  test('a session that nobody renews ends, and gives back or deletes what it held', async () => {
    const [kept, lost] = [await session({ TTL: '10s' }), await session({ TTL: '10s', Behavior: 'delete' })];
    await locks(lost);
    service.advance(15_000);
    assert.equal((await ask('PUT', `/session/renew/${kept}`)).status, 200);
    service.advance(10_000);
    assert.equal((await ask('GET', `/session/info/${lost}`)).text, '[]');
    assert.equal((await ask('GET', '/kv/lock')).status, 404);
    assert.match((await ask('GET', '/session/list')).text, new RegExp(kept));
    assert.equal((await ask('PUT', `/session/renew/${lost}`)).text, `Session id '${lost}' not found`);
    assert.equal((await ask('PUT', `/session/destroy/${lost}`)).text, 'true');
  });

  test('the clock is moved over HTTP too', async () => {
    const id = await session({ TTL: '10s' });
    const move = (body: unknown) =>
      fetch(`${service.url}/__fairlead__/advance`, { method: 'POST', body: JSON.stringify(body) });
    assert.equal((await move({ milliseconds: 20_000 })).status, 200);
    assert.equal((await ask('GET', `/session/info/${id}`)).text, '[]');
    assert.equal((await move({ milliseconds: 'soon' })).status, 400);
    assert.throws(() => service.advance(-1), RangeError);
  });

  test('a session ends with the checks that it stands on', async () => {
    await ask('PUT', '/agent/check/register', { Name: 'c', TTL: '10s', Status: 'passing' });
    const id = await session({ NodeChecks: ['serfHealth', 'c'] });
    service.advance(10_000);
    assert.equal((await ask('GET', `/session/info/${id}`)).text, '[]');
    assert.equal((await ask('PUT', '/session/create', { NodeChecks: ['c'] })).status, 500);
    for (const wrong of [{ TTL: '1s' }, { TTL: '25h' }, { Behavior: 'x' }, { Node: 'x' }])
      assert.equal((await ask('PUT', '/session/create', wrong)).status, 500, JSON.stringify(wrong));
  });
});

describe('transactions', () => {
  test('all happens, or nothing does', async () => {
    const set = (Key: string) => ({ KV: { Verb: 'set', Key, Value: 'eA==', Flags: 7 } });
    const good = await ask('PUT', '/txn', [set('a'), set('b'), { KV: { Verb: 'get', Key: 'a' } }]);
    assert.equal(good.status, 200);
    const bad = await ask('PUT', '/txn', [set('c'), { KV: { Verb: 'check-not-exists', Key: 'a' } }]);
    assert.equal(bad.status, 409);
    assert.deepEqual(bad.json(), { Results: null, Errors: [{ OpIndex: 1, What: 'key "a" exists' }] });
    assert.equal((await ask('GET', '/kv/c')).status, 404);
  });

  test('flags are exact here too', async () => {
    const body = '[{"KV":{"Verb":"set","Key":"k","Value":"eA==","Flags":18446744073709551615}}]';
    assert.match((await ask('PUT', '/txn', body)).text, /"Flags":18446744073709551615/);
  });

  test('the catalog is changed with the keys', async () => {
    const Node = { Node: 'ext', Address: '10.0.0.9' };
    const Service = { Service: 'db', Port: 5432 };
    const Check = { Node: 'ext', CheckID: 'c', Name: 'c', Status: 'passing', ServiceID: 'db' };
    const made = await ask('PUT', '/txn', [
      { Node: { Verb: 'set', Node } },
      { Service: { Verb: 'set', Node: 'ext', Service } },
      { Check: { Verb: 'set', Check } },
    ]);
    assert.equal(made.status, 200, made.text);
    assert.match((await ask('GET', '/health/service/db?passing')).text, /10\.0\.0\.9/);
    const gone = await ask('PUT', '/txn', [{ Node: { Verb: 'delete', Node: { Node: 'ext' } } }]);
    assert.equal(gone.status, 200, gone.text);
    assert.equal((await ask('GET', '/catalog/service/db')).text, '[]');
  });

  test('there is a limit to how much it may hold', async () => {
    const many = Array.from({ length: 129 }, () => ({ KV: { Verb: 'get', Key: 'a' } }));
    assert.equal((await ask('PUT', '/txn', many)).status, 413);
    assert.equal((await ask('PUT', '/txn', [{ KV: { Verb: 'set', Key: 'a', Value: '?' } }])).status, 400);
  });
});
