import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type ListenNotice, type SaltEvent, saltEvents } from '@fairlead/salt';
import { minion } from './configuration.ts';
import { type Live, returned } from './live.ts';

/** The patterns whose events a test can cause, as events.yaml has them. */
const patterns = [
  'salt/job/{jid}/new',
  'salt/job/{jid}/ret/{minion}',
  'salt/run/{jid}/new',
  'salt/run/{jid}/ret',
  'salt/wheel/{jid}/new',
  'salt/wheel/{jid}/ret',
  'salt/auth',
  'salt/key',
  'salt/netapi/hook/{path}',
  'salt/minion/{minion}/start',
  'minion_start',
] as const;

export function events(live: Live): void {
  const { session, observer } = live;

  /** Holds an event against the schema of its tag. */
  const see = ({ tag, data }: SaltEvent) => {
    const pattern = patterns.find((each) =>
      new RegExp(`^${each.replaceAll(/\{\w+\}$/g, '.+').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(tag),
    );
    if (pattern !== undefined) observer.event(pattern, data);
  };

  // The WebSocket of rest_cherrypy is not among them: ws4py breaks it off after the handshake.
  suite('events over HTTP', () => {
    test('come in order, for a job', async () => {
      await using listener = session.listen([saltEvents.jobStarted(), saltEvents.jobReturned()]);
      await listener.ready();
      const job = await session.localAsync('test.echo', '*', { text: 'hello' }, { follow: 'polling' });
      const tags: string[] = [];
      for await (const event of listener) {
        see(event);
        if (event.parts.jid !== job.jid) continue;
        tags.push(event.tag);
        if ('return' in event.data) {
          assert.equal(event.data.return, 'hello');
          break;
        }
      }
      assert.deepEqual(tags, [`salt/job/${job.jid}/new`, `salt/job/${job.jid}/ret/${minion}`]);
      await job.close();
    });

    test('come for runners and the wheel', async () => {
      await using listener = session.listen([
        saltEvents.runnerStarted(),
        saltEvents.runnerReturned(),
        saltEvents.wheelStarted(),
        saltEvents.wheelReturned(),
      ]);
      await listener.ready();
      const [runner, wheel] = [
        await session.runnerAsync('manage.up', {}, { follow: 'polling' }),
        await session.wheelAsync('key.list_all', {}, { follow: 'polling' }),
      ];
      // The API gives another jid for a wheel function than the one that it runs under.
      const wanted = new Set([`salt/run/${runner.jid}/new`, `salt/run/${runner.jid}/ret`, 'new', 'ret']);
      for await (const event of listener) {
        see(event);
        wanted.delete(event.tag);
        if (event.tag.startsWith('salt/wheel/')) wanted.delete(`${event.tag.split('/').at(-1)}`);
        if (wanted.size === 0) break;
      }
      await Promise.all([runner.close(), wheel.close()]);
    });
  });

  suite('events', () => {
    test("of one's own come by a text", async () => {
      await using listener = session.listen('harbour/{what}');
      await listener.ready();
      await session.local('event.send', '*', { tag: 'harbour/bell', data: { rings: 2 } });
      for await (const { tag, parts, data } of listener) {
        assert.equal(tag, 'harbour/bell');
        assert.deepEqual(parts, { what: 'bell' });
        assert.equal(Object(Object(data)['data'])['rings'], 2);
        break;
      }
    });

    test('come again after the API was away, and somebody is told of the gap', {
      timeout: 60_000,
    }, async () => {
      const notices: ListenNotice[] = [];
      await using listener = session.listen(['salt/job/{jid}/new', ...patterns], {
        reconnect: { delayMs: 200, maxDelayMs: 500, firstRetries: 50 },
        onNotice: (notice) => notices.push(notice),
      });
      await listener.ready();
      const loop = listener[Symbol.asyncIterator]();
      const first = loop.next();
      assert.equal(returned(await session.local('test.ping', '*')), true);
      assert.match(String((await first).value?.tag), /^salt\/job\//);
      const next = (async () => {
        for (;;) {
          const { value } = await loop.next();
          if (value !== undefined) see(value);
          if (notices.some((notice) => notice.kind === 'connected' && notice.gap)) return value;
        }
      })();
      await live.servers.stopApi();
      await live.servers.startApi();
      // The session of the old process is gone with it: a new login, and nobody notices.
      while (!notices.some((notice) => notice.kind === 'connected' && notice.gap)) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      assert.equal(returned(await session.local('test.ping', '*')), true);
      assert.ok((await next) !== undefined);
      assert.ok(notices.some(({ kind }) => kind === 'disconnected'));
      await loop.return?.();
    });

    test('tell that a minion came', { timeout: 60_000 }, async () => {
      await using listener = session.listen([
        saltEvents.minionStarted(),
        saltEvents.anyMinionStarted(),
        saltEvents.authenticated(),
      ]);
      await listener.ready();
      await live.servers.stopMinion();
      await live.servers.startMinion();
      for await (const event of listener) {
        see(event);
        if (event.tag === `salt/minion/${minion}/start`) break;
      }
    });
  });
}
