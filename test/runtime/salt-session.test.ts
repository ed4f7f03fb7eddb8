import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import {
  NetapiError,
  ResponseError,
  SaltFunctionError,
  salt,
} from '../../runtime/src/services/salt/index.ts';
import { SaltSession } from '../../runtime/src/services/salt/session.ts';
import { json, Loopback, login, page, plain, rejection, returns } from './salt-netapi.ts';

const ping = { m1: { ret: true, retcode: 0, jid: '20261121191807228328' } };

test('a session logs in with the first call, once for all that wait, and sends its token', async () => {
  await using server = await Loopback.start();
  server.on('POST /login', login('a99921fff0acf29f07c6685d0b99ca3931371058')).on('POST /', returns(ping));
  await using session = server.session();
  assert.equal(server.asked.length, 0);
  await Promise.all([session.local('test.ping', '*'), session.local('test.ping', '*')]);
  assert.equal(server.to('POST /login').length, 1);
  assert.deepEqual(server.sent('POST /login'), { username: 'tester', password: 'hush', eauth: 'auto' });
  for (const { headers } of server.to('POST /')) {
    assert.equal(headers['x-auth-token'], 'a99921fff0acf29f07c6685d0b99ca3931371058');
    assert.equal(headers['content-type'], 'application/json');
  }
});

test('the cookie of an answer is never sent back', async () => {
  await using server = await Loopback.start();
  server
    .on('POST /login', login('first'), login('second'))
    .on('POST /', page(401, 'No permission -- see authorization schemes'), returns(ping));
  await using session = server.session();
  await session.local('test.ping', '*');
  assert.ok(server.asked.every(({ headers }) => headers.cookie === undefined));
});

test('a token that is refused is replaced by another login, once', async () => {
  await using server = await Loopback.start();
  const refused = page(401, 'No permission -- see authorization schemes');
  server.on('POST /login', login('old'), login('new')).on('POST /', refused, returns(ping), refused);
  await using session = server.session();
  await session.local('test.ping', '*');
  assert.deepEqual(
    server.to('POST /').map(({ headers }) => headers['x-auth-token']),
    ['old', 'new'],
  );
  const error = await rejection(session.local('test.ping', '*'), ResponseError);
  assert.equal(error.category, 'unauthorized');
  assert.match(
    error.message,
    /^local test\.ping: 401 NoPermission: No permission -- see authorization schemes \(/,
  );
  assert.equal(server.to('POST /login').length, 3);
});

test('a lack of rights is no reason to log in again', async () => {
  await using server = await Loopback.start();
  server.on('POST /login', login('token')).on('POST /', page(401, 'Authorization error occurred.'));
  await using session = server.session();
  const error = await rejection(session.local('cmd.run', '*', { cmd: 'id' }), ResponseError);
  assert.equal(error.category, 'forbidden');
  assert.equal(server.to('POST /login').length, 1);
});

test('a call over SSH goes with user and password, whatever session there is', async () => {
  await using server = await Loopback.start();
  server.on('POST /run', returns({}));
  await using session = server.session({ username: 'u', password: 'p', eauth: 'pam' });
  await session.ssh('test.ping', 'host');
  const [asked] = server.to('POST /run');
  assert.match(`${asked?.body}`, /"username":"u","password":"p","eauth":"pam"/);
  assert.equal(server.to('POST /login').length, 0);
});

test('a token is replaced before it is over', async () => {
  await using server = await Loopback.start();
  let now = 0;
  const clock = { now: () => now, sleep: () => Promise.reject(new Error('nothing waits')) };
  server.on('POST /login', login('one', 1000), login('two', 1000)).on('POST /', returns(ping));
  const options = {
    url: server.url,
    netapi: 'cherrypy',
    username: 'u',
    password: 'p',
    eauth: 'pam',
  } as const;
  await using session = new SaltSession(options, { clock });
  const tokenAt = async (ms: number) => {
    now = ms;
    await session.local('test.ping', '*');
    return server.to('POST /').at(-1)?.headers['x-auth-token'];
  };
  assert.equal(await tokenAt(0), 'one');
  assert.equal(await tokenAt(939_000), 'one');
  assert.equal(await tokenAt(941_000), 'two');
});

test('a wrong password is told as what it is, and the next call tries again', async () => {
  await using server = await Loopback.start();
  const refused = page(401, 'Could not authenticate using provided credentials');
  server.on('POST /login', refused, login('token')).on('POST /', returns(ping));
  await using session = server.session();
  const error = await rejection(session.local('test.ping', '*'), ResponseError);
  assert.equal(error.category, 'unauthorized');
  assert.equal(
    error.message,
    'POST /login: 401 Unauthenticated: Could not authenticate using provided credentials',
  );
  assert.doesNotMatch(inspect(error, { depth: 9 }), /hush/);
  assert.equal((await session.local('test.ping', '*')).ok.size, 1);
});

test('closing a session logs out, but only where there was a login, and only the one that logged in', async () => {
  await using server = await Loopback.start();
  server
    .on('POST /login', login('token'))
    .on('POST /', returns(ping))
    .on('POST /logout', json({ return: 'Your token has been cleared' }));
  const idle = server.session();
  await idle.close();
  const session = server.session();
  const derived = session.with({ timeoutMs: 1000 });
  await derived.local('test.ping', '*');
  await derived.close();
  assert.equal(server.to('POST /logout').length, 0);
  await session.close();
  assert.equal(server.to('POST /logout')[0]?.headers['x-auth-token'], 'token');
  assert.equal(server.to('POST /login').length, 1);
});

test('a closed session calls nothing any more', async () => {
  for (const how of ['session', 'body'] as const) {
    await using server = await Loopback.start();
    server
      .on('POST /login', login('token'))
      .on('POST /', returns(ping))
      .on('POST /run', returns(ping))
      .on('POST /logout', json({}));
    const session = server.session({ credentialsIn: how });
    const derived = session.with({ timeoutMs: 1000 });
    const { size } = await session.local('test.ping', '*');
    assert.equal(size, 1);
    await session.close();
    await session.close();
    const before = server.asked.length;
    const gone = { message: 'the session was closed: make another one with salt()' };
    await assert.rejects(async () => await session.local('test.ping', '*'), gone);
    await assert.rejects(async () => await derived.local('test.ping', '*'), gone);
    await assert.rejects(session.local('test.ping', '*').start(), gone);
    await assert.rejects(session.listen('salt/auth').ready(), gone);
    await assert.rejects(session.createKeys({ mid: 'm2' }), gone);
    assert.throws(() => session.endpoint('rest-cherrypy'), gone);
    assert.equal(server.asked.length, before);
  }
});

test('a session that is derived for another user has a login of its own', async () => {
  await using server = await Loopback.start();
  server
    .on('POST /login', login('one'), login('two'))
    .on('POST /', returns(ping))
    .on('POST /logout', json({}));
  await using session = server.session();
  await session.local('test.ping', '*');
  await using other = session.with({ username: 'other' });
  await other.local('test.ping', '*');
  assert.equal(server.to('POST /').at(-1)?.headers['x-auth-token'], 'two');
});

test('a token of the master goes into the body, to /run', async () => {
  await using server = await Loopback.start();
  server.on('POST /run', returns(ping));
  const token = '8e2427d5324936e0e930014174b20a2fb94f5db09c0dac76c575d90321493efe';
  await using session = salt({ url: server.url, netapi: 'cherrypy', token: async () => token });
  await session.local('test.ping', '*');
  assert.deepEqual(server.sent('POST /run'), [
    { client: 'local', tgt: '*', tgt_type: 'glob', fun: 'test.ping', full_return: true, token },
  ]);
  assert.equal(server.asked.length, 1);
});

test('credentials in the body need no session', async () => {
  await using server = await Loopback.start();
  server.on('POST /run', returns(ping));
  await using session = server.session({ credentialsIn: 'body', credentialFields: { client_id: 'x' } });
  await session.local('test.ping', { list: ['m1'] });
  assert.deepEqual(server.sent('POST /run'), [
    {
      client: 'local',
      tgt: ['m1'],
      tgt_type: 'list',
      fun: 'test.ping',
      full_return: true,
      client_id: 'x',
      username: 'tester',
      password: 'hush',
      eauth: 'auto',
    },
  ]);
});

test('what a chunk says never replaces who calls', async () => {
  await using server = await Loopback.start();
  server.on('POST /', returns({ user: 'x' }));
  await using session = server.session({ netapi: 'wsgi' });
  await session.low([{ client: 'runner', fun: 'auth.mk_token', username: 'someone', password: 'else' }]);
  const [chunk] = [server.sent('POST /')].flat();
  assert.deepEqual(chunk, {
    client: 'runner',
    fun: 'auth.mk_token',
    username: 'tester',
    password: 'hush',
    eauth: 'auto',
  });
});

test('rest_wsgi is sent credentials with each chunk, and a content type without a charset', async () => {
  await using server = await Loopback.start();
  server.on('POST /', returns(ping));
  await using session = server.session({ netapi: 'wsgi' });
  await session.local('test.ping', '*');
  const [asked] = server.to('POST /');
  assert.equal(asked?.headers['content-type'], 'application/json');
  assert.equal(asked?.headers['content-length'], String(Buffer.byteLength(asked?.body ?? '')));
  assert.match(asked?.body ?? '', /^\[\{.*"username":"tester","password":"hush","eauth":"auto"\}\]$/);
  assert.equal(server.asked.length, 1);
});

const loginNotice = json({ status: null, return: 'Please log in' }, 200, { 'www-authenticate': 'Session' });
const characters = Array.from('They found me.');
const clients = [
  'local',
  'local_async',
  'local_batch',
  'local_subset',
  'runner',
  'runner_async',
  'ssh',
  'wheel',
  'wheel_async',
];

test('one request tells which netapi answers, and it is asked once', async () => {
  const cases = [
    ['cherrypy', loginNotice],
    ['tornado', json({ status: '401 Unauthorized', return: 'Please log in' }, 401)],
    ['wsgi', json({ return: characters })],
  ] as const;
  for (const [expected, answer] of cases) {
    await using server = await Loopback.start();
    server.on('GET /login', answer);
    await using session = server.session({ netapi: 'auto' });
    assert.deepEqual(await Promise.all([session.netapi(), session.with({}).netapi()]), [expected, expected]);
    assert.deepEqual(
      server.asked.map(({ line }) => line),
      ['GET /login'],
    );
  }
});

test('where there are no sessions, the welcome tells', async () => {
  await using server = await Loopback.start();
  server.on('GET /', json({ return: 'Welcome', clients }));
  assert.equal(await server.session({ netapi: 'auto' }).netapi(), 'cherrypy');
  server.on(
    'GET /',
    json({ return: 'Welcome', clients: ['local', 'local_async', 'runner', 'runner_async'] }),
  );
  assert.equal(await server.session({ netapi: 'auto' }).netapi(), 'tornado');
});

test('something else at the address is told, and looked at again by the next call', async () => {
  await using server = await Loopback.start();
  server.on('GET /login', plain(200, 'hello'), loginNotice).on('GET /', plain(200, 'hello'));
  await using session = server.session({ netapi: 'auto' });
  const error = await rejection(session.netapi(), NetapiError);
  assert.match(error.message, /no netapi of Salt answers at this url: GET \/login gave 200/);
  assert.equal(await session.netapi(), 'cherrypy');
});

test('rest_wsgi as it is broken on Python 3 is recognised', async () => {
  await using server = await Loopback.start();
  const broken = plain(500, 'A server error occurred.  Please contact the administrator.');
  server.on('GET /login', broken);
  const error = await rejection(server.session({ netapi: 'auto' }).netapi(), ResponseError);
  assert.match(error.message, /500 BrokenServer: .*rest_wsgi.*Python 3.*wrapper/);
});

test('rest_tornado sends a token that is over to the login, which is then made anew', async () => {
  await using server = await Loopback.start();
  const toLogin = plain(302, '', { location: '/login' });
  server.on('POST /login', login('old'), login('new')).on('POST /', toLogin, returns({ m1: true }));
  await using session = server.session({ netapi: 'tornado' });
  assert.deepEqual([...(await session.local('test.ping', '*')).ok], [['m1', true]]);
  assert.equal(server.to('POST /').at(-1)?.headers['x-auth-token'], 'new');
});

test('rest_tornado tells in a result that the token is over', async () => {
  await using server = await Loopback.start();
  server
    .on('POST /login', login('old'), login('new'))
    .on('POST /', returns('Failed to authenticate'), returns({ m1: true }));
  await using session = server.session({ netapi: 'tornado' });
  assert.equal((await session.local('test.ping', '*')).ok.get('m1'), true);
});

test('a lack of rights, which rest_tornado words in the same way, is told after one more login', async () => {
  await using server = await Loopback.start();
  server.on('POST /login', login('old'), login('new')).on('POST /', returns('Failed to authenticate'));
  await using session = server.session({ netapi: 'tornado' });
  const error = await rejection(session.runner('manage.up'), SaltFunctionError);
  assert.equal(error.category, 'unauthorized');
  assert.match(error.message, /^runner manage\.up: Failed to authenticate \(.*no right to this\)$/);
  assert.equal(server.to('POST /').length, 2);
});

test('a token of the master is a token of rest_tornado', async () => {
  await using server = await Loopback.start();
  server.on('POST /', returns({ m1: true }));
  await using session = salt({ url: server.url, netapi: 'tornado', token: 'abc123' });
  await session.local('test.ping', '*');
  assert.equal(server.to('POST /')[0]?.headers['x-auth-token'], 'abc123');
});

test('an endpoint of a generated class signs as its netapi does', async () => {
  await using server = await Loopback.start();
  server
    .on('POST /login', login('token'))
    .on('GET /keys', json({ return: {} }))
    .on('POST /logout', json({}));
  await using session = server.session();
  const { path } = await import('../../runtime/src/http/path.ts');
  const endpoint = session.endpoint('rest-cherrypy');
  await endpoint.get(path`/keys`, { requires: [[]] });
  await endpoint.get(path`/keys`, { requires: [['session'], ['cookie']] });
  assert.deepEqual(
    server.to('GET /keys').map(({ headers }) => headers['x-auth-token']),
    [undefined, 'token'],
  );
  assert.deepEqual(server.asked[0]?.line, 'GET /keys');
  assert.throws(() => session.endpoint('queue/v1'), { name: 'TypeError', message: /rest-cherrypy/ });
});

test('the environment says where and who, and what is given wins', () => {
  const environment = {
    SALTAPI_URL: 'https://salt.example.com:8000/',
    SALTAPI_USER: 'tester',
    SALTAPI_PASS: 'hush',
    SALTAPI_EAUTH: 'pam',
  };
  assert.equal(salt.fromEnv({}, environment).url, 'https://salt.example.com:8000');
  assert.equal(salt.fromEnv({ url: 'http://other' }, environment).url, 'http://other');
  assert.equal(
    inspect(salt.fromEnv({}, environment)),
    'SaltSession(https://salt.example.com:8000, as "tester")',
  );
  assert.equal(
    inspect(salt.fromEnv({ token: 'abc' }, environment)),
    'SaltSession(https://salt.example.com:8000, as a token)',
  );
  assert.throws(() => salt.fromEnv({}, {}), { name: 'TypeError', message: /^SALTAPI_URL is missing/ });
  const half = { ...environment, SALTAPI_EAUTH: '' };
  assert.throws(() => salt.fromEnv({}, half), { name: 'TypeError', message: /eauth is the backend/ });
});

test('options that cannot be used are refused, without their secrets', () => {
  const url = 'http://salt';
  const refused = [
    { url: 'salt:8000' },
    { url: 'http://me:hush@salt' },
    { url: 'http://salt?x=1' },
    { url, netapi: 'flask' },
    { url, username: 'me' },
    { url, username: 'me', password: 'hush' },
    { url, token: 'no hex hush' },
    { url, token: 'abc', username: 'me', password: 'hush', eauth: 'pam' },
    { url, credentialsIn: 'cookie' },
  ];
  for (const options of refused) {
    assert.throws(
      () => Reflect.apply(salt, undefined, [options]),
      (error: unknown) => error instanceof TypeError && !error.message.includes('hush'),
      JSON.stringify(options),
    );
  }
});

test('an option that there is none of is refused', () => {
  assert.throws(() => Reflect.apply(salt, undefined, [{ url: 'http://localhost:8000', user: 'saltdev' }]), {
    name: 'TypeError',
    message: 'user is no option of salt()',
  });
});
