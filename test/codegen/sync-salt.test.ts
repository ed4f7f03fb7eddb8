import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { InputError } from '../../codegen/src/errors.ts';
import { isArray } from '../../codegen/src/json/values.ts';
import type { JsonValue } from '../../codegen/src/model.ts';
import { type SyncOptions, sync } from '../../codegen/src/sync/index.ts';
import { type Chunk, ENV, PASSWORD, page, type Reply, withMaster } from './salt-master.ts';

type Functions = Readonly<Record<string, JsonValue>>;

const NONE = { args: null, defaults: null, kwargs: null, varargs: null };
const PING = { 'test.ping': NONE };
const INSTALL = { args: ['name', 'refresh'], defaults: [null, false], kwargs: true, varargs: null };
const GRAINS = { os: 'Debian', osmajorrelease: 12, saltversion: '3006.0' };
/** What a minion answers when a signature holds what JSON doesn't know. */
const UNWRITABLE: Reply = {
  status: 500,
  type: 'application/json',
  body: '{"return": "Could not serialize the return data from Salt."}',
};

/** What minions with these functions and runners answer. */
function minions(
  modules: Readonly<Record<string, Functions>>,
  runners: Functions = {},
): (chunk: Chunk) => Reply {
  return ({ fun, arg, tgt }) => {
    const asked = Object.entries(modules).filter(([id]) => tgt === '*' || (isArray(tgt) && tgt.includes(id)));
    const byMinion = (answer: (functions: Functions) => JsonValue): Reply => ({
      value: Object.fromEntries(asked.map(([id, own]) => [id, answer(own)])),
    });
    const pattern = isArray(arg) ? String(arg[0]) : '';
    const matching = (functions: Functions) =>
      Object.fromEntries(
        Object.entries(functions).filter(([name]) =>
          pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
        ),
      );
    switch (fun) {
      case 'grains.item':
        return byMinion(() => GRAINS);
      case 'sys.list_functions':
        return byMinion(Object.keys);
      case 'sys.list_runner_functions':
        return byMinion(() => Object.keys(runners));
      case 'sys.argspec':
        return byMinion(matching);
      default:
        return byMinion(() => matching(runners));
    }
  };
}

suite('sync asks a live Salt', () => {
  for (const netapi of ['cherrypy', 'wsgi'] as const) {
    test(`over rest_${netapi}, for the functions of its minions and runners`, () =>
      withMaster(
        netapi,
        minions(
          { m1: { ...PING, 'pkg.install': INSTALL } },
          { 'jobs.active': { ...NONE, args: ['x'], defaults: [false] } },
        ),
        ({ url }) =>
          within(async (folder) => {
            await synced(folder, url);
            assert.deepEqual(stored(folder, 'modules'), {
              origins: ['Salt 3006.0 on Debian 12'],
              functions: {
                'pkg.install': { args: ['name', 'refresh'], defaults: [null, false], kwargs: true },
                'test.ping': {},
              },
            });
            assert.deepEqual(stored(folder, 'runners').functions, {
              'jobs.active': { args: ['x'], defaults: [false] },
            });
            assert.match(
              readFileSync(join(folder, 'service.yaml'), 'utf8'),
              /format: "salt"\nversion: "3006\.0"/,
            );
          }),
      ));
  }

  test('module by module, with one question at a time, and tells how far it is', () =>
    withMaster('cherrypy', minions({ m1: { ...PING, 'pkg.install': INSTALL } }), ({ url, chunks, most }) =>
      within(async (folder) => {
        const lines: string[] = [];
        await synced(folder, url, { onProgress: (line) => lines.push(line) });
        assert.deepEqual(
          chunks.map(({ fun, arg = [] }) => `${String(fun)} ${String(arg)}`.trim()),
          [
            'grains.item os,osmajorrelease,saltversion',
            'sys.list_functions',
            'sys.argspec pkg.*',
            'sys.argspec test.*',
            'sys.list_runner_functions',
          ],
        );
        assert.equal(most(), 1);
        assert.ok(lines.includes('sys.argspec test.* (2 of 2)'), lines.join('\n'));
      }),
    ));

  test('for some modules only, and leaves what is stored of others', () =>
    within(async (folder) => {
      const all = { ...PING, 'pkg.install': INSTALL };
      await withMaster('cherrypy', minions({ m1: all }), ({ url }) => synced(folder, url));
      const later = { m1: { 'test.ping': { ...NONE, args: ['x'] }, 'pkg.other': NONE } };
      await withMaster('cherrypy', minions(later), ({ url }) => synced(folder, url, { modules: ['test'] }));
      assert.deepEqual(stored(folder, 'modules').functions, {
        'pkg.install': { args: ['name', 'refresh'], defaults: [null, false], kwargs: true },
        'test.ping': { args: ['x'] },
      });
    }));

  test('for one function after the other where a module cannot tell, and keeps what is known of one that cannot', () =>
    within(async (folder) => {
      const pillar = { 'pillar.get': { ...NONE, args: ['key'] }, 'pillar.items': NONE };
      const all = minions({ m1: { ...PING, ...pillar, 'pillar.raw': NONE } });
      await withMaster('cherrypy', minions({ m1: pillar }), ({ url }) => synced(folder, url));
      const fails = ({ arg }: Chunk) =>
        ['pillar.*', 'pillar.get', 'pillar.raw'].some((name) => isArray(arg) && arg.includes(name));
      await withMaster(
        'cherrypy',
        (chunk) => (fails(chunk) ? UNWRITABLE : all(chunk)),
        async ({ url }) => {
          const lines: string[] = [];
          await synced(folder, url, { onProgress: (line) => lines.push(line) });
          assert.deepEqual(stored(folder, 'modules').functions, {
            'pillar.get': { args: ['key'] },
            'pillar.items': {},
            'pillar.raw': { kwargs: true, varargs: true },
            'test.ping': {},
          });
          assert.ok(lines.includes('pillar.raw cannot tell what it takes'), lines.join('\n'));
        },
      );
    }));

  test('for what several minions have together, noting where they differ', () =>
    within(async (folder) => {
      const other = { args: ['name', 'version'], defaults: [null], kwargs: null, varargs: null };
      await withMaster(
        'cherrypy',
        minions({ m1: { ...PING, 'pkg.install': INSTALL }, m2: { 'pkg.install': other, 'win.x': NONE } }),
        ({ url }) => synced(folder, url),
      );
      assert.deepEqual(stored(folder, 'modules').functions, {
        'pkg.install': {
          args: ['name', 'refresh', 'version'],
          defaults: [null, false, null],
          differs: true,
          kwargs: true,
        },
        'test.ping': {},
        'win.x': {},
      });
    }));

  test('and takes a text in the place of an answer for a failure, as rest_tornado gives it', () =>
    within(async (folder) => {
      const fails = ({ arg }: Chunk) => isArray(arg) && arg.includes('test.*');
      const failure = { value: 'Unexpected exception while handling request: x' };
      const all = minions({ m1: PING });
      await withMaster(
        'cherrypy',
        (chunk) => (fails(chunk) ? failure : all(chunk)),
        ({ url }) => synced(folder, url),
      );
      assert.deepEqual(stored(folder, 'modules').functions, { 'test.ping': {} });
    }));

  test('and tells what the difference means for callers, by group and module', () =>
    within(async (folder) => {
      const before = minions({ m1: { 'pkg.install': { ...NONE, args: ['name'] } } }, { 'pkg.load': NONE });
      await withMaster('cherrypy', before, ({ url }) => synced(folder, url));
      const after = minions({ m1: { 'pkg.install': INSTALL } }, { 'pkg.load': NONE, 'pkg.save': NONE });
      await withMaster('cherrypy', after, async ({ url }) => {
        const { changes } = await sync({ folder, from: url, env: ENV, dryRun: true });
        assert.deepEqual(
          changes.map(({ at, what, breaking }) => `${breaking ? '! ' : ''}${at}: ${what}`),
          [
            'modules/pkg.InstallArguments/properties/name: optional, was required',
            'modules/pkg.InstallArguments/properties/refresh: the property',
            'modules/pkg.InstallArguments: other properties: none → any',
            'runners/pkg.save: the method pkg.save',
          ],
        );
      });
    }));

  test('and keeps the runners where the hosts of minions know none', () =>
    within(async (folder) => {
      const runners = { 'jobs.active': NONE };
      await withMaster('cherrypy', minions({ m1: PING }, runners), ({ url }) => synced(folder, url));
      await withMaster('cherrypy', minions({ m1: PING }), ({ url }) => synced(folder, url));
      assert.deepEqual(stored(folder, 'runners').functions, { 'jobs.active': {} });
    }));

  test('and keeps what service.yaml says besides', () =>
    within(async (folder) => {
      const file = join(folder, 'service.yaml');
      writeFileSync(file, 'format: salt\nversion: "3005.1"\nsession: salt\n');
      await withMaster('cherrypy', minions({ m1: PING }), ({ url }) => synced(folder, url));
      assert.match(
        readFileSync(file, 'utf8'),
        /format: "salt"\nversion: "3006\.0"\nsource: .*\nsession: "salt"/,
      );
    }));

  test('without those minions that are silent', () =>
    withMaster(
      'cherrypy',
      (chunk) => withSilent(minions({ m1: PING })(chunk)),
      ({ url, chunks }) =>
        within(async (folder) => {
          const lines: string[] = [];
          await synced(folder, url, { onProgress: (line) => lines.push(line) });
          assert.ok(lines.includes('no answer from m2, which is left out'), lines.join('\n'));
          assert.deepEqual(chunks[1]?.['tgt'], ['m1']);
        }),
    ));

  test('and keeps the wheel functions, about which nobody can be asked', () =>
    within(async (folder) => {
      const from = join(folder, 'captured');
      const wheel = { 'key.accept': { ...NONE, args: ['match'] } };
      mkdirSync(from);
      writeFileSync(join(from, 'wheel_argspec.json'), JSON.stringify(wheel));
      writeFileSync(join(from, 'sys.argspec.json'), JSON.stringify(PING));
      const schemas = join(folder, 'schemas');
      await sync({ folder: schemas, from, format: 'salt' });
      await withMaster('cherrypy', minions({ m1: PING }), ({ url }) => synced(schemas, url));
      assert.deepEqual(stored(schemas, 'wheel').functions, { 'key.accept': { args: ['match'] } });
    }));
});

suite('sync refuses a Salt', () => {
  const cases: readonly { name: string; reply: (chunk: Chunk) => Reply; says: RegExp; env?: typeof ENV }[] = [
    {
      name: 'that refuses the credentials, with the sentence of its page and without the password',
      reply: minions({ m1: PING }),
      env: { ...ENV, SALTAPI_USER: 'nobody' },
      says: /answered 401: Could not authenticate using provided credentials\. Check SALTAPI_USER/,
    },
    {
      name: 'whose clients are disabled, and says what to configure',
      reply: () => ({
        status: 400,
        body: page(`Client disabled: 'local'. Add to it, ${PASSWORD}.`),
        type: 'text/html',
      }),
      says: /Client disabled.*Add local to netapi_enable_clients/,
    },
    {
      name: 'that lets the user run nothing, as rest_wsgi says it',
      reply: () => ({ status: 500, body: '{"return": "Authorization error occurred."}' }),
      says: /answered 500: Authorization error occurred\..*what that user may run/,
    },
    {
      name: 'none of whose minions answers',
      reply: () => ({ value: { m1: false, m2: 'Minion did not return. [No response]' } }),
      says: /no minion answered to "\*"/,
    },
    {
      name: 'one of whose minions is gone on the way',
      reply: (chunk) =>
        chunk['fun'] === 'sys.argspec' ? { value: { m1: false } } : minions({ m1: PING })(chunk),
      says: /m1 no longer answers\. Try again, with --target/,
    },
    {
      name: 'that breaks down on the way',
      reply: (chunk) =>
        chunk['fun'] === 'sys.list_functions'
          ? { status: 503, body: page('Master down'), type: 'text/html' }
          : minions({ m1: PING })(chunk),
      says: /answered 503: Master down/,
    },
    {
      name: 'that gives a module a name that is none of Python',
      reply: minions({ m1: { 'test.ping': { ...NONE, args: ['a b'] } } }),
      says: /modules\.json#\/functions\/test\.ping: has an argument whose name is none in Python/,
    },
  ];
  for (const { name, reply, says, env = ENV } of cases) {
    test(name, () =>
      withMaster('cherrypy', reply, ({ url }) =>
        within(async (folder) => {
          const at = join(folder, 'salt');
          await assert.rejects(sync({ folder: at, from: url, env }), (error) => {
            assert.ok(error instanceof InputError);
            assert.match(error.message, says);
            assert.doesNotMatch(error.message, new RegExp(PASSWORD));
            return true;
          });
          assert.equal(existsSync(at), false);
        }),
      ),
    );
  }

  test('that is none, and one that it has no credentials for', () =>
    within(async (folder) => {
      await assert.rejects(
        sync({ folder: join(folder, 'salt'), from: 'http://127.0.0.1:1', env: {} }),
        /is only asked with credentials\. Set SALTAPI_USER, SALTAPI_PASS and SALTAPI_EAUTH/,
      );
    }));

  test('whose URL holds a password, and never shows it', () =>
    within(async (folder) => {
      const lines: string[] = [];
      const from = `http://tester:${PASSWORD}@127.0.0.1:1`;
      await assert.rejects(synced(folder, from, { onProgress: (line) => lines.push(line) }), (error) => {
        assert.match(String(error), /a root URL has no user, password/);
        assert.doesNotMatch(`${error}${lines.join()}`, new RegExp(PASSWORD));
        return true;
      });
    }));

  test('and leaves everything as it was when it is stopped on the way', () =>
    within(async (folder) => {
      await withMaster('cherrypy', minions({ m1: PING }), ({ url }) => synced(folder, url));
      const before = readdirSync(folder, { recursive: true });
      const controller = new AbortController();
      const hangs = (chunk: Chunk): Reply => {
        if (chunk['fun'] !== 'sys.argspec') return minions({ m1: { ...PING, 'a.b': NONE } })(chunk);
        controller.abort(new Error('enough'));
        return 'silence';
      };
      await withMaster('cherrypy', hangs, async ({ url }) => {
        await assert.rejects(synced(folder, url, { signal: controller.signal }), /enough/);
      });
      assert.deepEqual(readdirSync(folder, { recursive: true }), before);
      assert.deepEqual(stored(folder, 'modules').functions, { 'test.ping': {} });
    }));
});

/** Adds a minion that says nothing to an answer. */
function withSilent(reply: Reply): Reply {
  return reply !== 'silence' && 'value' in reply
    ? { value: Object.assign({ m2: false }, reply.value) }
    : reply;
}

async function synced(folder: string, from: string, options: Partial<SyncOptions> = {}): Promise<void> {
  await sync({ folder, from, format: 'salt', env: ENV, ...options });
}

function stored(folder: string, group: string): { origins?: unknown; functions: unknown } {
  return JSON.parse(readFileSync(join(folder, 'functions', `${group}.json`), 'utf8'));
}

async function within(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-salt-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
