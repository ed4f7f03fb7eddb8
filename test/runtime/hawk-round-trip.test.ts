import assert from 'node:assert/strict';
import { test } from 'node:test';
import { path } from '@fairlead/runtime/client';
import { taskcluster } from '@fairlead/runtime/taskcluster';
import fc from 'fast-check';
import { HawkServer } from '../servers/hawk.ts';

/** Any text that can be a segment of a path: neither what names another route, nor half of a surrogate pair. */
const segment = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
    fc.string({
      unit: fc.constantFrom(...'!\'()*;:@&=+$,/?#[]%"<>\\^`{|}~._- \0\n\r\tüß€😀'),
      minLength: 1,
      maxLength: 20,
    }),
  )
  .filter((text) => text !== '.' && text !== '..');
const query = fc.dictionary(
  segment,
  fc.oneof(segment, fc.integer(), fc.boolean(), fc.array(segment, { maxLength: 3 })),
  {
    maxKeys: 4,
  },
);
const body = fc.oneof(
  fc.constant(undefined),
  fc.uint8Array({ maxLength: 60 }),
  fc.json({ stringUnit: 'binary' }).map((text): unknown => JSON.parse(text)),
);
const request = fc.record({
  verb: fc.constantFrom('get', 'post', 'put', 'patch', 'delete'),
  segments: fc.tuple(segment, segment),
  query,
  body,
  payloadHash: fc.boolean(),
  authorizedScopes: fc.option(fc.array(segment, { maxLength: 3 }), { nil: undefined }),
  port: fc.nat({ max: 1 }),
});

for (const transport of ['got', 'undici'] as const) {
  test(`500 random requests over ${transport} arrive as they were signed`, async () => {
    await using first = await HawkServer.start();
    await using second = await HawkServer.start();
    const servers = [first, second] as const;
    const sessions = servers.map(({ rootUrl }) =>
      taskcluster({
        rootUrl,
        transport,
        credentials: { clientId: 'tester', accessToken: 'no-secret' },
        retry: false,
      }),
    );
    await fc.assert(
      fc.asyncProperty(request, async ({ verb, segments, port, ...given }) => {
        const server = servers[port === 0 ? 0 : 1];
        const sent = verb === 'get' ? undefined : given.body;
        const session = sessions[port]?.with({
          payloadHash: given.payloadHash,
          authorizedScopes: given.authorizedScopes,
        });
        assert.ok(session !== undefined);
        const [a, b] = segments;
        await session.endpoint('test/v1').send(verb, path`/a/${a}/${b}`, {
          query: given.query,
          ...(sent !== undefined && { body: sent }),
        });

        const seen = server.authenticated.at(-1);
        assert.equal(seen?.method, verb.toUpperCase());
        const [, decodedA, decodedB] = (seen?.url.split('?', 1)[0] ?? '')
          .slice('/api/test/v1'.length)
          .split('/')
          .slice(1);
        assert.deepEqual(
          [decodedA, decodedB].map((part) => decodeURIComponent(part ?? '')),
          [a, b],
        );
        assert.deepEqual(
          seen?.ext,
          given.authorizedScopes === undefined ? {} : { authorizedScopes: given.authorizedScopes },
        );
        assert.equal(seen?.hashed, given.payloadHash && sent !== undefined);
        const expected =
          sent instanceof Uint8Array ? Buffer.from(sent) : Buffer.from(JSON.stringify(sent) ?? '');
        assert.deepEqual(seen?.body, expected);
      }),
      { seed: 20_150_807, numRuns: 500 },
    );
    assert.equal(first.refused + second.refused, 0);
    assert.equal(first.authenticated.length + second.authenticated.length, 500);
    assert.ok(first.authenticated.length > 100 && second.authenticated.length > 100);
  });
}
