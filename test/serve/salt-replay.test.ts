import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type Netapi, type SaltCredentials, type StandIn, serve } from '@fairlead/codegen/serve';
import { assertLike, Names } from './replay.ts';

/* What a real Salt 3006.0 said is what the stand-in says. */

interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly request: unknown;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

interface Plan {
  readonly netapi: Netapi;
  /** What was sent where it wasn't kept. */
  readonly raw: Readonly<Record<number, readonly [text: string, type?: string]>>;
  readonly accept: Readonly<Record<number, string>>;
  /** Without what proves who calls. */
  readonly anonymous: readonly number[];
  /** Of these only the status and the headers are compared, and why. */
  readonly withoutBody: Readonly<Record<number, string>>;
}

const json = 'application/json';

const plans: readonly Plan[] = [
  {
    netapi: 'cherrypy',
    raw: {
      3: ['username=tester&password=x&eauth=auto', 'application/x-www-form-urlencoded'],
      12: ['{bad', json],
      13: ['"x"', json],
      37: [''],
      38: ['[]', json],
    },
    accept: { 9: 'application/x-yaml', 10: 'text/csv' },
    anonymous: [0, 1, 2, 3, 4, 5, 18, 24, 25, 26, 27, 28, 29, 31, 33, 34, 36, 39],
    withoutBody: {
      10: 'the text was cut short',
      17: 'the grains of a machine were left out',
      20: 'its keys are the ids of jobs that were never started here',
      32: 'what was counted was left out',
      34: 'a page of its own',
    },
  },
  { netapi: 'tornado', raw: {}, accept: {}, anonymous: [0, 1], withoutBody: {} },
  {
    netapi: 'wsgi',
    raw: { 3: ['{bad', json], 4: ['[]', `${json}; charset=utf-8`] },
    accept: {},
    anonymous: [],
    withoutBody: { 0: 'a sentence of its own' },
  },
];

/** As the real one was set up. Later there was a key `newm` too, without a minion. */
const setup = {
  users: [
    { username: 'tester', password: 'x', eauth: 'auto' },
    { username: 'limited', password: 'x', eauth: 'auto', permissions: ['test.*'] },
    { username: 'ssuser', password: 'right', eauth: 'sharedsecret' },
    { username: 'fuser', password: 'fpass', eauth: 'file' },
  ],
  minions: [{ id: 'm1', grains: { role: 'test' } }],
  pendingKeys: [],
} as const;

for (const plan of plans) {
  const { netapi } = plan;
  describe(`rest_${netapi} says what a real one was recorded to say`, () => {
    let usual: StandIn<SaltCredentials>;
    let withNewcomer: StandIn<SaltCredentials>;
    before(async () => {
      usual = await serve('salt', { netapi, ...setup });
      const minions = [...setup.minions, { id: 'newm', silent: true }];
      withNewcomer = await serve('salt', { netapi, ...setup, minions });
    });
    beforeEach(() => {
      usual.reset();
      withNewcomer.reset();
    });
    after(async () => {
      await usual.close();
      await withNewcomer.close();
    });
    const file = new URL(`../recordings/salt-rest-${netapi}.json`, import.meta.url);
    const exchanges: readonly Exchange[] = JSON.parse(readFileSync(file, 'utf8'));

    for (const [index, exchange] of exchanges.entries()) {
      test(`${index}: ${exchange.method} ${exchange.path}: ${exchange.status}`, async () => {
        const standIn = JSON.stringify(exchange.body).includes('newm') ? withNewcomer : usual;
        const proof = plan.anonymous.includes(index) ? undefined : await tokenFrom(standIn.url, netapi);
        const names = new Names();
        const said = JSON.stringify(exchange.request ?? '');
        const recordedToken = /"token":"([0-9a-f]{64})"/.exec(said)?.[1];
        if (recordedToken !== undefined) names.learn(recordedToken, await masterToken(standIn.url));

        const [raw, type = json] = plan.raw[index] ?? [];
        const sent = raw ?? (exchange.request === null ? undefined : names.translate(said));
        const response = await fetch(standIn.url + exchange.path, {
          method: exchange.method,
          ...(sent === undefined ? {} : { body: sent }),
          headers: {
            accept: plan.accept[index] ?? '*/*',
            ...(sent === undefined ? {} : { 'content-type': type }),
            ...(proof === undefined ? {} : { 'x-auth-token': proof }),
          },
        });
        const text = await response.text();
        assert.equal(response.status, exchange.status, text);
        assertHeaders(exchange, response.headers);
        if (plan.withoutBody[index] !== undefined) return;
        if (typeof exchange.body === 'string') {
          const paragraph = /<p>(.*)<\/p>/.exec(text)?.[0];
          assert.equal(paragraph ?? text, exchange.body.replaceAll('&#x27;', "'"));
          return;
        }
        const recorded = { ...exchange, req: exchange.request, json: true, headers: {} };
        assertLike(recorded, { status: response.status, headers: response.headers, text }, names);
        if (typeof Object(exchange.body).return === 'string')
          assert.deepEqual(JSON.parse(text), exchange.body);
      });
    }
  });
}

const changing = new Set(['set-cookie', 'x-auth-token']);

function assertHeaders({ headers }: Exchange, played: Headers): void {
  const shape = (value: string) =>
    value.replace(/\b[0-9a-f]{40,64}\b/, '<id>').replace(/expires=[^;]+/, 'expires=<time>');
  for (const [name, value] of Object.entries(headers)) {
    const now = played.get(name) ?? '';
    assert.equal(changing.has(name) ? shape(now) : now, changing.has(name) ? shape(value) : value, name);
  }
}

async function tokenFrom(url: string, netapi: Netapi): Promise<string | undefined> {
  if (netapi === 'wsgi') return undefined;
  const { return: logins } = await posted(`${url}/login`);
  return logins[0].token;
}

async function masterToken(url: string): Promise<string> {
  const tokens = await posted(`${url}/token`);
  return tokens[0].token;
}

async function posted(url: string) {
  const body = JSON.stringify({ username: 'tester', password: 'x', eauth: 'auto' });
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': json }, body });
  return JSON.parse(await response.text());
}
