import assert from 'node:assert/strict';
import { tracingChannel } from 'node:diagnostics_channel';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { RpcConnection } from '../../runtime/src/rpc/connection.ts';
import { openSocket } from '../../runtime/src/rpc/socket.ts';
import { RpcServer } from '../servers/rpc-server.ts';

test('a tracer is told of each call, of how it ended, and of nothing that was sent or answered', async () => {
  await using server = await RpcServer.start((request, peer) => {
    if (request.request === 'Bad') peer.refuse(request, 'no', 'bad request');
    else peer.answer(request, { password: 'hunter2' });
  });
  const connection = new RpcConnection(await openSocket(server.url), { url: server.url });
  const told: [string, unknown][] = [];
  const ended = Promise.withResolvers<void>();
  const tell = (what: string) => (trace: unknown) => {
    told.push([what, trace]);
    if (told.filter(([each]) => each === 'asyncEnd').length === 2) ended.resolve();
  };
  const channel = tracingChannel('fairlead:call');
  const subscribers = {
    start: tell('start'),
    end: tell('end'),
    asyncStart: tell('asyncStart'),
    asyncEnd: tell('asyncEnd'),
    error: tell('error'),
  };
  channel.subscribe(subscribers);
  try {
    const params = { password: 'hunter2' };
    const answer = await connection.call({ facade: 'Thing', method: 'Good', params });
    assert.deepEqual(answer, { password: 'hunter2' });
    await assert.rejects(connection.call({ facade: 'Thing', method: 'Bad', params }), /bad request/);
    await ended.promise;
  } finally {
    channel.unsubscribe(subscribers);
  }
  const of = (method: RegExp) =>
    told.filter(([, trace]) => method.test(inspect(trace))).map(([what]) => what);
  assert.deepEqual(of(/Thing\.Good/), ['start', 'end', 'asyncStart', 'asyncEnd']);
  assert.deepEqual(of(/Thing\.Bad/), ['start', 'end', 'error', 'asyncStart', 'asyncEnd']);
  assert.doesNotMatch(inspect(told, { depth: 9 }), /hunter2/);
  await connection.close();
});
