/** Tests that `openapi-patterns.test.ts` runs once there is a client: they import what that has generated. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Charges, Items, type PatternsTypes, patterns, Styles } from '../../.tmp/patterns/index.ts';
import { reply, type WireRequest, WireServer } from '../../servers/wire.ts';

/** What arrives at a server that answers everything with `body`. */
async function arriving(
  body: string,
  call: (session: ReturnType<typeof patterns>) => Promise<unknown>,
): Promise<readonly WireRequest[]> {
  await using server = await WireServer.start(reply(200, body, { 'content-type': 'application/json' }));
  await using session = patterns({ baseUrl: server.url });
  await call(session);
  return server.requests;
}

const targets = (requests: readonly WireRequest[]) =>
  requests.map(({ target }) => decodeURIComponent(target));

test('a time is sent as it is, and a range of times by its bounds', async () => {
  const requests = await arriving('{"data":[],"has_more":false}', async (session) => {
    const charges = new Charges(session);
    await charges.list({ created: 5 });
    await charges.list({ created: 5n });
    await charges.list({ created: { gt: 5, lt: 2n ** 60n } });
    await charges.list({ expand: ['data.customer', 'a,b'], items: [{ price: 'p' }, { price: 'q' }] });
  });
  assert.deepEqual(targets(requests), [
    '/charges?created=5',
    '/charges?created=5',
    '/charges?created[gt]=5&created[lt]=1152921504606846976',
    '/charges?expand=data.customer&expand=a,b&items[0][price]=p&items[1][price]=q',
  ]);
});

test('what may be null is left out, and otherwise written by its style', async () => {
  const requests = await arriving('{"kind":"book"}', async (session) => {
    const items = new Items(session);
    await items.readItemItemsItemIdGet(7);
    await items.readItemItemsItemIdGet(7, { q: ['a', 'b'], ids: [1, 2n], since: new Date(0) });
    await items.readItemItemsItemIdGet(7, { ids: [], since: '2024-01-02', 'x-token': 't', ads_id: 'a b' });
  });
  assert.deepEqual(targets(requests), [
    '/items/7',
    '/items/7?q=a&q=b&ids=1,2&since=1970-01-01T00:00:00.000Z',
    '/items/7?since=2024-01-02',
  ]);
  assert.equal(requests[2]?.headers['x-token'], 't');
  assert.equal(requests[2].headers['cookie'], 'ads_id=a%20b');
});

test('every style arrives as it says', async () => {
  const point = { x: 1, y: 2 };
  const [request] = await arriving('', (session) =>
    new Styles(session).styled(point, ['red', 'a/b'], {
      piped: ['a', 'b'],
      next: '/charges?a=1&b=2',
      plain: 'as it is',
      'X-Point': point,
      'X-Json': point,
      theme: ['dark', 'large'],
    }),
  );
  assert.equal(
    request?.target,
    '/styles/x=1,y=2;color=red;color=a%2Fb?piped=a%7Cb&next=/charges?a=1%26b=2&plain=as%20it%20is',
  );
  assert.equal(request.headers['x-point'], 'x=1,y=2');
  assert.equal(request.headers['x-json'], '{"x":1,"y":2}');
  assert.equal(request.headers['cookie'], 'theme=dark; theme=large');
});

test('what is answered has the types that it says', async () => {
  const long = 2n ** 60n;
  const customer = `{"id":${long},"object":"customer"}`;
  const one = (who: string) => `{"id":"c","object":"charge","attempts":4,"note":"n","customer":${who}}`;
  const body = `{"data":[${[customer, String(long), '"cus"'].map(one).join()}],"has_more":false}`;
  const found: PatternsTypes.Noted[] = [];
  await arriving(body, async (session) => {
    found.push(...(await new Charges(session).list()).data);
  });
  assert.deepEqual(
    found.map((charge) => charge.customer),
    [{ id: long, object: 'customer' }, long, 'cus'],
  );
  // Required by another part of its type than the one that declares it.
  const notes: string[] = found.map(({ note }) => note);
  // The service learnt of a fourth attempt.
  const attempts: (number | undefined)[] = found.map((charge) => charge.attempts);
  assert.deepEqual([notes[0], attempts[0]], ['n', 4]);
});

test('a union in a union is told apart and converted, and so is what is known of an unknown one', async () => {
  const made = new Date('2024-01-02T03:04:05Z');
  const read = async (kind: string) => {
    const found: PatternsTypes.Item[] = [];
    await arriving(`{"kind":"${kind}","made":"${made.toISOString()}","length":3}`, async (session) => {
      found.push(await new Items(session).readItemItemsItemIdGet(1));
    });
    return found[0];
  };
  const song = await read('song');
  assert.deepEqual(song?.kind === 'song' && song.made, made);
  assert.deepEqual((await read('book'))?.made, made);
  assert.deepEqual((await read('poem'))?.made, made);
});
