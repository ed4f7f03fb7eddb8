import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import { Macaroon } from '../../../runtime/src/services/bakery/index.ts';
import type { Oracle } from './oracles.ts';

const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64');

/** What a macaroon is made from, in the words of the oracles. */
interface Draft {
  readonly Version: 1 | 2;
  readonly RootKey: string;
  readonly Id: string;
  readonly Location: string;
  readonly Caveats: readonly { readonly Id: string; readonly RootKey?: string; readonly Location: string }[];
}

async function made({ Version, RootKey, Id, Location, Caveats }: Draft): Promise<Macaroon> {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
  let macaroon = Macaroon.create({
    rootKey: bytes(RootKey),
    identifier: bytes(Id),
    location: Location,
    version: Version,
  });
  for (const { Id: id, RootKey: key, Location: location } of Caveats) {
    macaroon =
      key === undefined
        ? macaroon.addFirstParty(bytes(id))
        : await macaroon.addThirdParty({ rootKey: bytes(key), id: bytes(id), location });
  }
  return macaroon;
}

function drafts(isText: boolean): Draft[] {
  return ([1, 2] as const).flatMap((version) =>
    Array.from({ length: 12 }, (_, n): Draft => {
      const id = (size: number) =>
        version === 1 || isText ? base64(randomBytes(size).toString('hex')) : base64(randomBytes(size));
      const caveats = Array.from({ length: n }, (_, m) => ({ Id: id(5 + 20 * m), Location: '' }));
      return {
        Version: version,
        RootKey: base64(randomBytes(1 + 8 * n)),
        Id: id(1 + 15 * n),
        // Python counts letters where bytes are due.
        Location: n === 0 ? '' : `http://here:${n}/${isText ? 'a' : 'ä'}`,
        Caveats: caveats,
      };
    }),
  );
}

/** Both make the same macaroons in all formats, and read and verify each other's. */
export function macaroons(oracle: Oracle): void {
  suite(`macaroons of ${oracle.name}`, () => {
    // Python takes texts only, and reads and writes base64 of bytes where Go has the bytes.
    const isPython = oracle.name === 'Python';

    test('are the same as ours, byte for byte', async () => {
      for (const draft of drafts(isPython)) {
        const { json, binary, signature, error } = await oracle.tool('/make', draft);
        assert.equal(error, undefined);
        const ours = await made(draft);
        assert.equal(base64(ours.signature), signature);
        const hasLocation = draft.Location !== '' || draft.Version === 1;
        if (hasLocation) {
          assert.equal(base64(ours.toBinary()), base64(Buffer.from(String(binary), 'base64url')));
        }
        for (const theirs of [Macaroon.from(json), Macaroon.from(binary)]) {
          assert.deepEqual(theirs.toBinary(), ours.toBinary());
        }
      }
    });

    test('are verified by us, with their discharges', async () => {
      const thirdKey = base64('the third key');
      for (const version of [1, 2] as const) {
        const primary: Draft = {
          Version: version,
          RootKey: base64('the key'),
          Id: base64('id'),
          Location: 'http://here/',
          Caveats: [
            { Id: base64('one'), Location: '' },
            { Id: base64('two'), RootKey: thirdKey, Location: 'http://there/' },
          ],
        };
        const macaroon = Macaroon.from((await oracle.tool('/make', primary))['json']);
        const Caveats = [{ Id: base64('three'), Location: '' }];
        const discharge = Macaroon.from(
          (await oracle.tool('/make', { ...primary, RootKey: thirdKey, Id: base64('two'), Caveats }))['json'],
        ).bindTo(macaroon);
        const told: string[] = [];
        await macaroon.verify('the key', (condition) => told.push(condition) > 0, [discharge]);
        assert.deepEqual(told, ['one', 'three']);
        await assert.rejects(macaroon.verify('another key', () => true, [discharge]));
      }
    });

    test('and ours are verified by it, and refused for the same reasons', async () => {
      for (const version of [1, 2] as const) {
        const primary = await made({
          Version: version,
          RootKey: base64('the key'),
          Id: base64('id'),
          Location: 'http://here/',
          Caveats: [
            { Id: base64('one'), Location: '' },
            { Id: base64('two'), RootKey: base64('the third key'), Location: 'http://there/' },
          ],
        });
        const discharge = Macaroon.create({ rootKey: 'the third key', identifier: 'two', version })
          .addFirstParty('three')
          .bindTo(primary);
        const offer = (slice: readonly Macaroon[], key = 'the key', ...holds: string[]) => ({
          RootKey: base64(key),
          Slice: slice,
          Holds: holds.length > 0 ? holds : ['one', 'three'],
        });
        const slice = [primary, discharge];
        assert.deepEqual(await oracle.tool('/verify', offer(slice)), { isGood: true });
        const inBytes = isPython
          ? { Binaries: slice.map((each) => Buffer.from(each.toBinary()).toString('base64url')) }
          : { Binary: base64(Macaroon.sliceToBinary(slice)) };
        const { Slice: _, ...rest } = offer(slice);
        assert.deepEqual(await oracle.tool('/verify', { ...rest, ...inBytes }), { isGood: true });
        const refused = [
          offer(slice, 'another key'),
          offer([primary]),
          offer(slice, 'the key', 'one'),
          offer([primary, Macaroon.create({ rootKey: 'x', identifier: 'two', version }).bindTo(primary)]),
        ];
        for (const each of refused) {
          const { error, isGood } = await oracle.tool('/verify', each);
          assert.equal(isGood, undefined);
          assert.equal(typeof error, 'string');
          const [first, ...others] = each.Slice;
          await assert.rejects(
            first?.verify(Buffer.from(each.RootKey, 'base64'), (one) => each.Holds.includes(one), others) ??
              Promise.resolve(),
          );
        }
      }
    });
  });
}
