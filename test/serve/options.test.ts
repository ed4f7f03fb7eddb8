import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { serve } from '@fairlead/codegen/serve';
import { callSigned, jsonOf } from './signed.ts';

const expires = '2999-01-01T00:00:00.000Z';

describe('the options of a stand-in', () => {
  test('clients of one’s own take the place of the default one, each with its scopes', async () => {
    const admin = { clientId: 'admin', accessToken: 'a'.repeat(44) };
    const reader = { clientId: 'reader', accessToken: 'b'.repeat(44), scopes: ['secrets:list-secrets'] };
    await using service = await serve('taskcluster', { credentials: [admin, reader] });
    assert.deepEqual(service.credentials, admin);
    const as = (credentials: typeof admin, path: string) =>
      callSigned(service, { verb: 'GET', path, credentials });
    assert.equal((await as(admin, '/api/auth/v1/clients/reader')).status, 200);
    assert.equal((await as(reader, '/api/secrets/v1/secrets')).status, 200);
    assert.equal((await as(reader, '/api/auth/v1/clients/reader')).status, 403);
    service.reset();
    assert.equal((await as(reader, '/api/secrets/v1/secrets')).status, 200);
  });

  test('a page size holds for all lists, also without a limit', async () => {
    await using service = await serve('taskcluster', { pageSize: 2 });
    for (const name of ['a', 'b', 'c']) {
      const path = `/api/secrets/v1/secret/${name}`;
      await callSigned(service, { verb: 'PUT', path, body: { secret: {}, expires } });
    }
    const list = (path: string) => jsonOf<object>(callSigned(service, { verb: 'GET', path }));
    assert.partialDeepStrictEqual(await list('/api/secrets/v1/secrets'), { secrets: ['a', 'b'] });
    assert.partialDeepStrictEqual(await list('/api/secrets/v1/secrets?limit=900'), { secrets: ['a', 'b'] });
    assert.ok('continuationToken' in (await list('/api/queue/v1/provisioners')));
    await assert.rejects(serve('taskcluster', { pageSize: 0 }), { name: 'InputError', message: /pageSize/ });
  });

  test('a port that is taken is said to be', async () => {
    await using service = await serve('taskcluster');
    const port = Number(new URL(service.url).port);
    await assert.rejects(serve('taskcluster', { port }), {
      name: 'InputError',
      message: new RegExp(`port ${port} is taken`),
    });
  });

  test('closing it twice is as good as once', async () => {
    const service = await serve('taskcluster');
    await service.close();
    await service.close();
    await assert.rejects(fetch(service.url));
  });
});

describe('URLs of files', () => {
  const upload = {
    projectId: 'p',
    uploadId: 'fN1SbArXTPSVFNUvaOlinQ',
    expires,
    proposedUploadMethods: { putUrl: { contentType: 'text/plain', contentLength: 5 } },
  };
  interface Upload {
    readonly uploadMethod: {
      readonly putUrl: { readonly url: string; readonly headers: Record<string, string> };
    };
  }

  test('an upload must be what it was announced to be', async () => {
    await using service = await serve('taskcluster');
    const create = { verb: 'PUT', path: '/api/object/v1/upload/x', body: upload };
    const { url, headers } = (await jsonOf<Upload>(callSigned(service, create))).uploadMethod.putUrl;
    assert.deepEqual(headers, {
      'Content-Type': 'text/plain',
      'Content-Length': '5',
      'Content-Encoding': 'identity',
    });
    const { 'Content-Length': _, ...sent } = headers;
    const put = async (body: string, more: object = {}) =>
      (await fetch(url, { method: 'PUT', headers: { ...sent, ...more }, body })).status;
    assert.equal(await put('hello', { 'Content-Type': 'text/html' }), 403);
    assert.equal(await put('hello', { 'Content-Encoding': 'gzip' }), 403);
    assert.equal(await put('hello!'), 403);
    assert.equal((await fetch(url)).status, 404);
    assert.equal(await put('hello'), 200);
    assert.equal(await (await fetch(url)).text(), 'hello');
  });

  test('they expire, and asking again gives a fresh one', async () => {
    await using service = await serve('taskcluster', { storageUrlTtlMs: 1 });
    const create = { verb: 'PUT', path: '/api/object/v1/upload/x', body: upload };
    const first = (await jsonOf<Upload>(callSigned(service, create))).uploadMethod.putUrl;
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal((await fetch(first.url)).status, 403);
    const second = (await jsonOf<Upload>(callSigned(service, create))).uploadMethod.putUrl;
    assert.notEqual(second.url, first.url);
  });

  test('who can not take what the object service offers is told what there is', async () => {
    await using service = await serve('taskcluster');
    const body = {
      ...upload,
      proposedUploadMethods: { dataInline: { contentType: 'text/plain', objectData: 'aGVsbG8=' } },
    };
    await callSigned(service, { verb: 'PUT', path: '/api/object/v1/upload/x', body });
    const finish = { projectId: 'p', uploadId: upload.uploadId };
    await callSigned(service, { verb: 'POST', path: '/api/object/v1/finish-upload/x', body: finish });
    const start = (acceptDownloadMethods: object) =>
      callSigned(service, {
        verb: 'PUT',
        path: '/api/object/v1/start-download/x',
        body: { acceptDownloadMethods },
      });
    const refused = await start({});
    assert.equal(refused.status, 406);
    assert.equal((await jsonOf<{ code: string }>(refused)).code, 'NoMatchingMethod');
    const { url } = await jsonOf<{ url: string }>(start({ simple: true }));
    assert.equal(await (await fetch(url)).text(), 'hello');
    const redirect = await callSigned(service, { verb: 'GET', path: '/api/object/v1/download/x' });
    assert.equal(redirect.status, 303);
    assert.match(redirect.headers.get('content-type') ?? '', /^text\/plain/);
  });
});
