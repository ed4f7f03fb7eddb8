import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { ResponseError } from '../../runtime/src/errors.ts';
import { path } from '../../runtime/src/http/path.ts';
import { defineApi, isResponseError } from '../../runtime/src/services/openapi/index.ts';
import { rejection } from '../servers/endpoint.ts';
import { inTurn, reply, replyJson, type WireRequest, WireServer } from '../servers/wire.ts';

const pets = path`/pets`;

const petstore = defineApi({
  name: 'petstore',
  servers: ['https://pets.example.com/v1', 'https://staging.example.com/v1'],
  security: {
    api_key: { kind: 'key', in: 'header', param: 'X-Key' },
    query_key: { kind: 'key', in: 'query', param: 'key' },
    cookie_key: { kind: 'key', in: 'cookie', param: 'sid' },
    login: { kind: 'basic' },
    oauth: { kind: 'bearer' },
  },
  requires: [['oauth'], ['api_key', 'cookie_key'], ['login']],
});

const nameless = defineApi({ name: 'nameless', servers: [], security: {}, requires: [] });

for (const transport of ['got', 'undici'] as const) {
  describe(`a session over ${transport}`, () => {
    test('shows the first alternative of which it has all, wherever each part is wanted', async () => {
      await using server = await WireServer.start(replyJson({}));
      await using session = petstore({ baseUrl: `${server.url}/v1/`, transport });
      const ask = (credentials: Parameters<typeof session.with>[0]['credentials']) =>
        session.with({ credentials }).endpoint('pets').get(pets);
      await ask({ oauth: 'token', api_key: 'key', cookie_key: 'sid' });
      await ask({ api_key: 'key', cookie_key: 'sid' });
      await ask({ api_key: 'key', login: { username: 'ä', password: 'p:w' } });
      await ask({ api_key: 'key' });
      await ask(undefined);
      const shown = server.requests.map(({ headers }) => [
        headers['authorization'],
        headers['x-key'],
        headers['cookie'],
      ]);
      assert.deepEqual(shown, [
        ['Bearer token', undefined, undefined],
        [undefined, 'key', 'sid=sid'],
        [`Basic ${Buffer.from('ä:p:w').toString('base64')}`, undefined, undefined],
        [undefined, undefined, undefined],
        [undefined, undefined, undefined],
      ]);
      assert.equal(server.requests[0]?.target, '/v1/pets');
    });

    test('shows what a method needs where that is something else, or nothing', async () => {
      await using server = await WireServer.start(replyJson({}));
      const credentials = { oauth: 'token', query_key: 'k&y', cookie_key: 'sid' };
      const session = petstore({ baseUrl: server.url, transport, credentials });
      const endpoint = session.endpoint('pets');
      await endpoint.get(pets, { requires: [['query_key']] });
      await endpoint.get(pets, {
        requires: [['query_key', 'cookie_key']],
        query: { a: 1, lang: 'de' },
        styles: { lang: 'cookie' },
      });
      await endpoint.get(pets, { requires: [] });
      await endpoint.get(pets, { requires: [[]] });
      await endpoint.get(pets, { requires: [[], ['oauth']] });
      assert.deepEqual(
        server.requests.map(({ target, headers }) => [target, headers['cookie'], headers['authorization']]),
        [
          ['/pets?key=k%26y', undefined, undefined],
          ['/pets?a=1&key=k%26y', 'lang=de; sid=sid', undefined],
          ['/pets', undefined, undefined],
          ['/pets', undefined, undefined],
          ['/pets', undefined, 'Bearer token'],
        ],
      );
    });

    test('asks functions for each attempt, and once more after a 401 when they give something else', async () => {
      await using server = await WireServer.start(inTurn(reply(401), replyJson('in'), reply(401)));
      let given = 0;
      const oauth = async () => {
        given += 1;
        return `token-${given}`;
      };
      const session = petstore({ baseUrl: server.url, transport, credentials: { oauth } });
      assert.equal(await session.endpoint('pets').get(pets), 'in');
      assert.notEqual(
        server.requests[0]?.headers['authorization'],
        server.requests[1]?.headers['authorization'],
      );
      const same = session.with({ credentials: { oauth: 'token' } });
      await assert.rejects(same.endpoint('pets').get(pets), { status: 401 });
      assert.equal(server.requests.length, 3);
    });

    test('never shows a credential, not even one that the service repeats', async () => {
      const secrets = ['h-secret', 'q/secret', 'c-secret', 'b-secret', 'pw-secret'];
      await using server = await WireServer.start((socket, request) =>
        reply(400, `no such key: ${request.target} ${said(request)}`)(socket, request),
      );
      const said = ({ headers, target }: WireRequest) =>
        [
          headers['x-key'],
          headers['cookie']?.slice('sid='.length),
          headers['authorization']?.slice('Bearer '.length),
          target.includes('key=') && 'q/secret',
        ].find((each) => each);
      const session = petstore({
        baseUrl: server.url,
        transport,
        credentials: {
          api_key: 'h-secret',
          query_key: 'q/secret',
          cookie_key: 'c-secret',
          oauth: 'b-secret',
          login: { username: 'me', password: 'pw-secret' },
        },
      });
      for (const name of ['api_key', 'query_key', 'cookie_key', 'oauth', 'login']) {
        const asked = session.endpoint('pets').get(pets, { requires: [[name]] });
        const failure = await rejection(asked, ResponseError);
        const text = inspect([failure, failure.record, failure.message, session], {
          depth: 10,
          showHidden: true,
        });
        for (const secret of secrets) {
          assert.ok(!text.includes(secret) && !text.includes(encodeURIComponent(secret)), text);
        }
      }
      const failure = await rejection(
        session.endpoint('pets').get(pets, { requires: [['query_key']] }),
        ResponseError,
      );
      assert.equal(failure.record.url, `${server.url}/pets?key=***`);
      assert.equal(failure.message, 'GET /pets: 400: no such key: /pets?key=*** ***');
    });
  });
}

test('a session says what it is, without its credentials', () => {
  assert.equal(
    inspect(petstore({ credentials: { api_key: 'hidden' } })),
    'ApiSession(petstore, https://pets.example.com/v1, api_key)',
  );
  assert.equal(inspect(petstore()), 'ApiSession(petstore, https://pets.example.com/v1, unauthenticated)');
});

test('a method with a server of its own is asked for there only by a session of a server of the description', async () => {
  const asked: string[] = [];
  const transport = async ({ url }: { url: string }) => {
    asked.push(url);
    return { status: 200, headers: {}, body: new Uint8Array() };
  };
  const own = { server: 'https://upload.example.com' };
  await petstore({ transport }).endpoint('pets').get(pets, own);
  await petstore({ transport, baseUrl: 'https://staging.example.com/v1/' }).endpoint('pets').get(pets, own);
  await petstore({ transport, baseUrl: 'http://127.0.0.1:1' }).endpoint('pets').get(pets, own);
  assert.deepEqual(asked, [
    'https://upload.example.com/pets',
    'https://upload.example.com/pets',
    'http://127.0.0.1:1/pets',
  ]);
});

test('what cannot be a session is refused, without showing a secret', () => {
  const wrong: readonly [() => unknown, RegExp][] = [
    [() => petstore({ baseUrl: 'pets' }), /^baseUrl must be an absolute URL/],
    [() => petstore({ baseUrl: 'ftp://a' }), /^baseUrl must be an absolute URL/],
    [() => petstore({ baseUrl: 'http://me:secret@a' }), /^baseUrl must not hold a user name or a password/],
    [() => petstore({ baseUrl: 'http://a/?secret' }), /^baseUrl must end with its path$/],
    [() => nameless({ baseUrl: '' }), /^baseUrl must be an absolute URL/],
    [
      () => Reflect.apply(petstore, undefined, [{ credential: 'secret' }]),
      /^credential is no option of petstore\(\)$/,
    ],
    [() => Reflect.apply(nameless, undefined, []), /^nameless needs a baseUrl/],
    [() => petstore({ credentials: { oauth: 'secret\r\nX: y' } }), /^credentials.oauth must be a text/],
    [() => petstore({ credentials: { api_key: '' } }), /^credentials.api_key must be a text/],
    [() => petstore({ credentials: { cookie_key: 'secret;' } }), /^credentials.cookie_key must be a text/],
    [
      () => petstore({ credentials: { login: { username: 'a:secret', password: '' } } }),
      /^credentials.login must be/,
    ],
    [
      () => Reflect.apply(petstore, undefined, [{ credentials: { other: 'secret' } }]),
      /^credentials: this API knows no "other", only: api_key, /,
    ],
    [
      () => Reflect.apply(petstore, undefined, [{ credentials: { toString: 'secret' } }]),
      /knows no "toString"/,
    ],
    [
      () => Reflect.apply(petstore, undefined, [{ credentials: { login: 'secret' } }]),
      /^credentials.login must be/,
    ],
  ];
  for (const [make, message] of wrong) {
    assert.throws(make, (error) => {
      assert.ok(error instanceof TypeError);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  }
});

test('a function that gives no credential fails the call, without showing what it gave', async () => {
  const credentials = { oauth: () => 'secret\n' };
  const session = petstore({ credentials, transport: () => assert.fail('nothing is sent') });
  await assert.rejects(session.endpoint('pets').get(pets), {
    name: 'TypeError',
    message: 'credentials.oauth must be a text that is not empty, and that fits where it is sent',
  });
});

test('a blocking query of a document is watched as one of Consul', async () => {
  await using server = await WireServer.start(
    inTurn(replyJson('a', 200, { 'x-consul-index': '7' }), replyJson('b', 200, { 'x-consul-index': '8' })),
  );
  await using session = petstore({ baseUrl: server.url });
  const seen: unknown[] = [];
  for await (const { value, meta } of session.endpoint('pets').blocking('index', pets).watch()) {
    seen.push([value, meta.index]);
    if (seen.length === 2) break;
  }
  assert.deepEqual(seen, [
    ['a', 7n],
    ['b', 8n],
  ]);
  assert.equal(server.requests[1]?.target, '/pets?index=7&wait=55000ms');
});

test('closing a session closes the connections that it made itself, and those only', async () => {
  await using server = await WireServer.start(replyJson({}));
  const session = petstore({ baseUrl: server.url });
  const derived = session.with({ timeoutMs: 1000 });
  await session.endpoint('pets').get(pets);
  await derived.close();
  await derived.endpoint('pets').get(pets);
  assert.equal(server.connections, 1);
  const [socket] = server.sockets;
  const closed = new Promise((resolve) => socket?.on('close', resolve));
  await session.close();
  await closed;
});

test('an error of the service has the body that its description promises, by its status', async () => {
  type Errors = { 404: { pet: string }; '5XX': { trace: number }; default: { title: string } };
  await using server = await WireServer.start(
    inTurn(replyJson({ pet: 'rex' }, 404), replyJson({ title: 'no' }, 400), replyJson({ trace: 7 }, 501)),
  );
  const endpoint = petstore({ baseUrl: server.url }).endpoint('pets');
  const said: unknown[] = [];
  for (let n = 0; n < 3; n += 1) {
    try {
      await endpoint.get(pets);
    } catch (error) {
      if (!isResponseError<Errors>(error)) throw error;
      if (error.status === 404) said.push(error.body.pet.toUpperCase());
      else if (error.status === 501) said.push(error.body.trace.toFixed(1));
      else if (error.status === 400) said.push(error.body.title.toUpperCase());
    }
  }
  assert.deepEqual(said, ['REX', 'NO', '7.0']);
  assert.equal(isResponseError(new Error('another')), false);
});
