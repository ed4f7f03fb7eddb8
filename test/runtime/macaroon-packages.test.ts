import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import theirs from 'macaroon';
import nacl from 'tweetnacl';
import { openPayload, sealPayload } from '../../runtime/src/auth/bakery/caveat-payload.ts';
import { BakeryKey } from '../../runtime/src/auth/bakery/key.ts';
import { Macaroon } from '../../runtime/src/auth/macaroon/macaroon.ts';
import { open, seal } from '../../runtime/src/auth/macaroon/secretbox.ts';
import vectors from '../vectors/macaroon-payloads.json' with { type: 'json' };

const plain = (bytes: Uint8Array) => new Uint8Array(bytes);
const binary = fc.uint8Array({ minLength: 1, maxLength: 80 });
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
const key = fc.uint8Array({ minLength: 1, maxLength: 100 });
const runs = { numRuns: 40 };

const drafts = fc.record({
  rootKey: key,
  identifier: binary,
  location: fc.string({ maxLength: 30 }),
  caveats: fc.array(fc.record({ id: binary, location: text, thirdKey: fc.option(key) }), { maxLength: 5 }),
});

test('the npm package and this make the same macaroons, and read each other in all formats', async () => {
  await fc.assert(
    fc.asyncProperty(drafts, async ({ rootKey, identifier, location, caveats }) => {
      const first = caveats.filter(({ thirdKey }) => thirdKey === null);
      let ours = Macaroon.create({ rootKey, identifier, location });
      const other = theirs.newMacaroon({ rootKey, identifier, location });
      for (const { id } of first) {
        ours = ours.addFirstParty(id);
        other.addFirstPartyCaveat(id);
      }
      assert.deepEqual(plain(other.signature), ours.signature);
      if (caveats.length === 0) assert.deepEqual(plain(other.exportBinary()), ours.toBinary());
      for (const { id, location: at, thirdKey } of caveats) {
        if (thirdKey === null) continue;
        ours = await ours.addThirdParty({ rootKey: thirdKey, id, location: at });
      }
      const json: unknown = JSON.parse(JSON.stringify(ours));
      for (const input of [json, ours.toBinary()]) {
        const read = theirs.importMacaroon(input);
        assert.deepEqual(plain(read.signature), ours.signature);
        assert.deepEqual(Macaroon.from(read.exportJSON()).toBinary(), ours.toBinary());
        // The package doubles a buffer with everything that it adds to it.
        if (caveats.length === 0) assert.deepEqual(plain(read.exportBinary()), ours.toBinary());
      }
    }),
    runs,
  );
});

test('what one makes with a discharge, the other verifies', async () => {
  await fc.assert(
    fc.asyncProperty(key, text, key, text, async (rootKey, condition, thirdKey, id) => {
      const ours = await Macaroon.create({ rootKey, identifier: 'p' })
        .addFirstParty(condition)
        .addThirdParty({ rootKey: thirdKey, id, location: 'there' });
      const discharge = Macaroon.create({ rootKey: thirdKey, identifier: id }).bindTo(ours);
      const [primary, ...discharges] = theirs.importMacaroons(JSON.parse(JSON.stringify([ours, discharge])));
      const check = (asked: string) => (asked === condition ? null : 'no');
      primary?.verify(rootKey, check, discharges);

      const made = theirs.newMacaroon({ rootKey, identifier: 'p' });
      made.addFirstPartyCaveat(condition);
      made.addThirdPartyCaveat(thirdKey, id, 'there');
      const bound = theirs.newMacaroon({ rootKey: thirdKey, identifier: id });
      bound.bindToRoot(made.signature);
      await Macaroon.from(made.exportJSON()).verify(rootKey, (asked) => asked === condition, [
        Macaroon.from(bound.exportJSON()),
      ]);
      await assert.rejects(
        Macaroon.from(made.exportJSON()).verify('not that', () => true, [Macaroon.from(bound.exportJSON())]),
      );
    }),
    runs,
  );
});

test('every macaroon comes back from every format, and from no prefix of the binary one', () => {
  fc.assert(
    fc.property(
      drafts,
      fc.constantFrom(1 as const, 2 as const),
      ({ identifier, location, caveats }, version) => {
        const asText = (bytes: Uint8Array) => (version === 1 ? Buffer.from(bytes).toString('hex') : bytes);
        let macaroon = Macaroon.create({ rootKey: 'k', identifier: asText(identifier), location, version });
        for (const { id } of caveats) macaroon = macaroon.addFirstParty(asText(id));
        const bytes = macaroon.toBinary();
        assert.deepEqual(Macaroon.from(bytes).toBinary(), bytes);
        assert.deepEqual(Macaroon.from(JSON.stringify(macaroon)).toBinary(), bytes);
        for (let end = 0; end < bytes.length; end += 7) {
          assert.throws(() => Macaroon.from(bytes.subarray(0, end)), { name: 'MacaroonError' });
        }
      },
    ),
    runs,
  );
});

test('whatever the input is, it is a macaroon or a MacaroonError', () => {
  const anything = fc.oneof(
    fc.anything(),
    fc.uint8Array({ maxLength: 200 }),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Uint8Array.of(2, ...bytes)),
    fc.string(),
    fc.base64String(),
    fc.json(),
    fc.record({ i: fc.anything(), s64: fc.anything(), c: fc.anything(), v: fc.anything() }),
    fc.record({ identifier: fc.anything(), signature: fc.anything(), caveats: fc.anything() }),
  );
  fc.assert(
    fc.property(anything, (input) => {
      try {
        Macaroon.sliceFrom(input);
      } catch (error) {
        assert.equal(error instanceof Error && error.name, 'MacaroonError');
      }
    }),
    { numRuns: 2000 },
  );
});

test('sealed messages are those of NaCl', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ minLength: 24, maxLength: 24 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      async (message, nonce, secret) => {
        const sealed = await seal(message, nonce, secret);
        assert.deepEqual(plain(sealed), nacl.secretbox(message, nonce, secret));
        assert.deepEqual(await open(sealed, nonce, secret), message);
        sealed[0] = (sealed[0] ?? 0) ^ 1;
        assert.equal(await open(sealed, nonce, secret), undefined);
        assert.equal(await open(message.subarray(0, 15), nonce, secret), undefined);
      },
    ),
    runs,
  );
});

test('boxes are those of NaCl, in both directions', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ minLength: 24, maxLength: 24 }),
      async (message, nonce) => {
        const mine = BakeryKey.generate();
        const other = nacl.box.keyPair();
        const secretKey = plain(Buffer.from(mine.reveal().private, 'base64'));
        assert.deepEqual(mine.publicKey, plain(nacl.box.keyPair.fromSecretKey(secretKey).publicKey));
        const sealed = await mine.seal(message, nonce, other.publicKey);
        assert.deepEqual(nacl.box.open(sealed, nonce, mine.publicKey, other.secretKey), message);
        const theirs = nacl.box(message, nonce, mine.publicKey, other.secretKey);
        assert.deepEqual(await mine.open(theirs, nonce, other.publicKey), message);
        assert.equal(await BakeryKey.generate().open(theirs, nonce, other.publicKey), undefined);
      },
    ),
    { numRuns: 10 },
  );
});

test('a public key that makes every secret the same opens nothing', async () => {
  const nonce = new Uint8Array(24);
  for (const weak of [new Uint8Array(32), Uint8Array.of(1, ...new Uint8Array(31))]) {
    assert.equal(await BakeryKey.generate().open(new Uint8Array(40), nonce, weak), undefined);
  }
});

test('payloads that Go has sealed are opened', async () => {
  const thirdParty = BakeryKey.from(vectors.thirdParty);
  for (const { version, payload, isText, rootKey, namespace, condition } of vectors.payloads) {
    const bytes = Buffer.from(payload, isText ? 'utf8' : 'base64url');
    const opened = await openPayload(bytes, thirdParty);
    assert.deepEqual(
      { ...opened, rootKey: Buffer.from(opened.rootKey).toString('base64') },
      { version, condition, rootKey, namespace, firstPartyKey: BakeryKey.from(vectors.firstParty).publicKey },
    );
    await assert.rejects(openPayload(bytes, BakeryKey.generate()), /it is for another public key/);
    const broken = Uint8Array.from(bytes);
    broken[broken.length - 6] = (broken[broken.length - 6] ?? 0) ^ 1;
    await assert.rejects(openPayload(broken, thirdParty), { name: 'MacaroonError' });
  }
});

test('a payload of every version is opened by who it is for, and is built as NaCl can open it', async () => {
  const [firstParty, thirdParty] = [BakeryKey.generate(), BakeryKey.generate()];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(1 as const, 2 as const, 3 as const),
      text,
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      async (version, condition, rootKey) => {
        const options = { version, condition, rootKey, namespace: 'std:', key: firstParty };
        const payload = await sealPayload({ ...options, thirdPartyKey: thirdParty.publicKey });
        const opened = await openPayload(payload, thirdParty);
        assert.deepEqual(opened, {
          version,
          condition,
          rootKey,
          namespace: 'std:',
          firstPartyKey: firstParty.publicKey,
        });
        if (version === 1) return;
        const secretKey = plain(Buffer.from(thirdParty.reveal().private, 'base64'));
        const message = nacl.box.open(
          plain(payload.subarray(61)),
          plain(payload.subarray(37, 61)),
          plain(payload.subarray(5, 37)),
          secretKey,
        );
        assert.equal(message?.[0], version);
      },
    ),
    { numRuns: 20 },
  );
});

test('what is no payload is refused with the reason', async () => {
  const key = BakeryKey.generate();
  const rows: readonly [Uint8Array, RegExp][] = [
    [new Uint8Array(), /it begins with undefined/],
    [Uint8Array.of(9), /it begins with 9, as no known version does/],
    [Uint8Array.of(3, 0), /2 bytes are too few: most likely it is an id, whose payload was not sent along/],
    [Uint8Array.of(3, ...new Uint8Array(76)), /77 bytes are too few/],
    [Uint8Array.of(2, ...new Uint8Array(77)), /it is for another public key/],
    [new TextEncoder().encode('e***'), /it is not an object of JSON in base64/],
    [new TextEncoder().encode(btoa('{"a":1}').replace(/^./, 'e')), /MacaroonError|JSON in base64|are due/],
    [
      new TextEncoder().encode(btoa('{"ThirdPartyPublicKey":1}')),
      /ThirdPartyPublicKey: 32 bytes in base64 are due/,
    ],
  ];
  for (const [payload, message] of rows) {
    await assert.rejects(openPayload(payload, key), { name: 'MacaroonError', message });
  }
});
