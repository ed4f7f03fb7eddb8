import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';
import { Catalog, consul, Kv, path, ResponseError, undiciTransport } from '@fairlead/consul';
import type { LiveAgent } from './agent.ts';

const unknownToken = '22222222-2222-4222-8222-222222222222';

export function errorsAndRaw(agent: LiveAgent): void {
  const { session } = agent;
  const { raw } = session;
  const key = agent.key('errors/key');

  suite('errors', () => {
    test('a token that nobody knows is told apart from one that may not', async () => {
      const unknown = new Kv(session.with({ token: unknownToken }));
      await assert.rejects(unknown.get(key), (error: unknown) => {
        assert.ok(error instanceof ResponseError);
        assert.deepEqual([error.status, error.category], [403, 'unauthorized']);
        assert.match(error.message, /ACL not found/);
        assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), new RegExp(unknownToken));
        return true;
      });
      const anonymous = new Kv(session.with({ token: undefined }));
      await assert.rejects(anonymous.put(key, 'x'), { status: 403, category: 'forbidden' });
    });

    test('wrong questions are invalid, whatever their status', async () => {
      const kv = new Kv(session);
      await assert.rejects(raw.get('/kv/a', { query: { index: 'x' } }), { status: 400, category: 'invalid' });
      await assert.rejects(raw.get('/kv/a', { query: { wait: 10 } }), { status: 400, category: 'invalid' });
      await assert.rejects(raw.get('/kv/a', { query: { stale: '', consistent: '' } }), {
        status: 400,
        category: 'invalid',
      });
      await assert.rejects(kv.get(key, { namespace: 'default' }), { status: 400, category: 'invalid' });
      await assert.rejects(kv.acquire(key, 'x', { acquire: unknownToken }), {
        status: 500,
        category: 'invalid',
        message: /invalid session/,
      });
      await assert.rejects(raw.put('/session/create', { body: { Behavior: 'explode' } }), {
        name: 'ResponseError',
      });
    });

    test('an unknown route is not found, and a wrong verb is refused', async () => {
      await assert.rejects(raw.get('/bogus'), { status: 404, category: 'not-found' });
      await assert.rejects(raw.post('/kv/a'), { status: 405 });
    });

    test('the token may go with the query, and both transports do', async () => {
      const { SecretID } = await raw.get<{ SecretID: string }>('/acl/token/self');
      await using other = consul({
        address: session.address,
        token: SecretID,
        tokenIn: 'query',
        transport: agent.observer.watching(undiciTransport()),
      });
      const kv = new Kv(other);
      assert.equal(await kv.put(key, 'by undici'), true);
      assert.equal(await kv.text(key), 'by undici');
      await assert.rejects(kv.put(key, new Uint8Array(600 * 1024)), { status: 413, category: 'invalid' });
      assert.ok(agent.observer.seen.at(-1)?.url.searchParams.has('token'));
    });

    test('where nobody listens, the address is told', async () => {
      await using nowhere = consul({ address: '127.0.0.1:1', retry: false });
      await assert.rejects(new Catalog(nowhere).nodes(), {
        name: 'ConnectionError',
        message: /127\.0\.0\.1:1/,
      });
    });
  });

  suite('anything else', () => {
    test('any path is called with its metadata, and watched', async () => {
      await raw.put(path`/kv/${agent.prefix}/raw`, { body: 'x', contentType: 'text/plain' });
      const { value, meta } = await raw
        .get(path`/kv/${agent.prefix}/raw`, { query: { raw: true }, as: 'text' })
        .withMeta();
      assert.equal(value, 'x');
      assert.ok((meta.index ?? 0n) > 0n);
      for await (const change of raw
        .get<string[]>(path`/kv/${agent.prefix}/`, { query: { keys: true } })
        .watch()) {
        assert.ok(change.value.includes(`${agent.prefix}/raw`));
        break;
      }
      assert.equal(await raw.delete<boolean>(path`/kv/${agent.prefix}/raw`), true);
      assert.equal(await raw.get('/kv/nothing', { absent: [404] }), undefined);
    });
  });
}
