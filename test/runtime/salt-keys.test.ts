import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { ProtocolError, salt } from '../../runtime/src/services/salt/index.ts';
import { type Answer, Loopback, rejection } from './salt-netapi.ts';

/** An entry of a tar archive, with a size that may be a lie. */
function entry(name: string, content: string, size = content.length, kind = '0'): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write(kind, 156);
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  body.write(content);
  return Buffer.concat([header, body]);
}

const archive =
  (...parts: readonly Buffer[]): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/x-tar' }).end(Buffer.concat(parts));
  };

const [pub, pem] = ['-----BEGIN PUBLIC KEY-----\n', `-----BEGIN RSA PRIVATE KEY-----\n${'x'.repeat(1600)}\n`];

test('the keys of a new minion come out of an archive, and are not shown', async () => {
  await using server = await Loopback.start();
  server.on('POST /keys', archive(entry('minion.pub', pub), entry('minion.pem', pem), Buffer.alloc(1024)));
  await using session = server.session();
  const keys = await session.createKeys({ mid: 'm2', keysize: 4096, force: true });
  assert.deepEqual([keys.publicKey, keys.privateKey], [pub, pem]);
  assert.doesNotMatch(inspect(keys, { depth: 9, showHidden: true }) + JSON.stringify(keys), /PRIVATE KEY/);
  const credentials = { username: 'tester', password: 'hush', eauth: 'auto' };
  assert.deepEqual(server.sent('POST /keys'), { ...credentials, mid: 'm2', keysize: 4096, force: true });
  assert.equal(server.asked.length, 1);
});

test('an archive that lies, or is none, is refused', async () => {
  await using server = await Loopback.start();
  const whole = Buffer.concat([entry('minion.pub', pub), entry('minion.pem', pem)]);
  const bad = [
    whole.subarray(0, 1400),
    entry('minion.pub', pub),
    Buffer.concat([entry('minion.pub', pub, 10 ** 9), entry('minion.pem', pem)]),
    Buffer.concat([entry('minion.pub', pub), entry('minion.pem', pem, pem.length, '2')]),
    Buffer.from('no archive at all'),
    Buffer.alloc(0),
  ];
  await using session = server.session();
  for (const each of bad) {
    server.on('POST /keys', archive(each));
    const error = await rejection(session.createKeys({ mid: 'm2' }), ProtocolError);
    assert.equal(
      error.message,
      'POST /keys: an answer that is not an archive with minion.pub and minion.pem',
    );
  }
});

test('where no keys can be made, nothing is sent', async () => {
  for (const netapi of ['tornado', 'wsgi'] as const) {
    await using server = await Loopback.start();
    await using session = server.session({ netapi });
    await assert.rejects(session.createKeys({ mid: 'm2' }), {
      name: 'NetapiError',
      message: `rest_${netapi} can't make keys of minions: rest_cherrypy can`,
    });
    assert.deepEqual(server.asked, []);
  }
});

test('keys need credentials and a name', async () => {
  const url = 'http://127.0.0.1:1';
  await assert.rejects(salt({ url }).createKeys({ mid: 'm' }), { name: 'TypeError', message: /credentials/ });
  await assert.rejects(salt({ url, token: 'abc' }).createKeys({ mid: '' }), {
    name: 'TypeError',
    message: /mid/,
  });
});
