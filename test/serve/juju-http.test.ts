import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { type JujuStandIn, serve } from '@fairlead/codegen/serve';
import nacl from 'tweetnacl';
import { WebSocket } from 'ws';
import { Caller } from './juju-caller.ts';
import { type Demand, discharged, tokenOf } from './juju-login.ts';
import { jsonOf } from './signed.ts';

const basic = ({ credentials: { username, password } }: JujuStandIn) => ({
  authorization: `Basic ${Buffer.from(`user-${username}:${password}`).toString('base64')}`,
});

const charm = Buffer.from('PK\u0003\u0004 a charm');

describe('what is sent and got by HTTP', () => {
  test('health is told to everyone', async () => {
    await using server = await serve('juju', { tls: false });
    const health = async () => {
      const response = await fetch(`${server.url}/health`);
      return [response.status, await response.text()];
    };
    assert.deepEqual(await health(), [200, 'running\n']);
    server.control.setHealth('starting');
    assert.deepEqual(await health(), [503, 'starting\n']);
  });

  test('who proves nothing gets Juju’s own refusal, whose macaroon can be discharged', async () => {
    await using server = await serve('juju', { tls: false });
    const url = `${server.url}/model/${server.model}/applications/web/resources/data`;
    const headers = { 'bakery-protocol-version': '3' };
    const refused = await fetch(url, { headers });
    assert.equal(refused.status, 401);
    assert.equal(refused.headers.get('www-authenticate'), 'Basic realm="juju"');
    assert.equal(refused.headers.get('content-type'), 'application/json');
    const { error } = await jsonOf<{ error: { code: string; info: { 'bakery-macaroon': Demand } } }>(refused);
    assert.equal(error.code, 'macaroon discharge required');
    const macaroons = await discharged(error.info['bakery-macaroon'], await tokenOf(server));
    const value = Buffer.from(JSON.stringify(macaroons)).toString('base64');
    for (const proof of [{ cookie: `macaroon-auth=${value}` }, { macaroons: value }]) {
      const found = await fetch(url, { headers: { ...headers, ...proof } });
      assert.deepEqual(await found.json(), {
        error: { message: 'application "web" not found', code: 'not found' },
      });
      assert.equal(found.status, 404);
    }
    const wrong = await fetch(url, { headers: { authorization: 'Basic dXNlci1hZG1pbjp4' } });
    assert.equal((await jsonOf<{ error: { code: string } }>(wrong)).error.code, 'unauthorized access');
  });

  test('charms of both generations', async () => {
    await using server = await serve('juju', { tls: false, release: '3.6' });
    const headers = { ...basic(server), 'content-type': 'application/zip' };
    const hash = createHash('sha256').update(charm).digest('hex').slice(0, 7);
    const url = `${server.url}/model-${server.model}/charms/web-${hash}`;
    const put = await fetch(url, {
      method: 'PUT',
      body: charm,
      headers: { ...headers, 'juju-curl': 'local:web-0' },
    });
    assert.equal(put.headers.get('juju-curl'), 'local:web-0');
    assert.deepEqual(await put.json(), { 'charm-url': 'local:web-0' });
    assert.deepEqual(Buffer.from(await (await fetch(url, { headers })).arrayBuffer()), charm);
    const wrong = await fetch(url.replace(hash, '0000000'), { method: 'PUT', body: charm, headers });
    assert.equal(wrong.status, 400);
    const told = await jsonOf<{ error: string; 'error-code': string }>(wrong);
    assert.match(told.error, /hash mismatch/);
    assert.equal(told['error-code'], 'bad request');
    for (const body of [Buffer.alloc(0), Buffer.from('no zip')]) {
      const sha256 = createHash('sha256').update(body).digest('hex').slice(0, 7);
      const other = `${server.url}/model-${server.model}/charms/web-${sha256}`;
      const refused = await fetch(other, {
        method: 'PUT',
        body,
        headers: { ...headers, 'juju-curl': 'local:web-0' },
      });
      assert.equal(refused.status, 400);
      assert.match((await jsonOf<{ error: string }>(refused)).error, /not a valid zip file/);
    }

    const legacy = `${server.url}/model/${server.model}/charms`;
    const posted = await fetch(`${legacy}?series=jammy&revision=3`, { method: 'POST', body: charm, headers });
    assert.deepEqual(await posted.json(), { 'charm-url': 'local:jammy/uploaded-3' });
    const got = await fetch(`${legacy}?url=local:jammy/uploaded-3&file=*`, { headers });
    assert.equal((await got.arrayBuffer()).byteLength, charm.length);
    await using modern = await serve('juju', { tls: false });
    assert.equal((await fetch(`${modern.url}/model/${modern.model}/charms`, { method: 'POST' })).status, 404);
  });

  test('resources and tools', async () => {
    await using server = await serve('juju', {
      tls: false,
      models: [{ name: 'default', applications: { web: 1 } }],
    });
    const url = `${server.url}/model/${server.model}/applications/web/resources/data`;
    const hash = createHash('sha384').update('content').digest('hex');
    const put = (sha: string) =>
      fetch(url, {
        method: 'PUT',
        body: 'content',
        headers: { ...basic(server), 'content-type': 'application/octet-stream', 'content-sha384': sha },
      });
    assert.equal((await put('00')).status, 400);
    const { resource } = await jsonOf<{ resource: { size: number; fingerprint: string } }>(put(hash));
    assert.equal(Buffer.from(resource.fingerprint, 'base64').toString('hex'), hash);
    assert.equal(await (await fetch(url, { headers: basic(server) })).text(), 'content');
    const unit = `${server.url}/model/${server.model}/units/unit-web-0/resources/data`;
    assert.equal(await (await fetch(unit, { headers: basic(server) })).text(), 'content');

    const version = '4.0.15-ubuntu-amd64';
    const tools = await fetch(`${server.url}/tools?binaryVersion=${version}`, {
      method: 'POST',
      body: 'tools',
      headers: { ...basic(server), 'content-type': 'application/x-tar-gz' },
    });
    assert.partialDeepStrictEqual(await tools.json(), { tools: [{ version, size: 5 }] });
    assert.equal(await (await fetch(`${server.url}/tools/${version}`)).text(), 'tools');
  });
});

describe('streams', () => {
  /** The messages of a stream, until it ends. */
  async function stream(server: JujuStandIn, path: string, headers: Record<string, string> = basic(server)) {
    const socket = new WebSocket(`${server.url.replace(/^http/, 'ws')}${path}`, { headers });
    const messages: string[] = [];
    const waiting: (() => void)[] = [];
    socket.on('message', (data) => {
      messages.push(String(data));
      for (const wake of waiting.splice(0)) wake();
    });
    const closed = once(socket, 'close').then(([code]) => Number(code));
    await once(socket, 'open');
    return {
      socket,
      messages,
      closed,
      /** Until there are so many. */
      async until(count: number) {
        while (messages.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
      },
    };
  }

  test('the log tells what was, and what comes, as far as it is wanted', async () => {
    await using server = await serve('juju', { tls: false });
    server.control.log({ message: 'before', level: 'ERROR', entity: 'unit-web-0', labels: { a: '1' } });
    server.control.log({ message: 'dull', level: 'DEBUG' });
    const { messages, until, socket } = await stream(
      server,
      `/model/${server.model}/log?version=2&level=INFO&excludeModule=noise&backlog=5`,
    );
    await until(2);
    server.control.log({ message: 'left out', module: 'noise.deep' });
    server.control.log({ message: 'after' });
    await until(3);
    assert.equal(messages[0], '{}\n');
    const [first, second] = messages.slice(1).map((text): Record<string, unknown> => JSON.parse(text));
    assert.partialDeepStrictEqual(first, { tag: 'unit-web-0', sev: 'ERROR', msg: 'before', lab: { a: '1' } });
    assert.partialDeepStrictEqual(second, { sev: 'INFO', msg: 'after', mod: 'juju.test' });
    socket.close();
    const ended = await stream(
      server,
      `/model/${server.model}/log?noTail=true&includeEntity=unit-web*&replay=true`,
    );
    assert.equal(await ended.closed, 1000);
    assert.equal(ended.messages.length, 2);
  });

  test('says first that it is refused, and ends', async () => {
    await using server = await serve('juju', { tls: false });
    const nobody = await stream(server, '/log', { 'bakery-protocol-version': '3' });
    assert.equal(await nobody.closed, 1001);
    const told: { error: { code: string; info: object } } = JSON.parse(nobody.messages[0] ?? '');
    assert.equal(told.error.code, 'macaroon discharge required');
    assert.ok('bakery-macaroon' in told.error.info);
    const strange = await stream(server, `/model/${server.model}/log?maxLines=many`);
    assert.equal(await strange.closed, 1001);
    assert.match(strange.messages[0] ?? '', /maxLines value \\"many\\" is not a valid unsigned number/);
  });

  test('commands are run one after the other', async () => {
    await using server = await serve('juju', { tls: false });
    const { socket, messages, until } = await stream(server, `/model/${server.model}/commands`, {});
    await until(1);
    const { username: user, password: credentials } = server.credentials;
    socket.send(JSON.stringify({ user, credentials, commands: ['version', 'whoami'] }));
    await until(4);
    socket.send(JSON.stringify({ user, credentials, commands: ['explode'] }));
    await until(5);
    assert.deepEqual(messages.slice(0, 2), ['{}\n', '{"output":["4.0.15-ubuntu-amd64"]}\n']);
    assert.equal(messages[3], '{"done":true}\n');
    assert.match(messages[4] ?? '', /"done":true,"error":.*not a juju command/);
    socket.close();
  });
});

describe('a user who was added without a password', () => {
  test('gets a key with which one can be set', async () => {
    await using server = await serve('juju', { tls: false });
    await using caller = await Caller.loggedIn(server, '/api');
    const { results } = await caller.ok('UserManager', 3, 'AddUser', { users: [{ username: 'bob' }] });
    assert.ok(Array.isArray(results));
    assert.equal(Buffer.from(results[0]['secret-key'], 'base64').length, 32);
    const key = Buffer.from(results[0]['secret-key'], 'base64');
    const register = async (sealedWith: Uint8Array) => {
      const nonce = randomBytes(24);
      const sealed = nacl.secretbox(Buffer.from('{"password":"mine"}'), nonce, sealedWith);
      return await fetch(`${server.url}/register`, {
        method: 'POST',
        body: JSON.stringify({
          user: 'user-bob',
          nonce: nonce.toString('base64'),
          'cipher-text': Buffer.from(sealed).toString('base64'),
        }),
      });
    };
    const wrong = await jsonOf<{ error: { code: string } }>(register(randomBytes(32)));
    assert.equal(wrong.error.code, 'not valid');
    const response = await register(key);
    assert.match(response.headers.get('set-cookie') ?? '', /^macaroon-[0-9a-f]{64}=/);
    const told = await jsonOf<{ nonce: string; 'cipher-text': string }>(response);
    const opened = nacl.secretbox.open(
      Buffer.from(told['cipher-text'], 'base64'),
      Buffer.from(told.nonce, 'base64'),
      key,
    );
    assert.match(Buffer.from(opened ?? []).toString(), new RegExp(server.controllerUuid));
    assert.equal((await register(key)).status, 404);
    await using bob = await Caller.connect(server);
    await bob.ok('Admin', 3, 'Login', { 'auth-tag': 'user-bob', credentials: 'mine' });
  });
});
