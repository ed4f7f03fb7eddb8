import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { serve } from '@fairlead/codegen/serve';
import { assertLike, Names, type Played, type Recorded, recordings } from './replay.ts';

/* What a real Consul 1.10.11 said is what the stand-in says, as long as it is asked the same in the same order. */

interface Plan {
  readonly file: string;
  readonly managementToken?: string;
  /** By the position of the recording: why it is not played. */
  readonly leftOut: Readonly<Record<number, string>>;
  /** Of these only the status is compared, and why. */
  readonly statusOnly: Readonly<Record<number, string>>;
  /** What was sent where it wasn't kept. */
  readonly raw: Readonly<Record<number, string>>;
  /** What was asked before and wasn't recorded. */
  readonly before: Readonly<Record<number, (stage: Stage) => Promise<unknown>>>;
  /** Where it isn't the token that may do everything. */
  readonly tokens: Readonly<Record<number, (stage: Stage) => string>>;
}

interface Stage {
  readonly names: Names;
  ask(method: string, path: string, body?: string, token?: string): Promise<Played>;
  /** An ID that an answer told: under its name, or that of its first element. */
  idOf(answer: Played): string;
  advance(milliseconds: number): void;
  secret: string;
}

const keysAndCatalog: Plan = {
  file: 'consul-kv-session-agent-catalog-health',
  leftOut: {
    36: 'ends when the next one is sent: there are tests of blocking reads of their own',
  },
  statusOnly: {
    63: 'the words of Go’s parser of JSON',
    72: 'the checks of an agent’s health tell their whole definition in 1.10',
    73: 'the same',
    83: 'what a machine tells of itself',
    87: 'the words of the parser of filters',
  },
  raw: {
    7: 'hello1',
    8: 'hello2',
    9: 'hello3',
    11: '',
    25: 'x'.repeat(512 * 1024 + 1),
    37: 'new',
    49: '',
    50: '',
    52: '',
    63: '{bad',
  },
  before: {
    9: learnIndex('/v1/kv/a/b', 'cas=16', 'cas='),
    34: learnIndex('/v1/kv/a/b', 'index=18', 'index='),
    39: (stage) => stage.ask('PUT', '/v1/kv/a/zlast', '1'),
    42: async (stage) => {
      const made = await stage.ask('PUT', '/v1/session/create', '{"Name":"s1","TTL":"10s","LockDelay":"1s"}');
      stage.names.learn('3f7fc302-8618-3d76-dd59-7b766bcd0ba9', stage.idOf(made));
    },
    54: (stage) =>
      stage.ask('PUT', stage.names.translate('/v1/kv/lock?acquire=3f7fc302-8618-3d76-dd59-7b766bcd0ba9'), ''),
    57: (stage) => {
      stage.advance(1300);
      return stage.ask(
        'PUT',
        stage.names.translate('/v1/kv/lock?acquire=ac73fc74-f2f0-1993-d7a9-39b5a27bb7b8'),
        '',
      );
    },
    66: async (stage) => {
      const { headers } = await stage.ask('GET', '/v1/agent/service/web1');
      stage.names.learn('d9d538b89352dbe1', headers.get('x-consul-contenthash') ?? '');
    },
    70: (stage) => stage.ask('PUT', '/v1/agent/check/register', '{"Name":"mem","Notes":"n","TTL":"15s"}'),
    71: (stage) => stage.ask('PUT', '/v1/agent/check/pass/service:web1'),
  },
  tokens: { 3: () => 'ffffffff-0000-4000-8000-000000000000' },
};

const accessAndTheRest: Plan = {
  file: 'consul-acl-config-connect-query-txn-operator',
  managementToken: '5ec2e700-0000-4000-8000-000000000002',
  leftOut: {
    13: 'the agent had lost its token for streams',
    45: 'access control as it was before 1.4',
    47: 'the same',
    62: 'chains are not computed: the answer is an example',
  },
  statusOnly: {
    15: 'the words of the parser of HCL',
    110: 'an example, in which lists may be empty',
    122: 'the words of zlib',
  },
  raw: { 93: 'payload', 122: 'no archive' },
  before: {
    21: async (stage) => {
      const role = {
        Name: 'r1',
        Policies: [{ Name: 'kvread' }],
        ServiceIdentities: [{ ServiceName: 'web' }],
        NodeIdentities: [{ NodeName: 'n1', Datacenter: 'dc1' }],
      };
      const made = await stage.ask('PUT', '/v1/acl/role', JSON.stringify(role));
      stage.names.learn('6010f318-5319-a27f-2c50-d57b18a21845', stage.idOf(made));
    },
    66: (stage) =>
      stage.ask('PUT', '/v1/connect/intentions/exact?source=a&destination=web', '{"Action":"allow"}'),
    95: learnIndex('/v1/event/list', 'index=6585513697464884141', 'index='),
    126: (stage) => stage.ask('PUT', '/v1/kv/a/b', 'new'),
  },
  tokens: {
    28: limited,
    33: limited,
    34: limited,
    35: limited,
    36: limited,
    43: limited,
  },
};

function limited({ names }: Stage): string {
  return names.translate('5ec2e700-0000-4000-8000-000000000003');
}

/** An index that was asked for stands for one that a read tells now. */
function learnIndex(path: string, then: string, parameter: string) {
  return async (stage: Stage) => {
    const { headers } = await stage.ask('GET', path);
    stage.names.learn(then, `${parameter}${headers.get('x-consul-index')}`);
  };
}

describe('what a real Consul said', () => {
  for (const plan of [keysAndCatalog, accessAndTheRest]) {
    test(`is what the stand-in says: ${plan.file}`, async () => {
      const recorded = await recordings(plan.file);
      const { managementToken } = plan;
      await using service = await serve('consul', {
        version: '1.10.11',
        nodeName: 'n1',
        jitter: false,
        acl: { defaultPolicy: 'deny', ...(managementToken === undefined ? {} : { managementToken }) },
      });
      const stage: Stage = {
        names: new Names(),
        secret: managementToken ?? '',
        idOf: ({ text }) => /"ID":"([^"]+)"/.exec(text)?.[1] ?? '',
        advance: (milliseconds) => service.advance(milliseconds),
        async ask(method, path, body, token = stage.secret) {
          const response = await fetch(service.url + path, {
            method,
            ...(body === undefined ? {} : { body }),
            headers: token === '' ? {} : { 'x-consul-token': token },
            // The recorder followed what a read was redirected to.
            redirect: method === 'GET' ? 'follow' : 'manual',
          });
          return { status: response.status, headers: response.headers, text: await response.text() };
        },
      };
      let count = 0;
      for (const [position, one] of recorded.entries()) {
        if (plan.leftOut[position] !== undefined) continue;
        await plan.before[position]?.(stage);
        const played = await play(one, position, plan, stage);
        assertLike(one, played, stage.names, plan.statusOnly[position] === undefined ? 'all' : 'status');
        if (one.path === '/v1/acl/bootstrap') stage.secret = stage.names.translate(secretIn(one));
        count += 1;
      }
      assert.equal(count, recorded.length - Object.keys(plan.leftOut).length);
    });
  }
});

async function play(one: Recorded, position: number, plan: Plan, stage: Stage): Promise<Played> {
  const sent = one.req === '<raw>' ? (plan.raw[position] ?? 'x') : one.req;
  const body = typeof sent === 'string' ? sent : sent === null ? undefined : JSON.stringify(sent);
  // A second of waiting is as good as any.
  const path = stage.names.translate(one.path).replace(/wait=(1s|500ms|10s)/, 'wait=5ms');
  const hasBody = one.method !== 'GET' && body !== undefined;
  const token = plan.tokens[position]?.(stage);
  const sentBody = hasBody ? stage.names.translate(body) : undefined;
  return token === undefined
    ? await stage.ask(one.method, path, sentBody)
    : await stage.ask(one.method, path, sentBody, token);
}

function secretIn({ body }: Recorded): string {
  const isToken = typeof body === 'object' && body !== null && 'SecretID' in body;
  return isToken ? String(body.SecretID) : '';
}
