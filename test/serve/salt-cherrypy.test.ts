import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type SaltCredentials, type StandIn, serve } from '@fairlead/codegen/serve';
import { type Answer, asker } from './salt-calls.ts';

const users = [
  { username: 'tester', password: 'right' },
  {
    username: 'limited',
    password: 'right',
    permissions: ['test.ping', { 'web*': ['test.echo'] }, { '@runner': ['jobs.*'] }],
  },
] as const;

describe('rest_cherrypy', () => {
  let standIn: StandIn<SaltCredentials>;
  before(async () => {
    standIn = await serve('salt', { users });
  });
  beforeEach(() => standIn.reset());
  after(() => standIn.close());

  const anybody = () => asker(standIn);
  const logIn = async (username = 'tester') => {
    const login = await asker(standIn)('POST', '/login', {
      username,
      password: 'right',
      eauth: 'sharedsecret',
    });
    return asker(standIn, login.headers.get('x-auth-token') ?? '');
  };

  test('takes the session by its cookie as well', async () => {
    const login = await anybody()('POST', '/login', standIn.credentials);
    const [cookie = ''] = (login.headers.get('set-cookie') ?? '').split(';');
    const { status } = await anybody()('GET', '/keys', undefined, { cookie });
    assert.equal(status, 200);
  });

  test('gives a cookie to whoever asks, that is good for nothing', async () => {
    const notice = await anybody()('GET', '/login');
    const [cookie = ''] = (notice.headers.get('set-cookie') ?? '').split(';');
    assert.match(cookie, /^session_id=[0-9a-f]{40}$/);
    assert.equal((await anybody()('GET', '/keys', undefined, { cookie })).status, 401);
  });

  test('keeps a session for ten hours after its last use, and no longer', async () => {
    const ask = await logIn();
    standIn.advance(9 * 3_600_000);
    assert.equal((await ask('GET', '/keys')).status, 200);
    standIn.advance(2 * 3_600_000);
    assert.equal((await ask('GET', '/keys')).status, 200);
    // The token in it is over after twelve hours, however much it was used.
    standIn.advance(2 * 3_600_000);
    assert.equal((await ask('GET', '/keys')).status, 401);
  });

  test('ends a session when it is told to', async () => {
    const ask = await logIn();
    assert.deepEqual((await ask('POST', '/logout')).value, { return: 'Your token has been cleared' });
    assert.equal((await ask('GET', '/keys')).status, 401);
  });

  test('lets users do what they may, and says 401 to the rest', async () => {
    const ask = await logIn('limited');
    const low = async (chunk: object) => (await ask('POST', '/', [chunk])).status;
    assert.equal(await low({ client: 'local', tgt: '*', fun: 'test.ping' }), 200);
    assert.equal(await low({ client: 'local', tgt: 'web1', fun: 'test.echo', arg: ['x'] }), 200);
    assert.equal(await low({ client: 'local', tgt: '*', fun: 'test.echo', arg: ['x'] }), 401);
    assert.equal(await low({ client: 'runner', fun: 'jobs.active' }), 200);
    assert.equal(await low({ client: 'runner', fun: 'manage.up' }), 401);
    assert.equal(await low({ client: 'wheel', fun: 'key.list_all' }), 401);
  });

  test('does nothing more after a chunk that fails, and tells nothing of those before', async () => {
    const ask = await logIn();
    const bad = await ask('POST', '/', [
      { client: 'wheel', fun: 'key.delete', arg: [], kwarg: { match: 'new1' } },
      { client: 'local', fun: 'test.ping' },
      { client: 'wheel', fun: 'key.delete', arg: [], kwarg: { match: 'old1' } },
    ]);
    assert.equal(bad.status, 500);
    assert.deepEqual(bad.value, { status: 500, return: 'An unexpected error occurred' });
    const { value } = await ask('GET', '/keys');
    assert.deepEqual(Object(value).return.minions_pre, []);
    assert.deepEqual(Object(value).return.minions, ['old1', 'web1', 'web2']);
  });

  test('gives a wheel what it is called with only where arg and kwarg are there', async () => {
    const ask = await logIn();
    const value = async (chunk: object) => {
      const answer = await ask('POST', '/', [{ client: 'wheel', fun: 'key.name_match', ...chunk }]);
      return Object(answer.value).return[0].data.return;
    };
    const found = { minions: ['web1'] };
    assert.deepEqual(await value({ arg: [], kwarg: { match: 'web1' } }), found);
    assert.deepEqual(await value({ arg: ['web1'], kwarg: {} }), found);
    assert.deepEqual(await value({ match: 'web1' }), found);
    for (const chunk of [{ kwarg: { match: 'web1' } }, { arg: ['web1'] }]) {
      assert.match(await value(chunk), /missing 1 required positional argument: 'match'/);
    }
  });

  test('tells another jid of a wheel than the one that its events have', async () => {
    const ask = await logIn();
    const gone = new AbortController();
    const stream = await ask.stream('/events', gone.signal);
    const [{ jid, tag }] = Object(
      (await ask('POST', '/', [{ client: 'wheel_async', fun: 'key.list_all' }])).value,
    ).return;
    assert.equal(tag, `salt/wheel/${jid}`);
    let text = '';
    const decoder = new TextDecoder();
    for await (const bytes of stream.body ?? []) {
      text += decoder.decode(bytes);
      if (/^tag: .*\/ret\ndata: .*\n\n/m.test(text)) break;
    }
    gone.abort();
    assert.match(text, /^tag: salt\/wheel\/\d{20}\/ret$/m);
    assert.ok(!text.includes(jid));
  });

  test('has results of a batch where its chunk stood', async () => {
    const ask = await logIn();
    const echo = (text: string) => ({ client: 'local', tgt: 'web1', fun: 'test.echo', arg: [text] });
    const batch = { client: 'local_batch', tgt: 'web*', fun: 'test.ping', batch: '50%' };
    const { value } = await ask('POST', '/', [echo('a'), batch, echo('b')]);
    assert.deepEqual(value, { return: [{ web1: 'a' }, { web1: true }, { web2: true }, { web1: 'b' }] });
    const raw = await ask('POST', '/', { ...batch, tgt: 'web1', fun: 'no.such', raw: true });
    assert.partialDeepStrictEqual(raw.value, {
      return: [{ data: { id: 'web1', return: "'no.such' is not available.", retcode: 1, success: false } }],
    });
  });

  test('says what is wrong with a request in a page', async () => {
    const ask = await logIn();
    const said = ({ status, text }: Answer) => [status, /<p>(.*)<\/p>/.exec(text)?.[1]];
    assert.deepEqual(said(await ask('POST', '/', 'a,b', { 'content-type': 'text/csv' })), [
      406,
      'Content type not supported',
    ]);
    assert.equal((await ask('POST', '/', [{ client: 'local', fill: 'x'.repeat(1_048_577) }])).status, 413);
    assert.equal((await ask('OPTIONS', '/')).status, 500);
    assert.deepEqual(
      said(await ask('POST', '/run', [{ client: 'local', tgt: '*', fun: 'test.ping', token: 'xyz' }])),
      [401, 'Invalid token'],
    );
    assert.equal(
      (await anybody()('POST', '/keys', { mid: 'x', ...standIn.credentials, password: 'no' })).status,
      500,
    );
  });

  test('takes forms, in which arguments are YAML', async () => {
    const ask = await logIn();
    const form = 'client=local&tgt=web1&fun=test.arg_clean&arg=x&arg=[1, 2]&arg=y=2';
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const { value } = await ask('POST', '/', form, type);
    assert.deepEqual(value, { return: [{ web1: { args: ['x', [1, 2]], kwargs: { y: 2 } } }] });
  });

  test('answers in YAML to who wants that', async () => {
    const ask = await logIn();
    const chunk = {
      client: 'local',
      tgt: 'web1',
      fun: 'test.echo',
      arg: [{ b: ['1', 'true', 'x: y'], a: {} }],
    };
    const { text } = await ask('POST', '/', [chunk], { accept: 'application/x-yaml' });
    assert.equal(text, "return:\n- web1:\n    a: {}\n    b:\n    - '1'\n    - 'true'\n    - 'x: y'\n");
  });

  test('runs a job, and tells of it until it is forgotten', async () => {
    const ask = await logIn();
    const started = await ask('POST', '/minions', [{ tgt: 'web*', fun: 'test.echo', kwarg: { text: 'hi' } }]);
    assert.equal(started.status, 202);
    const [{ jid }] = Object(started.value).return;
    assert.deepEqual(Object(started.value)._links, { jobs: [{ href: `/jobs/${jid}` }] });
    const job = Object((await ask('GET', `/jobs/${jid}`)).value);
    assert.deepEqual(job.return, [{ web1: 'hi', web2: 'hi' }]);
    assert.deepEqual(job.info[0].Result.web1, { return: 'hi', retcode: 0, success: true });
    standIn.reset();
    const again = await logIn();
    assert.match(Object((await again('GET', `/jobs/${jid}`)).value).info[0].Error, /no job with this jid/);
  });

  test('tells events as a real one frames them, in the order of a job', async () => {
    const ask = await logIn();
    const gone = new AbortController();
    const stream = await ask.stream('/events', gone.signal);
    assert.equal(stream.headers.get('content-type'), 'text/event-stream;charset=utf-8');
    const chunk = { client: 'local_async', tgt: 'web1', fun: 'test.ping' };
    const [{ jid }] = Object((await ask('POST', '/', [chunk])).value).return;
    const expected = [jid, `salt/job/${jid}/new`, `salt/job/${jid}/ret/web1`];
    let text = '';
    const decoder = new TextDecoder();
    for await (const bytes of stream.body ?? []) {
      text += decoder.decode(bytes);
      if (text.includes('/ret/web1') && text.endsWith('\n\n')) break;
    }
    gone.abort();
    assert.ok(text.startsWith(`retry: 400\ntag: ${jid}\ndata: {"tag":"${jid}"`), text);
    assert.deepEqual(
      [...text.matchAll(/^tag: (.*)$/gm)].map(([, tag]) => tag),
      expected,
    );
  });

  test('ends the events of who may not listen any more, without a word', async () => {
    const ask = await logIn();
    const stream = await ask.stream('/events');
    standIn.advance(13 * 3_600_000);
    const fresh = await logIn();
    await fresh('POST', '/hook/x', {});
    assert.equal(await stream.text(), 'retry: 400\n');
  });
});

test('a client that is not enabled can not be used, though a login works', async () => {
  await using standIn = await serve('salt', { enabledClients: ['runner'] });
  const login = await asker(standIn)('POST', '/login', standIn.credentials);
  const ask = asker(standIn, login.headers.get('x-auth-token') ?? '');
  const { status, text } = await ask('POST', '/', [{ client: 'local', tgt: '*', fun: 'test.ping' }]);
  assert.equal(status, 400);
  assert.match(text, /Client disabled: 'local'\. Add to 'netapi_enable_clients'/);
});
