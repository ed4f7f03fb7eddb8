import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Agent, Catalog, Kv, PreparedQueries, Sessions, Txn } from '@fairlead/consul';
import type { LiveAgent } from './agent.ts';
import { until } from './time.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

export function queriesAndTransactions(agent: LiveAgent): void {
  const { session } = agent;

  suite('prepared queries', () => {
    const queries = new PreparedQueries(session);

    test('a query is created, read, executed, explained, replaced and deleted', async () => {
      const Service = agent.name('queried');
      const own = new Agent(session);
      await own.registerService({ Name: Service, Port: 1 });
      agent.atEnd(() => own.deregisterService(Service));
      await until(
        'the service is known',
        async () => (await new Catalog(session).service(Service)).length === 1,
      );
      const Name = agent.name('query');
      const { ID } = await queries.create({
        Name,
        Service: { Service, OnlyPassing: true, Failover: { NearestN: 2, Datacenters: [] } },
        DNS: { TTL: '10s' },
      });
      agent.atEnd(() => queries.delete(ID));
      assert.equal((await queries.read(ID))?.DNS.TTL, '10s');
      assert.ok((await queries.list()).some((query) => query.ID === ID));
      for (const idOrName of [ID, Name]) {
        const { Nodes, Service: name } = await queries.execute(idOrName, { limit: 5, near: '_agent' });
        assert.deepEqual([name, Nodes.length], [Service, 1]);
        assert.equal((await queries.explain(idOrName)).Query.ID, ID);
      }
      await queries.execute(ID, { connect: true }, { cached: true });
      await queries.update(ID, { Name, Service: { Service, Tags: ['none'] } });
      assert.deepEqual((await queries.execute(ID)).Nodes, []);
      await queries.delete(ID);
      await assert.rejects(queries.execute(ID), { status: 404, message: /Query not found/ });
      await assert.rejects(queries.explain(Name), { status: 404 });
      assert.equal(await queries.read(ID).catch(notFound), undefined);
    });

    test('a template makes queries of what it is asked for', async () => {
      const { ID } = await queries.create({
        Name: agent.name('template'),
        Template: { Type: 'name_prefix_match', Regexp: '^(.*)$', RemoveEmptyTags: true },
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Consul's own
        Service: { Service: '${match(1)}' },
      });
      agent.atEnd(() => queries.delete(ID));
      const asked = `${agent.name('template')}-x`;
      assert.equal((await queries.explain(asked)).Query.Service.Service, asked);
    });

    test('a query without a service is refused', async () => {
      await assert.rejects(queries.create({ Service: { Service: '' } }), { category: 'invalid' });
    });
  });

  suite('transactions', () => {
    const txn = new Txn(session);
    const kv = new Kv(session);
    const root = agent.key('txn');

    test('operations of every kind of verb are done together', async () => {
      const sessions = new Sessions(session);
      const { ID } = await sessions.create();
      agent.atEnd(() => sessions.destroy(ID));
      await kv.put(`${root}/old`, 'old');
      const old = await kv.get(`${root}/old`);
      const { Results, Errors } = await txn.apply([
        { KV: { Verb: 'set', Key: `${root}/a`, Value: bytes('1'), Flags: 2n ** 64n - 1n } },
        { KV: { Verb: 'get', Key: `${root}/a` } },
        { KV: { Verb: 'cas', Key: `${root}/old`, Value: bytes('new'), Index: old?.ModifyIndex ?? 0 } },
        { KV: { Verb: 'lock', Key: `${root}/locked`, Value: bytes('x'), Session: ID } },
        { KV: { Verb: 'check-session', Key: `${root}/locked`, Session: ID } },
        { KV: { Verb: 'unlock', Key: `${root}/locked`, Value: bytes('y'), Session: ID } },
        { KV: { Verb: 'check-not-exists', Key: `${root}/none` } },
        { KV: { Verb: 'get-tree', Key: `${root}/` } },
        // A key that no route leads to.
        { KV: { Verb: 'set', Key: `${root}//odd`, Value: bytes('odd') } },
        { KV: { Verb: 'delete', Key: `${root}//odd` } },
        { KV: { Verb: 'delete-tree', Key: `${root}/a` } },
      ]);
      assert.equal(Errors ?? null, null);
      const got = Results?.find(({ KV }) => KV?.Key === `${root}/a` && KV.Value !== null);
      assert.deepEqual([got?.KV?.Value, got?.KV?.Flags], [bytes('1'), 2n ** 64n - 1n]);
      assert.equal(await kv.text(`${root}/old`), 'new');
      assert.equal(await kv.get(`${root}/a`), undefined);
    });

    test('nodes, services and checks are written and read in transactions', async () => {
      const Node = agent.name('txn-node');
      agent.atEnd(() => new Catalog(session).deregister({ Node }));
      const { Results } = await txn.apply([
        { Node: { Verb: 'set', Node: { Node, Address: '192.0.2.7', ID: '' } } },
        { Service: { Verb: 'set', Node, Service: { ID: 's', Service: agent.name('txn-service'), Port: 1 } } },
        {
          Check: { Verb: 'set', Check: { Node, CheckID: 'c', Name: 'c', Status: 'passing', ServiceID: 's' } },
        },
        { Service: { Verb: 'get', Node, Service: { ID: 's', Service: agent.name('txn-service') } } },
      ]);
      assert.equal(Results?.length, 4);
      assert.deepEqual(
        Results?.map((result) => Object.keys(result)[0]),
        ['Node', 'Service', 'Check', 'Service'],
      );
    });

    test('a conflict is an answer that says which operation, and nothing is done', async () => {
      await kv.put(`${root}/there`, 'x');
      const reply = txn.apply([
        { KV: { Verb: 'set', Key: `${root}/undone`, Value: bytes('x') } },
        { KV: { Verb: 'check-not-exists', Key: `${root}/there` } },
        { KV: { Verb: 'get', Key: `${root}/nowhere` } },
      ]);
      const { Results, Errors } = await reply;
      assert.equal(Results ?? null, null);
      assert.deepEqual(
        Errors?.map(({ OpIndex }) => OpIndex),
        [1, 2],
      );
      assert.match(Errors?.[0]?.What ?? '', /exists/);
      assert.equal(await kv.get(`${root}/undone`), undefined);
      assert.equal(agent.observer.seen.findLast(({ method }) => method === 'PUT')?.status, 409);
    });

    test('a transaction that only reads may be as fresh as wanted', async () => {
      const { Results, KnownLeader } = await txn.applyConsistent([
        { KV: { Verb: 'get', Key: `${root}/there` } },
      ]);
      assert.deepEqual([Results?.length, KnownLeader], [1, true]);
    });

    test('too many operations, and ones that are none, are refused', async () => {
      const operation = { KV: { Verb: 'get', Key: `${root}/there` } } as const;
      await assert.rejects(txn.apply(Array.from({ length: 129 }, () => operation)), {
        status: 413,
        category: 'invalid',
      });
      await assert.rejects(session.raw.put('/txn', { body: [{ KV: { Verb: 'set', Value: '!' } }] }), {
        status: 400,
        category: 'invalid',
      });
    });
  });
}

function notFound(error: unknown): undefined {
  if (typeof error === 'object' && error !== null && Reflect.get(error, 'status') === 404) return undefined;
  throw error;
}
