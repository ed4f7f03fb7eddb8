import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CallRecord, ResponseError } from '../../runtime/src/services/salt/index.ts';
import { type Answer, json, Loopback, page, plain, rejection } from './salt-netapi.ts';

async function errorOf(answer: Answer, netapi: 'cherrypy' | 'tornado' | 'wsgi'): Promise<ResponseError> {
  await using server = await Loopback.start();
  server.on('POST /run', answer).on('POST /', answer);
  await using session = server.session({ netapi, credentialsIn: 'body' });
  return await rejection(session.runner('test.arg'), ResponseError);
}

const wsgi = (status: number, text: string) => json({ return: text }, status);
const disabled = "Client disabled: 'runner'. Add to 'netapi_enable_clients' master config option to enable.";

const rows: readonly (readonly [string, Answer, 'cherrypy' | 'tornado' | 'wsgi', string, RegExp])[] = [
  ['no credentials', wsgi(401, 'No authentication credentials given'), 'wsgi', 'unauthorized', /401 Unauth/],
  ['a wrong password', wsgi(500, 'Authentication error occurred.'), 'wsgi', 'unauthorized', /500 Unauth/],
  ['a lack of rights', wsgi(500, 'Authorization error occurred.'), 'wsgi', 'forbidden', /500 Forbidden/],
  [
    'a disabled client',
    wsgi(500, disabled),
    'wsgi',
    'forbidden',
    /ClientDisabled.*since 3006 none is enabled/,
  ],
  ['a shell', wsgi(500, 'Raw shell option not allowed.'), 'wsgi', 'forbidden', /netapi_allow_raw_shell/],
  ['an unknown client', wsgi(500, "Invalid client specified: 'bogus'"), 'wsgi', 'invalid', /InvalidClient/],
  [
    'a missing argument',
    wsgi(500, "LocalClient.cmd() missing 1 required positional argument: 'tgt'"),
    'wsgi',
    'invalid',
    /missing 1 required/,
  ],
  ['JSON that is none', wsgi(400, '400: Expecting property name'), 'wsgi', 'invalid', /400: Expecting/],
  ['a wrong type', wsgi(406, '406: JSON required'), 'wsgi', 'invalid', /406: JSON required/],
  ['a wrong verb', wsgi(405, '405: Method Not Allowed'), 'wsgi', 'invalid', /Method Not Allowed/],
  [
    'a batch on rest_wsgi',
    plain(500, 'Object of type generator is not JSON serializable', { 'content-type': 'application/json' }),
    'wsgi',
    'invalid',
    /NoBatches.*use rest_cherrypy/,
  ],
  [
    'a broken server',
    plain(500, 'A server error occurred.  Please contact the administrator.'),
    'wsgi',
    'failed',
    /wrapper/,
  ],
  [
    'no session',
    page(401, 'No permission -- see authorization schemes'),
    'cherrypy',
    'unauthorized',
    /no right to this/,
  ],
  ['no right', page(401, 'Authorization error occurred.'), 'cherrypy', 'forbidden', /401 Forbidden/],
  [
    'no right on the master',
    page(401, 'Authentication failure of type "token" occurred for user limited.'),
    'cherrypy',
    'forbidden',
    /401 Forbidden/,
  ],
  [
    'a token that is not known',
    page(401, 'Authentication failure of type "token" occurred.'),
    'cherrypy',
    'unauthorized',
    /401 Unauthenticated/,
  ],
  ['a bad token', page(401, 'Invalid token'), 'cherrypy', 'unauthorized', /Invalid token/],
  ['an address that is not allowed', page(403, 'Bad IP'), 'cherrypy', 'forbidden', /403: Bad IP/],
  [
    'a disabled client',
    page(400, disabled.replaceAll("'", '&#x27;')),
    'cherrypy',
    'forbidden',
    /Client disabled: 'runner'\./,
  ],
  [
    'no list',
    page(400, 'Lowstates must be a list'),
    'cherrypy',
    'invalid',
    /400 InvalidArguments: Lowstates/,
  ],
  [
    'no such route',
    page(404, "The path '/run' was not found."),
    'cherrypy',
    'not-found',
    /'\/run' was not found/,
  ],
  ['a body too long', page(413, 'Request Entity Too Large'), 'cherrypy', 'invalid', /1,048,576 bytes/],
  [
    'an exception',
    json({ status: 500, return: 'An unexpected error occurred' }, 500),
    'cherrypy',
    'failed',
    /500: An unexpected error occurred/,
  ],
  ['no master', page(503, 'Salt Master is not available.'), 'cherrypy', 'unavailable', /503 MasterDown/],
  ['no master', wsgi(500, 'Salt Master must be running.'), 'wsgi', 'unavailable', /500 MasterDown/],
  [
    'a busy master',
    page(503, 'The server cannot process the request'),
    'cherrypy',
    'unavailable',
    /503: The server/,
  ],
  [
    'no answer in time',
    page(504, 'Timed out'),
    'cherrypy',
    'unavailable',
    /start\(\) runs the call as a job/,
  ],
  [
    'no such client',
    plain(400, '400 Invalid Client: Client not found in salt clients', {
      'content-type': 'text/html; charset=UTF-8',
    }),
    'tornado',
    'invalid',
    /400 InvalidClient/,
  ],
  [
    'a redirect',
    plain(301, '', { location: 'https://salt/' }),
    'cherrypy',
    'failed',
    /a redirect to https:\/\/salt/,
  ],
  ['nothing at all', plain(502, ''), 'cherrypy', 'unavailable', /502: the answer does not say why/],
];

for (const [what, answer, netapi, category, message] of rows) {
  test(`rest_${netapi} tells of ${what} in a way of its own: ${category}, ${message.source}`, async () => {
    const error = await errorOf(answer, netapi);
    assert.equal(error.category, category);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /hush|<|CherryPy|&#/);
  });
}

test('a page that is one open tag after another is an error at once', { timeout: 20_000 }, async () => {
  const error = await errorOf(
    plain(502, `<!doctype html>${'<p'.repeat(400_000)}`, { 'content-type': 'text/html' }),
    'cherrypy',
  );
  assert.equal(error.category, 'unavailable');
  assert.ok(error.message.length < 500);
});

test('an error of rest_wsgi that cannot pass is not asked about again', async () => {
  await using server = await Loopback.start();
  server.on('GET /login', wsgi(500, 'Authentication error occurred.'));
  await using session = server.session({ netapi: 'auto', retry: { retries: 3, delayMs: 1 } });
  await rejection(session.netapi(), ResponseError);
  assert.equal(server.asked.length, 1);
});

test('a page whose characters make no sense is harmless', async () => {
  const error = await errorOf(page(400, '&#99999999;&#x110000;&#65;&bogus;&amp;lt;'), 'cherrypy');
  assert.match(error.message, /400: &#99999999;&#x110000;A&bogus;&lt;/);
});

test('an error says which function was asked for, and so does the record of the call', async () => {
  await using server = await Loopback.start();
  server.on('POST /run', page(401, 'Authorization error occurred.'));
  const records: (string | undefined)[] = [];
  const onRecord = ({ call }: CallRecord) => void records.push(call);
  await using session = server.session({ netapi: 'cherrypy', credentialsIn: 'body', onRecord });
  const asked = async (call: PromiseLike<unknown>) => (await rejection(call, ResponseError)).message;
  assert.match(await asked(session.local('test.ping', '*')), /^local test\.ping: 401 Forbidden: /);
  assert.match(await asked(session.runner('jobs.active')), /^runner jobs\.active: 401 /);
  const many = ['a.b', 'c.d', 'e.f', 'g.h'].map((fun) => ({ client: 'wheel', fun }) as const);
  assert.match(await asked(session.low(many)), /^wheel a\.b, wheel c\.d, wheel e\.f and 1 more: 401 /);
  assert.match(await asked(session.low([])), /^nothing: 401 /);
  const command = session.ssh('mysql -phush', 'host', {}, { rawShell: true });
  assert.match(await asked(command), /^ssh a command: 401 /);
  assert.deepEqual(records, [
    'local test.ping',
    'runner jobs.active',
    'wheel a.b, wheel c.d, wheel e.f and 1 more',
    'nothing',
    'ssh a command',
  ]);
  const error = await rejection(session.local('test.ping', '*'), ResponseError);
  assert.equal(error.call, 'local test.ping');
  assert.equal(error.record.call, 'local test.ping');
  assert.equal(error.record.url, `${server.url}/run`);
});

test('a login that is refused says so, and not which function it was for', async () => {
  await using server = await Loopback.start();
  server.on('POST /login', page(401, 'Could not authenticate using provided credentials'));
  await using session = server.session();
  const error = await rejection(session.local('test.ping', '*'), ResponseError);
  assert.match(error.message, /^POST \/login: 401 /);
});
