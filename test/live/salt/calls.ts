import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { MinionsError, ResponseError, SaltFunctionError } from '@fairlead/salt';
import { Cmd } from '@fairlead/salt/modules/cmd';
import { Grains } from '@fairlead/salt/modules/grains';
import { Test } from '@fairlead/salt/modules/test';
import { Jobs } from '@fairlead/salt/runners/jobs';
import { Manage } from '@fairlead/salt/runners/manage';
import { Key } from '@fairlead/salt/wheel/key';
import { minion } from './configuration.ts';
import { type Live, ours, returned } from './live.ts';

export function calls(live: Live): void {
  const { session } = live;
  const asked = new Test(session);

  suite('a function on minions', () => {
    test('returns, and the result says which minion and what', async () => {
      const results = await asked.ping('*');
      assert.deepEqual([...results], [[minion, { kind: 'ok', minion, value: true, retcode: 0 }]]);
      assert.deepEqual([...results.throwIfFailed()], [[minion, true]]);
    });

    test('fails with a return code', async () => {
      const result = ours(await new Cmd(session).run('*', { cmd: 'echo out; exit 3' }));
      assert.ok(result.kind === 'failed');
      assert.deepEqual([result.retcode, result.value], [3, 'out']);
      const retcode = ours(await asked.retcode('*', { code: 42 }));
      assert.ok(retcode.kind === 'failed');
      assert.equal(retcode.retcode, 42);
    });

    test('returns false and has not failed', async () => {
      const result = ours(await new Cmd(session).has_exec('*', { cmd: 'no-such-program' }));
      assert.deepEqual([result.kind, result.kind === 'ok' && result.value], ['ok', false]);
    });

    test('fails with an exception, of which the message tells', async () => {
      const results = await asked.exception('*', { message: 'the sea is rough' });
      const result = ours(results);
      assert.ok(result.kind === 'failed');
      assert.match(result.message, /the sea is rough/);
      assert.throws(() => results.throwIfFailed(), MinionsError);
    });

    test('that no minion has fails', async () => {
      const result = ours(await session.local('test.nosuch', '*'));
      assert.ok(result.kind === 'failed');
      assert.match(result.message, /'test\.nosuch' is not available/);
    });

    test('fails with arguments that it does not take', async () => {
      const result = ours(await session.local('test.sleep', '*', { nosuch: 1 }));
      assert.ok(result.kind === 'failed');
      assert.match(result.message, /invalid arguments|nosuch|required positional argument/i);
    });

    test('of nobody gives nothing', async () => {
      assert.equal((await asked.ping('nobody*')).size, 0);
    });

    test('gives its bare value', async () => {
      assert.deepEqual(await asked.ping('*').bare(), { [minion]: true });
      const failed = await session.local('test.nosuch', '*').bare();
      assert.match(String(failed[minion]), /not available/);
    });

    test('runs in a batch', async () => {
      for (const batch of [1, '50%'] as const) {
        const results = await asked.ping('*').batch(batch);
        assert.deepEqual(ours(results), { kind: 'ok', minion, value: true, retcode: 0 });
      }
      const result = ours(await session.localBatch('test.nosuch', '*', {}, { batch: 1 }));
      assert.equal(result.kind, 'failed');
      const all = returned(await new Cmd(session).run_all('*', { cmd: 'echo batched' }).batch(1));
      assert.equal(all.stdout, 'batched');
    });

    test('fails in a batch with a return code, unless the batch is to stop there', async () => {
      const call = new Cmd(session).run('*', { cmd: 'exit 3' });
      const failed = ours(await call.batch(1));
      assert.deepEqual([failed.kind, failed.kind === 'failed' && failed.retcode], ['failed', 3]);
      const stopped = ours(await call.batch(1, { failHard: true }));
      assert.deepEqual(stopped, { kind: 'ok', minion, value: '', retcode: undefined });
    });

    test('of minions that were named does not leave one out', async () => {
      const target = { list: [minion, 'nobody'] };
      for (const call of [asked.ping(target), asked.ping(target).batch(1)]) {
        const results = await call;
        assert.deepEqual([[...results.ok.keys()], results.silent], [[minion], ['nobody']]);
      }
    });

    test('runs on a subset', async () => {
      assert.equal(returned(await asked.ping('*').subset(1)), true);
      assert.equal(returned(await session.localSubset('test.ping', '*', {}, { subset: 1 })), true);
    });

    test('runs over SSH, on nobody where the roster is empty', async () => {
      assert.equal((await session.ssh('test.ping', '*')).size, 0);
    });
  });

  suite('parameters', () => {
    test('with a name stay what they are', async () => {
      const values = {
        text: 'a=b',
        deep: { list: [1, 'x=y', null] },
        yes: true,
        digits: '20261122004903044837',
        number: 1.5,
        yaml: '{not: parsed}',
      };
      const echoed = returned(await asked.kwarg('*', values));
      for (const [name, value] of Object.entries(values)) assert.deepEqual(echoed[name], value, name);
    });

    test('without a name stay what they are', async () => {
      const values = ['plain', 3, true, null, { a: 'b' }, ['x'], 'a = b', '=', 'a==b'];
      const { args } = returned(await asked.arg('*', {}, values));
      assert.deepEqual(args, values);
    });

    test('without a name that look like one with a name are refused', () => {
      assert.throws(() => asked.arg('*', {}, ['a=b']), /looks like name=value/);
    });

    test('of runners with a name stay what they are', async () => {
      const { kwargs } = await session.runner<{ kwargs: object }>('test.arg', {
        text: 'a=b',
        fun: 'x',
        client: 'y',
      });
      assert.partialDeepStrictEqual(kwargs, { text: 'a=b', fun: 'x', client: 'y' });
    });
  });

  suite('a function on the master', () => {
    test('returns, of a runner', async () => {
      assert.deepEqual(await new Manage(session).up(), [minion]);
      assert.deepEqual(await new Manage(session).status(), { up: [minion], down: [] });
    });

    test('fails, of a runner', async () => {
      await assert.rejects(
        session.runner('error.error', { name: 'Exception', message: 'aground' }),
        (error) => {
          assert.ok(error instanceof SaltFunctionError);
          assert.match(error.message, /aground/);
          return true;
        },
      );
      await assert.rejects(session.runner('nosuch.nosuch'), ResponseError);
    });

    test('returns, of a wheel', async () => {
      const { minions } = await new Key(session).list_all();
      assert.deepEqual(minions, [minion]);
    });

    test('fails, of a wheel', async () => {
      await assert.rejects(
        session.wheel('error.error', { name: 'Exception', message: 'aground' }),
        (error) => {
          assert.ok(error instanceof SaltFunctionError);
          assert.match(`${error.message} ${String(error.returned)}`, /aground/);
          return true;
        },
      );
      await assert.rejects(session.wheel('nosuch.nosuch'), SaltFunctionError);
    });
  });

  suite('several calls', () => {
    test('have what became of each, also where one fails', async () => {
      const settled = await session.run([
        asked.ping('*'),
        session.runner('nosuch.nosuch'),
        new Grains(session).get('*', { key: 'coast' }),
        new Jobs(session).active(),
      ]);
      assert.deepEqual(
        settled.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
      );
      assert.ok(settled[2].status === 'fulfilled');
      assert.equal(returned(settled[2].value), 'north');
    });

    test('go together when so told', async () => {
      const settled = await session.run(
        [asked.ping('*'), asked.ping('*').batch(1), new Manage(session).up()],
        { together: true },
      );
      assert.ok(settled.every(({ status }) => status === 'fulfilled'));
    });

    test('go as they are', async () => {
      const chunk = { client: 'local', tgt: '*', fun: 'test.ping' } as const;
      assert.deepEqual(await session.low([chunk, chunk]), [{ [minion]: true }, { [minion]: true }]);
      const several = {
        client: 'local',
        tgt: '*',
        fun: ['test.ping', 'test.version'],
        arg: [[], []],
      } as const;
      const [answer] = await session.low([several]);
      assert.match(JSON.stringify(answer), /"test\.version":"\d/);
    });
  });
}
