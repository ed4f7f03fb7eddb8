import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { consul, TransportFailure } from '@fairlead/consul';
import { consulDocuments, operationsOf } from './consul-description.ts';
import { agentSaying, argumentsOf, callOf, generated, saying } from './consul-methods.ts';

/** Of a text that is asked for again: what a watch compares, and where the answer has it. */
const VERSIONS = {
  index: { header: 'x-consul-index', parameter: 'index', texts: ['9007199254740993', '9007199254740995'] },
  hash: { header: 'x-consul-contenthash', parameter: 'hash', texts: ['f00', 'ba7'] },
  event: { header: 'x-consul-index', parameter: 'index', texts: ['6585513697464884141', '5'] },
} as const;

const blocking = generated.filter(({ call: { gives } }) => gives !== undefined && gives in VERSIONS);

suite('every operation that can block', () => {
  test('has a method', async () => {
    const described = operationsOf(await consulDocuments()).filter(({ value }) => 'x-blocking' in value);
    const names = described.map(({ name }) => name.replaceAll(/\{\w+\}/g, '{}'));
    assert.deepEqual([...new Set(blocking.map(({ operation }) => operation))].sort(), names.sort());
  });

  for (const each of blocking) {
    const { gives } = each.call;
    if (gives !== 'index' && gives !== 'hash' && gives !== 'event') continue;
    const { header, parameter, texts } = VERSIONS[gives];
    test(`${each.name} can be watched, by its ${gives}`, async () => {
      // An event is news by its ID; of everything else any version is.
      const answers = texts.map((text, at) => saying(`[{"ID":"${at}"}]`, { [header]: text }));
      const { transport, requests, queries } = agentSaying(...answers);
      await using session = consul({ transport });
      const read = callOf(session, each, argumentsOf(each));
      assert.ok(typeof read === 'object' && read !== null && 'watch' in read);
      assert.ok(typeof read.watch === 'function');
      assert.equal(requests.length, 0, 'nothing is asked before somebody wants to know');
      const seen: unknown[] = [];
      for await (const change of read.watch({ skipUnchanged: false, waitMs: 1000 })) {
        seen.push(change.meta[gives === 'hash' ? 'contentHash' : 'index']);
        if (seen.length === 2) break;
      }
      assert.deepEqual(seen.map(String), [...texts]);
      const [first, second] = queries();
      assert.deepEqual([first?.get(parameter), first?.get('wait')], [null, null]);
      assert.deepEqual([second?.get(parameter), second?.get('wait')], [texts[0], '1000ms']);
      const limit = requests[1]?.timeoutMs ?? 0;
      assert.ok(limit > 1000 * (17 / 16), 'the agent adds up to a sixteenth');
      const same = [...(second ?? [])].filter(([name]) => name !== parameter && name !== 'wait');
      assert.deepEqual(same, [...(first ?? [])], 'all else is asked as before');
    });
  }
});

suite('every method', () => {
  test('sends what it is told and nothing else: no namespace, partition, datacenter or token by itself', async () => {
    for (const each of generated) {
      const { transport, requests, queries } = agentSaying(saying('[]'));
      await using session = consul({ transport });
      await settled(callOf(session, each, argumentsOf(each)));
      const required = each.method.query.filter((param) => param.required).map(({ wire }) => wire);
      const expected = [...required, ...Object.keys(each.call.fixed ?? {})];
      assert.deepEqual([...(queries()[0]?.keys() ?? [])].sort(), expected.sort(), each.name);
      const [request] = requests;
      assert.equal(request?.headers['x-consul-token'], undefined, each.name);
    }
  });

  test('shows its token in a header, and datacenter and the like where the agent looks for them', async () => {
    for (const each of generated) {
      const { transport, requests, queries } = agentSaying(saying('[]'));
      await using session = consul({ transport, token: 's3cret', namespace: 'team', partition: 'part' });
      await settled(callOf(session, each, argumentsOf(each, { options: { datacenter: 'dc2' } })));
      const [query] = queries();
      const told = ['dc', 'ns', 'partition'].map((wire) => query?.get(wire));
      assert.deepEqual(told, ['dc2', 'team', 'part'], each.name);
      assert.equal(requests[0]?.headers['x-consul-token'], 's3cret', each.name);
      assert.doesNotMatch(requests[0]?.url ?? '', /s3cret/, each.name);
    }
  });

  test('has no parameter for what its options say', () => {
    const said = ['dc', 'datacenter', 'ns', 'namespace', 'ap', 'token', 'index', 'wait', 'hash', 'cached'];
    const others = ['stale', 'consistent', 'leader', 'pretty', 'max_stale', 'sameness-group', 'sg', 'peer'];
    for (const { name, method } of generated) {
      const own = method.query.map(({ wire }) => wire).filter((wire) => [...said, ...others].includes(wire));
      assert.deepEqual(own, [], name);
    }
  });

  test('leaves a flag out that is false, since its presence would mean true', async () => {
    const flagged = generated.filter(({ method }) => method.query.some(({ style }) => style === 'flag'));
    assert.ok(flagged.length >= 8);
    for (const each of flagged) {
      for (const { wire } of each.method.query.filter(({ style }) => style === 'flag')) {
        const { transport, queries } = agentSaying(saying('[]'));
        await using session = consul({ transport });
        for (const value of [false, undefined, true]) {
          await settled(callOf(session, each, argumentsOf(each, { query: [[wire, value]] })));
        }
        assert.deepEqual(
          queries().map((query) => query.has(wire)),
          [false, false, true],
          `${each.name} ${wire}`,
        );
      }
    }
  });

  test('repeats a key for each of several values', async () => {
    const lists = generated.flatMap((each) =>
      each.method.query.filter(({ schema }) => schema?.type === 'array').map(({ wire }) => ({ each, wire })),
    );
    assert.deepEqual([...new Set(lists.map(({ wire }) => wire))].sort(), ['name', 'node-meta', 'tag']);
    for (const { each, wire } of lists) {
      const { transport, queries } = agentSaying(saying('[]'));
      await using session = consul({ transport });
      await settled(callOf(session, each, argumentsOf(each, { query: [[wire, ['a:1', 'b,c&d']]] })));
      assert.deepEqual(queries()[0]?.getAll(wire), ['a:1', 'b,c&d'], `${each.name} ${wire}`);
    }
  });

  test('is done again after a connection broke only where twice is as good as once', async () => {
    const broken = new TransportFailure('reset', 'ECONNRESET', 'the connection broke');
    const once: string[] = [];
    for (const each of generated) {
      const { transport, requests } = agentSaying(broken);
      await using session = consul({ transport, retry: { retries: 1, delayMs: 0 } });
      await settled(callOf(session, each, argumentsOf(each)));
      if (requests.length === 1) once.push(each.name);
      else assert.equal(requests.length, 2, each.name);
    }
    assert.deepEqual(once.sort(), ONCE);
  });
});

/** Each makes something new, asks whether something is still so, or does what can't be undone. */
const ONCE: readonly string[] = [
  'Acl.bootstrap',
  'Acl.cloneToken',
  'Acl.createAuthMethod',
  'Acl.createBindingRule',
  'Acl.createPolicy',
  'Acl.createRole',
  'Acl.createToken',
  'Acl.login',
  'Acl.logout',
  'Acl.oidcAuthUrl',
  'Acl.oidcCallback',
  'AclLegacy.clone',
  'AclLegacy.create',
  'Agent.leave',
  'Config.cas',
  'Config.deleteCas',
  'Connect.createIntention',
  'Events.fire',
  'Kv.acquire',
  'Kv.cas',
  'Kv.deleteCas',
  'Kv.release',
  'Namespaces.create',
  'Operator.casAutopilotConfiguration',
  'Operator.createArea',
  'Operator.transferLeader',
  'Operator.updateFeature',
  'Partitions.create',
  'Peering.establish',
  'Peering.generateToken',
  'PreparedQueries.create',
  'Sessions.create',
  'Snapshot.restore',
  'Txn.apply',
  'Txn.applyConsistent',
  'Txn.applyStale',
];

/** Waits for whatever a method gives, be it read as it comes. */
async function settled(given: unknown): Promise<void> {
  try {
    if (typeof given === 'object' && given !== null && Symbol.asyncIterator in given) {
      for await (const _ of given as AsyncIterable<unknown>) break;
    } else await given;
  } catch {
    // What was asked is all that matters.
  }
}
