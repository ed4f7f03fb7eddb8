import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { readPacket, writePacket } from '../../runtime/src/auth/macaroon/binary-v1.ts';
import { Macaroon } from '../../runtime/src/auth/macaroon/macaroon.ts';
import { ByteReader, uvarint } from '../../runtime/src/auth/macaroon/reader.ts';
import { open } from '../../runtime/src/auth/macaroon/secretbox.ts';
import { boundSignature } from '../../runtime/src/auth/macaroon/signing.ts';
import slice from '../vectors/macaroon-slice.json' with { type: 'json' };

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const bytes = (text: string, encoding: BufferEncoding = 'base64url') =>
  new Uint8Array(Buffer.from(text, encoding));

const secret = 'this is a different super-secret key; never use the same secret twice';
const account = 'account = 3735928559';

test('signatures of the bank are the published ones, one caveat after another', async () => {
  const plain = Macaroon.create({
    rootKey: secret,
    identifier: 'we used our other secret key',
    location: 'http://mybank/',
    version: 1,
  });
  assert.equal(hex(plain.signature), 'dd8b433968690376c1f59716491db815e8eb0069d299d4e34e3135da1dacd92d');
  const restricted = plain.addFirstParty(account);
  assert.equal(hex(restricted.signature), '1434e674ad84fdfdc9bc1aa00785325c8b6d57341fc7ce200ba4680c80786dda');

  const vid =
    'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA027FAuBYhtHwJ58FX6UlVNFtFsGxQHS7uD_w_dedwv4Jjw7UorCREw5rXbRqIKhr';
  const cid = 'this was how we remind auth of key/pred';
  const signature = 'd27db2fd1f22760e4c3dae8137e2d8fc1df6c0741c18aed4b97256bf78d1f55c';
  const complete = Macaroon.from({
    location: 'http://mybank/',
    identifier: 'we used our other secret key',
    caveats: [{ cid: account }, { cid, vid, cl: 'http://auth.mybank/' }],
    signature,
  });
  const discharge = Macaroon.create({
    rootKey: '4; guaranteed random by a fair toss of the dice',
    identifier: cid,
    version: 1,
  });
  const bound = discharge.bindTo(complete);
  await complete.verify(secret, (condition) => condition === account, [bound]);
  await assert.rejects(
    complete.verify(secret, (condition) => condition === account, [discharge]),
    { name: 'MacaroonError', message: /the signature of ".*" is not what its caveats come to/ },
  );
  const [nonce, sealed] = [bytes(vid).subarray(0, 24), bytes(vid).subarray(24)];
  assert.equal(
    hex((await open(sealed, nonce, restricted.signature)) ?? new Uint8Array()),
    '7b46b7aec0ea6cf4eaf4ed0b9855ab698837c6be0ba6883ec526f1c7b997afa8',
  );
});

test('what libmacaroons writes in binary version 2 is written the same', () => {
  const plain = Macaroon.create({
    rootKey: 'this is the key',
    identifier: 'keyid',
    location: 'http://example.org/',
  });
  assert.equal(
    base64(plain.toBinary()),
    'AgETaHR0cDovL2V4YW1wbGUub3JnLwIFa2V5aWQAAAYgfN7nklEcW8b1KEhYBd_psk54XijiqZMB-dcRxgnjjvc',
  );
  const restricted = plain.addFirstParty(account);
  assert.equal(
    base64(restricted.toBinary()),
    'AgETaHR0cDovL2V4YW1wbGUub3JnLwIFa2V5aWQAAhRhY2NvdW50ID0gMzczNTkyODU1OQAABiD1SAf23G7fiL8PcwazgiVio2JTPb9zObphdl2kvSWdhw',
  );
  assert.equal(
    base64(restricted.addFirstParty('user = alice').signature),
    'S-lnzR6gxrJrr2pKlO6bBbFYhtoLqF6MQqk8jQ4SXvw',
  );
  assert.equal(restricted.caveats.length, 1, 'adding to a macaroon leaves it as it was');
});

test('signatures of version 1 are the published ones', () => {
  const plain = Macaroon.create({
    rootKey: 'secret',
    identifier: 'some id',
    location: 'a location',
    version: 1,
  });
  assert.equal(hex(plain.signature), 'd916ce6f9b62dc4a080ce5d4a660956471f19b860da4242b0852727331c1033d');
  const restricted = plain.addFirstParty('a caveat').addFirstParty('another caveat');
  assert.equal(hex(restricted.signature), 'c934e6af642ee55a4e4cfc56e07706cf1c6c94dc2192e5582943cddd88dc99d8');
});

test('a signature is bound to one of any length, as the npm package does it', () => {
  const { signature } = Macaroon.create({ rootKey: 'secret', identifier: 'some id' });
  assert.equal(
    hex(boundSignature(new TextEncoder().encode('another sig'), signature)),
    'bba29be9ed9485a594f678adad69b7071c2f353308933355fc81cfad601b8277',
  );
});

test('a discharge of a real Juju controller is bound as it wants it', () => {
  const of = (s64: string) => Macaroon.from({ i: 'x', s64 });
  const root = of('jAUuaROGZqMCjIoD-BSow9GCMlxELWNjYGArgqeLK0Q');
  const discharge = of('Jcdpeh0Nmx8f85wWyVF3w7gB1RzYNuWoNyLiCGRe5Q0');
  assert.equal(base64(discharge.bindTo(root).signature), 'AZiBA_Qhxevs54KGBgGQz59jDzMIqtCtg31Rz-v0Vcs');
  assert.deepEqual(root.bindTo(root).signature, root.signature, 'equal signatures stay as they are');
});

test('a slice that Go has made is read, written the same, and verified', async () => {
  const macaroons = Macaroon.sliceFrom(slice);
  assert.deepEqual(JSON.parse(JSON.stringify(macaroons)), slice);
  const [primary, ...discharges] = macaroons;
  assert.ok(primary);
  const told: string[] = [];
  await primary.verify('root-key', (condition) => told.push(condition) > 0, discharges);
  assert.deepEqual(told.toSorted(), ['splendid', 'top of the world', 'wonderful']);
  await assert.rejects(
    primary.verify('wrong-key', () => true, discharges),
    {
      message: 'verifying a macaroon: the key for the caveat "bob-is-great" cannot be opened',
    },
  );
});

test('the JSON that the npm package imports is imported', () => {
  const json = {
    location: 'a location',
    identifier: 'id 1',
    signature: 'e0831c334c600631bf7b860ca20c9930f584b077b8eac1f1e99c6a45d11a3d20',
    caveats: [
      { cid: 'a caveat' },
      {
        cid: '3rd question',
        vid: 'MMVAwhLcKvsgJS-SCTuhi9fMNYT9SjSePUX2q4z8y4_TpYfB82UCirA0ZICOdUb7ND_2',
        cl: '3rd loc',
      },
    ],
  };
  assert.deepEqual(JSON.parse(JSON.stringify(Macaroon.from(json))), json);
  assert.equal(Macaroon.from(JSON.stringify(json)).location, 'a location');
});

test('numbers are written as Go writes them', () => {
  const vectors: readonly [number, readonly number[]][] = [
    [0, [0]],
    [127, [127]],
    [128, [128, 1]],
    [1234567, [135, 173, 75]],
    [2147483648, [128, 128, 128, 128, 8]],
    [12131231231312, [208, 218, 233, 173, 136, 225, 2]],
  ];
  for (const [value, expected] of vectors) {
    assert.deepEqual([...uvarint(value)], expected);
    const reader = new ByteReader(Uint8Array.from(expected), 'a number');
    assert.equal(reader.uvarint(Number.MAX_SAFE_INTEGER), value);
    assert.equal(reader.left, 0);
  }
  for (const value of [-1, 0.5, 2 ** 53, Number.NaN]) assert.throws(() => uvarint(value), RangeError);
});

test('numbers that are too large, too long or broken off are refused', () => {
  const read = (...list: number[]) => new ByteReader(Uint8Array.from(list), 'it').uvarint(0x7fffffff);
  assert.throws(() => read(128, 128, 128, 128, 8), /a number in it is above 2147483647/);
  assert.throws(() => read(128, 128, 128, 128, 128, 128, 0), /too many digits/);
  assert.throws(() => read(128, 128), /it ends too early/);
  assert.throws(() => read(), /it ends too early/);
});

test('packets are as libmacaroons has them, and broken ones are told apart', () => {
  const packet = writePacket('field', new TextEncoder().encode('some data'));
  assert.equal(Buffer.from(packet).toString(), '0014field some data\n');
  const read = (text: string) => readPacket(new ByteReader(new TextEncoder().encode(text), 'it'));
  assert.equal(Buffer.from(read('0014field some data\n').data).toString(), 'some data');
  assert.throws(() => read('00'), /it ends too early: 4 bytes due, 2 left/);
  assert.throws(() => read('0014field some dat'), /it ends too early/);
  assert.throws(() => read('ffff field some data\n'), /it ends too early/);
  assert.throws(() => read('0004'), /a packet of 4 bytes, which is too small/);
  assert.throws(() => read('000bfield \n'.slice(0, 11).replace('field ', 'fields')), /without a field name/);
  assert.throws(() => read('0014field some datax'), /without a newline/);
  assert.throws(() => read('00 4field some data\n'), /no hexadecimal number/);
  assert.throws(() => read('000X field\n'), /no hexadecimal number/);
  assert.throws(
    () => writePacket('cid', new Uint8Array(0xffff)),
    /a packet holds 65535 at most; use version 2/,
  );
});

test('text or base64 is chosen as Go chooses', () => {
  const written = (identifier: string | Uint8Array) =>
    Object.keys(Macaroon.create({ rootKey: 'k', identifier }).toJSON()).find((key) => key.startsWith('i'));
  assert.equal(written('x'), 'i');
  assert.equal(written('\x00'), 'i64');
  assert.equal(written('\x03\x00'), 'i64');
  assert.equal(written(`a longer text that has only one odd character in it\x00`), 'i');
  assert.equal(written(Uint8Array.of(0xff)), 'i64');
});

test('every format is read again, from JSON, base64 of either alphabet, and bytes', () => {
  for (const version of [1, 2] as const) {
    const macaroon = Macaroon.create({ rootKey: 'k', identifier: 'id?>', location: 'here', version })
      .addFirstParty('one')
      .addFirstParty('two');
    const binary = Buffer.from(macaroon.toBinary());
    const inputs = [
      macaroon.toJSON(),
      JSON.stringify(macaroon),
      binary,
      binary.toString('base64'),
      binary.toString('base64url'),
      ` ${binary.toString('base64')}\n`,
      JSON.parse(JSON.stringify(binary.toString('base64'))),
    ];
    for (const input of inputs) assert.deepEqual(Macaroon.from(input).toBinary(), macaroon.toBinary());
    const both = [macaroon, macaroon.addFirstParty('three')];
    const slices = [
      both.map((each) => each.toJSON()),
      both.map((each) => Buffer.from(each.toBinary()).toString('base64')),
      Macaroon.sliceToBinary(both),
      Buffer.from(Macaroon.sliceToBinary(both)).toString('base64'),
      Buffer.from(JSON.stringify(both)).toString('base64'),
    ];
    for (const input of slices) {
      assert.deepEqual(
        Macaroon.sliceFrom(input).map((each) => hex(each.signature)),
        both.map((each) => hex(each.signature)),
      );
      assert.throws(() => Macaroon.from(input), { name: 'MacaroonError' });
    }
  }
});

test('what is no macaroon in JSON is refused with the reason', () => {
  const s64 = base64(new Uint8Array(32));
  const v1 = { identifier: 'i', location: 'l', signature: '00'.repeat(32), caveats: [] };
  const rows: readonly [unknown, RegExp][] = [
    [{}, /s or s64 is missing/],
    [null, /an object or a text in base64 is due/],
    [7, /an object or a text in base64 is due/],
    [[], /a list came where one is due/],
    [{ i: 'x' }, /s or s64 is missing/],
    [{ s64 }, /i or i64 is missing/],
    [{ i: 'x', i64: 'eA', s64 }, /i and i64 are both there/],
    [{ i: 'x', s: 'x', s64 }, /s and s64 are both there/],
    [{ i: 'x', s64: base64(new Uint8Array(31)) }, /the signature has 31 bytes, not 32/],
    [{ i: 'x', s64: base64(new Uint8Array(33)) }, /the signature has 33 bytes, not 32/],
    [{ i: 'x', s64: '*' }, /s64 is not base64/],
    [{ i: 5, s64 }, /i must be a text/],
    [{ i: 'x', s64, c: {} }, /c must be a list of caveats/],
    [{ i: 'x', s64, c: [1] }, /c must be a list of caveats/],
    [{ i: 'x', s64, c: [{ l: 'x' }] }, /i or i64 is missing/],
    [{ i: 'x', s64, c: [{ i: 'x', v64: '' }] }, /the verification id of a caveat is empty/],
    [{ i: 'x', s64, c: [{ i: 'x', v: 'y', v64: 'eA' }] }, /v and v64 are both there/],
    ...['', null, 'V2', 1, 3, '2'].map((v): [unknown, RegExp] => [{ v, i: 'x', s64 }, /v must be 2/]),
    [{ ...v1, signature: '00' }, /signature must be 64 hexadecimal digits/],
    [{ ...v1, signature: 'zz'.repeat(32) }, /signature must be 64 hexadecimal digits/],
    [{ ...v1, signature: 5 }, /signature must be a text/],
    [{ ...v1, identifier: undefined }, /identifier is missing/],
    [{ ...v1, caveats: [{ vid: 'eA' }] }, /cid is missing/],
    [{ ...v1, caveats: [{ cid: 'x', vid: '' }] }, /the verification id of a caveat is empty/],
    ['', /it is empty/],
    ['%%%', /neither base64 nor JSON/],
    ['{"i":', /it is not JSON/],
    ['a'.repeat(2 * 1024 * 1024), /are too many/],
    [new Uint8Array(2 * 1024 * 1024), /are too many/],
  ];
  for (const [input, message] of rows) {
    assert.throws(
      () => Macaroon.from(input),
      { name: 'MacaroonError', message },
      inspect(input).slice(0, 80),
    );
  }
});

test('what an object inherits is not taken for a part of a macaroon', () => {
  const s64 = base64(new Uint8Array(32));
  const inherited: unknown = Object.create({ i: 'x', s64 });
  assert.throws(() => Macaroon.from(inherited), /s or s64 is missing/);
  const polluting: unknown = JSON.parse(`{"__proto__":{"i":"x"},"s64":"${s64}","constructor":1}`);
  assert.throws(() => Macaroon.from(polluting), /i or i64 is missing/);
  assert.equal(Macaroon.from({ i: 'x', i64: null, s64, l: null, c: null }).caveats.length, 0);
});

function packets(...fields: readonly string[]): string {
  return fields.map((field) => `${(field.length + 5).toString(16).padStart(4, '0')}${field}\n`).join('');
}

test('what is no macaroon in binary is refused with the reason', () => {
  const signature = [6, 32, ...new Uint8Array(32)];
  const rows: readonly [readonly number[] | string, RegExp][] = [
    [[3], /it begins with 3, as no known format does/],
    [[2], /it ends too early/],
    [[2, 2, 1, 120, 0, 0, 6, 31, ...new Uint8Array(31)], /its signature has 31 bytes, not 32/],
    [[2, 2, 1, 120, 0, 0, 6, 33, ...new Uint8Array(33)], /its signature has 33 bytes, not 32/],
    [[2, 1, 1, 120, 0, 0, ...signature], /without an identifier/],
    [[2, 2, 1, 120, 2, 1, 120, 0, 0, ...signature], /fields must ascend/],
    [[2, 2, 1, 120, 1, 1, 120, 0, 0, ...signature], /fields must ascend/],
    [[2, 2, 1, 120, 4, 1, 120, 0, 0, ...signature], /a verification id in its header/],
    [[2, 2, 1, 120, 9, 1, 120, 0, 0, ...signature], /an unknown field 9/],
    [[2, 2, 1, 120, 0, 2, 1, 120, 4, 0, 0, 0, ...signature], /the verification id of a caveat is empty/],
    [[2, 1, 1, 255, 2, 1, 120, 0, 0, ...signature], /a location that is not UTF-8/],
    [[2, 2, 255, 255, 255, 255, 7, 120], /it ends too early: 2147483647 bytes due/],
    [[2, 2, 1, 120, 0, 0, 5, 1, 1], /a field 5 where its signature is due/],
    [[2, 2, 1, 120, 0, 0, ...signature, 7], /it begins with 7/],
    [packets('identifier i'), /a field "identifier" where location is due/],
    [packets('location l', 'location l'), /a field "location" where identifier is due/],
    [packets('location l', 'identifier i'), /it ends too early/],
    [packets('location l', 'identifier i', 'vid x'), /a field "vid" where cid or signature is due/],
    [packets('location l', 'identifier i', 'cid x', 'cl x', 'cl x'), /a field "cl" where/],
    [packets('location l', 'identifier i', 'cid x', 'vid ', 'cl x'), /the vid of a caveat is empty/],
    [packets('location l', 'identifier i', 'signature x'), /its signature has 1 bytes, not 32/],
  ];
  for (const [input, message] of rows) {
    const given = typeof input === 'string' ? new TextEncoder().encode(input) : Uint8Array.from(input);
    assert.throws(() => Macaroon.from(given), { name: 'MacaroonError', message }, inspect(input));
  }
});

test('version 1 takes texts only, where it is made and where it is written as JSON', () => {
  const bad = Uint8Array.of(0xff);
  assert.throws(() => Macaroon.create({ rootKey: 'k', identifier: bad, version: 1 }), /use version 2/);
  const macaroon = Macaroon.create({ rootKey: 'k', identifier: 'x', version: 1 });
  assert.throws(() => macaroon.addFirstParty(bad), /use version 2/);
});

test('inspect shows nothing of a macaroon that would help to use it', async () => {
  const macaroon = await Macaroon.create({ rootKey: 'k', identifier: 'whoami', location: 'http://here' })
    .addFirstParty('is-friend')
    .addThirdParty({ rootKey: 'other', id: 'told', location: 'http://there' });
  const shown = inspect({ macaroon }, { depth: 9, showHidden: true, getters: true });
  assert.match(shown, /Macaroon\(version 2, http:\/\/here, 2 caveats\)/);
  for (const part of ['whoami', 'is-friend', 'told', base64(macaroon.signature), hex(macaroon.signature)]) {
    assert.equal(shown.includes(part), false);
  }
  assert.doesNotMatch(shown, /Uint8Array/);
});

test('what a caller does to bytes that it got or gave changes no macaroon', () => {
  const identifier = Uint8Array.of(1, 2, 3);
  const macaroon = Macaroon.create({ rootKey: 'k', identifier }).addFirstParty('x');
  const before = base64(macaroon.toBinary());
  identifier.fill(9);
  macaroon.signature.fill(0);
  macaroon.identifier.fill(0);
  macaroon.caveats[0]?.id.fill(0);
  assert.equal(base64(macaroon.toBinary()), before);
});
