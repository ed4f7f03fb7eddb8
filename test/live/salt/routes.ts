import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';
import { path } from '@fairlead/runtime/client';
import { ResponseError, RestCherrypy, saltEvents } from '@fairlead/salt';
import { Key } from '@fairlead/salt/wheel/key';
import { minion } from './configuration.ts';
import type { Live } from './live.ts';

export function routes(live: Live): void {
  const { session } = live;
  const api = new RestCherrypy(session);

  suite('the routes of rest_cherrypy', () => {
    test('welcome whoever comes', async () => {
      const { return: said, clients } = await api.welcome();
      assert.equal(said, 'Welcome');
      assert.ok(clients.includes('local_async'));
      assert.equal((await api.loginNotice()).return, 'Please log in');
    });

    test('list jobs, and tell of one', async () => {
      const job = await session.localAsync('test.echo', '*', { text: 'hello' });
      await job.result();
      const { return: list } = await api.jobs();
      assert.equal(list[0]?.[job.jid]?.Function, 'test.echo');
      const { info, return: values } = await api.job(job.jid);
      assert.deepEqual(values, [{ [minion]: 'hello' }]);
      assert.equal(info[0]?.Result[minion]?.return, 'hello');
    });

    test('tell that nobody knows a job', async () => {
      const { info } = await api.job('20200101000000000000');
      assert.ok(info[0]?.Error !== undefined);
    });

    test('tell about minions, and start jobs', async () => {
      const { return: all } = await api.minions();
      assert.equal(Object(all[0]?.[minion])['coast'], 'north');
      const { return: one } = await api.minion(minion);
      assert.equal(Object(one[0]?.[minion])['id'], minion);
      const { value, status } = await api.startJobs([{ tgt: '*', fun: 'test.ping' }]).withResponse();
      assert.equal(status, 202);
      assert.deepEqual(value.return[0]?.minions, [minion]);
    });

    test('list keys, and their fingerprints', async () => {
      const { return: keys } = await api.keys();
      assert.deepEqual(keys.minions, [minion]);
      const { return: one } = await api.key(minion);
      assert.match(String(Object(one['minions'])[minion]), /^([0-9a-f]{2}:)+[0-9a-f]{2}$/);
    });

    test('make keys', async () => {
      const keys = await session.createKeys({ mid: 'spare', keysize: 2048 });
      assert.match(keys.publicKey, /^-----BEGIN (RSA )?PUBLIC KEY-----/);
      assert.match(keys.privateKey, /^-----BEGIN (RSA )?PRIVATE KEY-----/);
      assert.doesNotMatch(inspect(keys), /BEGIN/);
      const { minions } = await new Key(session).list_all();
      assert.ok(minions.includes('spare'));
      await new Key(session).delete({ match: 'spare' });
    });

    test('fire an event for a hook', async () => {
      await using listener = session.listen(saltEvents.hookCalled({ path: 'harbour/ship' }));
      await listener.ready();
      assert.deepEqual(await api.hookPath('harbour/ship', { name: 'tug' }), { success: true });
      for await (const { data, parts } of listener) {
        live.observer.event('salt/netapi/hook/{path}', data);
        assert.deepEqual(parts, { path: 'harbour/ship' });
        assert.deepEqual(data.post, { name: 'tug' });
        break;
      }
      assert.deepEqual(await api.hook(), { success: true });
    });

    test('count', async () => {
      const stats = await api.stats();
      assert.ok(Object.keys(stats).length > 0);
    });

    test('say what is wrong with a request', async () => {
      const body = [{ client: 'nosuch', fun: 'test.ping' }];
      const wrong = session.endpoint('rest-cherrypy').post(path`/`, { body });
      await assert.rejects(Promise.resolve(wrong), (error) => {
        assert.ok(error instanceof ResponseError);
        assert.deepEqual([error.status, error.category, error.code], [400, 'invalid', 'InvalidClient']);
        return true;
      });
    });
  });
}
