import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  ArtifactError,
  downloadArtifact,
  ProtocolError,
  ReferenceRefusedError,
  ResponseError,
  ServiceError,
  type TaskclusterSession,
  taskcluster,
  uploadArtifact,
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
import { data, json, ScriptedServer, status } from '../servers/scripted.ts';

const taskId = 'fN1SbArXTPSVFNUvaOlinQ';
const name = 'public/build/a b.txt';
const latest = `GET /api/queue/v1/task/${taskId}/artifact-content/public%2Fbuild%2Fa%20b.txt`;
const ofRun = `GET /api/queue/v1/task/${taskId}/runs/1/artifact-content/public%2Fbuild%2Fa%20b.txt`;

const certificate = {
  version: 1,
  scopes: ['object:download:*', 'object:upload:*'],
  start: Date.now() - 60_000,
  expiry: Date.now() + 3_600_000,
  seed: 'JYR4wzMCTG6XeDS2cDUCMwH0RFUXGfQjK7LgqD-e6lSQ',
  signature: 'c2lnbmF0dXJl',
};
const temporary = {
  clientId: 'queue/temporary',
  accessToken: 'temporary-s3cret',
  certificate: JSON.stringify(certificate),
};

const sessionOf = (server: ScriptedServer): TaskclusterSession =>
  taskcluster({
    rootUrl: server.rootUrl,
    credentials: { clientId: 'tester', accessToken: 'no-secret' },
    authorizedScopes: ['queue:*'],
    retry: { delayMs: 1 },
  });

/** Who signed, and with what besides. */
function signer(authorization = ''): { id: string | undefined; ext: unknown } {
  const ext = /ext="([^"]*)"/.exec(authorization)?.[1];
  return {
    id: /id="([^"]*)"/.exec(authorization)?.[1],
    ext: ext === undefined ? undefined : JSON.parse(Buffer.from(ext, 'base64').toString()),
  };
}

describe('downloadArtifact', () => {
  test('an artifact in S3 is fetched from its URL, of the latest run when none is given', async () => {
    await using server = await ScriptedServer.start();
    const url = `${server.rootUrl}/bucket/key?signature=s3cret`;
    server.on('GET /bucket/key', status(500), data(hello.text));
    for (const [line, runId] of [
      [latest, undefined],
      [ofRun, 1],
      [ofRun, '1'],
    ] as const) {
      server.on(line, json({ storageType: 's3', url }));
      const { bytes, ...rest } = await downloadArtifact(sessionOf(server), { taskId, runId, name });
      assert.deepEqual(rest, {
        storageType: 's3',
        contentType: 'text/plain',
        contentLength: 10,
        hashes: hello.hashes,
      });
      assert.equal(Buffer.from(bytes).toString(), hello.text);
    }
    assert.ok(server.to('GET /bucket/key').every(({ headers }) => headers.authorization === undefined));
  });

  test('data goes to a sink, and then is not kept', async () => {
    await using server = await ScriptedServer.start();
    server
      .on(latest, json({ storageType: 's3', url: `${server.rootUrl}/bucket/key` }))
      .on('GET /bucket/key', data(hello.text));
    let text = '';
    const downloaded = await downloadArtifact(sessionOf(server), {
      taskId,
      name,
      to: () => (chunk) => {
        text += Buffer.from(chunk).toString();
      },
    });
    assert.equal(text, hello.text);
    assert.ok(!('bytes' in downloaded));
  });

  test('a bucket may redirect, a few times, and not to http from https', async () => {
    await using server = await ScriptedServer.start();
    server
      .on(latest, json({ storageType: 's3', url: `${server.rootUrl}/bucket/key` }))
      .on('GET /bucket/key', status(307, { location: '/mirror/key?a=b' }))
      .on('GET /mirror/key', status(302, { location: `${server.rootUrl}/mirror/other` }))
      .on('GET /mirror/other', data(hello.text));
    assert.equal((await downloadArtifact(sessionOf(server), { taskId, name })).contentLength, 10);

    server.on('GET /bucket/key', status(302, { location: '/bucket/key' }));
    await assert.rejects(
      downloadArtifact(sessionOf(server), { taskId, name }),
      (error) => error instanceof ResponseError && error.status === 302,
    );

    const asked: string[] = [];
    const session = taskcluster({
      rootUrl: server.rootUrl,
      async transport({ url }) {
        asked.push(url);
        const body = JSON.stringify({ storageType: 's3', url: 'https://bucket.example.com/key' });
        return url.startsWith('https:')
          ? { status: 302, headers: { location: 'http://bucket.example.com/key' }, body: new Uint8Array() }
          : { status: 200, headers: {}, body: Buffer.from(body) };
      },
    });
    await assert.rejects(
      downloadArtifact(session, { taskId, name }),
      (error) => error instanceof ResponseError && error.status === 302,
    );
    assert.deepEqual(asked.slice(1), ['https://bucket.example.com/key']);
  });

  test('an artifact in the object service is fetched with the credentials that the queue gave, and verified', async () => {
    await using server = await ScriptedServer.start();
    const startDownload = 'PUT /api/object/v1/start-download/t%2Fobject';
    server
      .on(latest, json({ storageType: 'object', name: 't/object', credentials: temporary }))
      .on(startDownload, startedDownload(server))
      .on('GET /storage/data', data(hello.text));
    const { storageType, hashes } = await downloadArtifact(sessionOf(server), { taskId, name });
    assert.equal(storageType, 'object');
    assert.deepEqual(hashes, hello.hashes);
    assert.deepEqual(signer(server.to(latest)[0]?.headers.authorization), {
      id: 'tester',
      ext: { authorizedScopes: ['queue:*'] },
    });
    assert.deepEqual(signer(server.to(startDownload)[0]?.headers.authorization), {
      id: 'queue/temporary',
      ext: { certificate },
    });

    server.on('GET /storage/data', data('something else'));
    await assert.rejects(downloadArtifact(sessionOf(server), { taskId, name }), VerificationError);
  });

  test('a reference is refused before anything is sent to it', async () => {
    await using server = await ScriptedServer.start();
    server
      .on(latest, json({ storageType: 'reference', url: `${server.rootUrl}/internal` }))
      .on('GET /internal', data(hello.text));
    await assert.rejects(downloadArtifact(sessionOf(server), { taskId, name }), (error) => {
      assert.ok(error instanceof ReferenceRefusedError && error instanceof ServiceError);
      assert.equal(error.name, 'ReferenceRefusedError');
      assert.equal(error.category, 'forbidden');
      assert.equal(error.attempts.length, 1);
      assert.match(error.message, /^GET \/api\/queue\/v1\/task\/.*: .*allowReference: true/);
      return true;
    });
    assert.equal(server.to('GET /internal').length, 0);
  });

  test('a reference is fetched when the caller allows it', async () => {
    await using server = await ScriptedServer.start();
    server
      .on(latest, json({ storageType: 'reference', url: `${server.rootUrl}/internal` }))
      .on('GET /internal', data(hello.text));
    const { storageType } = await downloadArtifact(sessionOf(server), { taskId, name, allowReference: true });
    assert.equal(storageType, 'reference');
    assert.equal(server.to('GET /internal')[0]?.headers.authorization, undefined);
  });

  test('a reference to what is not http is refused whatever the caller allows', async () => {
    await using server = await ScriptedServer.start();
    for (const url of ['file:///etc/passwd', 'ftp://example.com/a', 'http://user:pass@example.com/']) {
      server.on(latest, json({ storageType: 'reference', url }));
      await assert.rejects(
        downloadArtifact(sessionOf(server), { taskId, name, allowReference: true }),
        TypeError,
      );
    }
  });

  test('an artifact that is an error says why', async () => {
    await using server = await ScriptedServer.start();
    const reason = 'file-missing-on-worker';
    server.on(latest, json({ storageType: 'error', reason, message: 'no such file' }));
    await assert.rejects(downloadArtifact(sessionOf(server), { taskId, name }), (error) => {
      assert.ok(error instanceof ArtifactError && error instanceof ServiceError);
      assert.equal(error.name, 'ArtifactError');
      assert.equal(error.reason, reason);
      assert.match(error.message, /: the artifact is an error: file-missing-on-worker: no such file$/);
      return true;
    });
  });

  test('a way of storing that is not known is an error that names it', async () => {
    await using server = await ScriptedServer.start();
    server.on(latest, json({ storageType: 'tape' }));
    await assert.rejects(
      downloadArtifact(sessionOf(server), { taskId, name }),
      (error) => error instanceof ProtocolError && error.message.includes('"tape"'),
    );
  });

  test('an artifact that is not there is the error of the queue', async () => {
    await using server = await ScriptedServer.start();
    server.on(latest, json({ code: 'ResourceNotFound', message: 'none' }, 404));
    await assert.rejects(
      downloadArtifact(sessionOf(server), { taskId, name }),
      (error) => error instanceof ResponseError && error.category === 'not-found',
    );
  });

  test('the record of every call goes to the session when the call has nobody of its own', async () => {
    await using server = await ScriptedServer.start();
    server
      .on(latest, json({ storageType: 's3', url: `${server.rootUrl}/bucket/key?signature=s3cret` }))
      .on('GET /bucket/key', data(hello.text));
    const urls: string[] = [];
    const session = sessionOf(server).with({ onRecord: ({ url }) => urls.push(url) });
    await downloadArtifact(session, { taskId, name });
    assert.deepEqual(urls, [`${server.rootUrl}${latest.slice(4)}`, `${server.rootUrl}/bucket/key?***`]);
  });
});

describe('uploadArtifact', () => {
  const artifact = `/api/queue/v1/task/${taskId}/runs/0/artifacts/public%2Fbuild%2Fa%20b.txt`;
  const expires = inAnHour();
  const options = { taskId, runId: 0, name, contentType: 'text/plain', expires, body: hello.text };
  const created = (server: ScriptedServer, key: string, until = inAnHour()) =>
    json({
      storageType: 's3',
      putUrl: `${server.rootUrl}/bucket/${key}?signature=s3cret`,
      expires: until,
      contentType: 'text/plain; charset=utf-8',
    });

  test('the data goes to S3 with the type that the queue says', async () => {
    await using server = await ScriptedServer.start();
    server.on(`POST ${artifact}`, created(server, 'key')).on('PUT /bucket/key', status(200));
    await uploadArtifact(sessionOf(server), options);
    assert.deepEqual(server.asked(`POST ${artifact}`), {
      storageType: 's3',
      contentType: 'text/plain',
      expires,
    });
    const [put] = server.to('PUT /bucket/key');
    assert.equal(put?.body.toString(), hello.text);
    assert.equal(put?.headers['content-type'], 'text/plain; charset=utf-8');
    assert.equal(put?.headers['content-length'], '10');
  });

  test('a URL of S3 that expired between two attempts is renewed', async () => {
    await using server = await ScriptedServer.start();
    server
      .on(`POST ${artifact}`, created(server, 'first', anHourAgo()), created(server, 'second'))
      .on('PUT /bucket/first', status(503))
      .on('PUT /bucket/second', status(200));
    await uploadArtifact(sessionOf(server), options);
    assert.equal(server.to('PUT /bucket/second').length, 1);
  });

  test('the data goes to the object service with the credentials that the queue gave, and the artifact is finished', async () => {
    await using server = await ScriptedServer.start();
    const uploadId = 'Ptl5I3YWTsiF7UtpX2esLg';
    const object = {
      name: 't/object',
      projectId: 'taskcluster',
      uploadId,
      expires: '2030-01-01T00:00:00.000Z',
    };
    const createUpload = 'PUT /api/object/v1/upload/t%2Fobject';
    server
      .on(`POST ${artifact}`, json({ storageType: 'object', ...object, credentials: temporary }))
      .on(createUpload, uploadByUrl(server))
      .on('PUT /storage/data', status(200))
      .on('POST /api/object/v1/finish-upload/t%2Fobject', json({}))
      .on(`PUT ${artifact}`, json({}));
    await uploadArtifact(sessionOf(server), { ...options, storageType: 'object' });
    assert.deepEqual(
      server.received.map(({ line, headers }) => [line, signer(headers.authorization).id]),
      [
        [`POST ${artifact}`, 'tester'],
        [createUpload, 'queue/temporary'],
        ['PUT /storage/data', undefined],
        ['POST /api/object/v1/finish-upload/t%2Fobject', 'queue/temporary'],
        [`PUT ${artifact}`, 'tester'],
      ],
    );
    assert.deepEqual(server.asked(createUpload), {
      projectId: 'taskcluster',
      uploadId,
      expires: object.expires,
      proposedUploadMethods: {
        dataInline: { contentType: 'text/plain', objectData: 'SGVMbE93T3JMZA==' },
        putUrl: { contentType: 'text/plain', contentLength: 10 },
      },
    });
    assert.deepEqual(server.asked(`PUT ${artifact}`), { uploadId });
  });

  test('an upload that fails leaves the artifact unfinished', async () => {
    await using server = await ScriptedServer.start();
    server
      .on(
        `POST ${artifact}`,
        json({
          storageType: 'object',
          name: 'o',
          projectId: 'p',
          uploadId: 'u',
          expires,
          credentials: temporary,
        }),
      )
      .on('PUT /api/object/v1/upload/o', createdUpload({}));
    await assert.rejects(
      uploadArtifact(sessionOf(server), { ...options, storageType: 'object' }),
      ProtocolError,
    );
    assert.equal(server.to(`PUT ${artifact}`).length, 0);
  });

  test('a way of storing that was not asked for is an error', async () => {
    await using server = await ScriptedServer.start();
    server.on(`POST ${artifact}`, json({ storageType: 'link' }));
    await assert.rejects(uploadArtifact(sessionOf(server), options), /"link" is no way of storing/);
  });
});
