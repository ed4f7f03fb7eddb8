import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type ConsulCredentials, type StandIn, serve } from '@fairlead/codegen/serve';
import { filter } from '@fairlead/consul';
import { type Ask, asker } from './consul-calls.ts';

let service: StandIn<ConsulCredentials>;
let ask: Ask;
before(async () => {
  service = await serve('consul', { jitter: false });
  ask = asker(service);
});
beforeEach(() => service.reset());
after(() => service.close());

const ttl = { TTL: '10s', Status: 'passing' };

describe('the agent', () => {
  test('the health of a service is a status of HTTP', async () => {
    await ask('PUT', '/agent/service/register', { Name: 'web', Check: ttl });
    const health = async () => {
      const { status, headers } = await ask('GET', '/agent/health/service/id/web');
      return [status, headers.get('x-consul-reason')];
    };
    assert.deepEqual(await health(), [200, 'passing']);
    await ask('PUT', '/agent/check/warn/service:web?note=slow');
    assert.deepEqual(await health(), [429, 'warning']);
    await ask('PUT', '/agent/check/update/service:web', { Status: 'critical', Output: 'gone' });
    assert.deepEqual(await health(), [503, 'critical']);
    assert.equal((await ask('GET', '/agent/health/service/name/web?format=text')).text, 'critical');
    assert.equal((await ask('GET', '/agent/health/service/id/none')).status, 404);
    await ask('PUT', '/agent/check/pass/service:web');
    await ask('PUT', '/agent/service/maintenance/web?enable=true&reason=moving');
    assert.deepEqual(await health(), [503, 'maintenance']);
    await ask('PUT', '/agent/service/maintenance/web?enable=false');
    assert.deepEqual(await health(), [200, 'passing']);
  });

  test('a check that nobody updates is critical after its time, until somebody does', async () => {
    await ask('PUT', '/agent/service/register', { Name: 'web', Check: ttl });
    service.advance(9_000);
    assert.match((await ask('GET', '/agent/checks')).text, /"Status":"passing"/);
    service.advance(1_000);
    assert.match((await ask('GET', '/agent/checks')).text, /"Status":"critical".*"Output":"TTL expired"/);
    await ask('PUT', '/agent/check/pass/service:web');
    assert.equal((await ask('GET', '/health/service/web?passing')).json<unknown[]>().length, 1);
    service.advance(10_000);
    assert.equal((await ask('GET', '/health/service/web?passing')).text, '[]');
  });

  test('registrations are taken in snake case, and refused when something is unknown', async () => {
    const snake = {
      name: 'web',
      tagged_addresses: { lan: { address: '10.0.0.1', port: 1 } },
      enable_tag_override: true,
    };
    await ask('PUT', '/agent/service/register', snake);
    const { text } = await ask('GET', '/agent/services');
    assert.match(text, /"TaggedAddresses":\{"lan":\{"Address":"10.0.0.1","Port":1\}\}/);
    assert.match(text, /"EnableTagOverride":true/);
    const bogus = await ask('PUT', '/agent/service/register', { Name: 'web', Bogus: 1 });
    assert.equal(bogus.status, 400);
    assert.equal(bogus.text, 'Request decode failed: json: unknown field "Bogus"');
    for (const check of [{}, { HTTP: 'http://x' }, { TTL: 'soon' }, { TTL: '1s', Status: 'fine' }])
      assert.equal((await ask('PUT', '/agent/check/register', { Name: 'c', ...check })).status, 400);
    assert.equal((await ask('PUT', '/agent/check/pass/none')).status, 404);
    assert.equal((await ask('PUT', '/agent/service/deregister/none')).status, 404);
    assert.equal((await ask('PUT', '/agent/maintenance?enable=perhaps')).status, 400);
  });

  test('a sidecar is registered and found with its service', async () => {
    const Connect = { SidecarService: {} };
    await ask('PUT', '/agent/service/register', { Name: 'web', Port: 80, Connect });
    assert.match(
      (await ask('GET', '/agent/services')).text,
      /"web-sidecar-proxy".*"DestinationServiceName":"web"/,
    );
    assert.equal((await ask('GET', '/health/connect/web')).json<unknown[]>().length, 1);
    await ask('PUT', '/agent/service/deregister/web');
    assert.equal((await ask('GET', '/agent/services')).text, '{}');
    assert.equal((await ask('GET', '/agent/checks')).text, '{}');
  });

  test('an agent that left is not well', async () => {
    assert.equal((await ask('GET', '/operator/autopilot/health')).status, 200);
    await ask('PUT', '/agent/leave');
    const { status, text } = await ask('GET', '/operator/autopilot/health');
    assert.equal(status, 429);
    assert.match(text, /"Healthy":false/);
  });
});

describe('the catalog', () => {
  beforeEach(async () => {
    for (const [node, zone, tags] of [
      ['n1', 'a', ['v1', 'live']],
      ['n2', 'b', ['v1']],
    ] as const) {
      const registration = {
        Node: node,
        Address: '10.0.0.1',
        NodeMeta: { zone },
        Service: { Service: 'db', ID: `db-${node}`, Tags: tags, Port: 5432, Meta: { version: '1.2' } },
        Check: {
          CheckID: 'up',
          Name: 'up',
          Status: node === 'n1' ? 'passing' : 'critical',
          ServiceID: `db-${node}`,
        },
      };
      assert.equal((await ask('PUT', '/catalog/register', registration)).text, 'true');
    }
  });

  const nodesOf = async (path: string) => {
    const { status, text } = await ask('GET', path);
    assert.equal(status, 200, text);
    return [...text.matchAll(/"Node":"([^"]+)"/g)].map(([, node]) => node);
  };
  const distinct = async (path: string) => [...new Set(await nodesOf(path))].sort();

  test('tags, metadata and nearness choose and order instances', async () => {
    assert.deepEqual(await nodesOf('/catalog/service/db?tag=V1&tag=live'), ['n1']);
    assert.deepEqual(await nodesOf('/catalog/service/db?node-meta=zone:b'), ['n2']);
    assert.deepEqual(await nodesOf('/catalog/service/db?near=n2'), ['n2', 'n1']);
    assert.deepEqual(await distinct('/health/service/db?passing'), ['n1']);
    assert.deepEqual(await distinct('/health/service/db?passing=false'), ['n1', 'n2']);
    assert.equal((await ask('GET', '/health/service/db?passing=perhaps')).status, 400);
  });

  test('a filter says what to leave out', async () => {
    const filtered = (filter: string) => distinct(`/catalog/service/db?filter=${encodeURIComponent(filter)}`);
    const both = ['n1', 'n2'];
    const expected: Readonly<Record<string, readonly string[]>> = {
      'Node == n1': ['n1'],
      'Node != "n1"': ['n2'],
      'live in ServiceTags': ['n1'],
      '"live" not in ServiceTags': ['n2'],
      'ServiceTags contains `live`': ['n1'],
      'ServiceTags not contains "live"': ['n2'],
      'ServiceTags is empty': [],
      'ServiceTags is not empty': both,
      'Node matches "n[12]"': both,
      'Node not matches "1$"': ['n2'],
      'ServiceMeta.version == "1.2" and not Node == "n2"': ['n1'],
      'NodeMeta["zone"] == "b" or NodeMeta.zone == "a"': both,
      '(Node == n1 or Node == n2) and ServicePort == 5432': both,
    };
    for (const [filter, nodes] of Object.entries(expected))
      assert.deepEqual(await filtered(filter), nodes, filter);
    for (const wrong of [
      'Node == "\\q"',
      'Node == "a\\"b"',
      'Bogus == 1',
      'Node',
      'Node ==',
      'Node == n1 and',
      '(Node == n1',
      'Node == n1)',
    ]) {
      const { status, text } = await ask('GET', `/catalog/service/db?filter=${encodeURIComponent(wrong)}`);
      assert.equal(status, 400, wrong);
      assert.match(text, /^Failed to create boolean expression evaluator: /);
    }
    const entries = encodeURIComponent('Service.Meta.version == "1.2" and Node.Meta.zone == a');
    assert.deepEqual(await distinct(`/health/service/db?filter=${entries}`), ['n1']);
    const critical = encodeURIComponent('Checks.Status == "critical"');
    assert.deepEqual(await distinct(`/health/service/db?filter=${critical}`), ['n2']);
  });

  test('a value is read as Go unquotes it', async () => {
    const odd = ['', ' ', '/x', '"', '\\', '`', "'", 'a" or "" == "', 'ü\n\t\u0000', '🌱'];
    const Meta = Object.fromEntries(odd.map((value, index) => [`m${index}`, value]));
    await ask('PUT', '/catalog/register', { Node: 'n3', Address: '10.0.0.3', NodeMeta: Meta });
    const nodes = (text: string) => distinct(`/catalog/nodes?filter=${encodeURIComponent(text)}`);
    for (const [index, value] of odd.entries())
      assert.deepEqual(await nodes(`Meta.m${index}${filter` == ${value}`}`), ['n3'], value);
    assert.deepEqual(await nodes('Meta.m0 != ``'), ['n1', 'n2', 'node1']);
    assert.deepEqual(await nodes('Meta.m8 == "\\xc3\\274\\x0a\\t\\000"'), ['n3']);
    assert.deepEqual(await nodes('Meta.m9 == "\\U0001F331"'), ['n3']);
    assert.deepEqual(await nodes('Meta.m4 == `\\`'), ['n3']);
  });

  test('what isn’t there is null, an object of nulls, or an empty list', async () => {
    assert.equal((await ask('GET', '/catalog/node/none')).text, 'null');
    assert.equal((await ask('GET', '/catalog/node-services/none')).text, '{"Node":null,"Services":null}');
    assert.equal((await ask('GET', '/catalog/service/none')).text, '[]');
    assert.equal((await ask('GET', '/coordinate/node/none')).status, 404);
    assert.equal((await ask('PUT', '/catalog/deregister', {})).text, 'Must provide node');
    await ask('PUT', '/catalog/deregister', { Node: 'n1' });
    assert.deepEqual(await distinct('/catalog/service/db'), ['n2']);
  });

  test('what the agent cached is as old as the caller takes it', async () => {
    const cache = async (control?: string) => {
      const headers = control === undefined ? {} : { 'cache-control': control };
      const answer = await ask('GET', '/catalog/datacenters?cached', undefined, { headers });
      return [answer.headers.get('x-cache'), answer.headers.get('age')];
    };
    assert.deepEqual(await cache(), ['MISS', null]);
    assert.deepEqual(await cache(), ['HIT', '0']);
    service.advance(20_000);
    assert.deepEqual(await cache('max-age=30'), ['HIT', '20']);
    assert.deepEqual(await cache('max-age=10'), ['MISS', null]);
    assert.deepEqual(await cache('must-revalidate'), ['MISS', null]);
    assert.deepEqual(await cache('max-age=0'), ['MISS', null]);
    assert.equal((await ask('GET', '/catalog/datacenters')).headers.get('x-cache'), null);
  });

  test('a prepared query finds its service, also through a template', async () => {
    const Service = { Service: 'db', OnlyPassing: true };
    const { ID } = (await ask('POST', '/query', { Name: 'q', Service })).json<{ ID: string }>();
    assert.deepEqual(
      [...new Set(await nodesOf('/query/q/execute'))],
      await distinct(`/query/${ID}/execute?limit=1`),
    );
    const Template = { Type: 'name_prefix_match', Regexp: '^to-(.*)$' };
    await ask('POST', '/query', { Name: 'to-', Template, Service: { Service: `\${match(1)}` } });
    assert.match((await ask('GET', '/query/to-db/explain')).text, /"Service":"db"/);
    assert.equal((await ask('GET', '/query/nothing/execute')).text, 'Query not found');
    assert.equal((await ask('DELETE', `/query/${ID}`)).text, '');
  });
});

describe('configuration and intentions', () => {
  test('an entry is told in one way, however it was written', async () => {
    const snake = {
      kind: 'service-resolver',
      name: 'web',
      connect_timeout: '15s',
      subsets: { v_1: { only_passing: true } },
      meta: { some_key: 'x' },
    };
    assert.equal((await ask('PUT', '/config', snake)).text, 'true');
    const told = (await ask('GET', '/config/service-resolver/web')).json<Record<string, unknown>>();
    assert.deepEqual(told['Subsets'], { v_1: { OnlyPassing: true } });
    assert.deepEqual(told['Meta'], { some_key: 'x' });
    assert.equal((await ask('PUT', '/config?cas=1', snake)).text, 'false');
    assert.equal((await ask('PUT', `/config?cas=${told['ModifyIndex']}`, snake)).text, 'true');
    assert.equal((await ask('DELETE', '/config/service-resolver/web?cas=1')).text, 'false');
    assert.equal((await ask('DELETE', '/config/service-resolver/web')).text, '{}');
    assert.equal((await ask('GET', '/config/service-resolver/web')).status, 404);
    assert.equal((await ask('PUT', '/config', { Kind: 'mesh', Bogus: 1 })).status, 400);
    assert.equal((await ask('GET', '/config/bogus')).status, 400);
  });

  test('requests are routed and split only where a protocol has them', async () => {
    const splitter = { Kind: 'service-splitter', Name: 'web', Splits: [{ Weight: 100 }] };
    const put = (entry: object) => ask('PUT', '/config', entry);
    const { status, text } = await put(splitter);
    assert.equal(status, 500);
    assert.match(text, /^discovery chain "web" uses a protocol "tcp" that does not permit/);
    await put({ Kind: 'proxy-defaults', Name: 'global', Config: { protocol: 'http' } });
    assert.equal((await put(splitter)).text, 'true');
    await put({ Kind: 'service-defaults', Name: 'web', Protocol: 'tcp' });
    assert.equal((await put({ Kind: 'service-router', Name: 'web' })).status, 500);
  });

  test('there is one mesh, without a name', async () => {
    assert.equal((await ask('PUT', '/config', { Kind: 'mesh', Name: 'mesh' })).status, 400);
    assert.equal((await ask('PUT', '/config', { Kind: 'mesh' })).text, 'true');
    const told = (await ask('GET', '/config/mesh/mesh')).json<object>();
    assert.deepEqual(Object.keys(told), ['Kind', 'CreateIndex', 'ModifyIndex']);
  });

  test('the most exact intention decides', async () => {
    const put = (ends: string, Action: string) => ask('PUT', `/connect/intentions/exact?${ends}`, { Action });
    await put('source=*&destination=web', 'deny');
    await put('source=default/api&destination=web', 'allow');
    const allowed = async (source: string) =>
      (await ask('GET', `/connect/intentions/check?source=${source}&destination=web`)).text;
    assert.equal(await allowed('api'), '{"Allowed":true}');
    assert.equal(await allowed('other'), '{"Allowed":false}');
    const match = await ask('GET', '/connect/intentions/match?by=destination&name=web&name=db');
    assert.deepEqual(Object.keys(match.json<object>()), ['web', 'db']);
    assert.equal((await put('source=a&destination=b', 'perhaps')).status, 400);
    const legacy = { SourceName: 'a', DestinationName: 'b', Action: 'allow' };
    const { ID } = (await ask('POST', '/connect/intentions', legacy)).json<{ ID: string }>();
    assert.match((await ask('GET', `/connect/intentions/${ID}`)).text, /"SourceName":"a"/);
    assert.equal((await ask('DELETE', `/connect/intentions/${ID}`)).text, 'true');
  });
});

describe('everything else', () => {
  test('what isn’t modelled is an example, and what is sent for it is checked', async () => {
    assert.match((await ask('GET', '/discovery-chain/web')).text, /"Chain":\{/);
    const bad = await ask('POST', '/discovery-chain/web', { OverrideConnectTimeout: true });
    assert.equal(bad.status, 400);
    assert.equal((await ask('GET', '/agent/connect/ca/roots')).headers.get('x-cache'), 'HIT');
    assert.equal((await ask('GET', '/internal/ui/nodes')).headers.get('x-consul-index'), '1');
    assert.equal((await ask('GET', '/internal/ui/catalog-overview')).headers.get('x-consul-index'), null);
  });

  test('the enterprise edition is another product', async () => {
    for (const path of ['/namespaces', '/partitions', '/operator/license', '/operator/area'])
      assert.equal((await ask('GET', path)).status, 404, path);
  });

  test('verbs that a route doesn’t have are told which it has', async () => {
    const { status, text, headers } = await ask('POST', '/kv/k', 'x');
    assert.equal(status, 405);
    assert.equal(text, 'method POST not allowed');
    assert.equal(headers.get('allow'), 'OPTIONS,GET,PUT,DELETE');
    assert.equal((await ask('OPTIONS', '/status/leader')).headers.get('allow'), 'OPTIONS,GET');
    assert.equal((await ask('GET', '/bogus')).status, 404);
  });

  test('faults are told by the names of the description', async () => {
    service.fail({ match: { service: 'kv' }, status: 500, body: 'No cluster leader' });
    const { status, text } = await ask('GET', '/kv/k');
    assert.equal(status, 500);
    assert.equal(text, 'No cluster leader');
    assert.equal((await ask('GET', '/kv/k')).status, 404);
  });

  test('peerings, keyrings and a shell that finds it', async () => {
    const token = (await ask('POST', '/peering/token', { PeerName: 'other' })).json<object>();
    const own = await ask('POST', '/peering/establish', { PeerName: 'self', ...token });
    assert.equal(own.status, 500);
    assert.match(own.text, /^cannot create a peering within the same cluster "server\.dc1\.peering\./);
    assert.match((await ask('GET', '/peering/other')).text, /"State":"PENDING"/);
    assert.equal((await ask('GET', '/operator/keyring')).status, 500);
    assert.equal((await ask('GET', '/kv/?keys&pretty')).text, '[]');
    assert.deepEqual(service.environment, { CONSUL_HTTP_ADDR: service.url });
  });
});
