import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { type ConsulCredentials, type StandIn, serve } from '@fairlead/codegen/serve';
import {
  Agent,
  Catalog,
  type Change,
  Config,
  Connect,
  type ConsulSession,
  consul,
  Events,
  Health,
  Kv,
  type Watch,
} from '@fairlead/consul';

let service: StandIn<ConsulCredentials>;
let session: ConsulSession;
before(async () => {
  service = await serve('consul', { jitter: false });
});
beforeEach(() => {
  service.reset();
  session = consul({ address: service.url });
});
afterEach(() => session.close());
after(() => service.close());

/** Resolves when the stand-in holds a question about this path. */
async function held(path: string): Promise<void> {
  const isHeld = () =>
    service.requests.some(
      ({ url, status }) => status === 0 && url.startsWith(`/v1${path}`) && /[?&](?:index|hash)=/.test(url),
    );
  while (!isHeld()) await new Promise(setImmediate);
}

/** What a watch tells first, and after each of `steps`, which are done while its question is held. */
async function told<T>(
  path: string,
  watch: Watch<T>,
  ...steps: readonly (() => PromiseLike<unknown>)[]
): Promise<readonly T[]> {
  const changes: AsyncIterator<Change<T>> = watch[Symbol.asyncIterator]();
  const values: T[] = [];
  const next = async () => {
    const { value, done } = await changes.next();
    assert.ok(done !== true);
    values.push(value.value);
  };
  await next();
  for (const step of steps) {
    const change = next();
    await held(path);
    await step();
    await change;
  }
  await watch.close();
  return values;
}

/** As often as it changes, so that nothing waits. */
const often = { rate: false } as const;

const text = (bytes: Uint8Array | null | undefined): string => new TextDecoder().decode(bytes ?? undefined);

describe('the ten kinds of consul watch', { timeout: 30_000 }, () => {
  test('key: one key, also before there is one and after it is gone', async () => {
    const kv = new Kv(session);
    const values = await told(
      '/kv/config/a',
      kv.get('config/a').watch(often),
      () => kv.put('config/a', 'one'),
      () => kv.put('config/a', 'two'),
      () => kv.delete('config/a'),
    );
    assert.deepEqual(
      values.map((pair) => pair && text(pair.Value)),
      [undefined, 'one', 'two', undefined],
    );
  });

  test('keyprefix: all keys below, of which the newest may go', async () => {
    const kv = new Kv(session);
    await kv.put('config/a', 'one');
    const values = await told(
      '/kv/config/',
      kv.list('config/').watch(often),
      () => kv.put('config/b', 'two'),
      () => kv.delete('config/b'),
    );
    assert.deepEqual(
      values.map((pairs) => pairs?.map(({ Key }) => Key)),
      [['config/a'], ['config/a', 'config/b'], ['config/a']],
    );
  });

  test('services: their names and tags', async () => {
    const agent = new Agent(session);
    const values = await told('/catalog/services', new Catalog(session).services().watch(often), () =>
      agent.registerService({ Name: 'web', Tags: ['v1'] }),
    );
    assert.deepEqual(values, [{ consul: [] }, { consul: [], web: ['v1'] }]);
  });

  test('nodes', async () => {
    const catalog = new Catalog(session);
    const values = await told('/catalog/nodes', catalog.nodes().watch(often), () =>
      catalog.register({ Node: 'other', Address: '10.0.0.9' }),
    );
    assert.deepEqual(
      values.map((nodes) => nodes?.map(({ Node }) => Node)),
      [['node1'], ['node1', 'other']],
    );
  });

  test('service: its instances by tag and health', async () => {
    const agent = new Agent(session);
    const Check = { TTL: '1h', Status: 'passing' };
    const watch = new Health(session).service('web', { tag: ['v1'], passing: true }).watch(often);
    const values = await told(
      '/health/service/web',
      watch,
      () => agent.registerService({ Name: 'web', Tags: ['v1'], Check }),
      () => agent.failCheck('service:web'),
    );
    assert.deepEqual(
      values.map((instances) => instances?.map(({ Service }) => Service?.Service)),
      [[], ['web'], []],
    );
  });

  test('checks: of a service, and in a state', async () => {
    const agent = new Agent(session);
    const health = new Health(session);
    await agent.registerService({ Name: 'web', Check: { TTL: '1h', Status: 'passing' } });
    const ofService = await told('/health/checks/web', health.checks('web').watch(often), () =>
      agent.warnCheck('service:web'),
    );
    assert.deepEqual(
      ofService.map((checks) => checks?.map(({ Status }) => Status)),
      [['passing'], ['warning']],
    );
    const inState = await told('/health/state/critical', health.state('critical').watch(often), () =>
      agent.failCheck('service:web'),
    );
    assert.deepEqual(
      inState.map((checks) => checks?.map(({ CheckID }) => CheckID)),
      [[], ['service:web']],
    );
  });

  test('event: each once, although their index is no clock', async () => {
    const events = new Events(session);
    await events.fire('deploy', 'first');
    await events.fire('other', 'another');
    const values = await told(
      '/event/list',
      events.list({ name: 'deploy' }).watch(often),
      () => events.fire('deploy', 'second'),
      () => events.fire('deploy', 'third'),
    );
    assert.deepEqual(
      values.map((list) => list?.map(({ Payload }) => text(Payload))),
      [['first'], ['second'], ['third']],
    );
  });

  test('connect_roots: as soon as there are others', async () => {
    const agent = new Agent(session);
    const connect = new Connect(session);
    const watch = agent.caRoots().watch({ ...often, skipUnchanged: false });
    const [first] = await told('/agent/connect/ca/roots', watch);
    assert.ok(first !== undefined && 'Roots' in first);
    assert.deepEqual((await connect.caRoots()).TrustDomain, first.TrustDomain);
  });

  test('connect_leaf: the certificate of a service', async () => {
    const [leaf] = await told('/agent/connect/ca/leaf/web', new Agent(session).caLeaf('web').watch(often));
    assert.match(leaf?.CertPEM ?? '', /./);
  });

  test('agent_service: by a hash in place of an index', async () => {
    const agent = new Agent(session);
    await agent.registerService({ Name: 'web', Port: 80 });
    const values = await told('/agent/service/web', agent.service('web').watch(often), () =>
      agent.registerService({ Name: 'web', Port: 81 }),
    );
    assert.deepEqual(
      values.map((service) => service?.Port),
      [80, 81],
    );
  });
});

describe('a watch on an agent', { timeout: 30_000 }, () => {
  test('of what isn’t there waits by the index of the last write to anything', async () => {
    const kv = new Kv(session);
    await kv.put('other', 'x');
    const { value, meta } = await kv.get('none').withMeta();
    assert.equal(value, undefined);
    assert.equal(meta.index, (await kv.get('other').withMeta()).meta.index);
    await using watch = kv.text('none').watch({ ...often, from: meta.index });
    const change = watch[Symbol.asyncIterator]().next();
    await held('/kv/none');
    await kv.put('none', 'y');
    assert.equal((await change).value?.value, 'y');
  });

  test('tells an entry of the configuration that comes and goes', async () => {
    const config = new Config(session);
    const values = await told(
      '/config/service-defaults/web',
      config.read('service-defaults', 'web').watch(often),
      () => config.put({ Kind: 'service-defaults', Name: 'web' }),
      () => config.delete('service-defaults', 'web'),
    );
    assert.deepEqual(
      values.map((entry) => entry?.Kind),
      [undefined, 'service-defaults', undefined],
    );
  });

  test('has nothing to say when its time is over, or something else has changed', async () => {
    const kv = new Kv(session);
    await kv.put('a', 'one');
    const values = await told('/kv/a', kv.text('a').watch(often), async () => {
      service.advance(5 * 60_000);
      await kv.put('b', 'x');
      await held('/kv/a');
      await kv.put('a', 'one');
      await held('/kv/a');
      await kv.put('a', 'two');
    });
    assert.deepEqual(values, ['one', 'two']);
  });

  test('goes on when the agent begins to count anew', async () => {
    const kv = new Kv(session);
    for (const value of ['a', 'b', 'one']) await kv.put('a', value);
    const values = await told('/kv/a', kv.text('a').watch({ ...often, retry: { delayMs: 1 } }), async () => {
      service.reset();
      await kv.put('a', 'two');
      service.advance(5 * 60_000);
    });
    assert.deepEqual(values, ['one', 'two']);
  });
});
