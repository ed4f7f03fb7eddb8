import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byToken, path } from '@fairlead/runtime/client';
import { ProtocolError, ResponseError } from '../../runtime/src/errors.ts';
import { endpointOn, rejection } from '../servers/endpoint.ts';
import { inTurn, reply, replyJson, WireServer } from '../servers/wire.ts';

interface TaskPage {
  tasks?: { id: number }[];
  next?: string;
}

const route = path`/task-group/${'g'}/list`;
const paging = byToken('tasks', 'next');
const page = (ids: readonly number[], next?: string) => replyJson({ tasks: ids.map((id) => ({ id })), next });

const list = (server: WireServer, query: object = {}) =>
  endpointOn(server).pages<TaskPage, 'tasks'>('get', route, { query }, paging);

test('nothing is asked before somebody waits or iterates', async () => {
  await using server = await WireServer.start(page([1]));
  const pages = list(server);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(server.requests.length, 0);
  assert.deepEqual(await pages, { tasks: [{ id: 1 }] });
  assert.equal(server.requests.length, 1);
});

test('await gives the first page, the iteration every item, pages() every page', async () => {
  const behaviour = () => inTurn(page([1, 2], 'a/b'), page([3], 'c'), page([4, 5]));
  await using first = await WireServer.start(behaviour());
  assert.deepEqual(await list(first, { limit: 2 }), { tasks: [{ id: 1 }, { id: 2 }], next: 'a/b' });
  assert.equal(first.requests.length, 1);

  await using second = await WireServer.start(behaviour());
  const ids: number[] = [];
  for await (const { id } of list(second, { limit: 2 })) ids.push(id);
  assert.deepEqual(ids, [1, 2, 3, 4, 5]);
  assert.deepEqual(
    second.requests.map(({ target }) => target.split('?')[1]),
    ['limit=2', 'limit=2&next=a%2Fb', 'limit=2&next=c'],
  );

  await using third = await WireServer.start(behaviour());
  const sizes: (number | undefined)[] = [];
  for await (const { tasks } of list(third).pages()) sizes.push(tasks?.length);
  assert.deepEqual(sizes, [2, 1, 2]);
});

test('toArray gives every item, or as many as are wanted, and asks for no page in vain', async () => {
  const behaviour = () => inTurn(page([1, 2], 'a'), page([3, 4], 'b'), page([5]));
  await using all = await WireServer.start(behaviour());
  assert.deepEqual((await list(all).toArray()).length, 5);
  await using some = await WireServer.start(behaviour());
  assert.deepEqual(await list(some).toArray({ limit: 4 }), [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }]);
  assert.equal(some.requests.length, 2);
  assert.deepEqual(await list(some).toArray({ limit: 0 }), []);
  assert.equal(some.requests.length, 2);
});

test('no page is asked for before the items of the previous one were taken, nor after leaving', async () => {
  await using server = await WireServer.start(inTurn(page([1, 2], 'a'), page([3], 'b'), page([4])));
  for await (const { id } of list(server)) {
    assert.equal(server.requests.length, id <= 2 ? 1 : 2);
    if (id === 3) break;
  }
  assert.equal(server.requests.length, 2);
});

test('a page without items but with a token is not the end, an empty token is', async () => {
  await using server = await WireServer.start(
    inTurn(page([], 'a'), replyJson({ next: 'b' }), replyJson({ tasks: null, next: 'c' }), page([7], '')),
  );
  assert.deepEqual(await list(server).toArray(), [{ id: 7 }]);
  assert.equal(server.requests.length, 4);
});

test('each iteration begins anew, or where the caller says', async () => {
  await using server = await WireServer.start((socket, request) => {
    const next = new URL(request.target, 'http://h').searchParams.get('next');
    (next === null ? page([1], 'z') : page([2]))(socket, request);
  });
  const pages = list(server);
  assert.deepEqual(await pages.toArray(), [{ id: 1 }, { id: 2 }]);
  assert.deepEqual(await pages.toArray(), [{ id: 1 }, { id: 2 }]);
  assert.deepEqual(await list(server, { next: 'z' }).toArray(), [{ id: 2 }]);
});

test('a POST repeats its body on each page', async () => {
  await using server = await WireServer.start(inTurn(page([1], 'a'), page([2])));
  const body = { taskIds: ['x'] };
  const pages = endpointOn(server).pages<TaskPage, 'tasks'>('post', route, { body, safe: true }, paging);
  assert.deepEqual(await pages.toArray(), [{ id: 1 }, { id: 2 }]);
  assert.deepEqual(
    server.requests.map((request) => [request.method, request.body.toString()]),
    Array(2).fill(['POST', JSON.stringify(body)]),
  );
});

test('a token that leads to itself would never end, and is refused', async () => {
  await using server = await WireServer.start(inTurn(page([1], 'a'), page([2], 'a')));
  const error = await rejection(list(server).toArray(), ProtocolError);
  assert.equal(
    error.message,
    'GET /api/queue/v1/task-group/g/list: the page after next "a" names itself as the next one',
  );
  assert.equal(server.requests.length, 2);
});

test('a page of the wrong shape is refused', async () => {
  for (const [answer, what] of [
    [replyJson([1]), 'a page that is not an object'],
    [replyJson({ tasks: {} }), 'a page whose tasks is not a list'],
    [replyJson({ tasks: [], next: 5 }), 'a page whose next is not a string'],
  ] as const) {
    await using server = await WireServer.start(answer);
    const error = await rejection(list(server), ProtocolError);
    assert.equal(error.message, `GET /api/queue/v1/task-group/g/list: ${what}`);
  }
});

test('a refusal in the middle comes where the page is asked for', async () => {
  await using server = await WireServer.start(inTurn(page([1], 'a'), reply(403)));
  const seen: number[] = [];
  const iterate = async () => {
    for await (const { id } of list(server)) seen.push(id);
  };
  await rejection(iterate(), ResponseError);
  assert.deepEqual(seen, [1]);
});
