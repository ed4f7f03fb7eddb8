import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { ConnectionError, ProtocolError, ResponseError } from '../../runtime/src/errors.ts';
import { RpcError } from '../../runtime/src/rpc/rpc-error.ts';
import { downloadBackup } from '../../runtime/src/services/juju/http/backups.ts';
import { downloadCharm, uploadCharm } from '../../runtime/src/services/juju/http/charms.ts';
import type { Download } from '../../runtime/src/services/juju/http/download.ts';
import { dischargeInfoOf, readJujuError } from '../../runtime/src/services/juju/http/error-body.ts';
import { health } from '../../runtime/src/services/juju/http/health.ts';
import { downloadObject } from '../../runtime/src/services/juju/http/objects.ts';
import {
  downloadResource,
  downloadUnitResource,
  uploadResource,
} from '../../runtime/src/services/juju/http/resources.ts';
import { downloadTools, uploadTools } from '../../runtime/src/services/juju/http/tools.ts';
import { rejection } from '../servers/endpoint.ts';
import { type Answering, JujuServer, json, model } from './juju-streams-host.ts';

const data = Buffer.from('a charm, or so it says');
const sha256 = createHash('sha256').update(data).digest('hex');
const sha384 = createHash('sha384').update(data).digest('hex');

/** A function that gives the data in two pieces, and how often it was called. */
function streamed(bytes: Uint8Array) {
  let calls = 0;
  async function* open() {
    calls += 1;
    yield bytes.subarray(0, 5);
    yield bytes.subarray(5);
  }
  return { open, calls: () => calls };
}

async function text(body: Download): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

const bytes: Answering = (response) => {
  response.writeHead(200, { 'content-type': 'application/zip', 'content-length': data.length }).end(data);
};

test('a charm is sent by its hash', async () => {
  await using server = await JujuServer.start();
  server.answer = json({ 'charm-url': 'local:amd64/jammy/my-charm-3' }, 200, { 'juju-curl': 'x' });
  const { open, calls } = streamed(data);
  const charm = { name: 'my-charm', architecture: 'amd64', series: 'jammy', revision: 2 };
  assert.deepEqual(await uploadCharm(server, { ...charm, body: open }), {
    url: 'local:amd64/jammy/my-charm-3',
    sha256,
  });
  assert.deepEqual(server.lines, [`PUT /model-${model}/charms/my-charm-${sha256.slice(0, 7)}`]);
  const [sent] = server.requests;
  assert.deepEqual(sent?.body, data);
  assert.equal(sent?.headers['content-type'], 'application/zip');
  assert.equal(sent?.headers['content-length'], String(data.length));
  assert.equal(sent?.headers['juju-curl'], 'local:amd64/jammy/my-charm-2');
  assert.equal(calls(), 2);
});

test('a charm without a name is neither sent nor had by it', async () => {
  await using server = await JujuServer.start();
  const missing = await rejection(uploadCharm(server, { name: '', body: data }), TypeError);
  assert.match(missing.message, /^which charm to upload: give its name/);
  assert.throws(
    () => downloadCharm(server, { name: '', sha256 }),
    /^TypeError: which charm to download: give/,
  );
  assert.deepEqual(server.lines, []);
});

test('data whose hash and length are known is read once, and a wrong hash is found before it is sent', async () => {
  await using server = await JujuServer.start();
  server.answer = json({ 'charm-url': 'local:my-charm-0' });
  const { open, calls } = streamed(data);
  await uploadCharm(server, {
    name: 'my-charm',
    body: { open, sha256: sha256.toUpperCase(), contentLength: data.length },
  });
  assert.equal(calls(), 1);
  const wrong = (body: object) => uploadCharm(server, { name: 'x', body: { open, ...body } });
  await assert.rejects(
    wrong({ sha256: '0'.repeat(64) }),
    /has the sha256 [0-9a-f]+, and was said to have 0+$/,
  );
  await assert.rejects(wrong({ contentLength: 3 }), /has 22 bytes, and was said to have 3/);
  await assert.rejects(wrong({ sha256: 'abc' }), /sha256 must be 64 hexadecimal digits/);
  await assert.rejects(wrong({ contentLength: -1 }), /contentLength must be a whole number/);
  assert.equal(server.lines.length, 1);
});

test('an abort ends an upload whose data does not come', async () => {
  await using server = await JujuServer.start();
  const controller = new AbortController();
  async function* stuck() {
    controller.abort(new Error('enough'));
    yield await new Promise<Uint8Array>(() => {});
  }
  const { signal } = controller;
  await assert.rejects(uploadCharm(server, { name: 'x', body: stuck }, { signal }), /^Error: enough$/);
  assert.deepEqual(server.lines, []);
});

test('a controller without the route by hash gets the charm by query', async () => {
  await using server = await JujuServer.start();
  for (const status of [404, 405]) {
    server.lines.length = 0;
    server.answer = (response, request, body) =>
      request.method === 'PUT'
        ? void response.writeHead(status).end()
        : json({ 'charm-url': 'local:jammy/my-charm-0' })(response, request, body);
    const charm = { name: 'my-charm', series: 'jammy', body: streamed(data).open };
    assert.equal((await uploadCharm(server, charm)).url, 'local:jammy/my-charm-0');
    assert.deepEqual(server.lines, [
      `PUT /model-${model}/charms/my-charm-${sha256.slice(0, 7)}`,
      `POST /model/${model}/charms?series=jammy&schema=local&revision=0`,
    ]);
    assert.deepEqual(server.requests.at(-1)?.body, data);
  }
  server.answer = json({ error: 'no', 'error-code': 'forbidden' }, 403);
  const refused = await rejection(uploadCharm(server, { name: 'my-charm', body: data }), ResponseError);
  assert.equal(refused.category, 'forbidden');
  server.answer = (response) => void response.writeHead(404).end();
  await rejection(uploadCharm(server, { name: 'my-charm', body: data, route: 'hash' }), ResponseError);
  assert.match(server.lines.at(-1) ?? '', /^PUT/);
  server.answer = json({});
  const odd = await rejection(uploadCharm(server, { name: 'my-charm', body: data }), ProtocolError);
  assert.match(odd.message, /an answer without the URL of the charm/);
});

test('a charm is had by hash, and verified, or by its URL', async () => {
  await using server = await JujuServer.start();
  server.answer = bytes;
  const charm = await downloadCharm(server, { name: 'my-charm', sha256 });
  assert.deepEqual([charm.contentLength, charm.contentType], [data.length, 'application/zip']);
  assert.equal(await text(charm), data.toString());
  await text(await downloadCharm(server, { name: 'my-charm', sha256: sha256.slice(0, 7) }));
  await text(await downloadCharm(server, { url: 'ch:amd64/mysql-8' }));
  assert.deepEqual(server.lines, [
    `GET /model-${model}/charms/my-charm-${sha256.slice(0, 7)}`,
    `GET /model-${model}/charms/my-charm-${sha256.slice(0, 7)}`,
    `GET /model/${model}/charms?url=ch%3Aamd64%2Fmysql-8&file=%2A`,
  ]);

  const other = await downloadCharm(server, { name: 'my-charm', sha256: '0'.repeat(64) });
  await rejection(text(other), ProtocolError);
  assert.throws(
    () => downloadCharm(server, { name: 'my-charm' }),
    /give its url, or its name and its sha256/,
  );
  assert.throws(() => downloadCharm(server, { name: 'x', sha256: 'zz' }), /sha256 must be 64 hexadecimal/);

  server.lines.length = 0;
  server.answer = (response, request, body) =>
    request.url?.startsWith('/model-') ? void response.writeHead(405).end() : bytes(response, request, body);
  await text(await downloadCharm(server, { name: 'my-charm', sha256, url: 'local:my-charm-0' }));
  assert.equal(server.lines.length, 2);
});

const resource = {
  id: 'mysql/data',
  name: 'data',
  application: 'mysql',
  fingerprint: Buffer.from(sha384, 'hex').toString('base64'),
  size: data.length,
  timestamp: '2026-01-02T03:04:05Z',
};

test('a resource is sent with its hash, its length and the name of its file', async () => {
  await using server = await JujuServer.start();
  server.answer = json({ resource });
  const upload = { application: 'mysql', name: 'data', body: streamed(data).open, filename: 'data "1".zip' };
  const stored = await uploadResource(server, { ...upload, pendingId: 'p-1' });
  assert.deepEqual(Buffer.from(stored.fingerprint).toString('hex'), sha384);
  assert.deepEqual(stored.timestamp, new Date('2026-01-02T03:04:05Z'));
  assert.deepEqual(server.lines, [`PUT /model/${model}/applications/mysql/resources/data?pendingid=p-1`]);
  const { headers, body } = server.requests[0] ?? assert.fail('nothing was sent');
  assert.deepEqual(body, data);
  assert.equal(headers['content-sha384'], sha384);
  assert.equal(headers['content-type'], 'application/octet-stream');
  assert.equal(headers['content-disposition'], 'form-data; filename="data \\"1\\".zip"');

  const long = `${'grün-'.repeat(20)}\r\nx: y.zip`;
  await uploadResource(server, { ...upload, filename: long });
  const { 'content-disposition': disposition = '' } = server.requests[1]?.headers ?? {};
  const words = /^form-data; filename="(.*)"$/.exec(disposition)?.[1]?.split(' ') ?? [];
  assert.ok(words.length > 1 && words.every((word) => word.length <= 75));
  const decoded = words.map((word) => Buffer.from(/^=\?utf-8\?b\?(.*)\?=$/.exec(word)?.[1] ?? '', 'base64'));
  assert.equal(Buffer.concat(decoded).toString(), long);
});

test('a resource that is refused in an answer with 200 is an error all the same', async () => {
  await using server = await JujuServer.start();
  server.answer = json({ resource: {}, error: { message: 'too big', code: 'quota limit exceeded' } });
  const upload = { application: 'mysql', name: 'data', body: data, filename: 'x' };
  const error = await rejection(uploadResource(server, upload), RpcError);
  assert.equal(error.code, 'quota limit exceeded');
  server.answer = json({});
  await rejection(uploadResource(server, upload), ProtocolError);
});

test('resources, tools, objects and backups are had as they come', async () => {
  await using server = await JujuServer.start({ transport: 'undici' });
  server.answer = bytes;
  const downloads = [
    await downloadResource(server, { application: 'mysql', name: 'data' }),
    await downloadUnitResource(server, { unit: 'my-app/0', name: 'data' }),
    await downloadTools(server, { version: '4.0.15-ubuntu-amd64' }),
    await downloadObject(server, sha256),
    await downloadBackup(server, 'backup-1.tar.gz'),
  ];
  for (const download of downloads) assert.equal(await text(download), data.toString());
  assert.deepEqual(server.lines, [
    `GET /model/${model}/applications/mysql/resources/data`,
    `GET /model/${model}/units/unit-my-app-0/resources/data`,
    'GET /tools/4.0.15-ubuntu-amd64',
    `GET /model-${model}/objects/${sha256}`,
    `GET /model/${model}/backups`,
  ]);
  assert.equal(server.requests.at(-1)?.body.toString(), '{"id":"backup-1.tar.gz"}');
  await rejection(text(await downloadObject(server, '0'.repeat(64))), ProtocolError);
  assert.throws(() => downloadObject(server, 'abc'), /64 hexadecimal digits/);
  server.model = undefined;
  assert.throws(() => downloadBackup(server, 'x'), /the session is with the controller only/);
});

test('a download that breaks off is an error', async () => {
  await using server = await JujuServer.start();
  server.answer = (response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('some of it', () => response.destroy());
  };
  const download = await downloadResource(server, { application: 'mysql', name: 'data' });
  assert.equal(download.contentLength, 1000);
  const error = await rejection(text(download), ConnectionError);
  assert.equal(error.code, 'truncated');
});

test('tools are sent, and what became of them is told', async () => {
  await using server = await JujuServer.start();
  const tools = [{ version: '4.0.15-ubuntu-amd64', url: 'https://x/tools', sha256, size: data.length }];
  server.answer = json({ tools });
  const upload = { version: '4.0.15-ubuntu-amd64', body: streamed(data).open };
  assert.deepEqual(await uploadTools(server, upload), tools);
  assert.deepEqual(server.lines, [`POST /model/${model}/tools?binaryVersion=4.0.15-ubuntu-amd64`]);
  assert.equal(server.requests[0]?.headers['content-type'], 'application/x-tar-gz');
  assert.equal(server.requests[0]?.headers['content-length'], String(data.length));
  server.answer = json({ error: { message: 'no space', code: '' } });
  await rejection(uploadTools(server, upload), RpcError);
});

test('what is nothing to upload is told before anything is sent', async () => {
  await using server = await JujuServer.start();
  for (const body of [Object('a path'), Object({ contentLength: 5, sha256, sha384 })]) {
    const uploads = [
      uploadTools(server, { version: '4.0.15-ubuntu-amd64', body }),
      uploadCharm(server, { name: 'x', body }),
      uploadResource(server, { application: 'a', name: 'x', filename: 'x', body }),
    ];
    for (const upload of uploads) {
      await assert.rejects(upload, { name: 'TypeError', message: /^what is uploaded must be bytes/ });
    }
  }
  assert.deepEqual(server.lines, []);
});

test('a controller says how it is, also when it is not well', async () => {
  await using server = await JujuServer.start();
  server.answer = (response) => void response.end('running\n');
  assert.deepEqual(await health(server), { healthy: true, status: 'running' });
  server.answer = (response) => void response.writeHead(503).end('starting\n');
  assert.deepEqual(await health(server), { healthy: false, status: 'starting' });
});

test('each of the three bodies of an error is understood, and texts by their status', async () => {
  const asJson = { 'content-type': 'application/json' };
  const error = { message: 'application "x" not found', code: 'not found', info: { secret: 'macaroon' } };
  const same = { code: 'not found', category: 'not-found', message: 'application "x" not found' };
  assert.deepEqual(readJujuError(404, asJson, { error }), same);
  assert.deepEqual(readJujuError(404, asJson, error), same);
  assert.deepEqual(
    readJujuError(404, asJson, { error: error.message, 'error-code': error.code, 'error-info': error.info }),
    same,
  );
  // A text that says nothing more than its status.
  const typed = [401, 403, 404, 405].map(
    (status) => readJujuError(status, { 'content-type': 'text/plain' }, 'no\n').code,
  );
  assert.deepEqual(typed, ['unauthorized access', 'forbidden', 'not found', 'method not allowed']);
  assert.deepEqual(readJujuError(502, {}, 'bad gateway'), { message: 'bad gateway' });
  assert.deepEqual(readJujuError(500, asJson, { error: { message: 'boom', code: '' } }), {
    message: 'boom',
    lasting: true,
  });
  assert.equal(
    readJujuError(500, asJson, { error: { message: 'x', code: 'upgrade in progress' } }).lasting,
    undefined,
  );
  assert.equal(readJujuError(404, asJson, null).message, 'null');
  assert.equal(readJujuError(401, asJson, { __proto__: { error } }).code, 'unauthorized access');
});

test('an answer that asks for macaroons tells which', () => {
  const info = { macaroon: { identifier: 'a' }, 'bakery-macaroon': { m: {} }, 'macaroon-path': '/' };
  const { 'macaroon-path': _, ...wanted } = info;
  assert.deepEqual(
    dischargeInfoOf({ error: { message: 'x', code: 'macaroon discharge required', info } }),
    wanted,
  );
  assert.equal(dischargeInfoOf({ error: { message: 'x', code: 'unauthorized access', info } }), undefined);
  assert.equal(dischargeInfoOf({ error: { message: 'x', code: 'macaroon discharge required' } }), undefined);
  assert.equal(dischargeInfoOf('text'), undefined);
});

test('an error that is certain to stay is not asked about again', async () => {
  await using server = await JujuServer.start();
  server.answer = json({ error: { message: 'boom', code: '' } }, 500);
  const error = await rejection(downloadObject(server, sha256), ResponseError);
  assert.equal(error.message, `GET /model-${model}/objects/${sha256}: 500: boom`);
  assert.equal(server.lines.length, 1);
});
