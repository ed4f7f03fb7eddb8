import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import {
  type Netapi,
  SaltFunctionError,
  type SaltSession,
  ServiceError,
  type Target,
} from '../../runtime/src/services/salt/index.ts';
import { MinionResults } from '../../runtime/src/services/salt/results.ts';
import { type Answer, json, Loopback, page, plain, rejection } from './salt-netapi.ts';

/** What a real server was asked, and what it answered. */
interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly request: unknown;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

interface Chunk {
  readonly client: string;
  readonly fun: string;
  readonly tgt?: string;
  readonly tgt_type?: string;
  readonly full_return?: boolean;
}

function recorded(netapi: Netapi): readonly Exchange[] {
  const file = new URL(`../recordings/salt-rest-${netapi}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The answer as it was, but that pages were recorded as their title and text. */
function answerOf({ status, headers, body }: Exchange): Answer {
  if (typeof body !== 'string') return json(body, status);
  const said = /^<CherryPy HTML error page: \d+ [^/]+ \/ (.*)>$/s.exec(body)?.[1];
  return said === undefined
    ? plain(status, body, { 'content-type': headers['content-type'] ?? '' })
    : page(status, said);
}

/** The one chunk of an exchange; `undefined` where it isn't about one. */
function chunkOf({ method, path, request, headers }: Exchange): Chunk | undefined {
  const isRun = method === 'POST' && (path === '/' || path === '/run');
  const isJson = /json|html/.test(headers['content-type'] ?? '');
  if (!isRun || !isJson || !Array.isArray(request) || request.length !== 1) return undefined;
  const [chunk] = request;
  return typeof chunk.fun === 'string' && chunk.client !== 'bogus' ? chunk : undefined;
}

/** Makes the call again, as a user of a session does. */
function again(
  session: SaltSession,
  { client, fun, tgt, tgt_type, full_return }: Chunk,
): PromiseLike<unknown> {
  const targets: Readonly<Record<string, Target>> = {
    list: { list: (tgt ?? '').split(',') },
    grain: { grain: tgt ?? '' },
    compound: { compound: tgt ?? '' },
  };
  const target = targets[tgt_type ?? ''] ?? tgt ?? '*';
  switch (client) {
    case 'local':
      return full_return === true ? session.local(fun, target) : session.local(fun, target).bare();
    case 'local_async':
      return session.localAsync(fun, target, {}, { follow: 'polling' }).then(async (job) => {
        await job.close();
        return job.jid;
      });
    case 'local_batch':
      return session.local(fun, target).batch(1);
    case 'local_subset':
      return session.local(fun, target).subset(1);
    case 'ssh':
      return session.ssh(fun, target);
    case 'runner_async':
      return session.runnerAsync(fun, {}, { follow: 'polling' }).then(async (job) => {
        await job.close();
        return job.jid;
      });
    case 'wheel_async':
      return session.wheelAsync(fun, {}, { follow: 'polling' }).then(async (job) => {
        await job.close();
        return job.jid;
      });
    case 'wheel':
      return session.wheel(fun);
    case 'runner':
      return session.runner(fun);
    default:
      throw new TypeError(`there is no client ${client}`);
  }
}

for (const netapi of ['cherrypy', 'tornado', 'wsgi'] as const) {
  suite(`what rest_${netapi} was recorded to answer is understood`, () => {
    const exchanges = recorded(netapi);
    let played = 0;
    for (const [index, exchange] of exchanges.entries()) {
      const chunk = chunkOf(exchange);
      if (chunk === undefined || (netapi === 'tornado' && chunk.client === 'wheel')) continue;
      if (netapi === 'wsgi' && chunk.client === 'local_batch') continue;
      played += 1;
      test(`${index}: ${chunk.client} ${chunk.fun}: ${exchange.status}`, async () => {
        await using server = await Loopback.start();
        server.on('POST /', answerOf(exchange)).on('POST /run', answerOf(exchange));
        await using session = server.session({ netapi, credentialsIn: 'body' });
        const call = again(session, chunk);
        const failsAtTwoHundred = chunk.fun === 'nosuch.x';
        if (exchange.status >= 400 || failsAtTwoHundred) {
          const error = await rejection(call, ServiceError);
          assert.equal(error instanceof SaltFunctionError, failsAtTwoHundred);
          assert.doesNotMatch(error.message, /does not say why|<(p|h2|html|!doctype)/i);
          return;
        }
        const value = await call;
        if (chunk.client === 'local' && chunk.full_return === true) {
          assert.ok(value instanceof MinionResults);
          assert.deepEqual([...value.ok], [['m1', true]]);
        }
        if (/_async$/.test(chunk.client)) assert.match(String(value), /^\d{20}$/);
        if (chunk.fun === 'manage.up') assert.ok(Array.isArray(value) || /^\d{20}$/.test(String(value)));
      });
    }

    test('and enough of it could be played', () => {
      assert.ok(played >= { cherrypy: 9, tornado: 2, wsgi: 20 }[netapi], `${played}`);
    });

    test('it is recognised by what it says to whoever asks', async () => {
      await using server = await Loopback.start();
      for (const exchange of exchanges.filter(({ method }) => method === 'GET')) {
        server.on(`GET ${exchange.path}`, answerOf(exchange));
      }
      const root = exchanges.find(({ method, path }) => method === 'GET' && path === '/');
      if (netapi === 'wsgi' && root !== undefined) server.on('GET /login', answerOf(root));
      assert.equal(await server.session({ netapi: 'auto' }).netapi(), netapi);
    });
  });
}
