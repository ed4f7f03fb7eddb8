import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import {
  createTemporaryCredentials,
  credentialInformation,
  fromNow,
  isExpired,
  ResponseError,
  taskcluster,
} from '@fairlead/runtime/taskcluster';
import { deriveTemporary } from '../../runtime/src/auth/temporary.ts';
import { json, ScriptedServer, status } from '../servers/scripted.ts';
import vectors from '../vectors/temporary-credentials.json' with { type: 'json' };

const issuer = { clientId: 'issuer', accessToken: 'the-token-of-the-issuer' };

test('a certificate and a token are derived as published', async (t) => {
  for (const { name, grant, certificate, accessToken } of vectors) {
    await t.test(name, () => {
      const derived = deriveTemporary(grant);
      assert.deepEqual(derived.certificate, certificate);
      assert.deepEqual(Object.keys(derived.certificate), Object.keys(certificate));
      assert.equal(derived.accessToken, accessToken);
    });
  }
});

test('temporary credentials go by the name of their issuer, and start now', () => {
  const before = Date.now();
  const credentials = createTemporaryCredentials({ issuer, scopes: ['a', 'b*'], expiry: fromNow('1 hour') });
  const certificate = JSON.parse(credentials.certificate);
  assert.equal(credentials.clientId, 'issuer');
  assert.notEqual(credentials.accessToken, issuer.accessToken);
  assert.match(credentials.accessToken, /^[A-Za-z0-9_-]{43}$/);
  assert.equal(certificate.version, 1);
  assert.deepEqual(certificate.scopes, ['a', 'b*']);
  assert.equal('issuer' in certificate, false);
  assert.ok(certificate.start >= before && certificate.start <= Date.now());
  assert.match(
    certificate.seed,
    /^([A-Za-z0-9_-]{8}[Q-T][A-Za-z0-9_-][CGKOSWaeimquy26-][A-Za-z0-9_-]{10}[AQgw]){2}$/,
  );
  const { seed } = certificate;
  const again = deriveTemporary({ ...certificate, issuer, seed });
  assert.equal(again.certificate.signature, certificate.signature);
  assert.equal(again.accessToken, credentials.accessToken);
});

test('temporary credentials may have a name, and then tell their issuer', () => {
  const credentials = createTemporaryCredentials({
    issuer,
    clientId: 'issuer/build-1',
    scopes: [],
    start: new Date('2015-08-07T16:26:51.744Z'),
    expiry: new Date('2015-08-08T16:26:51.744Z'),
  });
  const certificate = JSON.parse(credentials.certificate);
  assert.equal(credentials.clientId, 'issuer/build-1');
  assert.equal(certificate.issuer, 'issuer');
  assert.equal(certificate.start, 1_438_964_811_744);
  assert.equal(certificate.expiry, 1_439_051_211_744);
});

test('what no auth service would accept is refused at once', async (t) => {
  const start = new Date('2020-01-01T00:00:00Z');
  const good = { issuer, scopes: ['a'], start, expiry: new Date('2020-01-02T00:00:00Z') };
  const certificate = createTemporaryCredentials({ ...good }).certificate;
  const cases: readonly (readonly [string, Parameters<typeof createTemporaryCredentials>[0], RegExp])[] = [
    [
      '31 days and a millisecond',
      { ...good, expiry: fromNow('31 days', new Date(start.getTime() + 1)) },
      /at most 31 days/,
    ],
    ['no time at all', { ...good, expiry: start }, /expiry must be after start/],
    ['an end before the start', { ...good, expiry: fromNow('-1 s', start) }, /expiry must be after start/],
    ['an invalid start', { ...good, start: new Date('x') }, /start must be a valid Date/],
    ['an invalid expiry', { ...good, expiry: new Date(Number.NaN) }, /expiry must be a valid Date/],
    ['the name of the issuer', { ...good, clientId: 'issuer' }, /clientId is the one of the issuer/],
    ['an empty name', { ...good, clientId: '' }, /clientId is missing/],
    ['a name with a quote', { ...good, clientId: 'a"b' }, /clientId holds a character/],
    [
      'an issuer with a certificate',
      { ...good, issuer: { ...issuer, certificate } },
      /only permanent credentials/,
    ],
    [
      'a scope of two lines',
      { ...good, scopes: ['a\nb'] },
      /"a\\nb" holds something other than printable ASCII/,
    ],
    ['scopes that are no list', Object.assign({}, good, { scopes: 'a' }), /scopes must be an array/],
    ['scopes that are no strings', Object.assign({}, good, { scopes: [1] }), /scopes must be an array/],
  ];
  for (const [name, options, message] of cases) {
    await t.test(name, () => {
      assert.throws(() => createTemporaryCredentials(options), { name: 'TypeError', message });
    });
  }
  assert.doesNotThrow(() => createTemporaryCredentials({ ...good, expiry: fromNow('31 days', start) }));
});

test('inspect shows no secret of credentials that we made, and JSON all of them', () => {
  const credentials = createTemporaryCredentials({ issuer, scopes: ['a'], expiry: fromNow('1 hour') });
  const shown = inspect({ credentials }, { depth: 9, showHidden: true });
  assert.match(shown, /clientId: 'issuer'/);
  assert.equal(shown.includes(credentials.accessToken), false);
  assert.equal(shown.includes('signature'), false);
  assert.deepEqual(JSON.parse(JSON.stringify(credentials)), { ...credentials });
});

test('credentials are expired when their certificate is', () => {
  const expiry = new Date('2020-01-02T00:00:00Z');
  const made = createTemporaryCredentials({
    issuer,
    scopes: [],
    start: new Date('2020-01-01T00:00:00Z'),
    expiry,
  });
  const asObject = { ...made, certificate: JSON.parse(made.certificate) };
  for (const credentials of [made, asObject]) {
    assert.equal(isExpired(credentials, new Date(expiry.getTime() - 1)), false);
    assert.equal(isExpired(credentials, expiry), true);
    assert.equal(isExpired(credentials), true);
  }
  assert.equal(isExpired(issuer), false);
});

/** A deployment that knows the client `issuer`. */
async function deployment(client: object = {}) {
  const server = await ScriptedServer.start();
  return server
    .on(
      'GET /api/auth/v1/clients/issuer',
      json({ expires: '2100-02-17T05:00:00.000Z', disabled: false, ...client }),
    )
    .on('GET /api/auth/v1/scopes/current', json({ scopes: ['s1', 's2'] }));
}

test('permanent credentials are active until their client expires', async () => {
  await using server = await deployment();
  assert.deepEqual(await credentialInformation(server.rootUrl, issuer), {
    clientId: 'issuer',
    type: 'permanent',
    active: true,
    expiry: new Date('2100-02-17T05:00:00.000Z'),
    scopes: ['s1', 's2'],
  });
  assert.equal(server.to('GET /api/auth/v1/clients/')[0]?.headers.authorization, undefined);
  assert.match(
    server.to('GET /api/auth/v1/scopes/current')[0]?.headers.authorization ?? '',
    /^Hawk id="issuer"/,
  );
});

test('a session may be asked through, whose own credentials play no part', async () => {
  await using server = await deployment();
  const session = taskcluster({
    rootUrl: server.rootUrl,
    credentials: { clientId: 'other', accessToken: 'token' },
    authorizedScopes: [],
    traceId: 'trace-1',
  });
  assert.equal((await credentialInformation(session, issuer)).clientId, 'issuer');
  const [lookup, scopes] = server.received;
  assert.equal(lookup?.headers.authorization, undefined);
  assert.equal(lookup?.headers['x-taskcluster-trace-id'], 'trace-1');
  assert.match(scopes?.headers.authorization ?? '', /^Hawk id="issuer"/);
  assert.equal(scopes?.headers.authorization?.includes('ext='), false);
});

test('where nobody may look up a client without credentials, it is done with them', async () => {
  await using server = await deployment();
  server.on(
    'GET /api/auth/v1/clients/issuer',
    status(403),
    json({ expires: '2100-02-17T05:00:00.000Z', disabled: false }),
  );
  assert.equal((await credentialInformation(server.rootUrl, issuer)).active, true);
  const [first, second] = server.to('GET /api/auth/v1/clients/issuer');
  assert.equal(first?.headers.authorization, undefined);
  assert.match(second?.headers.authorization ?? '', /^Hawk id="issuer"/);
  server.on('GET /api/auth/v1/clients/issuer', status(403));
  await assert.rejects(credentialInformation(server.rootUrl, issuer), { category: 'forbidden' });
});

test('an expired or disabled client is not active', async () => {
  for (const client of [{ expires: '2000-12-31T23:59:59.999+00:00' }, { disabled: true }]) {
    await using server = await deployment(client);
    assert.equal((await credentialInformation(server.rootUrl, issuer)).active, false);
  }
});

test('inactive credentials that the service refuses have no scopes', async () => {
  await using server = await deployment({ disabled: true });
  server.on('GET /api/auth/v1/scopes/current', status(401));
  const { active, scopes } = await credentialInformation(server.rootUrl, issuer);
  assert.deepEqual({ active, scopes }, { active: false, scopes: [] });
});

test('active credentials that the service refuses are an error', async () => {
  await using server = await deployment();
  server.on('GET /api/auth/v1/scopes/current', status(401));
  await assert.rejects(
    credentialInformation(server.rootUrl, issuer),
    (error) => error instanceof ResponseError && error.category === 'unauthorized',
  );
});

test('temporary credentials end with their certificate or with their issuer, whichever is first', async () => {
  await using server = await deployment({ expires: '2100-02-17T05:00:00.000Z' });
  const start = fromNow('-1 hour');
  const expiry = fromNow('2 days');
  const unnamed = createTemporaryCredentials({ issuer, scopes: ['s1'], start, expiry });
  const named = createTemporaryCredentials({ issuer, clientId: 'issuer/x', scopes: ['s1'], start, expiry });
  const expected = { type: 'temporary', active: true, start, expiry, scopes: ['s1', 's2'] };
  assert.deepEqual(await credentialInformation(server.rootUrl, unnamed), { clientId: 'issuer', ...expected });
  assert.deepEqual(await credentialInformation(server.rootUrl, named), { clientId: 'issuer/x', ...expected });

  const soon = fromNow('1 day');
  await using shortLived = await deployment({ expires: soon.toJSON() });
  const asObject = { ...named, certificate: JSON.parse(named.certificate) };
  assert.deepEqual((await credentialInformation(shortLived.rootUrl, asObject)).expiry, soon);
});

test('temporary credentials that have not begun are not active', async () => {
  await using server = await deployment();
  const credentials = createTemporaryCredentials({
    issuer,
    scopes: [],
    start: fromNow('1 hour'),
    expiry: fromNow('2 hours'),
  });
  assert.equal((await credentialInformation(server.rootUrl, credentials)).active, false);
});
