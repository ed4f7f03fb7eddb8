import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Kv, Sessions } from '@fairlead/consul';
import type { LiveAgent } from './agent.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const allBytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const limitBytes = 512 * 1024;
/** Locks are marked with such numbers. */
const largeFlags = 2n ** 64n - 1n;

export function keysAndValues(agent: LiveAgent): void {
  const kv = new Kv(agent.session);
  const root = agent.key('kv');

  suite('keys and values', () => {
    agent.atEnd(() => kv.deleteTree(`${agent.prefix}/`));

    test('a value comes back as it was put: text, bytes, a stream, nothing', async () => {
      assert.equal(await kv.put(`${root}/text`, 'grün 🌱'), true);
      assert.equal(await kv.text(`${root}/text`), 'grün 🌱');
      assert.equal(await kv.put(`${root}/bytes`, allBytes), true);
      assert.deepEqual(await kv.bytes(`${root}/bytes`), allBytes);
      const pieces = async function* () {
        yield bytes('in ');
        yield bytes('pieces');
      };
      assert.equal(await kv.put(`${root}/stream`, pieces), true);
      assert.equal(await kv.text(`${root}/stream`), 'in pieces');
      assert.equal(await kv.put(`${root}/empty`, ''), true);
      assert.equal((await kv.get(`${root}/empty`))?.Value, null);
      assert.equal(await kv.text(`${root}/empty`), '');
      assert.deepEqual((await kv.get(`${root}/bytes`))?.Value, allBytes);
    });

    test('what is not there is undefined, with the index of what is', async () => {
      const missing = `${root}/missing`;
      assert.equal(await kv.get(missing), undefined);
      assert.equal(await kv.text(missing), undefined);
      assert.equal(await kv.bytes(missing), undefined);
      assert.equal(await kv.list(missing), undefined);
      assert.equal(await kv.keys(missing), undefined);
      const { value, meta } = await kv.get(missing).withMeta();
      assert.equal(value, undefined);
      assert.ok((meta.index ?? 0n) > 0n);
      assert.equal(await kv.delete(missing), true);
    });

    test('flags are exact to the last of their 64 bits', async () => {
      for (const flags of [0n, 2n ** 53n + 1n, 0x2ddccbc058a50c18n, largeFlags]) {
        await kv.put(`${root}/flags`, 'x', { flags });
        assert.equal((await kv.get(`${root}/flags`))?.Flags, flags);
      }
      const [pair] = (await kv.list(`${root}/flags`)) ?? [];
      assert.equal(pair?.Flags, largeFlags);
      await kv.put(`${root}/flags`, 'y');
      assert.equal((await kv.get(`${root}/flags`))?.Flags, 0n);
    });

    test('cas writes and deletes only what is as it was', async () => {
      const key = `${root}/cas`;
      assert.equal(await kv.cas(key, 'first', { cas: 0 }), true);
      assert.equal(await kv.cas(key, 'again', { cas: 0 }), false);
      const first = await kv.get(key);
      assert.equal(await kv.cas(key, 'second', { cas: first?.ModifyIndex ?? 0 }), true);
      assert.equal(await kv.cas(key, 'late', { cas: first?.ModifyIndex ?? 0 }), false);
      assert.equal(await kv.text(key), 'second');
      assert.equal(await kv.deleteCas(key, { cas: first?.ModifyIndex ?? 0 }), false);
      const second = await kv.get(key);
      assert.equal(await kv.deleteCas(key, { cas: second?.ModifyIndex ?? 0 }), true);
      assert.equal(await kv.get(key), undefined);
    });

    test('a key is locked by one session at a time', async () => {
      const sessions = new Sessions(agent.session);
      const [one, other] = await Promise.all([sessions.create(), sessions.create()]);
      for (const { ID } of [one, other]) agent.atEnd(() => sessions.destroy(ID));
      const key = `${root}/locked`;
      assert.equal(await kv.acquire(key, 'one', { acquire: one.ID }), true);
      assert.equal(await kv.acquire(key, 'other', { acquire: other.ID }), false);
      assert.equal(await kv.acquire(key, 'still one', { acquire: one.ID, flags: 7n }), true);
      const held = await kv.get(key);
      assert.deepEqual([held?.Session, held?.LockIndex, held?.Flags], [one.ID, 1, 7n]);
      assert.equal(await kv.release(key, 'other', { release: other.ID }), false);
      assert.equal(await kv.release(key, 'free', { release: one.ID }), true);
      assert.equal((await kv.get(key))?.Session, undefined);
      assert.equal(await kv.acquire(key, 'other', { acquire: other.ID }), true);
      assert.equal((await kv.get(key))?.LockIndex, 2);
    });

    test('keys are listed with and without values, and by folder', async () => {
      const folder = `${root}/list`;
      const names = ['a', 'b/1', 'b/2', 'b/c/3', 'd/'].map((name) => `${folder}/${name}`);
      for (const name of names) await kv.put(name, name);
      assert.deepEqual(await kv.keys(`${folder}/`), names);
      const folders = ['a', 'b/', 'd/'].map((name) => `${folder}/${name}`);
      assert.deepEqual(await kv.keys(`${folder}/`, { separator: '/' }), folders);
      const pairs = (await kv.list(`${folder}/b`)) ?? [];
      assert.deepEqual(
        pairs.map(({ Key, Value }) => [Key, Value]),
        ['b/1', 'b/2', 'b/c/3'].map((name) => [`${folder}/${name}`, bytes(`${folder}/${name}`)]),
      );
      assert.ok((await kv.keys(''))?.includes(`${folder}/a`));
      assert.ok((await kv.list(''))?.some(({ Key }) => Key === `${folder}/a`));
      assert.equal(await kv.deleteTree(`${folder}/b/`), true);
      assert.deepEqual(await kv.keys(`${folder}/`), [`${folder}/a`, `${folder}/d/`]);
    });

    test('a key may hold whatever can be printed, and slashes', async () => {
      const odd = [
        ...['with space', 'a+b', '100%', 'a?b#c', 'a&b=c', 'a;b', "quote's", '"double"', 'back\\slash'],
        ...['ünïcode', '日本', '🌱', '%2F', '...', '.hidden', '~tilde', 'a:b@c', '[x]', '*', 'folder/'],
      ];
      for (const name of odd) {
        const key = `${root}/odd/${name}`;
        await kv.put(key, name);
        assert.equal((await kv.get(key))?.Key, key);
      }
      assert.deepEqual((await kv.keys(`${root}/odd/`))?.length, odd.length);
      for (const name of odd) assert.equal(await kv.delete(`${root}/odd/${name}`), true);
      assert.equal(await kv.keys(`${root}/odd/`), undefined);
    });

    test('a key that the agent would take for another one is refused before it is sent', async () => {
      const before = agent.observer.seen.length;
      for (const key of ['a//b', '/a', 'a/./b', 'a/../b', '.', '..', '/', 'a//']) {
        assert.throws(() => kv.put(key, 'x'), { name: 'TypeError', message: /would name another route/ });
      }
      assert.equal(agent.observer.seen.length, before);
      // And indeed: written in whatever way, they are redirected.
      for (const written of ['a//b', 'a%2F%2Fb', '%2Fa', 'a%2F.%2Fb', 'a%2F%2E%2E%2Fb']) {
        const response = await fetch(`${agent.session.address}/v1/kv/${written}`, { redirect: 'manual' });
        assert.equal(response.status, 301, written);
      }
      await assert.rejects(kv.put('', 'x'), { status: 400, message: /Missing key name/ });
      await assert.rejects(kv.put(`${root}/line\nbreak`, 'x'), { status: 400, category: 'invalid' });
    });

    test('a stream may be longer, as agents look at nothing but the length that they are told', async () => {
      const stream = async function* () {
        for (let piece = 0; piece < 4; piece += 1) yield new Uint8Array(limitBytes / 2).fill(120);
      };
      const put = kv.put(`${root}/stream`, stream);
      const stored = await put.catch((error: unknown) => {
        assert.equal(Reflect.get(Object(error), 'status'), 413);
        return false;
      });
      if (stored) assert.equal((await kv.bytes(`${root}/stream`))?.length, 2 * limitBytes);
      await kv.delete(`${root}/stream`);
    });

    test('a value may be as long as the limit, and longer ones are refused clearly', async () => {
      const longest = new Uint8Array(limitBytes).fill(120);
      assert.equal(await kv.put(`${root}/longest`, longest), true);
      assert.equal((await kv.bytes(`${root}/longest`))?.length, limitBytes);
      const tooLong = { status: 413, category: 'invalid' };
      await assert.rejects(kv.put(`${root}/long`, new Uint8Array(limitBytes + 1)), tooLong);
      await assert.rejects(kv.put(`${root}/long`, new Uint8Array(40 * limitBytes)), tooLong);
      assert.equal(await kv.get(`${root}/long`), undefined);
    });
  });
}
