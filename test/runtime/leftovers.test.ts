import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from '@fairlead/codegen/serve';
import { Agent, consul, Kv } from '@fairlead/consul';
import { left, nothingLeft } from '../servers/left.ts';
import { json, Loopback, login, returns } from './salt-netapi.ts';

test('a session of Consul that is closed leaves no timer and no socket, whatever was going on', async () => {
  const before = left();
  const service = await serve('consul', { jitter: false });
  const listening = left();
  const session = consul({ address: service.url });
  const kv = new Kv(session);
  await kv.put('key', 'value');
  const watch = kv.get('key').watch();
  const changes = watch[Symbol.asyncIterator]();
  await changes.next();
  const waiting = changes.next();
  const kept = await session.keepSession();
  const lock = await session.lock('service/leader');
  const late = assert.rejects(session.lock('service/leader'));
  await new Agent(session).self();
  await session.close();
  await late;
  assert.equal((await waiting).done, true);
  assert.ok(kept.signal.aborted && lock.signal.aborted);
  await nothingLeft(listening);
  await service.close();
  await nothingLeft(before);
});

test('a session of Salt that is closed leaves no timer and no socket, whatever was going on', async () => {
  const before = left();
  const server = await Loopback.start();
  const listening = left();
  server
    .on('POST /login', login('token'))
    .on('POST /', returns({ jid: '20261121191807228328', minions: ['m1'] }))
    .on('POST /logout', json({ return: 'Your token has been cleared' }))
    .on('GET /events', (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    });
  const session = server.session();
  const listener = session.listen('salt/auth');
  await listener.ready();
  const events = listener[Symbol.asyncIterator]();
  const waiting = events.next();
  const job = await session.local('test.ping', '*').start();
  const [following] = await Promise.all([job.result(), session.close()]);
  assert.equal(following.size, 1);
  assert.equal((await waiting).done, true);
  await nothingLeft(listening);
  await server[Symbol.asyncDispose]();
  await nothingLeft(before);
});

test('leaving a loop over events of Salt while it waits for one ends it at once', async () => {
  await using server = await Loopback.start();
  server.on('POST /login', login('token')).on('GET /events', (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  });
  await using session = server.session();
  const listener = session.listen('salt/auth');
  await listener.ready();
  const events = listener[Symbol.asyncIterator]();
  const waiting = events.next();
  await events.return?.();
  assert.equal((await waiting).done, true);
});
