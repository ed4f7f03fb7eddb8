import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type JujuStandIn, serve } from '@fairlead/codegen/serve';
import { tokenOf } from './juju-login.ts';
import { type Connected, loadJujulib, type Visit } from './jujulib.ts';
import { jsonOf } from './signed.ts';

const urlOf = ({ url, model }: JujuStandIn) => `${url.replace(/^http/, 'ws')}/model/${model}/api`;

describe('Canonical’s own client for JavaScript', () => {
  let peer: Awaited<ReturnType<typeof loadJujulib>>;
  before(async () => {
    peer = await loadJujulib();
  });

  for (const release of ['4.0', '3.6'] as const) {
    test(`logs in with a password and makes calls, to Juju ${release}`, async () => {
      await using server = await serve('juju', { tls: false, release });
      const { conn, logout } = await peer.jujulib.connectAndLogin(
        urlOf(server),
        peer.options,
        server.credentials,
      );
      assert.equal(conn.info.controllerTag, `controller-${server.controllerUuid}`);
      // A login to a model has nothing of the controller.
      assert.deepEqual(Object.keys(conn.facades).sort(), ['application', 'client']);
      const web = { application: 'web', 'charm-url': 'ch:amd64/web-3', 'num-units': 2, channel: 'stable' };
      const deployed = await conn.facades['application']?.['deploy']?.({ applications: [web, web] });
      assert.partialDeepStrictEqual(deployed, { results: [{}, { error: { code: 'already exists' } }] });
      const status = await conn.facades['client']?.['fullStatus']?.({ patterns: [] });
      assert.partialDeepStrictEqual(status, { applications: { web: { units: { 'web/1': {} } } } });
      const refused = conn.facades['application']?.['get']?.({ application: 'none', branch: '' });
      await assert.rejects(refused ?? Promise.resolve(), /application "none" not found/);
      logout();
    });
  }

  test('logs in with a macaroon that it discharges', async () => {
    await using server = await serve('juju', { tls: false });
    const visit = async ({ Info }: Visit) => {
      const headers = { accept: 'application/json' };
      const ways = await jsonOf<{ juju_userpass: string }>(fetch(Info.VisitURL, { headers }));
      await tokenOf(server, new URL(ways.juju_userpass).search);
    };
    const options = { ...peer.options, bakery: peer.bakery((error) => void visit(error)) };
    const { conn, logout }: Connected = await peer.jujulib.connectAndLogin(urlOf(server), options, {});
    const status = await conn.facades['client']?.['fullStatus']?.({ patterns: [] });
    assert.partialDeepStrictEqual(status, { model: { name: 'default' } });
    assert.equal(server.requests.filter(({ method }) => method === 'Login').length, 2);
    logout();
  });
});
