/**
 * A tour of the generated Consul client, against a stand-in that this program starts: `make demo`.
 *
 * Each line is one step: what it is about, the call, how long it took, and what was found. Ends with exit code 1 when
 * anything is not as it should be.
 */
import { once } from 'node:events';
import { serve } from '@fairlead/codegen/serve';
import {
  Acl,
  Agent,
  Config,
  consul,
  filter,
  Health,
  Kv,
  LockLostError,
  Sessions,
  Status,
  Txn,
} from '@fairlead/consul';
import { attempt, conclude, firstLine, heading, refusal, step } from './steps.ts';

await using service = await serve('consul', { acl: { managementToken: 'not-a-secret' }, jitter: false });
await using session = consul({ address: service.url, token: service.credentials.token });
const kv = new Kv(session);
const agent = new Agent(session);
const health = new Health(session);

heading(`A stand-in Consul at ${service.url}, called through @fairlead/consul`);

await step('is there a leader?', 'new Status(session).leader()', async () => {
  const leader = await new Status(session).leader();
  return { found: `at ${leader}`, holds: /^\d+(\.\d+){3}:\d+$/.test(leader) };
});

heading('Keys and values');

const flags = 2n ** 63n + 1n;

await step('a value with flags', 'kv.put(key, value, { flags }), kv.get(key)', async () => {
  await kv.put('demo/colour', 'green', { flags });
  const pair = await kv.get('demo/colour');
  const value = new TextDecoder().decode(pair?.Value ?? new Uint8Array());
  const found = `${value}, flags ${pair?.Flags}: 64 bits, each one of them`;
  return { found, holds: value === 'green' && pair?.Flags === flags };
});

await step('what else is known', 'kv.text(key).withMeta()', async () => {
  const { value, meta } = await kv.text('demo/colour').withMeta();
  const found = `${value}, index ${meta.index}, ${meta.knownLeader ? 'with' : 'without'} a leader`;
  return { found, holds: value === 'green' && meta.knownLeader === true && (meta.index ?? 0n) > 0n };
});

await step('swap, if unchanged', 'kv.cas(key, value, { cas: index })', async () => {
  const before = await kv.get('demo/colour');
  const cas = before?.ModifyIndex ?? 0;
  const [first, second] = [
    await kv.cas('demo/colour', 'blue', { cas }),
    await kv.cas('demo/colour', 'red', { cas }),
  ];
  return { found: `the first ${told(first)}, the second ${told(second)}`, holds: first && !second };
});

await step('watch a key', 'for await (… of kv.text(key).watch())', async () => {
  const seen: (string | undefined)[] = [];
  for await (const { value } of kv.text('demo/colour').watch()) {
    seen.push(value);
    if (seen.length === 2) break;
    // The watch gets to know of it by itself: its question waits at the agent.
    await kv.put('demo/colour', 'violet');
  }
  return { found: seen.join(' → '), holds: seen.join() === 'blue,violet' };
});

await step('all or nothing', 'new Txn(session).apply([…])', async () => {
  const Value = new TextEncoder().encode('1');
  const { Errors } = await new Txn(session).apply([
    { KV: { Verb: 'set', Key: 'demo/first', Value } },
    { KV: { Verb: 'check-not-exists', Key: 'demo/colour' } },
  ]);
  const [error] = Errors ?? [];
  const first = await kv.get('demo/first');
  const found = `operation ${error?.OpIndex}: ${error?.What}; the other one was rolled back`;
  return { found, holds: error?.OpIndex === 1 && first === undefined };
});

heading('Services');

const web = { Name: 'web', Port: 8080, Check: { TTL: '10s', Status: 'passing' } };

await step('register one', 'agent.registerService({ Name, Check: { … } })', async () => {
  await agent.registerService(web);
  const [entry] = await health.service('web', { passing: true, filter: filter`Service.Port == ${8080}` });
  return { found: `${entry?.Service.ID} on ${entry?.Node.Node} passes`, holds: entry?.Service.ID === 'web' };
});

await step('it becomes critical', 'for await (… of health.checks(name).watch())', async () => {
  const seen: string[] = [];
  for await (const { value } of health.checks('web').watch()) {
    seen.push(...value.map(({ Status, Output }) => (Output === '' ? Status : `${Status} (${Output})`)));
    if (seen.length === 2) break;
    // Ten seconds in which nobody says that it is well.
    service.advance(10_000);
  }
  return { found: seen.join(' → '), holds: seen.join() === 'passing,critical (TTL expired)' };
});

await step('one of 19 kinds of entry', "config.read('service-defaults', 'web')", async () => {
  const config = new Config(session);
  await config.put({ Kind: 'service-defaults', Name: 'web', Protocol: 'http' });
  // The kind that was asked for tells TypeScript which of the 19 it is, and so its properties.
  const entry = await config.read('service-defaults', 'web');
  return { found: `the protocol of web is ${entry?.Protocol}`, holds: entry?.Protocol === 'http' };
});

heading('Locks');

await step('lost and taken over', 'await session.lock(key)', async () => {
  await using first = await session.lock('demo/leader', {
    value: 'first',
    sessionOptions: { lockDelayMs: 0 },
  });
  const waiting = session.lock('demo/leader', { value: 'second' });
  const lost = once(first.signal, 'abort');
  await new Sessions(session).destroy(first.session);
  await lost;
  await using second = await waiting;
  const holds =
    first.signal.reason instanceof LockLostError &&
    !first.isHeld &&
    second.isHeld &&
    second.lockIndex > first.lockIndex &&
    (await kv.text('demo/leader')) === 'second';
  return { found: `${first.signal.reason.name}; the second holds it, lock index ${second.lockIndex}`, holds };
});

heading('Streams');

await step('the log of the agent', 'for await (… of agent.monitor())', async () => {
  const signal = AbortSignal.timeout(10_000);
  for await (const line of agent.monitor({ loglevel: 'info' }, { signal }))
    return { found: line, holds: line.includes('[INFO]') };
  return { found: 'it ended without a line', holds: false };
});

heading('When things go wrong');

await step('a service that fails', 'kv.text(key)', async () => {
  service.fail({
    match: { service: 'kv', method: 'kvGet' },
    status: 500,
    body: 'No cluster leader',
    times: 2,
  });
  const statuses: (number | undefined)[] = [];
  const value = await kv.text('demo/colour', {
    onRecord: ({ attempts }) => statuses.push(...attempts.map(({ status }) => status)),
  });
  return { found: `${statuses.join(' → ')}, ${value}`, holds: statuses.join() === '500,500,200' };
});

await step('a right that is missing', 'limited.put(key, value)', async () => {
  const acl = new Acl(session);
  const Rules = 'key_prefix "demo/" { policy = "read" }';
  const { Name } = await acl.createPolicy({ Name: 'demo-reader', Rules });
  const { SecretID: token } = await acl.createToken({ Policies: [{ Name }] });
  const limited = new Kv(session.with({ token }));
  if ((await limited.text('demo/colour')) !== 'violet')
    return { found: 'it may not even read', holds: false };
  return await refusal(limited.put('demo/colour', 'black'), { status: 403, category: 'forbidden' });
});

await step('a token nobody knows', 'stranger.text(key)', async () => {
  const stranger = new Kv(session.with({ token: '00000000-0000-4000-8000-000000000000' }));
  return await refusal(stranger.text('demo/colour'), { status: 403, category: 'unauthorized' });
});

await step('a value too large', 'kv.put(key, 513 KiB)', async () =>
  refusal(kv.put('demo/large', Buffer.alloc(513 * 1024)), { status: 413, category: 'invalid' }),
);

await step('a key that leads away', "kv.get('demo/../../acl/tokens')", async () => {
  const before = service.requests.length;
  const error = await attempt(async () => await kv.get('demo/../../acl/tokens'));
  const holds = error instanceof TypeError && service.requests.length === before;
  return { found: `before anything is sent: ${firstLine(error)}`, holds };
});

function told(swapped: boolean): string {
  return swapped ? 'is done' : 'comes too late';
}

conclude(
  `All of it held: ${service.requests.length} requests, each checked by a server that shares no code with the client.`,
);
