import assert from 'node:assert/strict';
import { tracingChannel } from 'node:diagnostics_channel';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { ResponseError } from '../../runtime/src/errors.ts';
import type { AttemptTrace, CallTrace } from '../../runtime/src/http/diagnostics.ts';
import { path, secret } from '../../runtime/src/http/path.ts';
import { consul } from '../../runtime/src/services/consul/consul.ts';
import { endpointOn, rejection } from '../servers/endpoint.ts';
import { inTurn, reply, replyJson, reset, WireServer } from '../servers/wire.ts';

test('calls and their attempts are published on tracing channels, without secrets', async () => {
  await using server = await WireServer.start(
    inTurn(reset, replyJson({ secret: 'ANSWERSECRET' }), replyJson({}, 404)),
  );
  const calls = tracingChannel<string, CallTrace>('fairlead:call');
  const attempts = tracingChannel<string, AttemptTrace>('fairlead:attempt');
  const seen: string[] = [];
  const traces: unknown[] = [];
  const others = { end() {}, asyncEnd() {}, error() {} };
  const callEvents = {
    ...others,
    start(trace: CallTrace) {
      seen.push(`call ${trace.service} ${trace.method}`);
      trace.headers['traceparent'] = '00-1-2-01';
      traces.push(trace);
    },
    asyncStart(trace: CallTrace) {
      const failed = trace.error instanceof Error ? ` ${trace.error.name}` : '';
      seen.push(`call over after ${trace.record?.attempts.length}${failed}`);
    },
  };
  const attemptEvents = {
    ...others,
    start(trace: AttemptTrace) {
      seen.push(`attempt ${trace.number}`);
      traces.push(trace);
    },
    asyncStart(trace: AttemptTrace) {
      const failed = trace.error instanceof Error ? trace.error.name : trace.status;
      seen.push(`attempt ${trace.number} over: ${failed}`);
    },
  };
  calls.subscribe(callEvents);
  attempts.subscribe(attemptEvents);
  try {
    const auth = { sign: () => ({ authorization: 'Hawk MACSECRET' }) };
    const queue = endpointOn(server, { transport: 'undici' }, { auth });
    const route = path`/trigger/${secret('PATHSECRET')}`;
    assert.deepEqual(await queue.get(route), { secret: 'ANSWERSECRET' });
    await rejection(queue.get(route), ResponseError);
  } finally {
    calls.unsubscribe(callEvents);
    attempts.unsubscribe(attemptEvents);
  }
  assert.deepEqual(seen, [
    'call queue GET',
    'attempt 1',
    'attempt 1 over: TransportFailure',
    'attempt 2',
    'attempt 2 over: 200',
    'call over after 2',
    'call queue GET',
    'attempt 1',
    'attempt 1 over: 404',
    'call over after 1 ResponseError',
  ]);
  assert.ok(server.requests.every(({ headers }) => headers['traceparent'] === '00-1-2-01'));
  assert.doesNotMatch(inspect(traces, { depth: 20, showHidden: true }), /SECRET/);
});

test('headers are published as they may be shown, and sent as they are, with what a subscriber adds or changes', async () => {
  await using server = await WireServer.start(replyJson({}));
  const calls = tracingChannel<string, CallTrace>('fairlead:call');
  const published: string[] = [];
  const start = (message: unknown) => {
    published.push(inspect(message, { depth: 20, showHidden: true }));
    assert.ok(isTrace(message));
    message.headers['Traceparent'] = '00-1-2-01';
    message.headers['user-agent'] = 'traced';
  };
  calls.start.subscribe(start);
  try {
    const session = consul({
      address: server.url,
      token: 'SECRETTOKEN',
      basicAuth: 'me:SECRETPASSWORD',
      headers: { 'X-Vault-Token': 'SECRETVAULT', 'X-Tenant': 'tenant' },
    });
    await session.raw.get('/status/leader');
    await session.raw.get('/status/leader', { token: 'SECRETOFCALL' });
    await session.with({ tokenIn: 'query' }).raw.get('/status/leader');
  } finally {
    calls.start.unsubscribe(start);
  }
  assert.equal(published.length, 3);
  for (const text of published) {
    assert.doesNotMatch(text, /SECRET|U0VDUkVU/);
    assert.match(text, /'x-tenant': 'tenant'/);
  }
  assert.match(published[2] ?? '', /leader\?token=\*\*\*/);
  assert.deepEqual(
    server.requests.map(({ headers, target }) => headers['x-consul-token'] ?? target),
    ['SECRETTOKEN', 'SECRETOFCALL', '/v1/status/leader?token=SECRETTOKEN'],
  );
  for (const { headers } of server.requests) {
    assert.equal(headers['x-vault-token'], 'SECRETVAULT');
    assert.match(headers['authorization'] ?? '', /^Basic \w/);
    assert.deepEqual([headers['traceparent'], headers['user-agent']], ['00-1-2-01', 'traced']);
  }
});

function isTrace(message: unknown): message is CallTrace {
  return typeof message === 'object' && message !== null && 'headers' in message;
}

test('nothing is published, and nothing changes, when nobody listens', async () => {
  await using server = await WireServer.start(inTurn(replyJson(1), reply(500)));
  const queue = endpointOn(server, { retry: false });
  assert.equal(await queue.get(path`/ping`), 1);
  await rejection(queue.get(path`/ping`), ResponseError);
});
