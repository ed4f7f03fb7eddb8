import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type SaltCredentials, type StandIn, serve } from '@fairlead/codegen/serve';
import { type Ask, asker } from './salt-calls.ts';

describe('rest_tornado', () => {
  let standIn: StandIn<SaltCredentials>;
  let ask: Ask;
  before(async () => {
    standIn = await serve('salt', { netapi: 'tornado', enabledClients: [] });
  });
  beforeEach(async () => {
    standIn.reset();
    const { value } = await asker(standIn)('POST', '/login', standIn.credentials);
    ask = asker(standIn, Object(value).return[0].token);
  });
  after(() => standIn.close());

  test('gives a token of the master, that is good in a chunk as well', async () => {
    const { value } = await asker(standIn)('POST', '/login', standIn.credentials);
    const [{ token }] = Object(value).return;
    assert.match(token, /^[0-9a-f]{64}$/);
    const chunk = { client: 'local', tgt: 'web1', fun: 'test.ping', token };
    assert.deepEqual((await asker(standIn)('POST', '/run', [chunk])).value, { return: [{ web1: true }] });
  });

  test('sends whoever has no token to the login', async () => {
    for (const [method, path] of [
      ['POST', '/'],
      ['GET', '/minions'],
      ['GET', '/events'],
      ['POST', '/hook'],
    ] as const) {
      const { status, headers } = await asker(standIn)(method, path, method === 'POST' ? [] : undefined);
      assert.deepEqual([status, headers.get('location')], [302, '/login'], path);
    }
  });

  test('has a text in the place of each chunk that fails, and runs the others', async () => {
    const { status, value } = await ask('POST', '/', [
      { client: 'runner', fun: 'no.such' },
      { client: 'local', fun: 'test.ping' },
      { client: 'local', tgt: 'nobody', fun: 'test.ping' },
      { client: 'local', tgt: 'web1', fun: 'test.ping', full_return: true },
    ]);
    assert.equal(status, 200);
    assert.deepEqual(Object(value).return, [
      "Unexpected exception while handling request: 'no.such' is not available.",
      "Unexpected exception while handling request: 'tgt'",
      'No minions matched the target. No command was sent, no jid was assigned.',
      { web1: true },
    ]);
    const anonymous = await asker(standIn)('POST', '/run', [{ client: 'local', tgt: '*', fun: 'test.ping' }]);
    assert.deepEqual(anonymous.value, { return: ['Failed to authenticate'] });
  });

  test('refuses what it can not read in a page of its own', async () => {
    assert.equal(
      (await ask('POST', '/', '{bad')).text,
      '<html><title>400: Bad Request</title><body>400: Bad Request</body></html>',
    );
    assert.equal((await ask('POST', '/login', [standIn.credentials])).status, 400);
    assert.equal((await ask('POST', '/login', { ...standIn.credentials, password: 'no' })).status, 401);
    assert.equal((await ask('GET', '/keys')).status, 404);
    assert.equal((await ask('DELETE', '/minions')).status, 405);
  });
});

describe('rest_wsgi', () => {
  let standIn: StandIn<SaltCredentials>;
  before(async () => {
    standIn = await serve('salt', { netapi: 'wsgi', enabledClients: ['runner', 'local_batch'] });
  });
  beforeEach(() => standIn.reset());
  after(() => standIn.close());

  const low = async (chunk: object, path = '/') => {
    const { status, text } = await asker(standIn)('POST', path, [{ ...standIn.credentials, ...chunk }]);
    return [status, text];
  };

  test('is found under any path', async () => {
    assert.deepEqual(await low({ client: 'runner', fun: 'manage.up' }, '/any/where'), [
      200,
      '{"return":[["web1","web2"]]}',
    ]);
    const { value } = await asker(standIn)('GET', '/any/where');
    assert.ok(Object(value).return.every((one: unknown) => typeof one === 'string' && one.length === 1));
  });

  test('calls nearly everything that goes wrong 500, and says what it was', async () => {
    assert.deepEqual(await low({ client: 'runner', fun: 'no.such' }), [
      500,
      '{"return":"\'no.such\' is not available."}',
    ]);
    assert.deepEqual(await low({ client: 'local_batch', tgt: '*', fun: 'test.ping', password: 'no' }), [
      500,
      '{"return":"Authentication error occurred."}',
    ]);
    const [status, text] = await low({ client: 'local', tgt: '*', fun: 'test.ping' });
    assert.equal(status, 500);
    assert.match(String(text), /Client disabled: 'local'/);
  });

  test('has no text for a batch, and says so without JSON', async () => {
    assert.deepEqual(await low({ client: 'local_batch', tgt: '*', fun: 'test.ping' }), [
      500,
      'Object of type generator is not JSON serializable',
    ]);
  });
});

test('a fault has the looks of the netapi that it happens to', async () => {
  const looks = {
    cherrypy: /<p>The stand-in was told/,
    tornado: /<title>503: Service/,
    wsgi: /^\{"return":"/,
  };
  for (const netapi of ['cherrypy', 'tornado', 'wsgi'] as const) {
    await using standIn = await serve('salt', { netapi });
    const fault = standIn.fail({ match: { service: `rest-${netapi}`, method: 'low' }, status: 503 });
    const { status, text } = await asker(standIn)('POST', '/', []);
    assert.equal(status, 503);
    assert.match(text, looks[netapi]);
    assert.equal(fault.hits, 1);
  }
});
