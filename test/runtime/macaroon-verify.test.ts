import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Macaroon } from '../../runtime/src/auth/macaroon/macaroon.ts';
import tokens from '../vectors/macaroon-tokens.json' with { type: 'json' };
import scenarios from '../vectors/macaroon-verification.json' with { type: 'json' };

test('tokens of libmacaroons are good for the right key and conditions only', async (t) => {
  for (const { name, key, exact, token, isGood } of tokens) {
    await t.test(name, async () => {
      const macaroon = Macaroon.from(token);
      assert.equal(Buffer.from(macaroon.toBinary()).toString('base64url'), token.replace(/=+$/, ''));
      const verifying = macaroon.verify(key, (condition) => exact.includes(condition));
      if (isGood) await verifying;
      else await assert.rejects(verifying, { name: 'MacaroonError' });
    });
  }
});

interface Made {
  readonly rootKey: string;
  readonly id: string;
  readonly location?: string;
  readonly caveats: readonly { condition: string; location?: string; rootKey?: string }[];
}

async function make({ rootKey, id, location, caveats }: Made): Promise<Macaroon> {
  let macaroon = Macaroon.create({ rootKey, identifier: id, location });
  for (const { condition, location: at, rootKey: key } of caveats) {
    macaroon =
      key === undefined
        ? macaroon.addFirstParty(condition)
        : await macaroon.addThirdParty({ rootKey: key, id: condition, location: at ?? '' });
  }
  return macaroon;
}

test('a macaroon with discharges is good when each is used once and every condition holds', async (t) => {
  for (const { name, macaroons, checks } of scenarios) {
    await t.test(name, async () => {
      const [primary, ...others] = await Promise.all(macaroons.map(make));
      assert.ok(primary);
      const discharges = others.map((discharge) => discharge.bindTo(primary));
      const rootKey = macaroons[0]?.rootKey ?? '';
      for (const { holds, error } of checks) {
        const check = (condition: string) => holds.includes(condition);
        const given = [discharges, discharges.toReversed()];
        // Of two with one id the first counts.
        for (const list of new Set(discharges.map(({ identifier }) => `${identifier}`)).size < given.length
          ? [discharges]
          : given) {
          const verifying = primary.verify(rootKey, check, list);
          if (error === undefined) await verifying;
          else await assert.rejects(verifying, { message: `verifying a macaroon: ${error}` });
        }
        // In every format it is as good as before.
        const read = Macaroon.sliceFrom(JSON.stringify([primary, ...discharges]));
        const again = read[0]?.verify(rootKey, check, read.slice(1)) ?? Promise.reject();
        if (error === undefined) await again;
        else await assert.rejects(again, { message: `verifying a macaroon: ${error}` });
      }
    });
  }
});

test('discharges must be bound to the primary macaroon, and to no other', async () => {
  const primary = await make({
    rootKey: 'k',
    id: 'p',
    caveats: [{ condition: 'a', rootKey: 'ka', location: 'x' }],
  });
  const discharge = await make({
    rootKey: 'ka',
    id: 'a',
    caveats: [{ condition: 'b', rootKey: 'kb', location: 'x' }],
  });
  const inner = await make({ rootKey: 'kb', id: 'b', caveats: [] });
  const bound = discharge.bindTo(primary);
  const good = () => true;
  await primary.verify('k', good, [bound, inner.bindTo(primary)]);
  await assert.rejects(primary.verify('k', good, [bound, inner.bindTo(discharge)]), /signature of "b"/);
  await assert.rejects(primary.verify('k', good, [discharge, inner.bindTo(primary)]), /signature of "a"/);
  await assert.rejects(
    primary.verify('k', good, [bound, bound, inner.bindTo(primary)]),
    /the discharge "a" is not used|used more than once/,
  );
});

test('a condition that is no text, and one that nobody answers, does not hold', async () => {
  const odd = Macaroon.create({ rootKey: 'k', identifier: 'x' }).addFirstParty(Uint8Array.of(0xff));
  await assert.rejects(
    odd.verify('k', () => true),
    /of 1 bytes does not hold/,
  );
  const macaroon = Macaroon.create({ rootKey: 'k', identifier: 'x' }).addFirstParty('y'.repeat(5000));
  await assert.rejects(
    macaroon.verify('k', async () => false),
    ({ message }: Error) => message.length < 200,
  );
  const boom = new Error('boom');
  await assert.rejects(
    macaroon.verify('k', () => {
      throw boom;
    }),
    boom,
  );
});

test('a chain of a thousand nested discharges neither overflows nor takes long', async () => {
  let primary: Macaroon | undefined;
  const discharges: Macaroon[] = [];
  for (let n = 0; n < 1000; n += 1) {
    const caveats = n === 999 ? [] : [{ condition: `c${n + 1}`, rootKey: `k${n + 1}`, location: 'x' }];
    const macaroon = await make({ rootKey: `k${n}`, id: `c${n}`, caveats });
    primary ??= macaroon;
    if (n > 0) discharges.push(macaroon.bindTo(primary));
  }
  await primary?.verify('k0', () => false, discharges);
});

test('a caveat whose key is too short to be one is refused', async () => {
  const plain = Macaroon.create({ rootKey: 'k', identifier: 'x' });
  for (const size of [1, 24, 39, 40]) {
    const v64 = Buffer.alloc(size, 1).toString('base64url');
    const s64 = Buffer.from(plain.signature).toString('base64url');
    const macaroon = Macaroon.from({ i: 'x', c: [{ i: 'c', v64, l: 'there' }], s64 });
    const discharge = Macaroon.create({ rootKey: 'z', identifier: 'c' });
    await assert.rejects(
      macaroon.verify('k', () => true, [discharge]),
      /cannot be opened/,
    );
  }
});
