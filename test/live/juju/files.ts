import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Macaroon, MacaroonJar } from '../../../runtime/src/services/bakery/index.ts';
import type { Oracle } from './oracles.ts';

/** The file of cookies that Juju's own client keeps is read and written by both. */
export function files(go: Oracle): void {
  suite('files of cookies', () => {
    const url = 'https://3f24e7a1-0000-4000-8000-000000000000/';
    const mine = Macaroon.create({ rootKey: 'k', identifier: 'mine' }).addFirstParty(
      'time-before 2999-01-01T00:00:00Z',
    );
    const theirs = Macaroon.create({ rootKey: 'k', identifier: 'theirs' });

    test('of ours are read by Go, with what it adds by us', async () => {
      const jar = new MacaroonJar();
      jar.add(url, [mine]);
      const { slices, text, error } = await go.tool('/jar', {
        Text: JSON.stringify(jar),
        URL: url,
        Slice: [theirs],
      });
      assert.equal(error, undefined);
      assert.equal(Array.isArray(slices) && slices.length, 2);
      const again = MacaroonJar.from(text);
      assert.deepEqual(
        again
          .macaroonsFor(url)
          .flat()
          .map(({ identifier }) => Buffer.from(identifier).toString())
          .toSorted(),
        ['mine', 'theirs'],
      );
      const [kept] = again.toJSON().filter(({ Name }) => Name === jar.toJSON()[0]?.Name);
      const { LastAccess: _, ...ours } = jar.toJSON()[0] ?? {};
      const { LastAccess: __, ...read } = kept ?? {};
      assert.deepEqual(read, ours);
    });

    test('and cookies go to the same places', async () => {
      const jar = new MacaroonJar();
      jar.add('https://a.example/', [mine], { path: '/foo' });
      const places = [
        'https://a.example/foo/bar',
        'https://a.example/',
        'http://a.example/foo',
        'https://b.a.example/foo',
      ];
      for (const place of places) {
        const { slices } = await go.tool('/jar', { Text: JSON.stringify(jar), URL: place });
        const count = Array.isArray(slices) ? slices.length : 0;
        assert.equal(jar.macaroonsFor(place).length, count, place);
      }
    });
  });
}
