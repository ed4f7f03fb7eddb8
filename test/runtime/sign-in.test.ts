import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { signIn } from '@fairlead/runtime/taskcluster';

const rootUrl = 'https://tc.example.com/';

/** The page's part: goes back to where the URL says, with a client of the person's. */
function callbackOf(url: string): string {
  return new URL(url).searchParams.get('callback_url') ?? '';
}

test('a person is shown the page for a new client, and its credentials come back', async () => {
  let opened = '';
  let page: Response | undefined;
  const credentials = await signIn({
    rootUrl,
    scopes: ['queue:create-task:*', 'a&b'],
    name: 'my-tool',
    description: 'for testing',
    expires: '2 hours',
    open: async (url) => {
      opened = url;
      const name = new URL(url).searchParams.get('name');
      // As the page writes it: without encoding.
      page = await fetch(`${callbackOf(url)}?clientId=ad|me+you/${name}&accessToken=the-Token_1`);
    },
  });
  const { origin, pathname, searchParams } = new URL(opened);
  assert.equal(origin + pathname, 'https://tc.example.com/auth/clients/create');
  assert.deepEqual(searchParams.getAll('scope'), ['queue:create-task:*', 'a&b']);
  assert.match(searchParams.get('name') ?? '', /^my-tool-[A-Za-z0-9_-]{6}$/);
  assert.equal(searchParams.get('expires'), '2 hours');
  assert.equal(searchParams.get('description'), 'for testing');
  // The pattern that the page holds the way back against.
  assert.match(callbackOf(opened), /^https?:\/\/localhost(:[0-9]+)?(\/|$)/);
  assert.equal(credentials.clientId, `ad|me+you/${searchParams.get('name')}`);
  assert.equal(credentials.accessToken, 'the-Token_1');
  assert.equal(inspect(credentials, { showHidden: true }).includes('the-Token_1'), false);
  assert.equal(page?.status, 200);
  assert.equal(page?.headers.get('cache-control'), 'no-store');
  await assert.rejects(fetch(callbackOf(opened)), 'the server is closed');
});

test('only the page can know the way back', async () => {
  const statuses: number[] = [];
  const credentials = await signIn({
    rootUrl,
    open: async (url) => {
      const back = callbackOf(url);
      const query = '?clientId=evil&accessToken=evil';
      for (const wrong of [
        new URL(`/${query}`, back).href,
        new URL(`/x${new URL(back).pathname}${query}`, back).href,
        `${back}x${query}`,
        back,
        `${back}?clientId=me`,
        `${back}?clientId=me&accessToken=`,
        `${back}?clientId=%E0%A4%A&accessToken=a`,
      ]) {
        statuses.push((await fetch(wrong)).status);
      }
      statuses.push((await fetch(back + query, { method: 'POST' })).status);
      statuses.push((await fetch(`${back}?clientId=me/cli&accessToken=token`)).status);
    },
  });
  assert.deepEqual(statuses, [404, 404, 404, 404, 404, 404, 404, 404, 200]);
  assert.deepEqual({ ...credentials }, { clientId: 'me/cli', accessToken: 'token' });
});

test('each sign-in has a way back of its own', async () => {
  const seen = new Set<string>();
  const open = async (url: string) => {
    seen.add(new URL(callbackOf(url)).pathname);
    await fetch(`${callbackOf(url)}?clientId=a&accessToken=b`);
  };
  for (let count = 0; count < 3; count += 1) await signIn({ rootUrl, open });
  assert.equal(seen.size, 3);
  for (const path of seen) assert.match(path, /^\/[A-Za-z0-9_-]{24}$/);
});

test('a person who takes too long is not waited for', async () => {
  let opened = '';
  const open = (url: string) => {
    opened = url;
  };
  await assert.rejects(signIn({ rootUrl, open, timeoutMs: 20 }), {
    message: 'signIn: nobody signed in to https://tc.example.com within 20 ms',
  });
  await assert.rejects(fetch(callbackOf(opened)));
});

test('a sign-in can be aborted, before and while it waits', async () => {
  const reason = new Error('changed my mind');
  const opened: string[] = [];
  const open = (url: string) => opened.push(url);
  await assert.rejects(signIn({ rootUrl, open, signal: AbortSignal.abort(reason) }), reason);
  assert.equal(opened.length, 0);
  const controller = new AbortController();
  const signingIn = signIn({ rootUrl, open, signal: controller.signal });
  setTimeout(() => controller.abort(reason), 20);
  await assert.rejects(signingIn, reason);
  assert.equal(opened.length, 1);
});

test('a browser that cannot be opened ends the sign-in, as does a port that is taken', async () => {
  const failure = new Error('no browser here');
  await assert.rejects(signIn({ rootUrl, open: () => Promise.reject(failure) }), failure);
  await assert.rejects(signIn({ rootUrl: 'nowhere', open: () => undefined }), /rootUrl is "nowhere"/);
  await assert.rejects(
    signIn({ rootUrl, name: 'my tool', open: () => undefined }),
    /name becomes part of a client id/,
  );
  await signIn({
    rootUrl,
    open: async (url) => {
      const port = Number(new URL(callbackOf(url)).port);
      await assert.rejects(signIn({ rootUrl, port, open: () => undefined }), { code: 'EADDRINUSE' });
      await fetch(`${callbackOf(url)}?clientId=a&accessToken=b`);
    },
  });
});
