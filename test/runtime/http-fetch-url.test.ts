import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { ConnectionError, ResponseError } from '../../runtime/src/errors.ts';
import { fetchUrl } from '../../runtime/src/http/fetch-url.ts';
import { transportOf } from '../../runtime/src/http/transports.ts';
import { resolveOptions } from '../../runtime/src/options.ts';
import { rejection } from '../servers/endpoint.ts';
import { inTurn, reply, replyJson, reset, truncated, WireServer } from '../servers/wire.ts';

async function bytes({ body }: { body: AsyncIterable<Uint8Array> }): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

for (const name of ['got', 'undici'] as const) {
  const settings = () => ({
    service: 'object',
    transport: transportOf({ transport: name, connection: { maxSockets: 1 } }),
    options: resolveOptions({ retry: { delayMs: 1 } }),
  });

  describe(`fetchUrl over ${name}`, () => {
    test('sends the URL as it is, unsigned, and gives the body as it comes', async () => {
      const content = randomBytes(400_000);
      await using server = await WireServer.start(
        reply(200, gzipSync(content), { 'content-encoding': 'gzip' }),
      );
      const url = `${server.url}/b/a'b(c)?X-Signature=a%2Fb'`;
      const got = await fetchUrl(settings(), { url }, async (answer) => [answer.status, await bytes(answer)]);
      assert.deepEqual(got, [200, content]);
      assert.equal(server.requests[0]?.target, "/b/a'b(c)?X-Signature=a%2Fb'");
      assert.equal(server.requests[0].headers['authorization'], undefined);
    });

    test('a body that breaks off is read again from its beginning', async () => {
      const content = randomBytes(200_000);
      await using server = await WireServer.start(inTurn(reset, truncated, reply(500), reply(200, content)));
      let reads = 0;
      const got = await fetchUrl(settings(), { url: server.url }, (answer) => {
        reads += 1;
        return bytes(answer);
      });
      assert.deepEqual(got, content);
      assert.equal(reads, 2);
      assert.equal(server.requests.length, 4);
    });

    test('what the reader throws ends the call', async () => {
      await using server = await WireServer.start(reply(200, 'x'));
      const mine = new Error('the hash is wrong');
      const read = async () => {
        throw mine;
      };
      await assert.rejects(fetchUrl(settings(), { url: server.url }, read), (error) => error === mine);
      assert.equal(server.requests.length, 1);
    });

    test('puts a stream that is made anew for each attempt, with just the headers given', async () => {
      await using server = await WireServer.start(inTurn(reply(503), reply(200, 'thanks')));
      const content = randomBytes(150_000);
      const status = await fetchUrl(
        settings(),
        {
          method: 'PUT',
          url: server.url,
          headers: { 'Content-Type': 'text/plain', 'Content-Length': String(content.length) },
          body: async function* pieces() {
            yield content.subarray(0, 100_000);
            yield content.subarray(100_000);
          },
        },
        (answer) => answer.status,
      );
      assert.equal(status, 200);
      assert.deepEqual(
        server.requests.map(({ body, headers }) => [
          body.equals(content),
          headers['content-type'],
          headers['transfer-encoding'],
        ]),
        [
          [true, 'text/plain', undefined],
          [true, 'text/plain', undefined],
        ],
      );
    });

    test('a body that nobody reads is dropped, and its connection used again', async () => {
      await using server = await WireServer.start(reply(200, Buffer.alloc(300_000)));
      const shared = settings();
      for (let round = 0; round < 3; round += 1) {
        await fetchUrl(shared, { url: server.url }, (answer) => answer.status);
      }
      assert.equal(server.connections, 1);
    });

    test('a body that its reader leaves by throwing does not keep a connection', async () => {
      const closed = Promise.withResolvers<void>();
      await using server = await WireServer.start((socket) => {
        socket.on('close', () => closed.resolve());
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nx');
      });
      const refuse = () => {
        throw new Error('not this one');
      };
      await assert.rejects(fetchUrl(settings(), { url: server.url }, refuse), /not this one/);
      await closed.promise;
    });

    test('asks for the URL before each attempt', async () => {
      await using server = await WireServer.start(inTurn(reply(500), replyJson({})));
      let asked = 0;
      const url = async () => {
        asked += 1;
        return `${server.url}/${asked}`;
      };
      await fetchUrl(settings(), { url }, bytes);
      assert.deepEqual(
        server.requests.map(({ target }) => target),
        ['/1', '/2'],
      );
    });

    test('an error shows the URL without its query', async () => {
      await using server = await WireServer.start(inTurn(reply(403, '<Error>expired</Error>'), reset));
      const request = { url: `${server.url}/a/b?X-Signature=SECRET`, retry: false } as const;
      const refused = await rejection(fetchUrl(settings(), request, bytes), ResponseError);
      assert.equal(refused.message, `GET ${server.url}/a/b?***: 403: expired`);
      const broken = await rejection(fetchUrl(settings(), request, bytes), ConnectionError);
      assert.doesNotMatch(inspect([refused, refused.record, broken, broken.record], { depth: 20 }), /SECRET/);
    });
  });
}

test('a URL that is not absolute, not encoded or holds a password is refused', async () => {
  const refusing = {
    service: 'object',
    transport: () => Promise.reject(new Error('sent')),
    options: resolveOptions({}),
  };
  const refused = (url: string, message: RegExp) =>
    assert.throws(() => fetchUrl(refusing, { url }, bytes), { name: 'TypeError', message });
  refused('/a', /must be absolute/);
  refused('ftp://h/a', /must be absolute/);
  refused('http://h/a b', /must be percent-encoded/);
  refused('http://h/é', /must be percent-encoded/);
  refused('http://user:pass@h/', /must not hold a user name or a password/);
});
