import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { NetapiError, ResponseError, RestTornado, RestWsgi, saltEvents } from '@fairlead/salt';
import { Cmd } from '@fairlead/salt/modules/cmd';
import { State } from '@fairlead/salt/modules/state';
import { Test } from '@fairlead/salt/modules/test';
import { Manage } from '@fairlead/salt/runners/manage';
import { minion } from './configuration.ts';
import { type Live, ours, returned } from './live.ts';

export function otherNetapis(live: Live): void {
  const { servers } = live;

  test('whichever netapi answers is found', async () => {
    for (const netapi of ['cherrypy', 'tornado', 'wsgi'] as const) {
      await using session = live.as('tester', { url: servers[netapi] });
      assert.equal(await session.netapi(), netapi);
      assert.equal(returned(await new Test(session).ping('*')), true);
    }
  });

  for (const netapi of ['tornado', 'wsgi'] as const) {
    suite(`rest_${netapi}`, () => {
      const session = live.as('tester', { url: servers[netapi], netapi });
      const asked = new Test(session);

      test('calls functions', async () => {
        assert.equal(returned(await asked.ping('*')), true);
        assert.equal(returned(await asked.kwarg('*', { text: 'a=b' }))['text'], 'a=b');
        assert.deepEqual(await new Manage(session).up(), [minion]);
        assert.equal((await asked.ping('nobody*')).size, 0);
        assert.deepEqual(await asked.ping('*').bare(), { [minion]: true });
      });

      test('tells what failed', async () => {
        assert.equal(ours(await session.local('test.nosuch', '*')).kind, 'failed');
        const thrown = ours(await asked.exception('*', { message: 'aground' }));
        assert.equal(thrown.kind, 'failed');
        await assert.rejects(session.runner('nosuch.nosuch'));
        for (const mods of ['torn', 'nosuch', 'dark'])
          assert.equal(ours(await new State(session).apply('*', { mods })).kind, 'failed', mods);
        const command = new Cmd(session).run('*', { cmd: 'exit 3' });
        const ended = ours(await command);
        const code = ended.kind === 'no-answer' ? undefined : ended.retcode;
        assert.deepEqual([ended.kind, code], netapi === 'tornado' ? ['ok', undefined] : ['failed', 3]);
        await using job = await command.start({ pollMs: 300 });
        const followed = ours(await job.result());
        assert.equal(followed.kind === 'failed' && followed.retcode, 3);
      });

      test('leaves out nobody who was named', async () => {
        const results = await asked.ping({ list: [minion, 'nobody'] });
        assert.deepEqual([[...results.ok.keys()], results.silent], [[minion], ['nobody']]);
      });

      test('refuses who is not known, and who may not', async () => {
        await using wrong = live.as('tester', { url: servers[netapi], netapi, password: 'wrong' });
        await assert.rejects(new Test(wrong).ping('*'), { category: 'unauthorized' });
        await using limited = live.as('limited', { url: servers[netapi], netapi });
        assert.equal(returned(await new Test(limited).ping('*')), true);
        await assert.rejects(limited.local('cmd.run', '*', { cmd: 'true' }), (error) => {
          const { category } = Object(error);
          assert.ok(category === 'forbidden' || category === 'unauthorized', String(error));
          return true;
        });
      });

      test('runs several calls, of which one fails', async () => {
        const settled = await session.run([
          asked.ping('*'),
          session.runner('nosuch.nosuch'),
          asked.ping('*'),
        ]);
        assert.deepEqual(
          settled.map(({ status }) => status),
          ['fulfilled', 'rejected', 'fulfilled'],
        );
      });

      test('follows jobs', async () => {
        await using job = await asked.sleep('*', { length: 0.3 }).start({ pollMs: 300 });
        assert.equal(returned(await job.result()), true);
        await using runner = await new Manage(session).up().start({ pollMs: 300 });
        assert.deepEqual(await runner.result(), [minion]);
      });

      test('says what it can not do', async () => {
        await assert.rejects(async () => await asked.ping('*').batch(1), NetapiError);
        if (netapi === 'tornado')
          await assert.rejects(async () => await session.wheel('key.list_all'), NetapiError);
        else assert.ok((await session.wheel('key.list_all')) !== undefined);
      });
    });
  }

  suite('rest_tornado alone', () => {
    const session = live.as('tester', { url: servers.tornado, netapi: 'tornado' });

    for (const over of ['sse', 'websocket'] as const) {
      test(`has events over ${over}`, async () => {
        await using listener = session.listen(saltEvents.jobReturned({ minion }), { over });
        await listener.ready();
        await using job = await session.localAsync('test.ping', '*', {}, { follow: 'polling' });
        for await (const { parts, data } of listener) {
          live.observer.event('salt/job/{jid}/ret/{minion}', data);
          if (parts.jid === job.jid) break;
        }
      });
    }

    test('logs in again when the master has forgotten the token', async () => {
      assert.equal(returned(await session.local('test.ping', '*')), true);
      servers.forgetTokens();
      assert.equal(returned(await session.local('test.ping', '*')), true);
    });

    test('has routes of its own', async () => {
      const api = new RestTornado(session);
      assert.ok((await api.welcome()).clients.includes('local'));
      assert.ok((await api.minions()).return.length > 0);
      assert.ok((await api.jobs()).return.length > 0);
      assert.deepEqual(await api.hook({ name: 'tug' }), { success: true });
    });
  });

  test('rest_wsgi alone has one route, and no events', async () => {
    await using session = live.as('tester', { url: servers.wsgi, netapi: 'wsgi' });
    const chunk = { client: 'local', fun: 'test.ping' } as const;
    await assert.rejects(session.low([chunk]), ResponseError);
    await assert.rejects(async () => {
      for await (const _ of session.listen('salt/auth')) break;
    }, NetapiError);
    assert.ok(new RestWsgi(session) !== undefined);
  });
}
