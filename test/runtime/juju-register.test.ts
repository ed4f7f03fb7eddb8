import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { inspect } from 'node:util';
import nacl from 'tweetnacl';
import { ConnectionError, ProtocolError, ResponseError } from '../../runtime/src/errors.ts';
import { register } from '../../runtime/src/services/juju/register/register.ts';
import { Registration } from '../../runtime/src/services/juju/register/registration.ts';
import { certificate } from '../servers/certificate.ts';
import { rejection } from '../servers/endpoint.ts';

const secretKey = Uint8Array.from({ length: 32 }, (_, index) => index + 1);
const answerNonce = Uint8Array.from({ length: 24 }, (_, index) => 100 + index);

/** A controller that registers whoever knows the secret; its seals are made by another library than ours. */
class Registrar implements AsyncDisposable {
  readonly asked: Record<string, unknown>[] = [];
  /** What is sealed in the answer. */
  payload: unknown = { 'ca-cert': 'PEM', 'controller-uuid': 'uuid-1' };
  key = secretKey;
  refuse: { readonly status: number; readonly body: string } | undefined;
  readonly #server = createServer(certificate, async (request, response) => {
    assert.equal(`${request.method} ${request.url}`, 'POST /register');
    const body: unknown = JSON.parse(await text(request));
    assert.ok(typeof body === 'object' && body !== null);
    this.asked.push({ ...body });
    if (this.refuse !== undefined) {
      response.writeHead(this.refuse.status, { 'content-type': 'application/json' }).end(this.refuse.body);
      return;
    }
    const sealed = nacl.secretbox(Buffer.from(JSON.stringify(this.payload)), answerNonce, this.key);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        nonce: Buffer.from(answerNonce).toString('base64'),
        'cipher-text': Buffer.from(sealed).toString('base64'),
      }),
    );
  });

  static async start(): Promise<Registrar> {
    const registrar = new Registrar();
    registrar.#server.listen(0, '127.0.0.1');
    await once(registrar.#server, 'listening');
    return registrar;
  }

  get address(): string {
    const address = this.#server.address();
    assert.ok(typeof address === 'object' && address !== null);
    return `127.0.0.1:${address.port}`;
  }

  registration(): Registration {
    return new Registration({ user: 'alice', addresses: [this.address], secretKey, controllerName: 'prod' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

test('a registration says what juju add-user has written into it', () => {
  // The example of Juju's own page of `juju register`.
  const example =
    'MFATA3JvZDAnExMxMDQuMTU0LjQyLjQ0OjE3MDcwExAxMC4xMjguMC4yOjE3MDcwBCBEFCaXerhNImkKKabuX5ULWf2Bp4AzPNJEbXVWgraLrAA=';
  const { user, addresses, secretKey: key, controllerName } = Registration.parse(`${example}\n`);
  assert.deepEqual(
    [user, addresses, controllerName],
    ['rod', ['104.154.42.44:17070', '10.128.0.2:17070'], undefined],
  );
  assert.equal(
    Buffer.from(key).toString('hex'),
    '441426977ab84d22690a29a6ee5f950b59fd81a780333cd2446d755682b68bac',
  );
});

test('a registration is read as it was written, whatever is in it', () => {
  const facts = {
    user: 'bob',
    secretKey,
    addresses: Array.from({ length: 40 }, (_, n) => `host-${n}.example.com:17070`),
  };
  for (const more of [
    {},
    { controllerName: 'grün' },
    { controllerName: 'x', proxyConfig: 'type: tunnel\n' },
  ]) {
    const written = new Registration({ ...facts, ...more }).format();
    assert.match(written, /^[A-Za-z0-9_-]+$/);
    const { user, addresses, secretKey: key, controllerName, proxyConfig } = Registration.parse(written);
    assert.deepEqual(
      { user, addresses, secretKey: key, controllerName, proxyConfig },
      {
        controllerName: undefined,
        proxyConfig: undefined,
        ...facts,
        ...more,
      },
    );
  }
});

test('what is no registration is refused without showing it', () => {
  const whole = new Registration({ user: 'bob', addresses: ['x:1'], secretKey }).format();
  for (let length = 0; length < whole.length - 8; length += 1) {
    const cut = whole.slice(0, length);
    assert.throws(
      () => Registration.parse(cut),
      (error: Error) => {
        assert.equal(error.name, 'TypeError');
        return length < 8 || !error.message.includes(cut);
      },
    );
  }
  for (const text of ['', 'no good!', 'public-controller.example.com', 'AAAA', 'MIRV', 'MAA', 'MIP____w']) {
    assert.throws(() => Registration.parse(text), TypeError);
  }
  assert.throws(
    () => new Registration({ user: 'bob', addresses: ['x:1'], secretKey: new Uint8Array(31) }),
    /32 bytes, not 31/,
  );
  assert.throws(() => new Registration({ user: 'bob', addresses: [], secretKey }), /without an address/);
});

test('a user registers, and learns whom to trust', async () => {
  await using server = await Registrar.start();
  server.payload = {
    'ca-cert': 'PEM',
    'controller-uuid': 'uuid-1',
    'proxy-config': { type: 'kubernetes-port-forward', config: { token: 'secret' } },
  };
  const registered = await register(server.registration().format(), { password: 'hush-hush' });
  assert.deepEqual(
    { ...registered },
    {
      user: 'alice',
      controllerName: 'prod',
      controller: { addresses: [server.address], caCert: 'PEM', controllerUuid: 'uuid-1' },
    },
  );
  assert.deepEqual(registered.proxyConfig, { type: 'kubernetes-port-forward', config: { token: 'secret' } });
  assert.doesNotMatch(inspect(registered, { depth: 9 }) + JSON.stringify(registered), /secret/);
  const [asked] = server.asked;
  assert.deepEqual(Object.keys(asked ?? {}), ['user', 'nonce', 'cipher-text']);
  assert.equal(asked?.['user'], 'user-alice');
  const nonce = Buffer.from(String(asked?.['nonce']), 'base64');
  const opened = nacl.secretbox.open(Buffer.from(String(asked?.['cipher-text']), 'base64'), nonce, secretKey);
  assert.equal(Buffer.from(opened ?? []).toString(), '{"password":"hush-hush"}');
});

test('an address to which there is no connection is passed over, and none of them is an error', async () => {
  const gone = await Registrar.start();
  const { address } = gone;
  await gone[Symbol.asyncDispose]();
  await using server = await Registrar.start();
  const facts = { user: 'alice', secretKey, addresses: [address, server.address] };
  assert.equal((await register(facts, { password: 'x' })).controllerName, undefined);
  await rejection(register({ ...facts, addresses: [address] }, { password: 'x' }), ConnectionError);
  await assert.rejects(register(facts, { password: '' }), /must not be empty/);
});

test('a refusal is told once, and nothing of a secret with it', async () => {
  await using server = await Registrar.start();
  const said = { error: { message: 'secret key for user "alice" not found', code: 'not found' } };
  server.refuse = { status: 404, body: JSON.stringify(said) };
  const { address } = server;
  const facts = { user: 'alice', secretKey, addresses: [address, address] };
  const error = await rejection(register(facts, { password: 'hush-hush' }), ResponseError);
  assert.equal(error.message, 'POST /register: 404 not found: secret key for user "alice" not found');
  assert.equal(server.asked.length, 1);
  const shown = inspect([error, server.registration(), JSON.stringify(server.registration())], { depth: 9 });
  for (const secret of ['hush-hush', Buffer.from(secretKey).toString('base64'), '1,2,3']) {
    assert.ok(!shown.includes(secret), shown);
  }
});

test('an answer of somebody who does not know the secret is no answer of the controller', async () => {
  await using server = await Registrar.start();
  server.key = new Uint8Array(32);
  const error = await rejection(register(server.registration(), { password: 'x' }), ProtocolError);
  assert.match(error.message, /who answered is not the controller$/);
  server.key = secretKey;
  for (const payload of [null, {}, { 'ca-cert': 'PEM' }]) {
    server.payload = payload;
    await rejection(register(server.registration(), { password: 'x' }), ProtocolError);
  }
  server.refuse = { status: 200, body: '{"nonce":"AAAA","cipher-text":"AAAA"}' };
  await rejection(register(server.registration(), { password: 'x' }), ProtocolError);
});
