import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ResponseError } from '../../runtime/src/services/salt/index.ts';
import { type Answer, json, Loopback, page, returns } from './salt-netapi.ts';

/** Answers each chunk by its function, and a batch with two minions. */
const byFunction: Answer = (response, asked) => {
  const chunks: readonly { client: string; fun: string }[] = JSON.parse(asked.body);
  const bad = chunks.find(({ fun }) => fun === 'bad.x');
  if (bad !== undefined) return page(400, 'Client disabled: &#x27;runner&#x27;.')(response, asked);
  const elements = chunks.flatMap(({ client, fun }): unknown[] => {
    if (client === 'local_batch')
      return ['a', 'b'].map((id) => ({ tag: 't', data: { id, return: `${fun} ${id}`, retcode: 0 } }));
    if (client === 'local') return [{ m: { ret: fun, retcode: 0 } }];
    return [{ tag: 't', data: { return: fun, success: true } }];
  });
  return json({ return: elements })(response, asked);
};

const sizes = (server: Loopback, line: string) =>
  server.to(line).map(({ body }) => [JSON.parse(body)].flat().length);

test('calls go apart where one that fails would take the others with it', async () => {
  await using server = await Loopback.start();
  server.on('POST /run', byFunction);
  await using session = server.session({ credentialsIn: 'body' });
  const [first, bad, last] = await session.run([
    session.local<string>('test.one', '*'),
    session.runner<number>('bad.x'),
    session.wheel<string>('test.two'),
  ]);
  assert.ok(first.status === 'fulfilled' && first.value.ok.get('m') === 'test.one');
  assert.ok(bad.status === 'rejected' && bad.reason instanceof ResponseError);
  assert.ok(last.status === 'fulfilled' && last.value === 'test.two');
  assert.deepEqual(sizes(server, 'POST /run'), [1, 1, 1]);
});

test('results are lined up with their calls again, also behind a batch', async () => {
  await using server = await Loopback.start();
  server.on('POST /run', byFunction);
  await using session = server.session({ credentialsIn: 'body' });
  const [one, batch, two, other, three] = await session.run(
    [
      session.local('test.one', '*'),
      session.local('test.batch', '*').batch(1),
      session.runner('test.two'),
      session.local('test.other', '*').batch(1),
      session.runner('test.three'),
    ],
    { together: true },
  );
  assert.ok(one.status === 'fulfilled' && one.value.ok.get('m') === 'test.one');
  assert.ok(batch.status === 'fulfilled' && batch.value.ok.get('b') === 'test.batch b');
  assert.ok(two.status === 'fulfilled' && two.value === 'test.two');
  assert.ok(other.status === 'fulfilled' && other.value.ok.get('a') === 'test.other a');
  assert.ok(three.status === 'fulfilled' && three.value === 'test.three');
  assert.deepEqual(sizes(server, 'POST /run'), [3, 2]);
});

test('rest_tornado takes all at once, and says of each whether it failed', async () => {
  await using server = await Loopback.start();
  server.on('POST /run', returns({ m: true }, 'Unexpected exception while handling request: no', ['m1']));
  await using session = server.session({ netapi: 'tornado', credentialsIn: 'body' });
  const [ok, bad, up, missing] = await session.run([
    session.local('test.ping', '*'),
    session.local('test.bad', '*'),
    session.runner<string[]>('manage.up'),
    session.local('test.late', '*'),
  ]);
  assert.equal(ok.status, 'fulfilled');
  assert.ok(bad.status === 'rejected' && /no$/.test(String(bad.reason)));
  assert.ok(up.status === 'fulfilled' && up.value[0] === 'm1');
  assert.equal(missing.status, 'rejected');
  assert.deepEqual(sizes(server, 'POST /run'), [4]);
});

test('nothing to run is nothing sent', async () => {
  await using server = await Loopback.start();
  assert.deepEqual(await server.session().run([]), []);
  assert.equal(server.asked.length, 0);
});

test('chunks can be sent as they are', async () => {
  await using server = await Loopback.start();
  server.on('POST /run', returns({ m1: { 'test.ping': true, 'test.echo': 'hi' } }));
  await using session = server.session({ credentialsIn: 'body' });
  const fun = ['test.ping', 'test.echo'];
  const returned = await session.low([{ client: 'local', tgt: '*', fun, arg: [[], ['hi']] }]);
  assert.deepEqual(returned, [{ m1: { 'test.ping': true, 'test.echo': 'hi' } }]);
});
