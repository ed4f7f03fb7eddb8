import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { ConnectionError, ProtocolError, ResponseError } from '../../runtime/src/errors.ts';
import { RpcError } from '../../runtime/src/rpc/rpc-error.ts';
import { runCommands } from '../../runtime/src/services/juju/streams/commands.ts';
import { debugLog } from '../../runtime/src/services/juju/streams/debug-log.ts';
import { connectControllerStream, connectStream } from '../../runtime/src/services/juju/streams/stream.ts';
import { rejection } from '../servers/endpoint.ts';
import { JujuServer, model, refusal } from './juju-streams-host.ts';

const macaroon = { identifier: 'secret-macaroon' };
const dischargeRequired = {
  message: 'verification failed',
  code: 'macaroon discharge required',
  info: { 'bakery-macaroon': macaroon, macaroon: { identifier: 'old' } },
};

async function allClosed({ sockets }: JujuServer): Promise<void> {
  for (const socket of sockets) await once(socket, 'close');
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

test('a stream of the model is opened, and gives its messages until the controller ends it', async () => {
  await using server = await JujuServer.start();
  server.stream = (socket) => {
    socket.send('{}\n');
    socket.on('message', (data) => {
      socket.send(`echo ${String(data)}`);
      socket.close(1000);
    });
  };
  await using stream = await connectStream(server, '/log', {
    a: ['1', '2'],
    b: undefined,
    c: false,
    d: true,
  });
  stream.send({ size: 2n ** 60n });
  assert.deepEqual(await all(stream), ['echo {"size":1152921504606846976}']);
  assert.deepEqual(server.lines, [`GET /model/${model}/log?a=1&a=2&d=true`]);
});

test('a stream of the controller is opened by its own path', async () => {
  await using server = await JujuServer.start();
  server.model = undefined;
  server.stream = (socket) => {
    socket.send('{}');
    socket.close(1001);
  };
  assert.deepEqual(await all(await connectControllerStream(server, '/pubsub')), []);
  assert.deepEqual(server.lines, ['GET /pubsub']);
});

test('a path that names a model itself, or is none, is refused before anything is sent', async () => {
  await using server = await JujuServer.start();
  for (const path of ['log', '/model/x/log', '/log?x=1', '/../api', '/a b']) {
    await assert.rejects(connectStream(server, path), TypeError);
    await assert.rejects(connectControllerStream(server, path), TypeError);
  }
  server.model = undefined;
  await assert.rejects(connectStream(server, '/log'), /the session is with the controller only/);
  assert.throws(() => runCommands(server, { user: 'admin', commands: ['status'] }), TypeError);
  assert.deepEqual(server.lines, []);
});

test('an error in the first message is the controller saying no', async () => {
  await using server = await JujuServer.start();
  server.stream = (socket) => {
    socket.send(JSON.stringify({ error: { message: 'permission denied', code: 'unauthorized access' } }));
    socket.close(1001);
  };
  const error = await rejection(connectStream(server, '/log'), RpcError);
  assert.equal(error.message, `GET /model/${model}/log: unauthorized access: permission denied`);
  assert.equal(error.category, 'forbidden');
  assert.equal(error.attempts.length, 1);
});

test('a first message that is no such thing makes no sense', async () => {
  await using server = await JujuServer.start();
  for (const first of ['hello', '[]', '"{}"', JSON.stringify({ filler: 'x'.repeat(5000) })]) {
    server.stream = (socket) => socket.send(first);
    await rejection(connectStream(server, '/log'), ProtocolError);
  }
  server.stream = (socket) => socket.close(1001, 'going away');
  const lost = await rejection(connectStream(server, '/log'), ConnectionError);
  assert.match(
    lost.message,
    /: lost before its first message: the controller ended it with 1001 \("going away"\)$/,
  );
});

test('macaroons that the first message asks for are discharged, and the stream is opened once more', async () => {
  await using server = await JujuServer.start();
  let count = 0;
  server.stream = (socket) => {
    count += 1;
    socket.send(JSON.stringify(count === 1 ? { error: dischargeRequired } : {}));
    if (count === 2) socket.close(1000);
  };
  assert.deepEqual(await all(await connectStream(server, '/log')), []);
  assert.deepEqual(server.discharged, [dischargeRequired.info]);

  count = -1000;
  server.stream = (socket) => socket.send(JSON.stringify({ error: dischargeRequired }));
  const error = await rejection(connectStream(server, '/log'), RpcError);
  assert.equal(error.code, 'macaroon discharge required');
  assert.equal(server.lines.length, 4);
  assert.ok(!inspect(error, { depth: 9 }).includes('secret-macaroon'));
});

test('a handshake that is refused tells why, whether in JSON or not', async () => {
  await using server = await JujuServer.start();
  const refused = async (answer: string) => {
    server.refuse = () => answer;
    return rejection(connectStream(server, '/log'), ResponseError);
  };
  const said = JSON.stringify({ error: { message: 'model not found', code: 'model not found' } });
  const json = await refused(refusal('404 Not Found', 'application/json', said));
  assert.equal(json.message, `GET /model/${model}/log: 404 model not found: model not found`);
  assert.deepEqual([json.status, json.code, json.category], [404, 'model not found', 'not-found']);

  const text = await refused(refusal('403 Forbidden', 'text/plain', 'not for you\n'));
  assert.equal(text.message, `GET /model/${model}/log: 403 forbidden: not for you`);

  const busy = await refused(refusal('503 Service Unavailable', 'text/plain', 'apiserver shutdown'));
  assert.deepEqual([busy.status, busy.category], [503, 'unavailable']);
});

test('a handshake that asks for macaroons is made once more with them', async () => {
  await using server = await JujuServer.start();
  const said = JSON.stringify({ error: dischargeRequired });
  server.refuse = () =>
    server.lines.length === 1 ? refusal('401 Unauthorized', 'application/json', said) : undefined;
  server.stream = (socket) => {
    socket.send('{}');
    socket.close(1000);
  };
  await all(await connectStream(server, '/log'));
  assert.equal(server.discharged.length, 1);
  assert.equal(server.lines.length, 2);
});

test('a stream that nobody answers on is given up in time, and by an abort with its reason', async () => {
  await using server = await JujuServer.start();
  server.stream = () => {};
  const late = await rejection(connectStream(server, '/log', {}, { timeoutMs: 50 }), ConnectionError);
  assert.equal(late.code, 'timeout');
  const controller = new AbortController();
  const opening = connectStream(server, '/log', {}, { signal: controller.signal });
  setTimeout(() => controller.abort(new Error('enough')), 20);
  await assert.rejects(opening, /^Error: enough$/);
  await allClosed(server);
});

const record = {
  tag: 'unit-mysql-0',
  ts: '2026-01-02T03:04:05.123456789Z',
  sev: 'INFO',
  mod: 'juju.worker.uniter',
  loc: 'uniter.go:123',
  msg: 'two\nlines',
};

test('the log gives records, with labels of either version', async () => {
  await using server = await JujuServer.start();
  server.stream = (socket) => {
    socket.send('{}\n');
    socket.send(`${JSON.stringify({ ...record, uuid: model, lab: { 'charm-name': 'mysql' } })}\n`);
    socket.send(`${JSON.stringify({ ...record, lab: ['http', 'metrics'] })}\n`);
    socket.send('{"tag":"t","ts":"2026-01-02T03:04:05Z","msg":"","lab":{"__proto__":"x"}}');
    socket.terminate();
  };
  const [first, second, third] = await all(debugLog(server, { noTail: true }));
  assert.deepEqual(first, {
    model,
    entity: 'unit-mysql-0',
    time: new Date('2026-01-02T03:04:05.123Z'),
    timestamp: '2026-01-02T03:04:05.123456789Z',
    level: 'INFO',
    module: 'juju.worker.uniter',
    location: 'uniter.go:123',
    message: 'two\nlines',
    labels: { 'charm-name': 'mysql' },
    loggerTags: [],
  });
  assert.deepEqual(second?.loggerTags, ['http', 'metrics']);
  assert.equal(second?.model, undefined);
  assert.deepEqual(Object.keys(third?.labels ?? {}), ['__proto__']);
  assert.equal(Object.getPrototypeOf(third?.labels), Object.prototype);
});

test('every filter of the log is asked for', async () => {
  await using server = await JujuServer.start();
  server.stream = (socket) => {
    socket.send('{}');
    socket.close(1000);
  };
  await all(
    debugLog(server, {
      includeEntity: ['unit-mysql-*', 'machine-0'],
      excludeEntity: ['unit-x-0'],
      includeModule: ['juju.worker'],
      excludeModule: ['juju.apiserver'],
      includeLabels: { a: ['1', '2'] },
      excludeLabels: { b: 'x y' },
      includeLabel: ['http'],
      excludeLabel: ['metrics'],
      level: 'WARNING',
      maxLines: 10,
      backlog: 0,
      replay: true,
      noTail: true,
      firehose: true,
      startTime: new Date(0),
    }),
  );
  assert.deepEqual(
    [...new URL(`http://x${server.lines[0]?.slice(4)}`).searchParams].map((pair) => pair.join('=')),
    [
      'version=2',
      'includeEntity=unit-mysql-*',
      'includeEntity=machine-0',
      'excludeEntity=unit-x-0',
      'includeModule=juju.worker',
      'excludeModule=juju.apiserver',
      'includeLabels=a=1',
      'includeLabels=a=2',
      'excludeLabels=b=x y',
      'includeLabel=http',
      'excludeLabel=metrics',
      'level=WARNING',
      'maxLines=10',
      'backlog=0',
      'replay=true',
      'noTail=true',
      'firehose=true',
      'startTime=1970-01-01T00:00:00.000Z',
    ],
  );
  assert.throws(
    () => debugLog(server, { maxLines: 1.5 }),
    /maxLines must be a whole number of lines, not 1.5/,
  );
  assert.throws(() => debugLog(server, { startTime: 'yesterday' }), /startTime must be/);
  server.model = undefined;
  await all(debugLog(server, { noTail: true }));
  assert.equal(server.lines[1], 'GET /log?version=2&noTail=true');
});

/** How a controller ends a stream: with a code, without one, without a word. */
type End = number | 'no code' | 'no word';
const ends: readonly End[] = [1000, 1001, 1011, 'no code', 'no word'];

for (const [what, open, due] of [
  ['a log that is followed', (server: JujuServer) => debugLog(server), []],
  [
    'a log that ends with what there is',
    (server: JujuServer) => debugLog(server, { noTail: true }),
    [1000, 'no code', 'no word'],
  ],
  ['a log of three lines that says two', (server: JujuServer) => debugLog(server, { maxLines: 3 }), []],
  [
    'a stream',
    async function* (server: JujuServer) {
      yield* await connectStream(server, '/log');
    },
    [1000, 1001, 'no code'],
  ],
] as const satisfies readonly [string, (server: JujuServer) => AsyncIterable<unknown>, readonly End[]][]) {
  for (const end of ends) {
    const isDue = due.some((each) => each === end);
    test(`${what}, ended with ${end}, is ${isDue ? 'over' : 'lost'}`, async () => {
      await using server = await JujuServer.start();
      server.stream = (socket) => {
        for (const message of [{}, record, record]) socket.send(JSON.stringify(message));
        if (end === 'no word') socket.terminate();
        else socket.close(end === 'no code' ? undefined : end);
      };
      const seen: unknown[] = [];
      const reading = (async () => {
        for await (const each of open(server)) seen.push(each);
      })();
      if (isDue) {
        await reading;
      } else {
        const lost = await rejection(reading, ConnectionError);
        const how = end === 'no word' ? 'the connection broke off' : `the controller ended it with`;
        assert.equal(lost.code, 'reset');
        assert.match(lost.message, new RegExp(`: lost after 2 messages: ${how}`));
      }
      assert.equal(seen.length, 2);
    });
  }
}

test('a log of so many lines is over with the last of them, whatever the controller does then', async () => {
  await using server = await JujuServer.start();
  server.stream = (socket) => {
    for (const message of [{}, record, record, record]) socket.send(JSON.stringify(message));
  };
  assert.equal((await all(debugLog(server, { maxLines: 2 }))).length, 2);
  await allClosed(server);
});

test('leaving the loop, or an abort, ends the stream', async () => {
  await using server = await JujuServer.start();
  server.stream = (socket) => {
    socket.send('{}');
    socket.send(JSON.stringify(record));
  };
  for await (const { entity } of debugLog(server)) {
    assert.equal(entity, 'unit-mysql-0');
    break;
  }
  await allClosed(server);

  const controller = new AbortController();
  const reading = all(
    (async function* () {
      for await (const each of debugLog(server, { signal: controller.signal })) {
        controller.abort(new Error('seen enough'));
        yield each;
      }
    })(),
  );
  await assert.rejects(reading, /^Error: seen enough$/);
});

/** A loop that waits for what doesn't come, and the server that it waits for. */
const waits: Readonly<Record<string, (server: JujuServer) => Promise<AsyncIterator<unknown>>>> = {
  'a log': async (server) => debugLog(server)[Symbol.asyncIterator](),
  'what commands print': async (server) =>
    runCommands(server, { user: 'admin', commands: ['status'] })[Symbol.asyncIterator](),
  'a stream': async (server) => (await connectStream(server, '/log'))[Symbol.asyncIterator](),
};

for (const [what, open] of Object.entries(waits)) {
  test(`a loop over ${what} can be left while it waits, and ends the stream`, async () => {
    await using server = await JujuServer.start();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    server.stream = (socket) => {
      socket.send('{}');
      begin();
    };
    const loop = await open(server);
    const next = loop.next();
    await begun;
    assert.deepEqual(await loop.return?.(), { done: true, value: undefined });
    assert.deepEqual(await next, { done: true, value: undefined });
    assert.deepEqual(await loop.next(), { done: true, value: undefined });
    await allClosed(server);
  });
}

test('a log can be left while it is being opened', async () => {
  await using server = await JujuServer.start();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  server.stream = () => begin();
  const readable = Readable.from(debugLog(server));
  readable.resume();
  await begun;
  readable.destroy();
  await once(readable, 'close');
  await allClosed(server);
});

test('a stream takes one loop, and what was sent before it is left still goes', async () => {
  await using server = await JujuServer.start();
  const { promise: ended, resolve: end } = Promise.withResolvers<unknown>();
  const sent: string[] = [];
  server.stream = (socket) => {
    socket.on('message', (data) => sent.push(String(data)));
    socket.once('close', end);
    socket.send('{}');
    socket.send('hello');
  };
  const stream = await connectStream(server, '/log');
  for await (const message of stream) {
    assert.equal(message, 'hello');
    assert.throws(() => stream[Symbol.asyncIterator](), /a stream takes one loop/);
    stream.send('goodbye');
    break;
  }
  assert.equal(await ended, 1000);
  assert.deepEqual(sent, ['goodbye']);
});

test('the controller waits while nobody takes the lines', async () => {
  await using server = await JujuServer.start();
  const line = JSON.stringify({ ...record, msg: 'x'.repeat(10_000) });
  const count = 4000;
  let buffered = 0;
  server.stream = (socket) => {
    socket.send('{}');
    for (let each = 0; each < count; each += 1) socket.send(line);
    setTimeout(() => {
      buffered = socket.bufferedAmount;
      socket.close(1000);
    }, 300);
  };
  let seen = 0;
  for await (const { message } of debugLog(server, { noTail: true })) {
    // The first is looked at for longer than the controller needs to send all, if it could.
    if (seen === 0) while (buffered === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    seen += message.length;
  }
  assert.equal(seen, count * 10_000);
  assert.ok(buffered > 10_000_000, `only ${buffered} bytes were left with the controller`);
});

test('commands are run, and give their lines', async () => {
  await using server = await JujuServer.start();
  const asked: unknown[] = [];
  server.stream = (socket) => {
    socket.on('message', (data) => {
      asked.push(JSON.parse(String(data)));
      socket.send(JSON.stringify({ output: ['Model  Controller', 'm      c'] }));
      socket.send(JSON.stringify({ output: ['x'.repeat(10_000)] }));
      socket.send(JSON.stringify({ done: true }));
    });
  };
  const commands = runCommands(server, {
    user: 'alice@example.com',
    macaroons: [[macaroon]],
    activeBranch: 'b',
    commands: ['status'],
  });
  assert.deepEqual(await all(commands), ['Model  Controller', 'm      c', 'x'.repeat(10_000)]);
  assert.deepEqual(asked, [
    { user: 'alice@example.com', macaroons: [[macaroon]], 'active-branch': 'b', commands: ['status'] },
  ]);
  assert.deepEqual(server.lines, [`GET /model/${model}/commands`]);
});

test('commands that fail do so after their lines, and those that break off are lost', async () => {
  await using server = await JujuServer.start();
  server.stream = (socket) => {
    socket.send('{}');
    socket.send(JSON.stringify({ output: ['one'] }));
    socket.send(JSON.stringify({ done: true, error: { message: 'no such command', code: 'not valid' } }));
  };
  const lines: string[] = [];
  const run = async () => {
    for await (const line of runCommands(server, { user: 'admin', commands: ['nope'] })) lines.push(line);
  };
  const error = await rejection(run(), RpcError);
  assert.deepEqual(lines, ['one']);
  assert.deepEqual([error.code, error.category], ['not valid', 'invalid']);

  server.stream = (socket) => {
    socket.send('{}');
    socket.close(1000);
  };
  await rejection(run(), ConnectionError);
});

test('commands are sent again where macaroons are asked for, and a password is never shown', async () => {
  await using server = await JujuServer.start();
  let count = 0;
  server.stream = (socket) => {
    count += 1;
    socket.send(JSON.stringify(count === 1 ? { error: dischargeRequired } : {}));
    if (count === 2) {
      socket.on('message', () => {
        socket.send(JSON.stringify({ error: { message: 'invalid entity name or password' } }));
      });
    }
  };
  const run = all(runCommands(server, { user: 'admin', credentials: 'hush-hush', commands: ['status'] }));
  const error = await rejection(run, RpcError);
  assert.equal(server.discharged.length, 1);
  assert.equal(error.code, 'unauthorized access');
  assert.ok(!inspect(error, { depth: 9 }).includes('hush-hush'));
});
