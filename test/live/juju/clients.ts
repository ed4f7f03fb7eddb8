import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  agent,
  BakeryKey,
  bakery,
  browserWindow,
  DischargeError,
  form,
  InteractionError,
  type Interactor,
  MacaroonJar,
  usernamePassword,
} from '../../../runtime/src/services/bakery/index.ts';
import type { Oracle } from './oracles.ts';

interface Asked {
  readonly url: string;
  readonly interactors?: readonly Interactor[];
  readonly cookies?: MacaroonJar;
}

async function ask({ url, interactors = [], cookies = new MacaroonJar() }: Asked) {
  await using session = bakery({ interactors, cookies });
  const { status, text } = await session.request({ url });
  return { status, body: text === '' ? undefined : JSON.parse(text) };
}

/** Our client asks its service, which asks for discharges of its dischargers. */
export function clients(oracle: Oracle): void {
  const isGo = oracle.name === 'Go';
  const versions = isGo ? [0, 1, 2, 3] : [1, 2, 3];
  const window = browserWindow({ open: async (url) => void (await fetch(url)) });

  suite(`services and dischargers of ${oracle.name}`, () => {
    for (const version of versions) {
      const at = (of: string, more = '') => `${oracle.url}/thing?of=${of}&version=${version}${more}`;

      test(`version ${version}: discharges, nested ones and a refusal`, async () => {
        assert.equal((await ask({ url: at('ok') })).status, 200);
        const cookies = new MacaroonJar();
        assert.equal((await ask({ url: at('nested'), cookies })).status, 200);
        assert.ok((cookies.macaroonsFor(oracle.url)[0]?.length ?? 0) >= 3);
        assert.equal((await ask({ url: at('denied'), cookies })).status, 200, 'what is kept is enough');
        await assert.rejects(ask({ url: at('denied') }), (error) => {
          assert.ok(error instanceof DischargeError);
          assert.equal(error.code, 'permission denied');
          assert.equal(error.category, 'forbidden');
          return true;
        });
      });

      test(`version ${version}: a person with a browser`, async () => {
        assert.equal((await ask({ url: at('browser'), interactors: [window] })).status, 200);
        await assert.rejects(ask({ url: at('browser') }), InteractionError);
      });

      test(`version ${version}: a discharge that is over is asked for again, and given up`, async () => {
        await assert.rejects(ask({ url: at('expired') }), /it asks for a discharge again after 3/);
      });
    }
    if (!isGo) return;

    for (const version of versions) {
      const at = (of: string, more = '') => `${oracle.url}/thing?of=${of}&version=${version}${more}`;

      test(`version ${version}: several third parties, and what they say of whom`, async () => {
        const { body } = await ask({ url: at('declared,ok,nested', '&for=1h') });
        assert.equal(body.hello, 'world');
        assert.equal(
          (body.conditions ?? []).some((each: string) => each === 'declared username bob'),
          true,
        );
      });

      test(`version ${version}: forms, passwords, and third parties of old`, async () => {
        const location = `${oracle.url}/first`;
        const filled = form({ fill: () => ({ username: 'bob', password: 'hunter22' }) });
        const password = usernamePassword({ username: 'bob', password: 'hunter22', at: [location] });
        assert.equal((await ask({ url: at('form'), interactors: [password, filled] })).status, 200);
        assert.equal((await ask({ url: at('old'), interactors: [window] })).status, 200);
        assert.equal((await ask({ url: at('old'), interactors: [filled, window] })).status, 200);
        const wrong = form({ fill: () => ({ username: 'bob', password: 'wrong' }) });
        await assert.rejects(ask({ url: at('form'), interactors: [wrong] }), /form: permission denied/);
        await assert.rejects(ask({ url: at('old'), interactors: [password] }), InteractionError);
      });

      test(`version ${version}: an agent`, async () => {
        const key = BakeryKey.generate();
        const agents = [{ url: `${oracle.url}/first`, username: 'robot' }];
        const robot = agent(JSON.stringify({ key: key.reveal(), agents }));
        assert.equal((await ask({ url: at('agent'), interactors: [robot] })).status, 200);
        const elsewhere = agent({ key, agents: [{ url: 'https://x.example', username: 'robot' }] });
        await assert.rejects(ask({ url: at('agent'), interactors: [elsewhere] }), InteractionError);
      });

      test(`version ${version}: what is kept lasts as long as its conditions on time`, async () => {
        const cookies = new MacaroonJar();
        await ask({ url: at('soon', '&for=48h'), cookies });
        const [cookie] = cookies.toJSON();
        const hours = (Date.parse(cookie?.Expires ?? '') - Date.now()) / 3_600_000;
        assert.ok(hours > 0.9 && hours < 1.1, `${hours}`);
        const url = `${oracle.url}/deep/er/thing?of=ok&version=${version}&for=30s`;
        const brief = new MacaroonJar();
        assert.equal((await ask({ url, cookies: brief })).status, 200);
        assert.deepEqual(brief.toJSON(), []);
        assert.equal(brief.macaroonsFor(`${oracle.url}/thing`).length, 1, 'its path is that of the service');
      });
    }

    test('juju_userpass is sent to where its URL is, and a token of another kind is refused', async () => {
      const location = `${oracle.url}/first`;
      const password = usernamePassword({ username: 'bob', password: 'hunter22', at: [location] });
      const url = `${oracle.url}/thing?of=password`;
      assert.equal((await ask({ url, interactors: [password] })).status, 200);
      const wrong = usernamePassword({ username: 'bob', password: 'wrong horse', at: [location] });
      await assert.rejects(ask({ url, interactors: [wrong] }), (error) => {
        assert.ok(error instanceof InteractionError);
        assert.doesNotMatch(error.message, /horse/);
        return true;
      });
      const odd: Interactor = {
        kind: 'juju_userpass',
        interact: async () => ({ kind: 'odd', value: Uint8Array.of(255, 0) }),
      };
      await assert.rejects(ask({ url, interactors: [odd] }), DischargeError);
    });

    test('a third party that breaks is told with its words', async () => {
      await assert.rejects(ask({ url: `${oracle.url}/thing?of=broken` }), /something broke/);
    });

    test('the header Macaroons does as well as a cookie', async () => {
      await using session = bakery({ sendAs: 'header' });
      const { status } = await session.request({ url: `${oracle.url}/thing?of=nested` });
      assert.equal(status, 200);
    });
  });
}
