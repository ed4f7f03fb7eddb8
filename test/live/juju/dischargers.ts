import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BakeryKey, bakery } from '../../../runtime/src/services/bakery/index.ts';
import { interaction, refusal, Service, ThirdParty } from '../../runtime/bakery-servers.ts';
import type { Oracle } from './oracles.ts';

/** Its client asks a service with third parties that are made of our macaroons; ours do with its discharger. */
export function dischargers(oracle: Oracle): void {
  suite(`the client of ${oracle.name}`, () => {
    for (const version of [0, 1, 2, 3] as const) {
      // Its client takes no macaroon of version 0 for what it is.
      if (version === 0 && oracle.name === 'Python') continue;

      test(`version ${version}: gets and sends what our own service and third parties ask for`, async () => {
        await using inner = await ThirdParty.start();
        await using third = await ThirdParty.start(() => ({ next: inner, caveats: ['declared a b'] }));
        for (const theirs of [1, 2, 3] as const) {
          inner.version = theirs;
          third.version = theirs;
          await using service = await Service.start(third);
          service.version = version;
          if (version === 0) service.status = 407;
          const answer = await oracle.tool('/fetch', { URL: `${service.url}/thing` });
          assert.deepEqual(
            answer,
            { status: 200, body: '{"hello":"world","body":""}' },
            `third parties ${theirs}`,
          );
        }
      });
    }

    test('hears of our refusals', async () => {
      await using third = await ThirdParty.start(() => refusal('not you'));
      await using service = await Service.start(third);
      const { error } = await oracle.tool('/fetch', { URL: `${service.url}/thing` });
      assert.match(String(error), /not you/);
    });

    test('logs in with a browser where we ask for it', async () => {
      await using third = await ThirdParty.start();
      const methods = { 'browser-window': { VisitURL: '/visit', WaitTokenURL: '/wait' } };
      third.check = (_payload, asked) => (asked.get('token') === 'good' ? {} : interaction(methods));
      third.routes.set('GET /visit', () => ({ json: {} }));
      third.routes.set('GET /wait', () => ({ json: { kind: 'k', token64: btoa('good') } }));
      await using service = await Service.start(third);
      const { status, error } = await oracle.tool('/fetch', { URL: `${service.url}/thing` });
      assert.deepEqual([status, error], [200, undefined]);
    });
  });

  suite(`caveats of ours that ${oracle.name} discharges`, () => {
    const location = oracle.name === 'Go' ? `${oracle.url}/first` : oracle.url;

    test('in all versions', async () => {
      await using session = bakery();
      const known = await session.thirdParty(location);
      assert.equal(known.version, 3);
      for (const version of [0, 1, 2, 3] as const) {
        for (const theirs of [1, 2, 3] as const) {
          const thirdParty = { publicKey: known.publicKey, version: theirs };
          const { BakeryMacaroon } = await import('../../../runtime/src/services/bakery/index.ts');
          const macaroon = await BakeryMacaroon.create({
            rootKey: 'k',
            identifier: 'id',
            version,
          }).addThirdParty({
            location,
            thirdParty,
            condition: 'nested',
            key: BakeryKey.generate(),
          });
          const [primary, ...discharges] = await session.discharge(macaroon);
          await primary?.verify('k', (condition) => condition.startsWith('declared '), discharges);
          assert.ok(discharges.length >= 2);
        }
      }
    });
  });
}
