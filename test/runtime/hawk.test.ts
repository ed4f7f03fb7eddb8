import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import hawk from 'hawk';
import { bewit, withBewit } from '../../runtime/src/auth/bewit.ts';
import { hawkHeader, hawkMac, hawkNonce, payloadHash } from '../../runtime/src/auth/hawk.ts';
import bewits from '../vectors/hawk-bewits.json' with { type: 'json' };
import headers from '../vectors/hawk-headers.json' with { type: 'json' };
import hashes from '../vectors/hawk-payload-hashes.json' with { type: 'json' };

const credentials = { id: 'tester', key: 'no-secret', algorithm: 'sha256' } as const;
const lookup = async (id: string) => (id === credentials.id ? credentials : null);

test('a header has the published MAC', async (t) => {
  for (const { name, key, request, moment, mac } of headers) {
    await t.test(name, () => {
      assert.equal(hawkMac('header', key, request, moment), mac);
      const header = hawkHeader(key, request, moment);
      assert.match(header, /^Hawk id="[^"]+", ts="\d+", nonce="[^"]+", /);
      assert.equal(header.includes(` mac="${mac}"`), true);
      assert.equal(header.includes(' hash='), 'hash' in request);
      assert.equal(header.includes(' ext='), 'ext' in key);
    });
  }
});

test('a payload hash is the published one', async (t) => {
  for (const { body, contentType, hash } of hashes) {
    await t.test(`${JSON.stringify(body)} as ${JSON.stringify(contentType)}`, () => {
      assert.equal(payloadHash(body, contentType), hash);
      assert.equal(payloadHash(new TextEncoder().encode(body), contentType), hash);
    });
  }
});

test('a bewit is the published one', async (t) => {
  for (const vector of bewits) {
    await t.test(vector.name, () => {
      const made = bewit(vector.key, vector.url, vector.expires);
      const ext = 'ext' in vector.key ? vector.key.ext : '';
      const text = Buffer.from(made, 'base64url').toString();
      assert.equal(text, `${vector.key.id}\\${vector.expires}\\${vector.mac}\\${ext}`);
      if ('bewit' in vector) assert.equal(made, vector.bewit);
      assert.match(made, /^[A-Za-z0-9_-]+$/);
    });
  }
});

test('a bewit comes last in the query', () => {
  const { id, key } = credentials;
  assert.match(
    withBewit({ id, key }, 'https://tc.example.com/a', 9),
    /^https:\/\/tc\.example\.com\/a\?bewit=/,
  );
  assert.match(withBewit({ id, key }, 'https://tc.example.com/a?b=c', 9), /\/a\?b=c&bewit=/);
});

test('nonces are eight characters and do not repeat', () => {
  const nonces = new Set(Array.from({ length: 5000 }, hawkNonce));
  assert.equal(nonces.size, 5000);
  for (const nonce of nonces) assert.match(nonce, /^[A-Za-z0-9_-]{8}$/);
});

/** URLs as this runtime makes them, with everything that may stand in a path and in a query. */
const encoded = fc.string({ unit: 'binary', maxLength: 12 }).map(encodeURIComponent);
const urls = fc
  .record({
    scheme: fc.constantFrom('http', 'https'),
    host: fc.constantFrom('tc.example.com', 'LOCALHOST', '127.0.0.1', '[::1]', 'xn--bcher-kva.example'),
    port: fc.constantFrom('', ':80', ':443', ':8080', ':65535'),
    path: fc.array(encoded, { maxLength: 4 }),
    query: fc.option(fc.array(fc.tuple(encoded, encoded), { maxLength: 3 }), { nil: undefined }),
  })
  .map(({ scheme, host, port, path, query }) => ({
    scheme,
    authority: `${host}${port}`,
    resource: `/${path.join('/')}${query === undefined ? '' : `?${query.map(([k, v]) => `${k}=${v}`).join('&')}`}`,
  }));
const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH');
const ext = fc.option(fc.base64String({ minLength: 4, maxLength: 40 }), { nil: undefined });
const body = fc.option(fc.string({ unit: 'binary', maxLength: 50 }), { nil: undefined });

/** What a server is told of a request; the port of an https server isn't in the Host header, so it is told, too. */
function received(verb: string, scheme: string, authority: string, url: string, authorization?: string) {
  const host = /:\d+$/.test(authority) ? authority : `${authority}:${scheme === 'https' ? 443 : 80}`;
  return { method: verb, url, headers: { host, authorization, 'content-type': 'application/json' } };
}

test('the npm package hawk accepts our headers, whatever the URL, the method, the body and the ext', async () => {
  await fc.assert(
    fc.asyncProperty(method, urls, ext, body, async (verb, url, withExt, payload) => {
      const header = hawkHeader(
        { id: credentials.id, key: credentials.key, ext: withExt },
        {
          method: verb,
          url: `${url.scheme}://${url.authority}${url.resource}`,
          hash: payload === undefined ? undefined : payloadHash(payload, 'application/json'),
        },
        { timestamp: Math.floor(Date.now() / 1000), nonce: hawkNonce() },
      );
      const request = received(verb, url.scheme, url.authority, url.resource, header);
      const { artifacts } = await hawk.server.authenticate(
        request,
        lookup,
        payload === undefined ? {} : { payload },
      );
      assert.equal(artifacts.ext, withExt);
    }),
    { seed: 20_150_807, numRuns: 300 },
  );
});

test('the npm package hawk accepts our bewits', async () => {
  await fc.assert(
    fc.asyncProperty(urls, ext, async (url, withExt) => {
      const signed = withBewit(
        { id: credentials.id, key: credentials.key, ext: withExt },
        `${url.scheme}://${url.authority}${url.resource}`,
        Math.floor(Date.now() / 1000) + 60,
      );
      const resource = signed.slice(url.scheme.length + '://'.length + url.authority.length);
      await hawk.uri.authenticate(received('GET', url.scheme, url.authority, resource), lookup);
    }),
    { seed: 20_150_807, numRuns: 300 },
  );
});

test('we come to the same header as the client of the npm package hawk', () => {
  fc.assert(
    fc.property(method, urls, ext, body, (verb, { scheme, authority, resource }, withExt, payload) => {
      // The package writes what it signs anew where a URL parser would, so that only URLs that this leaves alone agree.
      const url = new URL(`${scheme}://${authority}${resource}`).href;
      fc.pre(!url.includes("'") && !authority.startsWith('['));
      const timestamp = 1_500_000_000;
      const { header, artifacts } = hawk.client.header(url, verb, {
        credentials,
        timestamp,
        nonce: 'abc123',
        ...(withExt === undefined ? {} : { ext: withExt }),
        ...(payload === undefined ? {} : { payload, contentType: 'application/json' }),
      });
      const hash = payload === undefined ? undefined : payloadHash(payload, 'application/json');
      assert.equal(artifacts.hash, hash);
      assert.equal(
        hawkMac(
          'header',
          { id: credentials.id, key: credentials.key, ext: withExt },
          { method: verb, url, hash },
          { timestamp, nonce: 'abc123' },
        ),
        /mac="([^"]+)"/.exec(header)?.[1],
      );
    }),
    { seed: 20_150_807, numRuns: 300 },
  );
});

test('we come to the same bewit as the npm package hawk', () => {
  const url = 'https://tc.example.com/api/secrets/v1/secrets?limit=2';
  const now = Math.floor(Date.now() / 1000);
  const theirs = hawk.uri.getBewit(url, {
    credentials,
    ttlSec: 900,
    ext: 'e30=',
    localtimeOffsetMsec: now * 1000 - Date.now(),
  });
  const expires = Number(Buffer.from(theirs, 'base64url').toString().split('\\')[1]);
  assert.equal(bewit({ id: credentials.id, key: credentials.key, ext: 'e30=' }, url, expires), theirs);
});
