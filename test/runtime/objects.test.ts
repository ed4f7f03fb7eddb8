import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import {
  ConnectionError,
  download,
  fileSink,
  fileSource,
  type Progress,
  ProtocolError,
  type Receiver,
  ResponseError,
  taskcluster,
  upload,
  VerificationError,
} from '@fairlead/runtime/taskcluster';
import {
  anHourAgo,
  createdUpload,
  hello,
  inAnHour,
  startedDownload,
  uploadByUrl,
} from '../servers/object-service.ts';
import { RawServer } from '../servers/raw.ts';
import { type Answer, data, json, reset, ScriptedServer, status, truncated } from '../servers/scripted.ts';

const startDownload = 'PUT /api/object/v1/start-download/some%2Fobject';
const createUpload = 'PUT /api/object/v1/upload/some%2Fobject';
const finishUpload = 'POST /api/object/v1/finish-upload/some%2Fobject';
const name = 'some/object';

for (const transport of ['got', 'undici'] as const) {
  const sessionOf = (server: ScriptedServer) =>
    taskcluster({
      rootUrl: server.rootUrl,
      credentials: { clientId: 'tester', accessToken: 'no-secret' },
      transport,
      retry: { delayMs: 1 },
    });

  describe(`download over ${transport}`, () => {
    test('verified data comes with its type, its length and its hashes', async () => {
      await using server = await ScriptedServer.start();
      server.on(startDownload, startedDownload(server)).on('GET /storage/data', data(hello.text));
      const downloaded = await download(sessionOf(server), { name });
      assert.deepEqual(
        { ...downloaded, bytes: Buffer.from(downloaded.bytes).toString() },
        { contentType: 'text/plain', contentLength: 10, hashes: hello.hashes, bytes: hello.text },
      );
      assert.deepEqual(server.asked(startDownload), { acceptDownloadMethods: { getUrl: true } });
    });

    test('the call is signed, and the request of the signed URL is not', async () => {
      await using server = await ScriptedServer.start();
      server.on(startDownload, startedDownload(server)).on('GET /storage/data', data(hello.text));
      await download(sessionOf(server), { name });
      const [call, get] = server.received;
      assert.match(call?.headers.authorization ?? '', /^Hawk id="tester"/);
      assert.equal(get?.headers.authorization, undefined);
    });

    test('data without a type is application/binary', async () => {
      await using server = await ScriptedServer.start();
      server.on(startDownload, startedDownload(server)).on('GET /storage/data', data(hello.text, {}));
      assert.equal((await download(sessionOf(server), { name })).contentType, 'application/binary');
    });

    test('a 500, a hang-up and a truncated body are each followed by another attempt with a fresh sink', async () => {
      await using server = await ScriptedServer.start();
      server
        .on(startDownload, startedDownload(server))
        .on('GET /storage/data', status(500), reset, truncated, data(hello.text));
      const sinks: string[] = [];
      await download(sessionOf(server), {
        name,
        to: () => {
          const index = sinks.push('') - 1;
          const note = (what: string) => {
            sinks[index] += what;
          };
          return {
            receive: (chunk) => note(Buffer.from(chunk).toString()),
            commit: () => note(' committed'),
            discard: () => note(' discarded'),
          };
        },
      });
      assert.deepEqual(sinks, ['only this discarded', `${hello.text} committed`]);
      assert.equal(server.to('GET /storage/data').length, 4);
      assert.equal(server.to(startDownload).length, 1);
    });

    test('a 403 ends it at once, with what the storage said and without the signature', async () => {
      await using server = await ScriptedServer.start();
      const xml =
        '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message><StringToSign>s3cret</StringToSign></Error>';
      server.on(startDownload, startedDownload(server)).on('GET /storage/data', (_received, response) => {
        response.writeHead(403, { 'content-type': 'application/xml' }).end(xml);
      });
      await assert.rejects(download(sessionOf(server), { name }), (error) => {
        assert.ok(error instanceof ResponseError);
        assert.equal(error.status, 403);
        assert.equal(error.code, 'AccessDenied');
        assert.equal(
          error.message,
          `GET ${server.rootUrl}/storage/data?***: 403 AccessDenied: Request has expired`,
        );
        assert.doesNotMatch(inspect(error) + JSON.stringify(error.attempts), /s3cret/);
        return true;
      });
      assert.equal(server.to('GET /storage/data').length, 1);
    });

    test('when the attempts are used up the last answer is the error', async () => {
      await using server = await ScriptedServer.start();
      server
        .on(startDownload, startedDownload(server))
        .on('GET /storage/data', status(500), status(500), status(501));
      await assert.rejects(
        download(sessionOf(server), { name, retry: { retries: 2, delayMs: 1 } }),
        (error) => error instanceof ResponseError && error.status === 501 && error.attempts.length === 3,
      );
    });

    test('no attempt follows when there are to be no retries', async () => {
      await using server = await ScriptedServer.start();
      server.on(startDownload, startedDownload(server)).on('GET /storage/data', status(500));
      await assert.rejects(download(sessionOf(server), { name, retry: false }), ResponseError);
      assert.equal(server.to('GET /storage/data').length, 1);
    });

    test('a URL that has expired is used once, and renewed for the next attempt', async () => {
      await using server = await ScriptedServer.start();
      server
        .on(startDownload, startedDownload(server, hello.hashes, anHourAgo()))
        .on('GET /storage/data', status(500), status(500), data(hello.text));
      await download(sessionOf(server), { name });
      assert.deepEqual(
        server.received.map(({ line }) => line),
        [
          startDownload,
          'GET /storage/data',
          startDownload,
          'GET /storage/data',
          startDownload,
          'GET /storage/data',
        ],
      );
    });

    test('a renewed URL is the one that is asked', async () => {
      await using server = await ScriptedServer.start();
      const url = `${server.rootUrl}/storage/renewed`;
      server
        .on(
          startDownload,
          startedDownload(server, hello.hashes, anHourAgo()),
          json({ method: 'getUrl', url, expires: inAnHour(), hashes: hello.hashes }),
        )
        .on('GET /storage/data', status(503))
        .on('GET /storage/renewed', status(503), data(hello.text));
      await download(sessionOf(server), { name });
      assert.equal(server.to(startDownload).length, 2);
      assert.equal(server.to('GET /storage/renewed').length, 2);
    });

    test('one wrong hash among right ones fails, is not tried again and is not committed', async () => {
      await using server = await ScriptedServer.start();
      const wrong = { ...hello.hashes, sha512: '0'.repeat(128) };
      server.on(startDownload, startedDownload(server, wrong)).on('GET /storage/data', data(hello.text));
      const ends: string[] = [];
      const receiver: Receiver = {
        receive() {},
        commit: () => void ends.push('committed'),
        discard: () => void ends.push('discarded'),
      };
      await assert.rejects(download(sessionOf(server), { name, to: () => receiver }), (error) => {
        assert.ok(error instanceof VerificationError && error instanceof ProtocolError);
        assert.equal(error.name, 'VerificationError');
        assert.match(
          error.message,
          /^GET .*\/storage\/data\?\*\*\*: .*its sha512 is 5d01.*service says 0000/,
        );
        return true;
      });
      assert.deepEqual(ends, ['discarded']);
      assert.equal(server.to('GET /storage/data').length, 1);
    });

    test('data whose only hash is one that proves nothing fails', async () => {
      await using server = await ScriptedServer.start();
      for (const [hashes, given] of [
        [{ md5: '0f89c1ab4eb8bf9c9c4e1f2f52e1e1a5' }, 'knows md5 of it'],
        [{}, 'knows no hash of it'],
      ] as const) {
        server.on(startDownload, startedDownload(server, hashes)).on('GET /storage/data', data(hello.text));
        await assert.rejects(
          download(sessionOf(server), { name }),
          (error) => error instanceof VerificationError && error.message.includes(given),
        );
      }
    });

    test('one known hash is enough, and unknown ones next to it are ignored', async () => {
      await using server = await ScriptedServer.start();
      const { sha256, sha512 } = hello.hashes;
      server.on('GET /storage/data', data(hello.text));
      for (const hashes of [{ sha256 }, { sha512 }, { sha256, md5: 'whatever' }]) {
        server.on(startDownload, startedDownload(server, hashes));
        assert.equal((await download(sessionOf(server), { name })).contentLength, 10);
      }
    });

    test('compression is undone before the data is hashed', async () => {
      await using server = await ScriptedServer.start();
      server.on(startDownload, startedDownload(server));
      for (const [encoding, bytes] of [
        ['gzip', gzipSync(hello.text)],
        ['br', brotliCompressSync(hello.text)],
        ['identity', Buffer.from(hello.text)],
      ] as const) {
        server.on('GET /storage/data', data(bytes, { 'content-encoding': encoding }));
        const { bytes: got } = await download(sessionOf(server), { name });
        assert.equal(Buffer.from(got).toString(), hello.text, encoding);
      }
    });

    test('a redirect of the signed URL is refused', async () => {
      await using server = await ScriptedServer.start();
      server
        .on(startDownload, startedDownload(server))
        .on('GET /storage/data', status(302, { location: '/elsewhere' }))
        .on('GET /elsewhere', data(hello.text));
      await assert.rejects(
        download(sessionOf(server), { name }),
        (error) =>
          error instanceof ResponseError && error.status === 302 && /not be followed/.test(error.message),
      );
      assert.equal(server.to('GET /elsewhere').length, 0);
    });

    test('a part where all was due fails', async () => {
      await using server = await ScriptedServer.start();
      server.on(startDownload, startedDownload(server)).on('GET /storage/data', (_received, response) => {
        response.writeHead(206).end(hello.text);
      });
      await assert.rejects(download(sessionOf(server), { name }), ProtocolError);
    });

    test('a method that was not asked for is an error', async () => {
      await using server = await ScriptedServer.start();
      server.on(startDownload, json({ method: 'simple', url: `${server.rootUrl}/storage/data` }));
      await assert.rejects(
        download(sessionOf(server), { name }),
        (error) =>
          error instanceof ProtocolError &&
          error.message.startsWith(`${startDownload}: a download by simple`),
      );
    });

    test('an error of the service is given as it is', async () => {
      await using server = await ScriptedServer.start();
      server.on(startDownload, json({ code: 'ResourceNotFound', message: 'no such object' }, 404));
      await assert.rejects(
        download(sessionOf(server), { name }),
        (error) => error instanceof ResponseError && error.category === 'not-found',
      );
    });

    test('a storage that stops in the middle is given up, and asked again', async () => {
      await using server = await ScriptedServer.start();
      server.on(startDownload, startedDownload(server)).on(
        'GET /storage/data',
        (_received, response) => {
          response.writeHead(200, { 'content-length': '10' });
          response.write('HeLlO');
        },
        data(hello.text),
      );
      const session = sessionOf(server).with({ attemptTimeoutMs: 200 });
      assert.equal((await download(session, { name })).contentLength, 10);
    });

    test('an abort in the middle rejects with its reason and discards', async () => {
      await using server = await ScriptedServer.start();
      server.on(startDownload, startedDownload(server)).on('GET /storage/data', (_received, response) => {
        response.writeHead(200, { 'content-length': '10' });
        response.write('HeLlO');
      });
      const controller = new AbortController();
      const reason = new Error('changed my mind');
      const discarded: unknown[] = [];
      await assert.rejects(
        download(sessionOf(server), {
          name,
          signal: controller.signal,
          to: () => ({
            receive: () => controller.abort(reason),
            commit() {},
            discard: (why) => void discarded.push(why),
          }),
        }),
        (error) => error === reason,
      );
      assert.deepEqual(discarded, [reason]);
    });

    test('the time for the whole is kept, waits and all', async () => {
      await using server = await ScriptedServer.start();
      server.on(startDownload, startedDownload(server)).on('GET /storage/data', () => {});
      await assert.rejects(
        download(sessionOf(server), { name, timeoutMs: 150 }),
        (error) => error instanceof ConnectionError && error.code === 'timeout',
      );
    });

    test('an error of the sink is the error, and nothing is tried again', async () => {
      await using server = await ScriptedServer.start();
      server.on(startDownload, startedDownload(server)).on('GET /storage/data', data(hello.text));
      const full = new Error('no space left');
      await assert.rejects(
        download(sessionOf(server), {
          name,
          to: () => () => {
            throw full;
          },
        }),
        (error) => error === full,
      );
      assert.equal(server.to('GET /storage/data').length, 1);
    });

    test('200 MB pass in constant memory', async () => {
      await using server = await ScriptedServer.start();
      const block = Buffer.alloc(1 << 20, 'fairlead');
      const blocks = 200;
      const sha256 = createHash('sha256');
      for (let sent = 0; sent < blocks; sent += 1) sha256.update(block);
      server
        .on(startDownload, startedDownload(server, { sha256: sha256.digest('hex') }))
        .on('GET /storage/data', async (_received, response) => {
          response.writeHead(200, { 'content-length': String(blocks * block.length) });
          for (let sent = 0; sent < blocks; sent += 1) {
            if (!response.write(block)) await new Promise((resolve) => response.once('drain', resolve));
          }
          response.end();
        });
      const before = process.memoryUsage.rss();
      let peak = 0;
      const progress: Progress[] = [];
      const { contentLength } = await download(sessionOf(server), {
        name,
        to: () => new Writable({ write: (_chunk, _encoding, done) => void setImmediate(done) }),
        onProgress(now) {
          progress[0] = now;
          peak = Math.max(peak, process.memoryUsage.rss());
        },
      });
      assert.equal(contentLength, blocks * block.length);
      assert.deepEqual(progress, [{ transferred: contentLength, total: contentLength }]);
      assert.ok(peak - before < 100 * 2 ** 20, `it grew by ${Math.round((peak - before) / 2 ** 20)} MB`);
    });
  });

  describe(`upload over ${transport}`, () => {
    const object = (expires: Date | string = inAnHour()) => ({
      projectId: 'project',
      name,
      contentType: 'text/plain',
      expires,
    });

    test('small data goes along when the service likes that', async () => {
      await using server = await ScriptedServer.start();
      server.on(createUpload, createdUpload({ dataInline: true })).on(finishUpload, json({}));
      const expires = new Date('2030-01-02T03:04:05.678Z');
      const { uploadId, ...uploaded } = await upload(sessionOf(server), {
        ...object(expires),
        body: hello.text,
      });
      assert.match(uploadId, /^[A-Za-f][A-Za-z0-9_-]{7}[Q-T][A-Za-z0-9_-]{13}$/);
      assert.deepEqual(uploaded, { contentLength: 10, hashes: hello.hashes });
      assert.deepEqual(server.asked(createUpload), {
        projectId: 'project',
        uploadId,
        expires: '2030-01-02T03:04:05.678Z',
        proposedUploadMethods: {
          dataInline: { contentType: 'text/plain', objectData: Buffer.from(hello.text).toString('base64') },
          putUrl: { contentType: 'text/plain', contentLength: 10 },
        },
      });
      assert.deepEqual(server.asked(finishUpload), { projectId: 'project', uploadId, hashes: hello.hashes });
    });

    test('data of 8191 bytes is proposed inline, and of 8192 no more', async () => {
      await using server = await ScriptedServer.start();
      server
        .on(createUpload, uploadByUrl(server))
        .on('PUT /storage/data', status(200))
        .on(finishUpload, json({}));
      for (const [length, ways] of [
        [8191, ['dataInline', 'putUrl']],
        [8192, ['putUrl']],
      ] as const) {
        await upload(sessionOf(server), { ...object(), body: new Uint8Array(length) });
        const { proposedUploadMethods } = server.asked(createUpload) as { proposedUploadMethods: object };
        assert.deepEqual(Object.keys(proposedUploadMethods), ways);
        assert.equal(server.to('PUT /storage/data').at(-1)?.body.length, length);
      }
    });

    test('a signed URL gets the data with the headers that belong to it', async () => {
      await using server = await ScriptedServer.start();
      const headers = {
        'Content-Type': 'text/x-special',
        'Content-Length': '10',
        'Content-Encoding': 'identity',
        'x-amz-meta-a': 'b',
      };
      server
        .on(createUpload, uploadByUrl(server, headers))
        .on('PUT /storage/data', status(200))
        .on(finishUpload, json({}));
      const { hashes } = await upload(sessionOf(server), { ...object(), body: hello.text });
      assert.deepEqual(hashes, hello.hashes);
      const [put] = server.to('PUT /storage/data');
      assert.equal(put?.body.toString(), hello.text);
      for (const [header, value] of Object.entries(headers))
        assert.equal(put?.headers[header.toLowerCase()], value);
      assert.equal(put?.headers.authorization, undefined);
      assert.equal(put?.headers['transfer-encoding'], undefined);
    });

    test('the length goes along also when the service does not list it', async () => {
      await using server = await ScriptedServer.start();
      server
        .on(createUpload, uploadByUrl(server))
        .on('PUT /storage/data', status(200))
        .on(finishUpload, json({}));
      for (const body of ['', hello.text]) {
        await upload(sessionOf(server), { ...object(), body });
        assert.equal(server.to('PUT /storage/data').at(-1)?.headers['content-length'], String(body.length));
      }
    });

    test('each attempt reads the data from its beginning and hashes it anew', async () => {
      await using server = await ScriptedServer.start();
      server
        .on(createUpload, uploadByUrl(server))
        .on('PUT /storage/data', status(500), reset, status(200))
        .on(finishUpload, json({}));
      let opened = 0;
      const { hashes } = await upload(sessionOf(server), {
        ...object(),
        body: {
          contentLength: 8200,
          async *open() {
            opened += 1;
            yield Buffer.alloc(8000, 'a');
            yield Buffer.alloc(200, 'b');
          },
        },
      });
      const sent = 'a'.repeat(8000) + 'b'.repeat(200);
      assert.equal(opened, 3);
      assert.equal(hashes.sha256, createHash('sha256').update(sent).digest('hex'));
      assert.equal(server.to('PUT /storage/data').at(-1)?.body.toString(), sent);
      assert.equal(server.to(createUpload).length, 1);
    });

    test('a 403 ends it at once, and nothing is finished', async () => {
      await using server = await ScriptedServer.start();
      server
        .on(createUpload, uploadByUrl(server))
        .on('PUT /storage/data', status(403))
        .on(finishUpload, json({}));
      await assert.rejects(
        upload(sessionOf(server), { ...object(), body: hello.text }),
        (error) => error instanceof ResponseError && error.status === 403,
      );
      assert.equal(server.to('PUT /storage/data').length, 1);
      assert.equal(server.to(finishUpload).length, 0);
    });

    test('a refusal counts that comes before all of the data was taken', async () => {
      await using server = await ScriptedServer.start();
      await using storage = await RawServer.start((_request, response) => {
        response.writeHead(403).end('enough');
      });
      server.on(
        createUpload,
        createdUpload({ putUrl: { url: storage.url, expires: inAnHour(), headers: {} } }),
      );
      const block = Buffer.alloc(1 << 20);
      let opened = 0;
      let blocks = 0;
      await assert.rejects(
        upload(sessionOf(server), {
          ...object(),
          body: {
            contentLength: 100 * block.length,
            *open() {
              opened += 1;
              for (blocks = 0; blocks < 100; blocks += 1) yield block;
            },
          },
        }),
        (error) => error instanceof ResponseError && error.status === 403,
      );
      assert.equal(opened, 1);
      assert.ok(blocks < 100, `${blocks} blocks were read`);
    });

    test('a URL that expired between two attempts is renewed by the same upload', async () => {
      await using server = await ScriptedServer.start();
      const url = `${server.rootUrl}/storage/renewed`;
      const renewed = { url, expires: inAnHour(), headers: { 'x-signed': 'anew' } };
      server
        .on(
          createUpload,
          uploadByUrl(server, { 'x-signed': 'once' }, anHourAgo()),
          createdUpload({ putUrl: renewed }),
        )
        .on('PUT /storage/data', status(500))
        .on('PUT /storage/renewed', status(200))
        .on(finishUpload, json({}));
      await upload(sessionOf(server), { ...object(), body: hello.text });
      const asked = server.to(createUpload).map(({ body }) => body.toString());
      assert.equal(asked.length, 2);
      assert.equal(asked[0], asked[1]);
      assert.equal(server.to('PUT /storage/data')[0]?.headers['x-signed'], 'once');
      assert.equal(server.to('PUT /storage/renewed')[0]?.headers['x-signed'], 'anew');
    });

    test('a service that likes none of the ways is a clear error', async () => {
      await using server = await ScriptedServer.start();
      server.on(createUpload, createdUpload({}));
      await assert.rejects(
        upload(sessionOf(server), { ...object(), body: hello.text }),
        (error) =>
          error instanceof ProtocolError &&
          error.message ===
            `${createUpload}: the service accepts none of the ways to upload that were proposed`,
      );
    });

    test('a way that was not proposed is refused', async () => {
      await using server = await ScriptedServer.start();
      server.on(createUpload, createdUpload({ dataInline: true }));
      await assert.rejects(
        upload(sessionOf(server), { ...object(), body: new Uint8Array(9000) }),
        ProtocolError,
      );
    });

    test('data that is longer or shorter than it says fails, and nothing is finished', async () => {
      await using server = await ScriptedServer.start();
      server
        .on(createUpload, uploadByUrl(server))
        .on('PUT /storage/data', status(200))
        .on(finishUpload, json({}));
      for (const contentLength of [9, 11, 9000]) {
        const body = { contentLength, open: () => [Buffer.from(hello.text)] };
        await assert.rejects(
          upload(sessionOf(server), { ...object(), body }),
          (error) =>
            error instanceof TypeError && error.message.includes(`its contentLength is ${contentLength}`),
        );
      }
      assert.equal(server.to(finishUpload).length, 0);
    });

    test('an error of the source is the error, and nothing is tried again', async () => {
      await using server = await ScriptedServer.start();
      server.on(createUpload, uploadByUrl(server)).on('PUT /storage/data', status(200));
      const broken = new Error('the disk is gone');
      let opened = 0;
      await assert.rejects(
        upload(sessionOf(server), {
          ...object(),
          body: {
            contentLength: 9000,
            async *open() {
              opened += 1;
              yield Buffer.alloc(100);
              throw broken;
            },
          },
        }),
        (error) => error === broken,
      );
      assert.equal(opened, 1);
    });

    test('success before all of the data was taken is not believed', async () => {
      await using server = await ScriptedServer.start();
      const total = 64 * 2 ** 20;
      const session = taskcluster({
        rootUrl: server.rootUrl,
        async transport(request) {
          const response = { status: 200, headers: {}, body: new Uint8Array() };
          if (!request.url.includes('/api/')) return response;
          const putUrl = { url: `${server.rootUrl}/storage/data`, expires: inAnHour(), headers: {} };
          return { ...response, body: Buffer.from(JSON.stringify({ uploadMethod: { putUrl } })) };
        },
      });
      await assert.rejects(
        upload(session, { ...object(), body: { contentLength: total, open: () => [Buffer.alloc(total)] } }),
        (error) =>
          error instanceof ProtocolError && error.message.endsWith(`success after 0 of ${total} bytes`),
      );
    });

    test('another upload of the name is a conflict', async () => {
      await using server = await ScriptedServer.start();
      server.on(createUpload, json({ code: 'RequestConflict', message: 'exists' }, 409));
      await assert.rejects(
        upload(sessionOf(server), { ...object(), body: hello.text }),
        (error) => error instanceof ResponseError && error.category === 'conflict',
      );
    });

    test('an upload id of the caller is used, and finishing is tried again', async () => {
      await using server = await ScriptedServer.start();
      server.on(createUpload, createdUpload({ dataInline: true })).on(finishUpload, status(500), json({}));
      const uploadId = 'Ptl5I3YWTsiF7UtpX2esLg';
      const uploaded = await upload(sessionOf(server), { ...object(), uploadId, body: hello.text });
      assert.equal(uploaded.uploadId, uploadId);
      assert.equal(server.to(finishUpload).length, 2);
    });

    test('a storage that takes nothing more is given up, and asked again', async () => {
      await using server = await ScriptedServer.start();
      server.on(createUpload, uploadByUrl(server)).on(finishUpload, json({}));
      const session = sessionOf(server).with({ attemptTimeoutMs: 200 });
      for (const timeoutMs of [undefined, 30_000]) {
        server.on('PUT /storage/data', () => {}, status(200));
        await upload(session, { ...object(), body: hello.text, timeoutMs });
      }
      assert.equal(server.to('PUT /storage/data').length, 4);
    });

    test('a storage that begins an answer and does not end it is given up, and asked again', async () => {
      await using server = await ScriptedServer.start();
      server.on(createUpload, uploadByUrl(server)).on(finishUpload, json({}));
      const session = sessionOf(server).with({ attemptTimeoutMs: 200 });
      const unfinished: Answer = (_received, response) => {
        response.writeHead(200, { 'content-length': '1000' }).write('x');
      };
      server.on('PUT /storage/data', unfinished, status(200));
      await upload(session, { ...object(), body: hello.text });
      assert.equal(server.to('PUT /storage/data').length, 2);
    });

    test('the time for the whole is kept also while data moves', async () => {
      await using server = await ScriptedServer.start();
      server.on(createUpload, uploadByUrl(server)).on('PUT /storage/data', status(200));
      const body = {
        contentLength: 100_000,
        async *open() {
          for (let part = 0; part < 100; part += 1) {
            await new Promise((resolve) => setTimeout(resolve, 50));
            yield Buffer.alloc(1000);
          }
        },
      };
      await assert.rejects(
        upload(sessionOf(server), { ...object(), body, timeoutMs: 300 }),
        (error) => error instanceof ConnectionError && error.code === 'timeout',
      );
    });

    test('an upload that moves may take longer than an attempt', async () => {
      await using server = await ScriptedServer.start();
      server
        .on(createUpload, uploadByUrl(server))
        .on('PUT /storage/data', status(200))
        .on(finishUpload, json({}));
      const session = sessionOf(server).with({ attemptTimeoutMs: 150 });
      const body = {
        contentLength: 9000,
        async *open() {
          for (let part = 0; part < 9; part += 1) {
            await new Promise((resolve) => setTimeout(resolve, 50));
            yield Buffer.alloc(1000);
          }
        },
      };
      await upload(session, { ...object(), body });
      assert.equal(server.to('PUT /storage/data').length, 1);
    });

    test('an abort in the middle rejects with its reason', async () => {
      await using server = await ScriptedServer.start();
      server.on(createUpload, uploadByUrl(server)).on('PUT /storage/data', () => {});
      const controller = new AbortController();
      const reason = new Error('changed my mind');
      await assert.rejects(
        upload(sessionOf(server), {
          ...object(),
          body: hello.text,
          signal: controller.signal,
          onProgress: () => controller.abort(reason),
        }),
        (error) => error === reason,
      );
    });

    test('every call that was made is recorded, and no record shows a signature', async () => {
      await using server = await ScriptedServer.start();
      server
        .on(createUpload, uploadByUrl(server, { 'x-signature': 's3cret' }))
        .on('PUT /storage/data', status(500), status(200))
        .on(finishUpload, json({}));
      const records: string[] = [];
      await upload(sessionOf(server), {
        ...object(),
        body: hello.text,
        onRecord: (record) => {
          records.push(`${record.method} ${new URL(record.url).pathname} ${record.attempts.length}`);
          assert.doesNotMatch(JSON.stringify(record), /s3cret|mac=/);
        },
      });
      assert.deepEqual(records, [`${createUpload} 1`, 'PUT /storage/data 2', `${finishUpload} 1`]);
    });

    test('200 MB pass in constant memory', async () => {
      await using server = await ScriptedServer.start();
      const block = Buffer.alloc(1 << 20, 'fairlead');
      const contentLength = 200 * block.length;
      let taken = 0;
      const session = sessionOf(server);
      await using storage = await RawServer.start((request, response) => {
        request.on('data', (chunk: Uint8Array) => {
          taken += chunk.byteLength;
        });
        request.on('end', () => response.end());
      });
      const putUrl = { url: storage.url, expires: inAnHour(), headers: {} };
      server.on(createUpload, createdUpload({ putUrl })).on(finishUpload, json({}));
      const before = process.memoryUsage.rss();
      let peak = 0;
      await upload(session, {
        ...object(),
        body: {
          contentLength,
          *open() {
            for (let sent = 0; sent < contentLength; sent += block.length) yield block;
          },
        },
        onProgress: () => {
          peak = Math.max(peak, process.memoryUsage.rss());
        },
      });
      assert.equal(taken, contentLength);
      assert.ok(peak - before < 100 * 2 ** 20, `it grew by ${Math.round((peak - before) / 2 ** 20)} MB`);
    });
  });
}

describe('files', () => {
  const withFolder = async (use: (folder: string) => Promise<void>) => {
    const folder = await mkdtemp(join(tmpdir(), 'fairlead-'));
    try {
      await use(folder);
    } finally {
      await rm(folder, { recursive: true });
    }
  };

  test('a file goes up and comes down whole', () =>
    withFolder(async (folder) => {
      await using server = await ScriptedServer.start();
      const session = taskcluster({ rootUrl: server.rootUrl });
      const text = 'line\n'.repeat(100_000);
      await writeFile(join(folder, 'up'), text);
      server
        .on(createUpload, uploadByUrl(server))
        .on('PUT /storage/data', status(200))
        .on(finishUpload, json({}));
      const { hashes, contentLength } = await upload(session, {
        projectId: 'project',
        name,
        contentType: 'text/plain',
        expires: inAnHour(),
        body: await fileSource(join(folder, 'up')),
      });
      assert.equal(contentLength, text.length);
      const [put] = server.to('PUT /storage/data');
      assert.equal(put?.body.toString(), text);

      server
        .on(startDownload, startedDownload(server, hashes))
        .on('GET /storage/data', truncated, data(text));
      await writeFile(join(folder, 'down'), 'what was there before');
      await download(session, { name, to: fileSink(join(folder, 'down')) });
      assert.equal(await readFile(join(folder, 'down'), 'utf8'), text);
      assert.deepEqual((await readdir(folder)).sort(), ['down', 'up']);
    }));

  test('a file that could not be verified is not there, and what was there before is', () =>
    withFolder(async (folder) => {
      await using server = await ScriptedServer.start();
      server.on(startDownload, startedDownload(server)).on('GET /storage/data', data('something else'));
      const file = join(folder, 'down');
      await writeFile(file, 'before');
      await assert.rejects(
        download(taskcluster({ rootUrl: server.rootUrl }), { name, to: fileSink(file) }),
        VerificationError,
      );
      assert.equal(await readFile(file, 'utf8'), 'before');
      assert.deepEqual(await readdir(folder), ['down']);
    }));

  test('a folder is no file to upload', () =>
    withFolder(async (folder) => {
      await assert.rejects(fileSource(folder), /is not a regular file/);
      await assert.rejects(fileSource(join(folder, 'missing')), { code: 'ENOENT' });
    }));
});

describe('streams', () => {
  test('a Writable and a WritableStream are ended when the data is right, and destroyed when it is not', async () => {
    await using server = await ScriptedServer.start();
    const session = taskcluster({ rootUrl: server.rootUrl });
    for (const [text, end] of [
      [hello.text, 'ended'],
      ['something else', 'destroyed'],
    ] as const) {
      server.on(startDownload, startedDownload(server)).on('GET /storage/data', data(text));
      const seen: string[] = [];
      const node = () =>
        new Writable({
          write: (chunk, _encoding, done) => done(void seen.push(String(chunk)) as undefined),
          final: (done) => done(void seen.push('ended') as undefined),
          destroy: (_error, done) => {
            if (!seen.includes('ended')) seen.push('destroyed');
            done(null);
          },
        });
      const web = () =>
        new WritableStream<Uint8Array>({
          write: (chunk) => void seen.push(Buffer.from(chunk).toString()),
          close: () => void seen.push('ended'),
          abort: () => void seen.push('destroyed'),
        });
      for (const to of [node, web]) {
        await download(session, { name, to }).catch((error) => assert.ok(error instanceof VerificationError));
        assert.deepEqual(seen.splice(0), [text, end]);
      }
    }
  });

  test('a Writable that fails is the error', async () => {
    await using server = await ScriptedServer.start();
    server.on(startDownload, startedDownload(server)).on('GET /storage/data', data(hello.text));
    const broken = new Error('closed');
    await assert.rejects(
      download(taskcluster({ rootUrl: server.rootUrl }), {
        name,
        to: () => new Writable({ write: (_chunk, _encoding, done) => done(broken) }),
      }),
      (error) => error === broken,
    );
  });
});
