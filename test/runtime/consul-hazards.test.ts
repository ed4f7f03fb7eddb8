import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { type ConsulCredentials, type StandIn, serve } from '@fairlead/codegen/serve';
import {
  Acl,
  AclLegacy,
  Agent,
  Catalog,
  Config,
  Connect,
  type ConsulSession,
  Coordinate,
  consul,
  Events,
  Health,
  Kv,
  Operator,
  Partitions,
  Peering,
  PreparedQueries,
  ProtocolError,
  ResponseError,
  Sessions,
  Snapshot,
  Txn,
} from '@fairlead/consul';
import { agentSaying, saying } from '../contract/consul-methods.ts';
import { rejection } from '../servers/endpoint.ts';
import { reply, WireServer } from '../servers/wire.ts';

/* What is odd about Consul, through the generated classes: what comes back, and what is made of it. */

const managementToken = '5ec2e700-0000-4000-8000-000000000001';
const bytes = (text: string) => new TextEncoder().encode(text);

let service: StandIn<ConsulCredentials>;
let session: ConsulSession;
before(async () => {
  service = await serve('consul', { jitter: false, metricsIntervalMs: 5, acl: { managementToken } });
});
beforeEach(() => {
  service.reset();
  session = consul({ address: service.url, token: managementToken, retry: false });
});
afterEach(() => session.close());
after(() => service.close());

/** A session with the rights of a policy. */
async function limited(rules: string): Promise<ConsulSession> {
  const acl = new Acl(session);
  await acl.createPolicy({ Name: 'limited', Rules: rules });
  const { SecretID } = await acl.createToken({ Policies: [{ Name: 'limited' }] });
  return session.with({ token: SecretID });
}

/** An agent that gives one answer, and a session with it. */
function told(text: string, headers: Readonly<Record<string, string>> = {}, status = 200) {
  const agent = agentSaying(saying(text, headers, status));
  return { ...agent, session: consul({ transport: agent.transport, retry: false }) };
}

async function refused(call: PromiseLike<unknown>): Promise<readonly [number, string]> {
  const { status, category } = await rejection(call, ResponseError);
  return [status, category];
}

describe('integers of 64 bits', () => {
  test('flags keep all their digits, in whatever way they travel', async () => {
    const kv = new Kv(session);
    const flags = 2n ** 64n - 1n;
    await kv.put('a', 'x', { flags });
    assert.equal((await kv.get('a'))?.Flags, flags);
    assert.equal((await kv.list(''))?.[0]?.Flags, flags);
    const lock = 3304740253564472344n;
    const { Results } = await new Txn(session).apply([
      { KV: { Verb: 'set', Key: 'b', Value: bytes('y'), Flags: lock } },
      { KV: { Verb: 'get', Key: 'b' } },
    ]);
    assert.deepEqual(
      Results?.map(({ KV }) => KV?.Flags),
      [lock, lock],
    );
  });

  test('the index of events and the checksum of a bundle are above 2^53', async () => {
    const list = told('[]', { 'x-consul-index': '6585513697464884141' });
    const { meta } = await new Events(list.session).list().withMeta();
    assert.equal(meta.index, 6585513697464884141n);
    const bundle = told('{"checksum":18446744073709551557,"snapshots":[]}');
    assert.equal((await new Operator(bundle.session).utilization()).checksum, 18446744073709551557n);
  });
});

describe('what is empty, missing or zero', () => {
  test('null stands for an empty list, map or value where the agent says so', async () => {
    const kv = new Kv(session);
    await kv.put('empty', '');
    assert.equal((await kv.get('empty'))?.Value, null);
    assert.equal((await kv.bytes('empty'))?.length, 0);
    const catalog = new Catalog(session);
    assert.equal(await catalog.node('none'), null);
    assert.deepEqual(await catalog.nodeServices('none'), { Node: null, Services: null });
    const tags = told('[{"ServiceTags":null,"TaggedAddresses":null,"NodeMeta":null,"Checks":null}]');
    const [instance] = (await new Catalog(tags.session).service('web')) ?? [];
    assert.deepEqual([instance?.ServiceTags, instance?.TaggedAddresses], [null, null]);
    assert.equal(await new Catalog(told('null').session).nodes(), null);
  });

  test('a 404 of something in front of Consul isn’t taken for a key that isn’t there', async () => {
    await using proxy = await WireServer.start(
      reply(404, 'default backend - 404', { 'content-type': 'text/plain' }),
    );
    await using elsewhere = consul({ address: proxy.url });
    const failure = await rejection(Promise.resolve(new Kv(elsewhere).get('a')), ProtocolError);
    assert.equal(
      failure.message,
      'GET /v1/kv/a: 404 that is not of the service itself: "default backend - 404"; is the address right, and is there such a route?',
    );
  });

  test('what isn’t there is undefined where that is an answer, and an error where it is none', async () => {
    const kv = new Kv(session);
    const acl = new Acl(session);
    const id = '00000000-0000-4000-8000-00000000dead';
    const absent: readonly PromiseLike<unknown>[] = [
      kv.get('none'),
      kv.text('none'),
      kv.bytes('none'),
      kv.list('none'),
      kv.keys('none'),
      acl.readRole(id),
      acl.readRoleByName('none'),
      acl.readAuthMethod('none'),
      acl.readBindingRule(id),
      acl.readPolicyByName('none'),
      new Partitions(told('', { 'x-consul-default-acl-policy': 'deny' }, 404).session).read('none'),
      new Peering(session).read('none'),
      new Connect(session).readIntention({ source: 'a', destination: 'b' }),
      new Sessions(session).renew(id),
      new Sessions(session).read(id),
      new Config(session).read('service-defaults', 'none'),
      new Coordinate(session).node('none'),
      new Agent(session).service('none'),
    ];
    for (const [at, read] of absent.entries()) assert.equal(await read, undefined, `read ${at}`);
    const missing: readonly PromiseLike<unknown>[] = [
      new PreparedQueries(session).read(id),
      acl.readPolicy(id),
      acl.readToken(id),
    ];
    for (const [at, read] of missing.entries())
      assert.deepEqual(await refused(read), [404, 'not-found'], `${at}`);
    for (const list of [new Health(session).node('none'), new Health(session).checks('none')])
      assert.deepEqual(await list, []);
    assert.deepEqual(await kv.keys(''), []);
  });

  test('a session that nobody knows is ended all the same, and an absent key deleted', async () => {
    assert.equal(await new Sessions(session).destroy('00000000-0000-4000-8000-00000000dead'), true);
    assert.equal(await new Kv(session).delete('none'), true);
  });

  test('a time of zero is a text like any other, and durations are what they are', async () => {
    const { LastSuccess } = await new Acl(session).replication();
    assert.equal(LastSuccess, '0001-01-01T00:00:00Z');
    const sessions = new Sessions(session);
    const made = [
      await sessions.create({ TTL: '15s', LockDelay: '2s' }),
      await sessions.create({ TTL: '15s', LockDelay: 2_000_000_000 }),
    ];
    for (const { ID } of made) {
      const entry = await sessions.read(ID);
      assert.deepEqual([entry?.TTL, entry?.LockDelay, entry?.ServiceChecks], ['15s', 2_000_000_000, null]);
    }
  });
});

describe('a status that says more than yes or no', () => {
  test('the health of a service is data with 200, 429, 503 and 404', async () => {
    const agent = new Agent(session);
    await agent.registerService({ Name: 'web', Check: { TTL: '1h', Status: 'passing' } });
    const health = async () => {
      const [of, by, text] = [agent.health('web'), agent.healthByName('web'), agent.healthText('web')];
      const { headers } = await of.withResponse();
      const [first] = (await by) ?? [];
      return [(await of).AggregatedStatus, first?.AggregatedStatus, await text, headers['x-consul-reason']];
    };
    assert.deepEqual(await health(), Array(4).fill('passing'));
    await agent.warnCheck('service:web');
    assert.deepEqual(await health(), Array(4).fill('warning'));
    await agent.failCheck('service:web');
    assert.deepEqual(await health(), Array(4).fill('critical'));
    const none = await agent.health('none');
    assert.deepEqual([none.AggregatedStatus, none.Service, none.Checks], ['critical', null, null]);
    assert.deepEqual(await agent.healthByName('none'), []);
    assert.deepEqual(
      [await agent.healthText('none'), await agent.healthTextByName('none')],
      [undefined, undefined],
    );
  });

  test('an unhealthy cluster is an answer with 429, while too many requests are an error', async () => {
    const reply = '{"Healthy":false,"FailureTolerance":0,"Servers":[]}';
    const ill = told(reply, { 'x-consul-default-acl-policy': 'deny' }, 429);
    assert.equal((await new Operator(ill.session).autopilotHealth()).Healthy, false);
    assert.equal(ill.requests.length, 1);
    const plain = { 'content-type': 'text/plain' };
    const limiters = [
      told('Your IP is issuing too many concurrent connections', plain, 429),
      told('rate limit exceeded', { ...plain, 'x-consul-default-acl-policy': 'deny' }, 429),
    ];
    for (const { session: busy } of limiters) {
      assert.deepEqual(await refused(new Catalog(busy).nodes()), [429, 'rate-limited']);
      assert.deepEqual(await refused(new Operator(busy).autopilotHealth()), [429, 'rate-limited']);
      assert.deepEqual(await refused(new Agent(busy).health('web')), [429, 'rate-limited']);
    }
  });

  test('what something in front of Consul says with such a status is an error', async () => {
    const plain = { 'content-type': 'text/plain' };
    const front = [
      [told('Your IP is issuing too many concurrent connections', plain, 429), 429, 'rate-limited'],
      [told('<html>no backend</html>', { 'content-type': 'text/html' }, 503), 503, 'unavailable'],
      [told('{"message":"no backend"}', {}, 503), 503, 'unavailable'],
    ] as const;
    for (const [{ session: busy }, ...expected] of front) {
      const agent = new Agent(busy);
      const calls = [agent.health('web'), agent.healthByName('web'), agent.healthText('web')];
      for (const call of calls) assert.deepEqual(await refused(call), expected);
    }
  });

  test('a text in place of JSON is no answer, unless the call is by path alone', async () => {
    const welcome = told('welcome', { 'content-type': 'text/plain' });
    const failure = await rejection(new Catalog(welcome.session).nodes(), ProtocolError);
    assert.match(failure.message, /200 with a body that is not JSON \(text\/plain, 7 bytes\): "welcome"$/);
    await rejection(new Kv(welcome.session).cas('a', 'x', { cas: 1 }), ProtocolError);
    assert.equal(await welcome.session.raw.get('/anything'), 'welcome');
    assert.equal(await welcome.session.raw.put('/anything'), 'welcome');
  });

  test('a transaction that was rolled back is an answer with 409', async () => {
    const kv = new Kv(session);
    await kv.put('there', 'x');
    const { Results, Errors } = await new Txn(session).apply([
      { KV: { Verb: 'set', Key: 'new', Value: bytes('x') } },
      { KV: { Verb: 'check-not-exists', Key: 'there' } },
    ]);
    assert.equal(Results, null);
    assert.deepEqual(
      Errors?.map(({ OpIndex }) => OpIndex),
      [1],
    );
    assert.equal(await kv.get('new'), undefined);
  });

  test('what comes with a success in its headers can be had', async () => {
    const warned = told('true', { 'x-consul-kv-warning': 'slow' });
    const { value, headers } = await new Kv(warned.session).put('a', 'x').withResponse();
    assert.deepEqual([value, headers['x-consul-kv-warning']], [true, 'slow']);
  });
});

describe('errors', () => {
  test('are plain text of several lines, or nothing at all', async () => {
    const text = 'Bad request: 2 errors occurred:\n\t* one\n\t* two\n\n';
    const error = await rejection(
      new Kv(told(text, { 'content-type': 'text/plain' }, 400).session).get('a'),
      ResponseError,
    );
    assert.equal(error.message, `GET /v1/kv/a: 400: ${text.trim()}`);
    const silent = told('', {}, 404);
    assert.match(
      (await rejection(new PreparedQueries(silent.session).read('a'), ResponseError)).message,
      /404: not found$/,
    );
  });

  test('the status of each is made a category', async () => {
    const wrong: readonly (readonly [() => PromiseLike<unknown>, number, string])[] = [
      [() => new Kv(session.with({ token: 'bogus' })).get('a'), 403, 'unauthorized'],
      [() => new Kv(session.with({ token: '' })).put('a', 'x'), 403, 'forbidden'],
      [() => new Kv(session.with({ namespace: 'team' })).get('a'), 400, 'invalid'],
      [() => session.raw.get('/kv/a', { query: { index: '1', wait: '10' } }), 400, 'invalid'],
      [() => session.raw.post('/kv/a'), 405, 'invalid'],
      [() => session.raw.get('/no/such/route'), 404, 'not-found'],
      [() => new Agent(session).prometheusMetrics(), 415, 'invalid'],
      [() => new Sessions(session).create({ TTL: '5s' }), 500, 'invalid'],
      [() => new Kv(session).acquire('a', 'x', { acquire: 'nobody' }), 500, 'invalid'],
      [() => new Catalog(session).nodes({ filter: 'Bogus == 1' }), 400, 'invalid'],
      [() => new Snapshot(session).restore('no archive'), 500, 'invalid'],
      [() => new AclLegacy(told('', {}, 410).session).list(), 410, 'not-found'],
      [() => new Coordinate(told('Coordinate support disabled', {}, 401).session).nodes(), 401, 'invalid'],
    ];
    for (const [at, [call, status, category]] of wrong.entries())
      assert.deepEqual([at, ...(await refused(call()))], [at, status, category]);
  });

  test('a verb that a route doesn’t have tells which it has', async () => {
    const error = await rejection(session.raw.post('/kv/a'), ResponseError);
    assert.match(error.headers['allow'] ?? '', /GET/);
  });

  test('an unknown property is refused by name', async () => {
    const body = { Name: 'web', Bogus: 1 };
    const call = session.raw.send('put', '/agent/service/register', { body });
    assert.match((await rejection(call, ResponseError)).message, /Bogus/);
  });

  test('a value that is too large is one error, also as the end of a transaction', async () => {
    const large = new Uint8Array(512 * 1024 + 1);
    assert.deepEqual(await refused(new Kv(session).put('a', large)), [413, 'invalid']);
    const txn = new Txn(session);
    const set = { KV: { Verb: 'set', Key: 'a', Value: large } } as const;
    assert.deepEqual(await refused(txn.apply([set])), [413, 'invalid']);
    const get = { KV: { Verb: 'get', Key: 'a' } } as const;
    assert.deepEqual(await refused(txn.apply(Array(129).fill(get))), [413, 'invalid']);
    assert.equal(await new Kv(session).put('a', new Uint8Array(512 * 1024)), true);
  });
});

describe('too few rights', () => {
  test('make a list shorter, a key absent, and a single thing an error', async () => {
    await new Kv(session).put('secret', 'x');
    const few = await limited('');
    const { value, meta } = await new Catalog(few).nodes().withMeta();
    assert.deepEqual([value, meta.filteredByAcls, meta.defaultAclPolicy], [[], true, 'deny']);
    assert.equal(await new Kv(few).list('secret'), undefined);
    assert.deepEqual(await refused(new Kv(few).get('secret')), [403, 'forbidden']);
    assert.deepEqual(await refused(new Acl(few).readPolicyByName('limited')), [403, 'forbidden']);
  });

  test('hide the secrets of tokens', async () => {
    const reader = await limited('acl = "read"');
    const tokens = await new Acl(reader).listTokens();
    assert.ok(tokens?.every(({ SecretID }) => SecretID === '<hidden>'));
  });
});

describe('keys', () => {
  test('are written only if nobody wrote before, and lose the flags that aren’t said again', async () => {
    const kv = new Kv(session);
    assert.equal(await kv.cas('a', 'one', { cas: 0, flags: 7n }), true);
    assert.equal(await kv.cas('a', 'two', { cas: 0 }), false);
    const { ModifyIndex = 0 } = (await kv.get('a')) ?? {};
    assert.equal(await kv.deleteCas('a', { cas: ModifyIndex + 1 }), false);
    assert.equal(await kv.put('a', 'three'), true);
    assert.equal((await kv.get('a'))?.Flags, 0n);
  });

  test('keep what a path would take for its own, and their slashes', async () => {
    const kv = new Kv(session);
    for (const key of ['a/b/c', 'folder/', 'a%2Fb', 'a?b#c', 'sp ace', 'ünï/cödé', 'a+b&c=d', 'semi;colon']) {
      assert.equal(await kv.put(key, key), true);
      assert.equal((await kv.get(key))?.Key, key);
      assert.equal(await kv.text(key), key);
    }
    assert.deepEqual(await kv.keys('', { separator: '/' }), [
      'a%2Fb',
      'a+b&c=d',
      'a/',
      'a?b#c',
      'folder/',
      'semi;colon',
      'sp ace',
      'ünï/',
    ]);
  });

  test('that begin with a slash, or would leave the route, are refused before anything is sent', async () => {
    const kv = new Kv(session);
    for (const key of ['/a', 'a//b', '../acl/tokens', 'a/../../acl/tokens', '.', 'a/./b'])
      assert.throws(() => kv.put(key, 'x'), TypeError, key);
    assert.equal(service.requests.length, 0);
  });

  test('are locked by one session at a time, and count how often', async () => {
    const kv = new Kv(session);
    const sessions = new Sessions(session);
    const one = (await sessions.create()).ID;
    const { ID: two } = await sessions.create({ Behavior: 'delete', LockDelay: '1s' });
    assert.equal(await kv.acquire('lock', 'x', { acquire: one }), true);
    assert.equal(await kv.acquire('lock', 'x', { acquire: one }), true);
    assert.equal(await kv.acquire('lock', 'x', { acquire: two }), false);
    assert.deepEqual(await kv.get('lock').then((pair) => [pair?.LockIndex, pair?.Session]), [1, one]);
    assert.equal(await kv.release('lock', 'x', { release: one }), true);
    assert.equal((await kv.get('lock'))?.Session, undefined);
    assert.equal(await kv.acquire('lock', 'x', { acquire: two }), true);
    await sessions.destroy(two);
    assert.equal(await kv.get('lock'), undefined, 'the session took its key along');
  });
});

describe('requests that look odd', () => {
  test('a DELETE with a body, a PUT without one, a body of text', async () => {
    const keyring = told('');
    await new Operator(keyring.session).removeKey({ Key: 'aGk=' });
    assert.deepEqual([keyring.requests[0]?.method, keyring.requests[0]?.body], ['DELETE', '{"Key":"aGk="}']);
    const created = told('{"ID":"x"}');
    await new Sessions(created.session).create();
    assert.equal(created.requests[0]?.body, undefined);
    const rules = told('key "" { policy = "read" }', { 'content-type': 'text/plain' });
    assert.match(await new AclLegacy(rules.session).translateRules('key "" {}'), /policy = "read"/);
    assert.equal(rules.requests[0]?.body, 'key "" {}');
  });

  test('names with a slash stay in their place', async () => {
    const policy = await new Acl(session).readTemplatedPolicy('builtin/service');
    assert.equal(policy.TemplateName, 'builtin/service');
    const agent = told('null');
    await new Agent(agent.session).service('web/../1');
    assert.match(agent.requests[0]?.url ?? '', /\/agent\/service\/web%2F\.\.%2F1$/);
  });

  test('an entry of the configuration is deleted with or without a condition', async () => {
    const config = new Config(session);
    await config.put({ Kind: 'service-defaults', Name: 'web', Protocol: 'http' });
    assert.equal((await config.read('service-defaults', 'web'))?.Protocol, 'http');
    assert.equal(await config.deleteCas('service-defaults', 'web', { cas: 1 }), false);
    assert.equal(await config.delete('service-defaults', 'web'), undefined);
    assert.equal(await config.delete('service-defaults', 'web'), undefined);
  });

  test('a route with several answers has a method for each', async () => {
    const pem = told('-----BEGIN', { 'content-type': 'application/pem-certificate-chain' });
    assert.equal(await new Connect(pem.session).caRootsPem(), '-----BEGIN');
    const acl = new Acl(session);
    const { AccessorID } = await acl.readOwnToken();
    assert.ok('ExpandedPolicies' in (await acl.readExpandedToken(AccessorID)));
    const signed = told('a licence', { 'content-type': 'text/plain' });
    assert.equal(await new Operator(signed.session).signedLicense(), 'a licence');
  });
});

describe('answers without an end', { timeout: 20_000 }, () => {
  async function first<T>(values: AsyncIterable<T>, count: number): Promise<readonly T[]> {
    const seen: T[] = [];
    for await (const value of values) if (seen.push(value) === count) break;
    return seen;
  }

  test('the log is lines or objects, and an unknown level an error', async () => {
    const agent = new Agent(session);
    assert.match((await first(agent.monitor({ loglevel: 'debug' }), 1))[0] ?? '', /\[INFO\]/);
    const [line] = await first(agent.monitorJson(), 1);
    assert.ok(line !== undefined && '@message' in line);
    const loud = session.raw.lines('get', '/agent/monitor', { query: { loglevel: 'loud' } });
    assert.deepEqual(await refused(first(loud, 1)), [400, 'invalid']);
  });

  test('metrics are one object after the other', async () => {
    for (const metrics of await first(new Agent(session).metricsStream(), 2)) assert.ok('Gauges' in metrics);
  });

  test('a snapshot comes and goes as a stream', async () => {
    const kv = new Kv(session);
    await kv.put('kept', 'x', { flags: 2n ** 64n - 1n });
    const snapshot = new Snapshot(session);
    const saved = await snapshot.save();
    assert.equal(saved.headers['content-type'], 'application/x-gzip');
    const pieces: Uint8Array[] = [];
    for await (const piece of saved.body) pieces.push(piece);
    await kv.delete('kept');
    await snapshot.restore(Readable.from(pieces));
    assert.equal((await kv.get('kept'))?.Flags, 2n ** 64n - 1n);
  });
});

describe('events', () => {
  test('have a time of their own only once they were seen', async () => {
    const events = new Events(session);
    const fired = await events.fire('deploy', bytes('v2'), { node: 'node.*' });
    assert.deepEqual([fired.LTime, fired.NodeFilter], [0, 'node.*']);
    const [listed] = (await events.list({ name: 'deploy' })) ?? [];
    assert.deepEqual([listed?.ID, listed?.Payload], [fired.ID, bytes('v2')]);
    assert.ok((listed?.LTime ?? 0) > 0);
  });
});
