import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  Acl,
  Agent,
  type BlockingRead,
  Catalog,
  Config,
  Connect,
  Coordinate,
  DiscoveryChain,
  Health,
  Internal,
  Operator,
  Sessions,
} from '@fairlead/consul';
import type { LiveAgent } from './agent.ts';
import { until } from './time.ts';

export function everyRead(agent: LiveAgent): void {
  const { observer } = agent;
  const limit = { timeout: 60_000 };

  suite('every read that blocks', { concurrency: 8 }, () => {
    for (const [name, blocking] of everyBlockingRead(agent)) {
      test(`${name} waits for what comes after its index`, limit, async (context) => {
        const found = await blocking();
        if (typeof found === 'string') return context.skip(found);
        const { read } = found;
        const { meta } = await read.withMeta();
        const { pathname } = new URL((await read.withResponse()).record.url);
        assert.ok(meta.index !== undefined && meta.index > 0n, 'it has an index');
        const before = observer.seen.length;
        await using watch = read.watch({ from: meta.index, waitMs: 250, rate: false });
        const loop = (async () => {
          for await (const _ of watch) {
            // Others may change it meanwhile.
          }
        })();
        const isHeld = () =>
          observer.seen
            .slice(before)
            .some(
              ({ url, tookMs }) =>
                url.pathname === pathname && url.searchParams.get('wait') === '250ms' && tookMs >= 250,
            );
        await Promise.race([until('a question is held', isHeld), loop]);
        await watch.close();
        await loop;
        assert.ok(isHeld());
      });
    }
  });
}

/** Not bare: who awaits a read has its value. */
interface Found {
  readonly read: BlockingRead<unknown>;
}
type Blocking = () => Found | string | Promise<Found>;

/** One read of each kind that waits by an index; a text says why there is none. */
function everyBlockingRead(agent: LiveAgent): readonly (readonly [string, Blocking])[] {
  const { session, node } = agent;
  const acl = new Acl(session);
  const catalog = new Catalog(session);
  const config = new Config(session);
  const connect = new Connect(session);
  const coordinate = new Coordinate(session);
  const health = new Health(session);
  const internal = new Internal(session);
  const sessions = new Sessions(session);
  const own = new Agent(session);
  const chain = new DiscoveryChain(session);
  const since = (version: string, read: () => BlockingRead<unknown>): Blocking => {
    return () => (agent.isAtLeast(version) ? { read: read() } : `came with Consul ${version}`);
  };
  const token = async () => (await acl.readOwnToken()).AccessorID;
  return [
    ['acl.listTokens', () => ({ read: acl.listTokens() })],
    ['acl.listPolicies', () => ({ read: acl.listPolicies() })],
    ['acl.listRoles', () => ({ read: acl.listRoles() })],
    ['acl.listAuthMethods', () => ({ read: acl.listAuthMethods() })],
    ['acl.listBindingRules', () => ({ read: acl.listBindingRules() })],
    ['acl.readOwnToken', () => ({ read: acl.readOwnToken() })],
    ['acl.readToken', async () => ({ read: acl.readToken(await token()) })],
    ['acl.readPolicyByName', () => ({ read: acl.readPolicyByName('global-management') })],
    ['agent.caRoots', () => ({ read: own.caRoots() })],
    ['agent.caLeaf', () => ({ read: own.caLeaf(agent.name('leaf')) })],
    ['catalog.nodes', () => ({ read: catalog.nodes() })],
    ['catalog.services', () => ({ read: catalog.services() })],
    ['catalog.service', () => ({ read: catalog.service('consul') })],
    ['catalog.connect', () => ({ read: catalog.connect('consul') })],
    ['catalog.node', () => ({ read: catalog.node(node) })],
    ['catalog.nodeServices', () => ({ read: catalog.nodeServices(node) })],
    ['catalog.gatewayServices', () => ({ read: catalog.gatewayServices('nobody') })],
    ['config.list', () => ({ read: config.list('service-defaults') })],
    ['connect.caRoots', () => ({ read: connect.caRoots() })],
    ['connect.caRootsPem', () => ({ read: connect.caRootsPem() })],
    ['connect.listIntentions', () => ({ read: connect.listIntentions() })],
    ['connect.matchIntentions', () => ({ read: connect.matchIntentions({ by: 'source', name: ['web'] }) })],
    ['coordinate.nodes', () => ({ read: coordinate.nodes() })],
    ['discoveryChain.read', () => ({ read: chain.read('web') })],
    ['health.node', () => ({ read: health.node(node) })],
    ['health.checks', () => ({ read: health.checks('consul') })],
    ['health.state', () => ({ read: health.state('passing') })],
    ['health.service', () => ({ read: health.service('consul') })],
    ['health.connect', () => ({ read: health.connect('consul') })],
    ['health.ingress', () => ({ read: health.ingress('consul') })],
    ['internal.nodes', () => ({ read: internal.nodes() })],
    ['internal.services', () => ({ read: internal.services() })],
    ['internal.federationStates', () => ({ read: internal.federationStates() })],
    ['sessions.list', () => ({ read: sessions.list() })],
    ['sessions.listByNode', () => ({ read: sessions.listByNode(node) })],
    ['operator.usage', since('1.15', () => new Operator(session).usage())],
  ];
}
