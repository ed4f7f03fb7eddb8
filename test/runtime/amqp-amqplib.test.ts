import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { topic } from '@fairlead/runtime/client';
import { type PulseAddress, taskcluster } from '@fairlead/runtime/taskcluster';

const session = taskcluster({ rootUrl: 'https://tc.example.com' });
const done = topic<unknown, object, string>('exchange/done', [{ name: 'id' }]);

/** A server on a port of its own, for as long as `use` takes. */
async function withServer(
  onConnection: (socket: Socket) => void,
  use: (pulse: PulseAddress) => Promise<void>,
): Promise<void> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  try {
    await use({
      hostname: '127.0.0.1',
      port: address.port,
      username: 'me',
      password: 'hunter2hunter2',
      tls: false,
    });
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  }
}

const brokers: readonly (readonly [string, (socket: Socket) => void, RegExp])[] = [
  ['hangs up', (socket) => socket.end(), /^CONNECT amqp:\S+: Socket closed abruptly/],
  ['speaks HTTP', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), /^CONNECT amqp:\S+: \S/],
  ['says nothing', () => {}, /^CONNECT amqp:\S+: (no answer within 100 ms|connect ETIMEDOUT)$/],
];

for (const [what, onConnection, message] of brokers) {
  test(`a server that ${what} is no broker, and that is told`, async () => {
    await withServer(onConnection, async (pulse) => {
      const listener = session.listen(done, { pulse, reconnect: false, connectTimeoutMs: 100 });
      await assert.rejects(listener.ready(), { name: 'ConnectionError', category: 'unavailable', message });
    });
  });
}

test('TLS with a server that has none is told', async () => {
  await withServer(
    (socket) => socket.end('no TLS here'),
    async (pulse) => {
      const listener = session.listen(done, { pulse: { ...pulse, tls: true }, reconnect: false });
      await assert.rejects(listener.ready(), { name: 'ConnectionError', message: /^CONNECT amqps:\S+: \S/ });
    },
  );
});

test('a port that nobody listens on is told', async () => {
  let closed: PulseAddress | undefined;
  await withServer(
    () => {},
    async (pulse) => {
      closed = pulse;
    },
  );
  assert.ok(closed);
  await assert.rejects(session.listen(done, { pulse: closed, reconnect: false }).ready(), {
    name: 'ConnectionError',
    message: `CONNECT amqp://127.0.0.1:${closed.port}/%2F: connect ECONNREFUSED 127.0.0.1:${closed.port}`,
  });
});
