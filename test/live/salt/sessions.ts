import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ResponseError, RestCherrypy } from '@fairlead/salt';
import { Test } from '@fairlead/salt/modules/test';
import { Manage } from '@fairlead/salt/runners/manage';
import { sharedSecret } from './configuration.ts';
import { type Live, returned } from './live.ts';

export function sessions(live: Live): void {
  const ping = async (session = live.session) => returned(await new Test(session).ping('*'));

  suite('who calls', () => {
    test('is a user whom a shared secret proves', async () => {
      await using session = live.as('tester');
      assert.equal(await ping(session), true);
    });

    test('is a user whom a file knows', async () => {
      await using session = live.as('filer');
      assert.equal(await ping(session), true);
    });

    test('is refused with the wrong password', async () => {
      await using session = live.as('tester', { password: 'wrong' });
      await assert.rejects(ping(session), (error) => {
        assert.ok(error instanceof ResponseError);
        assert.deepEqual([error.status, error.category], [401, 'unauthorized']);
        return true;
      });
    });

    test('is somebody else than who may not', async () => {
      await using session = live.as('limited');
      assert.equal(await ping(session), true);
      await assert.rejects(session.local('cmd.run', '*', { cmd: 'true' }), ResponseError);
      const settled = await session.run([
        session.local('grains.items', '*'),
        new Manage(session).up(),
        session.wheel('key.list_all'),
        new Test(session).ping('*'),
      ]);
      const told = settled.map((each) =>
        each.status === 'rejected' && each.reason instanceof ResponseError
          ? [each.reason.status, each.reason.category]
          : each.status,
      );
      assert.deepEqual(told, [[401, 'forbidden'], [401, 'forbidden'], [401, 'forbidden'], 'fulfilled']);
    });

    test('may be said by the credentials of each call, without a session', async () => {
      await using session = live.as('tester', { credentialsIn: 'body' });
      assert.equal(await ping(session), true);
      await using wrong = live.as('tester', { credentialsIn: 'body', password: 'wrong' });
      await assert.rejects(ping(wrong), { category: 'unauthorized' });
    });

    test('may be said by a token of the master', async () => {
      const api = new RestCherrypy(live.session);
      const [made] = await api.token({ username: 'tester', password: sharedSecret, eauth: 'sharedsecret' });
      await using session = live.as('tester', {
        username: undefined,
        password: undefined,
        eauth: undefined,
        token: `${made?.token}`,
      });
      assert.equal(await ping(session), true);
      assert.deepEqual(Object.keys(await new Manage(session).status()), ['up', 'down']);
    });

    test('logs out, after which the token is of no use', async () => {
      const session = live.as('tester');
      const tokens: string[] = [];
      const watching = session.with({
        transport: async (request) => {
          tokens.push(request.headers['x-auth-token'] ?? '');
          const response = await fetch(request.url, {
            method: request.method,
            headers: request.headers,
            ...(typeof request.body === 'string' && { body: request.body }),
          });
          return {
            status: response.status,
            headers: Object.fromEntries(response.headers),
            body: await response.bytes(),
          };
        },
      });
      assert.equal(await ping(watching), true);
      await watching.close();
      await session.close();
      const token = tokens.find((each) => each !== '');
      assert.ok(token !== undefined);
      const { status } = await fetch(`${live.servers.cherrypy}/jobs`, { headers: { 'x-auth-token': token } });
      assert.equal(status, 401);
    });
  });

  suite('a token that is over', () => {
    test('is replaced once when the master has forgotten it', async () => {
      await using session = live.as('tester');
      assert.equal(await ping(session), true);
      live.servers.forgetTokens();
      assert.equal(await ping(session), true);
    });

    test('is replaced before its time is over', async () => {
      await using session = live.as('tester', { credentialFields: { token_expire: 1 } });
      assert.equal(await ping(session), true);
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      assert.equal(await ping(session), true);
    });
  });
}
