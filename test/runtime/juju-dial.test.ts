import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { ConnectionError } from '../../runtime/src/errors.ts';
import { SocketFailure } from '../../runtime/src/rpc/socket.ts';
import { dial } from '../../runtime/src/services/juju/dial/dial.ts';
import { DialError, DialTimeoutError } from '../../runtime/src/services/juju/dial/errors.ts';
import type { Dialled, DialOptions } from '../../runtime/src/services/juju/dial/options.ts';
import { FakeClock } from '../servers/fake-clock.ts';
import { Diallings, IdleSocket, settled } from '../servers/juju-sockets.ts';

const [a, b, c] = ['10.0.0.1:17070', '10.0.0.2:17070', '10.0.0.3:17070'];

/** A dial without a network, in time that passes as the test says, of addresses in the order in which they are given. */
function dialling(options: Partial<DialOptions> = {}) {
  const clock = new FakeClock();
  const diallings = new Diallings();
  const dialled = dial({
    addresses: [a, b, c],
    path: '/api',
    random: () => 0,
    httpProxy: () => undefined,
    openSocket: diallings.openSocket,
    clock,
    ...options,
  });
  dialled.catch(() => {});
  return { clock, diallings, dialled };
}

async function failure(dialled: Promise<Dialled>): Promise<DialError> {
  const error = await dialled.then(
    () => assert.fail('it was dialled'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof DialError, String(error));
  return error;
}

test('what is dialled is the URL of the API below the address, and what is given says where that is', async () => {
  const { diallings, dialled } = dialling({ addresses: ['10.0.0.1:17070/foo/'], path: '/model/m/api' });
  const first = await diallings.at(0);
  const socket = first.succeed();
  const { open, connect, ...facts } = await dialled;
  assert.equal(first.url, 'wss://10.0.0.1:17070/foo/model/m/api');
  assert.deepEqual(facts, {
    socket,
    address: '10.0.0.1:17070/foo',
    url: 'wss://10.0.0.1:17070/foo/model/m/api',
    httpRoot: 'https://10.0.0.1:17070/foo',
    ipAddress: '10.0.0.1:17070',
    proxy: undefined,
    tls: {},
  });
  assert.equal(typeof open, 'function');
  assert.equal(typeof connect, 'function');
});

test('the request that opens the WebSocket says which version of Juju the client is, and what the caller adds', async () => {
  const { diallings, dialled } = dialling({ headers: { Cookie: 'x=1' } });
  const first = await diallings.at(0);
  first.succeed();
  await dialled;
  assert.deepEqual(first.options.headers, { 'X-Juju-ClientVersion': '4.0.15', Cookie: 'x=1' });
});

test('an address without TLS is dialled without it', async () => {
  const { diallings, dialled } = dialling({ addresses: ['ws://10.0.0.1:17070'] });
  (await diallings.at(0)).succeed();
  const { url, httpRoot } = await dialled;
  assert.equal(url, 'ws://10.0.0.1:17070/api');
  assert.equal(httpRoot, 'http://10.0.0.1:17070');
});

test('options that can never work are refused before anything is dialled', async () => {
  const diallings = new Diallings();
  const wrong = (options: Partial<DialOptions>) =>
    dial({ addresses: [a], path: '/api', openSocket: diallings.openSocket, ...options });
  await assert.rejects(wrong({ addresses: [] }), { name: 'TypeError', message: /at least one host:port/ });
  await assert.rejects(wrong({ addresses: [a, 'no port'] }), { name: 'TypeError', message: /"no port"/ });
  await assert.rejects(wrong({ path: 'api' }), { name: 'TypeError', message: /begin with a slash/ });
  await assert.rejects(wrong({ intervalMs: -1 }), { name: 'TypeError', message: /intervalMs/ });
  await assert.rejects(wrong({ timeoutMs: Number.NaN }), { name: 'TypeError', message: /timeoutMs/ });
  await assert.rejects(wrong({ caCert: 'no PEM' }), { name: 'TypeError', message: /caCert must be PEM/ });
  assert.deepEqual(diallings.all, []);
});

test('addresses are tried in an order that chance decides', async () => {
  const numbers = [0.9, 0.5, 0.1];
  const { clock, diallings, dialled } = dialling({ random: () => numbers.shift() ?? 0 });
  await diallings.at(0);
  clock.advance(50);
  await diallings.at(1);
  clock.advance(50);
  (await diallings.at(2)).succeed();
  await dialled;
  assert.deepEqual(diallings.ipAddresses, [c, b, a]);
});

test('the next address is dialled after 50 ms, and the first that answers wins', async () => {
  const failures: unknown[] = [];
  const { clock, diallings, dialled } = dialling({ onFailure: (failed) => failures.push(failed) });
  await diallings.at(0);
  clock.advance(49);
  await settled();
  assert.equal(diallings.all.length, 1);
  clock.advance(1);
  const second = await diallings.at(1);
  second.succeed();
  const { ipAddress } = await dialled;
  assert.equal(ipAddress, b);
  await settled();
  assert.deepEqual(diallings.ipAddresses, [a, b]);
  assert.equal(diallings.all[0]?.isCalledOff, true);
  // Who was called off has not failed.
  assert.deepEqual(failures, []);
  assert.equal(clock.asleep, 0);
});

test('an address that has failed for good makes room for the next one at once', async () => {
  const { diallings, dialled } = dialling({ retryDelayMs: 0 });
  (await diallings.at(0)).fail('connect');
  (await diallings.at(1)).fail('connect');
  (await diallings.at(2)).succeed();
  assert.equal((await dialled).ipAddress, c);
});

test('a slow address may win after others were dialled', async () => {
  const { clock, diallings, dialled } = dialling();
  const first = await diallings.at(0);
  clock.advance(50);
  await diallings.at(1);
  clock.advance(50);
  await diallings.at(2);
  first.succeed();
  assert.equal((await dialled).ipAddress, a);
  assert.deepEqual(
    diallings.all.map(({ isCalledOff }) => isCalledOff),
    [true, true, true],
  );
});

test('a socket that opens although another one has won is dropped', async () => {
  const late: IdleSocket[] = [];
  const { clock, diallings, dialled } = dialling({
    addresses: [a, b],
    openSocket: (url, options) => {
      if (options.ipAddress === b) return diallings.openSocket(url, options);
      // Takes no notice of being called off.
      return new Promise((resolve) => {
        options.signal?.addEventListener('abort', () => {
          const socket = new IdleSocket();
          late.push(socket);
          resolve(socket);
        });
      });
    },
  });
  await clock.asleepAtLeast(2);
  clock.advance(50);
  (await diallings.at(0)).succeed();
  assert.equal((await dialled).ipAddress, b);
  await settled();
  assert.deepEqual(
    late.map(({ dropped }) => dropped),
    [true],
  );
});

test('of two sockets that open at the same time one is kept', async () => {
  const { clock, diallings, dialled } = dialling();
  const first = await diallings.at(0);
  clock.advance(50);
  const second = await diallings.at(1);
  const sockets = [first.succeed(), second.succeed()];
  assert.equal((await dialled).socket, sockets[0]);
  await settled();
  assert.deepEqual(
    sockets.map(({ dropped }) => dropped),
    [false, true],
  );
});

test('a signal that lives on is left without a listener, however it went', async () => {
  const { signal } = new AbortController();
  const well = dialling({ signal, timeoutMs: 1_000 });
  (await well.diallings.at(0)).succeed();
  const { open } = await well.dialled;
  const opened = open('/log', { signal });
  (await well.diallings.at(1)).succeed();
  await opened;
  const badly = dialling({ signal, addresses: [a], retryDelayMs: 0 });
  (await badly.diallings.at(0)).fail('connect');
  await failure(badly.dialled);
  const late = dialling({
    signal,
    timeoutMs: 1_000,
    addresses: ['slow.test:1'],
    resolver: () => new Promise(() => {}),
    verifyCa: () => {},
  });
  await settled();
  late.clock.advance(1_000);
  await settled();
  late.clock.advance(1_000);
  await assert.rejects(late.dialled, { name: 'DialTimeoutError' });
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
});

test('an abort rejects with its own reason, calls everything off, and leaves no timer', async () => {
  const controller = new AbortController();
  const reason = new Error('no longer');
  const { clock, diallings, dialled } = dialling({ signal: controller.signal, timeoutMs: 60_000 });
  const first = await diallings.at(0);
  clock.advance(50);
  const second = await diallings.at(1);
  second.fail('connect');
  await settled();
  controller.abort(reason);
  await assert.rejects(dialled, (error) => error === reason);
  await settled();
  assert.equal(first.isCalledOff, true);
  assert.equal(clock.asleep, 0);
});

test('a signal that is aborted before has nothing dialled', async () => {
  const { diallings, dialled } = dialling({ signal: AbortSignal.abort(new Error('never')) });
  await assert.rejects(dialled, { message: 'never' });
  assert.deepEqual(diallings.all, []);
});

test('an address that refused is tried again every 2 s, while the others are, too', async () => {
  const { clock, diallings, dialled } = dialling({ addresses: [a, b] });
  (await diallings.at(0)).fail('connect');
  await settled();
  clock.advance(50);
  (await diallings.at(1)).fail('connect');
  await settled();
  clock.advance(1_950);
  (await diallings.at(2)).fail('connect');
  await settled();
  clock.advance(50);
  (await diallings.at(3)).succeed();
  assert.equal((await dialled).ipAddress, b);
  assert.deepEqual(diallings.ipAddresses, [a, b, a, b]);
  await settled();
  assert.equal(clock.asleep, 0);
});

test('it is tried again for as long as is wanted, and then the failure is told', async () => {
  const { clock, diallings, dialled } = dialling({ addresses: [a], retryForMs: 5_000 });
  (await diallings.at(0)).fail('connect');
  await settled();
  clock.advance(2_000);
  (await diallings.at(1)).fail('connect');
  await settled();
  clock.advance(2_000);
  (await diallings.at(2)).fail('reset');
  const error = await failure(dialled);
  assert.equal(error.message, `dial wss://${a}/api: unable to connect to the API: reset of ${a}`);
  assert.equal(error.category, 'unavailable');
  assert.ok(error instanceof ConnectionError);
  assert.deepEqual(
    error.attempts.map((attempt) => attempt.error),
    [`connect of ${a}`, `connect of ${a}`, `reset of ${a}`],
  );
});

test('without a delay each address is tried once', async () => {
  const { clock, diallings, dialled } = dialling({ retryDelayMs: 0 });
  for (const index of [0, 1, 2]) (await diallings.at(index)).fail('connect');
  await failure(dialled);
  assert.equal(diallings.all.length, 3);
  assert.equal(clock.asleep, 0);
});

test('a certificate that is not trusted is not tried again', async () => {
  const { diallings, dialled } = dialling({ addresses: [a] });
  (await diallings.at(0)).fail('certificate', 'SELF_SIGNED_CERT_IN_CHAIN');
  const error = await failure(dialled);
  assert.equal(error.untrusted, true);
  assert.equal(diallings.all.length, 1);
});

test('of several failures one that came from a server is told, and not that nobody answered elsewhere', async () => {
  const { diallings, dialled } = dialling({ retryDelayMs: 0 });
  (await diallings.at(0)).fail('connect', 'ECONNREFUSED');
  (await diallings.at(1)).fail('handshake');
  (await diallings.at(2)).fail('connect', 'ECONNREFUSED');
  const error = await failure(dialled);
  assert.match(error.message, /^dial wss:\/\/10\.0\.0\.1:17070\/api and 2 more: .*handshake of 10\.0\.0\.2/);
});

test('of several addresses each has its reason, the most telling first, up to three of them', async () => {
  const addresses = [a, b, '10.0.0.3:17070', '10.0.0.4:17070', '10.0.0.5:17070'];
  const { diallings, dialled } = dialling({ addresses, retryDelayMs: 0 });
  for (const index of [0, 1, 2, 3, 4])
    (await diallings.at(index)).fail(index === 1 ? 'handshake' : 'connect');
  const { message } = await failure(dialled);
  const reasons = `handshake of ${b}; connect of ${a}; connect of 10.0.0.3:17070; and 2 more`;
  assert.ok(message.endsWith(` and 4 more: unable to connect to the API: ${reasons}`), message);
});

test('a reason that does not name its address is told with it', async () => {
  const { dialled } = dialling({
    addresses: [a, b],
    retryDelayMs: 0,
    openSocket: async (url) => {
      throw new SocketFailure('connect', url.includes(a) ? 'cable unplugged' : `no connection to ${b}`);
    },
  });
  const { message } = await failure(dialled);
  assert.match(message, /: no connection to 10\.0\.0\.2:17070; 10\.0\.0\.1:17070: cable unplugged$/);
});

test('of several failures of one kind the latest is told', async () => {
  for (const kind of ['connect', 'handshake'] as const) {
    const { diallings, dialled } = dialling({ retryDelayMs: 0 });
    for (const index of [0, 1, 2]) (await diallings.at(index)).fail(kind);
    assert.match((await failure(dialled)).message, new RegExp(`${kind} of 10\\.0\\.0\\.3`));
  }
});

test('every failed attempt is told as it fails', async () => {
  const told: unknown[] = [];
  const { diallings, dialled } = dialling({
    addresses: ['nowhere.test:17070', a],
    resolver: () => Promise.reject(new Error('no such host')),
    retryDelayMs: 0,
    onFailure: ({ address, ipAddress, error }) =>
      told.push([address, ipAddress, error instanceof Error && error.message]),
  });
  (await diallings.at(0)).fail('connect');
  await failure(dialled);
  assert.deepEqual(told, [
    ['nowhere.test:17070', undefined, 'cannot resolve nowhere.test: no such host'],
    [a, a, `connect of ${a}`],
  ]);
});

test('when dialling takes too long that is told apart from other failures, with what went wrong until then', async () => {
  const { clock, diallings, dialled } = dialling({ addresses: [a, b], timeoutMs: 3_000 });
  (await diallings.at(0)).fail('handshake');
  await settled();
  clock.advance(50);
  const hanging = await diallings.at(1);
  clock.advance(2_950);
  await assert.rejects(dialled, (error) => {
    assert.ok(error instanceof DialTimeoutError);
    assert.equal(error.code, 'timeout');
    assert.match(error.message, /within 3000 ms: handshake of 10\.0\.0\.1/);
    return true;
  });
  assert.equal(hanging.isCalledOff, true);
  await settled();
  assert.equal(clock.asleep, 0);
});

test('the time for dialling is over once a socket is open', async () => {
  const { clock, diallings, dialled } = dialling({ timeoutMs: 3_000 });
  const socket = (await diallings.at(0)).succeed();
  await dialled;
  clock.advance(10_000);
  await settled();
  assert.equal(socket.dropped, false);
  assert.equal(clock.asleep, 0);
});

test('an address is given up after 45 s without a handshake, and tried again', async () => {
  const { clock, diallings, dialled } = dialling({ addresses: [a] });
  const first = await diallings.at(0);
  clock.advance(44_999);
  await settled();
  assert.equal(first.isCalledOff, false);
  clock.advance(1);
  await settled();
  assert.equal(first.isCalledOff, true);
  await clock.skip();
  (await diallings.at(1)).succeed();
  assert.equal((await dialled).ipAddress, a);
});

test('a further WebSocket goes to the machine that was dialled, with the same trust', async () => {
  const { diallings, dialled } = dialling({ insecureSkipVerify: true });
  (await diallings.at(0)).succeed();
  const { open } = await dialled;
  const opened = open('/log?maxLines=1', { headers: { Authorization: 'Basic x' } });
  const second = await diallings.at(1);
  const socket = second.succeed();
  assert.equal(await opened, socket);
  assert.equal(second.url, `wss://${a}/log?maxLines=1`);
  assert.equal(second.options.ipAddress, a);
  assert.deepEqual(second.options.tls, { insecureSkipVerify: true });
  assert.deepEqual(second.options.headers, {
    'X-Juju-ClientVersion': '4.0.15',
    Authorization: 'Basic x',
  });
});
