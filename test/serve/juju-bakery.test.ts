import assert from 'node:assert/strict';
import { request } from 'node:http';
import { describe, test } from 'node:test';
import { type JujuStandIn, serve } from '@fairlead/codegen/serve';
import macaroon from 'macaroon';
import nacl from 'tweetnacl';
import { Caller } from './juju-caller.ts';
import { binaryOf, type Demand, discharge, discharged, thirdPartyOf, tokenOf } from './juju-login.ts';
import { jsonOf } from './signed.ts';

const login = (caller: Caller, params: object) => caller.ok('Admin', 3, 'Login', params);

/** What a login without a password asks for. */
async function demanded(
  caller: Caller,
  version: number,
  tag = '',
): Promise<{ plain: object; wrapped: Demand & object }> {
  const told = await login(caller, { 'auth-tag': tag, 'bakery-version': version });
  assert.equal(told['discharge-required-error'], 'invalid login macaroon');
  const { 'discharge-required': plain, 'bakery-discharge-required': wrapped } = told;
  assert.ok(typeof plain === 'object' && plain !== null && typeof wrapped === 'object' && wrapped !== null);
  return { plain, wrapped };
}

describe('a login with macaroons', () => {
  for (const version of [0, 1, 2, 3]) {
    test(`discharged as version ${version} of the bakery’s protocol`, async () => {
      await using server = await serve('juju', { tls: false });
      await using caller = await Caller.connect(server);
      const { plain, wrapped } = await demanded(caller, version);
      assert.equal('cdata' in wrapped, version === 3);
      assert.equal('signature' in plain, version < 2);
      const macaroons = await discharged(wrapped, await tokenOf(server));
      assert.equal(macaroons.length, 2);
      const told = await login(caller, { macaroons: [macaroons] });
      assert.partialDeepStrictEqual(told['user-info'], { identity: 'user-admin' });
    });
  }

  test('that were tampered with, are not complete or have expired is asked for others', async () => {
    await using server = await serve('juju', { tls: false });
    await using caller = await Caller.connect(server);
    const { wrapped } = await demanded(caller, 3);
    const [primary, other] = await discharged(wrapped, await tokenOf(server));
    const problem = async (macaroons: readonly unknown[]) =>
      (await login(caller, { macaroons: [macaroons] }))['discharge-required-error'];
    assert.equal(await problem([primary]), 'verification failed: cannot find discharge macaroon for caveat');
    const stolen = { ...primary, s64: Buffer.alloc(32).toString('base64url') };
    assert.match(String(await problem([stolen, other])), /signature mismatch/);
    const { wrapped: second } = await demanded(caller, 3);
    const [, foreign] = await discharged(second, await tokenOf(server));
    assert.match(String(await problem([primary, foreign])), /verification failed/);
    server.advance(25 * 60 * 60_000);
    assert.match(String(await problem([primary, other])), /time-before .* not satisfied/);
  });

  test('of somebody else than was asked for is refused by the discharger', async () => {
    await using server = await serve('juju', {
      tls: false,
      users: [
        { username: 'admin', password: 'a' },
        { username: 'bob', password: 'b' },
      ],
    });
    await using caller = await Caller.connect(server);
    const { wrapped } = await demanded(caller, 3, 'user-bob');
    await assert.rejects(discharged(wrapped, await tokenOf(server)), /not logged in as \\?"bob/);
  });
});

interface Interaction {
  readonly Code: string;
  readonly Info: {
    readonly InteractionMethods: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly VisitURL: string;
    readonly WaitURL: string;
  };
}

describe('the discharger', () => {
  /** What a discharger answers that doesn’t know yet who it is, and what it was to discharge. */
  async function asked(server: JujuStandIn) {
    await using caller = await Caller.connect(server);
    const { wrapped } = await demanded(caller, 3);
    const response = await discharge(thirdPartyOf(wrapped), wrapped);
    return { response, told: await jsonOf<Interaction>(response), wrapped };
  }

  test('wants to know who it is, in the ways that it was told', async () => {
    const interactions = ['browser-window', 'form', 'juju_userpass', 'agent'] as const;
    await using server = await serve('juju', { tls: false, interactions });
    const { told, response } = await asked(server);
    assert.equal(response.status, 401);
    assert.equal(response.headers.get('www-authenticate'), 'Macaroon');
    assert.equal(told.Code, 'interaction required');
    assert.deepEqual(Object.keys(told.Info.InteractionMethods), [...interactions]);
    const { schema } = await jsonOf<{ schema: object }>(fetch(`${server.url}/auth/form`));
    assert.deepEqual(Object.keys(schema), ['user', 'password']);
    assert.equal((await fetch(`${server.url}/auth/discharge/info`)).status, 404);
    const { PublicKey } = await jsonOf<{ PublicKey: string }>(fetch(`${server.url}/auth/publickey`));
    assert.equal(Buffer.from(PublicKey, 'base64').length, 32);
  });

  test('without a version of the protocol it says so with 407', async () => {
    await using server = await serve('juju', { tls: false });
    await using caller = await Caller.connect(server);
    const { wrapped } = await demanded(caller, 1);
    const id = Buffer.from(thirdPartyOf(wrapped).id).toString();
    const status = await new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      // fetch can't be told of a 407.
      const sent = request(`${server.url}/auth/discharge`, { method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject);
      sent.end(new URLSearchParams({ id }).toString());
    });
    assert.equal(status, 407);
  });

  test('waits until somebody has logged in with a browser', async () => {
    await using server = await serve('juju', { tls: false, interactions: ['browser-window'] });
    const { told, wrapped } = await asked(server);
    const { VisitURL = '', WaitTokenURL = '' } = told.Info.InteractionMethods['browser-window'] ?? {};
    const waiting = fetch(new URL(WaitTokenURL, `${server.url}/auth/`));
    const { username, password } = server.credentials;
    const page = new URL(VisitURL, `${server.url}/auth/`);
    assert.match(await (await fetch(page)).text(), /<form>/);
    await fetch(`${page}&${new URLSearchParams({ user: username, password })}`);
    const { kind, token } = await jsonOf<{ kind: string; token: string }>(waiting);
    const macaroons = await discharged(wrapped, { token, 'token-kind': kind });
    await using caller = await Caller.connect(server);
    assert.ok('facades' in (await login(caller, { macaroons: [macaroons] })));
  });

  test('waits for clients that know visiting and waiting only', async () => {
    await using server = await serve('juju', { tls: false });
    const { told } = await asked(server);
    const waiting = fetch(told.Info.WaitURL);
    const methods = await jsonOf<{ juju_userpass: string }>(
      fetch(told.Info.VisitURL, { headers: { accept: 'application/json' } }),
    );
    await tokenOf(server, new URL(methods.juju_userpass).search);
    assert.ok('Macaroon' in (await jsonOf<object>(waiting)));
  });

  test('forgets who waits too long', async () => {
    await using server = await serve('juju', { tls: false });
    const { told } = await asked(server);
    const proof = await tokenOf(server);
    const waiting = fetch(told.Info.WaitURL);
    // The wait must have begun before it can be too long.
    while (!server.requests.some(({ method }) => method === 'wait')) await new Promise(setImmediate);
    server.advance(2 * 60_000);
    assert.equal((await waiting).status, 404);
    await using caller = await Caller.connect(server);
    const { wrapped } = await demanded(caller, 3);
    await assert.rejects(discharged(wrapped, proof), /authentication required/);
  });

  test('takes an agent, who discharges a macaroon for its own key', async () => {
    const key = nacl.box.keyPair();
    const publicKey = Buffer.from(key.publicKey).toString('base64');
    const agentUsers = [{ username: 'admin', publicKey }];
    await using server = await serve('juju', { tls: false, interactions: ['agent'], agentUsers });
    const { wrapped } = await asked(server);
    const query = new URLSearchParams({ username: 'admin', 'public-key': publicKey });
    const headers = { 'bakery-protocol-version': '3' };
    const given = await jsonOf<{ macaroon: Demand }>(fetch(`${server.url}/auth/agent?${query}`, { headers }));
    const { id, location } = thirdPartyOf(given.macaroon);
    assert.equal(location, 'local');
    const sealed = Buffer.from(given.macaroon.cdata?.[Buffer.from(id).toString('base64url')] ?? '', 'base64');
    const told = nacl.box.open(
      sealed.subarray(61),
      sealed.subarray(37, 61),
      sealed.subarray(5, 37),
      key.secretKey,
    );
    // The version, the length of the key, the key, the length of the namespace, that, the condition.
    assert.ok(told !== null && told[0] === 3 && told[1] === 24);
    assert.equal(Buffer.from(told.subarray(31)).toString(), 'true');
    const primary = macaroon.importMacaroon(given.macaroon.m);
    const own = macaroon.newMacaroon({ identifier: id, rootKey: told.subarray(2, 26), version: 2 });
    own.bindToRoot(primary.signature);
    const token64 = Buffer.concat([binaryOf(primary.exportJSON()), binaryOf(own.exportJSON())]).toString(
      'base64',
    );
    const macaroons = await discharged(wrapped, { token64, 'token-kind': 'agent' });
    await using caller = await Caller.connect(server);
    assert.ok('facades' in (await login(caller, { macaroons: [macaroons] })));
    query.set('username', 'bob');
    assert.equal((await fetch(`${server.url}/auth/agent?${query}`)).status, 401);
  });
});
