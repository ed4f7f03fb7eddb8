import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WebSocket } from 'ws';
import { juju, passwordLogin } from '../../runtime/src/services/juju/index.ts';
import { JujuServer, json, model } from './juju-streams-host.ts';

/** Answers as much of a login as a session needs. */
function answerCalls(socket: WebSocket): void {
  socket.on('message', (data) => {
    const { 'request-id': id, request }: { 'request-id': number; request: string } = JSON.parse(String(data));
    const response =
      request === 'Login'
        ? {
            'controller-tag': 'controller-f47ac10b-58cc-4372-a567-0e02b2c3d470',
            'model-tag': `model-${model}`,
            'server-version': '4.0.15',
            servers: [],
            facades: [{ name: 'Pinger', versions: [1] }],
            'user-info': { identity: 'user-admin', 'controller-access': 'superuser' },
          }
        : {};
    socket.send(JSON.stringify({ 'request-id': id, response }));
  });
}

test('streams and transfers of a session are those of its controller, and prove who calls', async () => {
  await using server = await JujuServer.start();
  const proofs: (string | undefined)[] = [];
  server.stream = (socket, { url, headers }) => {
    if (url === `/model/${model}/api`) {
      answerCalls(socket);
      return;
    }
    proofs.push(headers.authorization);
    socket.send('{}');
    socket.send('{"tag":"machine-0","ts":"2026-01-02T03:04:05Z","sev":"INFO","msg":"hello"}');
    socket.close(1000);
  };
  server.answer = (response, request, body) => {
    proofs.push(request.headers.authorization);
    if (request.method === 'PUT') json({ 'charm-url': 'local:my-charm-0' })(response, request, body);
    else response.end(request.url === '/health' ? 'running\n' : 'data');
  };
  await using session = juju({
    addresses: [`ws://${server.address}`],
    model,
    login: passwordLogin({ user: 'admin', password: 'hush-hush' }),
  });

  const messages: string[] = [];
  for await (const { message } of session.debugLog({ noTail: true })) messages.push(message);
  assert.deepEqual(messages, ['hello']);
  assert.equal(
    (await session.uploadCharm({ name: 'my-charm', body: Buffer.from('zip') })).url,
    'local:my-charm-0',
  );
  const pieces: Uint8Array[] = [];
  for await (const piece of await session.downloadResource({ application: 'mysql', name: 'x' }))
    pieces.push(piece);
  assert.equal(Buffer.concat(pieces).toString(), 'data');
  assert.deepEqual(await session.health(), { healthy: true, status: 'running' });

  const proof = `Basic ${Buffer.from('user-admin:hush-hush').toString('base64')}`;
  // How a controller is it tells anyone.
  assert.deepEqual(proofs, [proof, proof, proof, undefined]);
});

test('an open stream ends with its session', async () => {
  await using server = await JujuServer.start();
  server.stream = (socket, { url }) => {
    if (url?.endsWith('/api')) answerCalls(socket);
    else socket.send('{}');
  };
  const session = juju({
    addresses: [`ws://${server.address}`],
    model,
    login: passwordLogin({ user: 'admin', password: 'x' }),
  });
  const stream = await session.connectStream('/log');
  const reading = stream[Symbol.asyncIterator]().next();
  await session.close();
  assert.equal((await reading).done, true);
  stream.send('too late');
});
