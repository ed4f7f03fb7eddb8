import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type SaltCredentials, type StandIn, serve } from '@fairlead/codegen/serve';
import { type Ask, asker } from './salt-calls.ts';

type Signatures = Readonly<
  Record<string, { readonly args?: readonly string[]; readonly defaults?: unknown[] }>
>;

/** As it is stored: the one place where it gets a type. */
function stored(group: string): Signatures {
  const file = new URL(`../../schemas/salt/functions/${group}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly functions: Signatures }).functions;
}

describe('the functions of the stand-in', () => {
  let standIn: StandIn<SaltCredentials>;
  let ask: Ask;
  before(async () => {
    const minions = [
      {
        id: 'm1',
        packages: { bash: '5.2' },
        services: { ssh: true },
        commands: { 'df -h': { stdout: 'all full', retcode: 3 } },
        returns: { 'disk.usage': { '/': { capacity: '100%' } } },
      },
    ] as const;
    standIn = await serve('salt', { minions });
  });
  beforeEach(async () => {
    standIn.reset();
    const login = await asker(standIn)('POST', '/login', standIn.credentials);
    ask = asker(standIn, login.headers.get('x-auth-token') ?? '');
  });
  after(() => standIn.close());

  /** What `m1` returned, with its code. */
  const call = async (fun: string, kwarg: object = {}, arg: readonly unknown[] = []) => {
    const { value } = await ask('POST', '/', [
      { client: 'local', tgt: 'm1', fun, arg, kwarg, full_return: true },
    ]);
    const { ret, retcode } = Object(value).return[0].m1;
    return [ret, retcode];
  };

  test('can all be called that are stored', async () => {
    for (const [client, group] of [
      ['local', 'modules'],
      ['runner', 'runners'],
      ['wheel', 'wheel'],
    ] as const) {
      const chunks = Object.entries(stored(group)).map(([fun, { args = [], defaults = [] }]) => {
        const needed = args.slice(0, args.length - defaults.length);
        const kwarg = Object.fromEntries(needed.map((name) => [name, '0']));
        return {
          client,
          fun,
          arg: [],
          kwarg,
          ...(client === 'local' ? { tgt: 'm1', full_return: true } : {}),
        };
      });
      // It would sleep for ten seconds.
      const awake = chunks.filter(({ fun }) => !fun.endsWith('sleep'));
      const { status, text, value } = await ask('POST', '/', awake);
      assert.equal(status, 200, text);
      const refused = [...text.matchAll(/(Passed invalid arguments|ERROR executing|is not available)[^"]*/g)];
      assert.deepEqual(
        refused.map(([words]) => words),
        [],
      );
      assert.equal(Object(value).return.length, awake.length);
    }
  });

  test('complain of arguments as Python does', async () => {
    const texts = [
      await call('test.echo'),
      await call('test.ping', {}, ['x']),
      await call('test.ping', { x: 1 }),
      await call('file.copy'),
      await call('test.echo', { text: 1 }, [2]),
    ];
    assert.deepEqual(texts, [
      ["Passed invalid arguments to test.echo: echo() missing 1 required positional argument: 'text'", 1],
      ['Passed invalid arguments to test.ping: ping() takes 0 positional arguments but 1 was given', 1],
      ["ERROR executing 'test.ping': The following keyword arguments are not valid: x=1", 1],
      [
        "Passed invalid arguments to file.copy: copy() missing 2 required positional arguments: 'src' and 'dst'",
        1,
      ],
      ["Passed invalid arguments to test.echo: echo() got multiple values for argument 'text'", 1],
    ]);
  });

  test('run no command, but say what they were told to say', async () => {
    assert.deepEqual(await call('cmd.run', { cmd: 'echo hello' }), ['hello', 0]);
    assert.deepEqual(await call('cmd.run_all', { cmd: 'df -h' }), [
      { pid: 4711, retcode: 3, stdout: 'all full', stderr: '' },
      3,
    ]);
    assert.deepEqual(await call('cmd.run', { cmd: 'touch /tmp/x' }), [
      '/bin/bash: line 1: touch: command not found',
      127,
    ]);
    assert.deepEqual(await call('disk.usage'), [{ '/': { capacity: '100%' } }, 0]);
  });

  test('remember what was installed, started and removed, until a reset', async () => {
    assert.deepEqual(await call('pkg.version', {}, ['bash']), ['5.2', 0]);
    assert.deepEqual(await call('pkg.install', { name: 'vim' }), [{ vim: { old: '', new: '1.0-1' } }, 0]);
    assert.deepEqual(await call('pkg.remove', { name: 'bash' }), [{ bash: { old: '5.2', new: '' } }, 0]);
    assert.deepEqual(await call('pkg.list_pkgs'), [{ vim: '1.0-1' }, 0]);
    assert.deepEqual(await call('service.stop', { name: 'ssh' }), [true, 0]);
    assert.deepEqual(await call('service.status', { name: 'ssh' }), [false, 0]);
  });

  test('are called several at once, and those that fail have no code', async () => {
    const fun = ['test.ping', 'test.retcode', 'no.such'];
    const chunk = { client: 'local', tgt: 'm1', fun, arg: [[], [7], []], full_return: true };
    const { value } = await ask('POST', '/', [chunk]);
    const { ret, retcode } = Object(value).return[0].m1;
    assert.deepEqual([ret['test.ping'], ret['test.retcode'], typeof ret['no.such']], [true, true, 'string']);
    assert.deepEqual(retcode, { 'test.ping': 0, 'test.retcode': 7 });
  });

  const targets: readonly (readonly [tgt: unknown, type: string, means: boolean])[] = [
    ['m?', 'glob', true],
    ['[a-l]*', 'glob', false],
    ['[!a-l]*', 'glob', true],
    ['m\\d', 'pcre', true],
    ['os:Debian', 'grain', true],
    ['os:^Deb', 'grain_pcre', true],
    ['ipv4:127.*', 'grain', true],
    ['site:x', 'pillar', false],
    ['192.0.2.0/24', 'ipcidr', true],
    ['10.0.0.0/8', 'ipcidr', false],
    ['G@os:Debian and not L@m2,m3', 'compound', true],
    ['( m2 or E@m[2-9] ) or not m1', 'compound', false],
  ];
  for (const [tgt, type, means] of targets) {
    test(`are called on m1 ${means ? '' : 'not '}by the ${type} ${tgt}`, async () => {
      const { value } = await ask('POST', '/', [{ client: 'local', tgt, tgt_type: type, fun: 'test.ping' }]);
      assert.deepEqual(value, { return: [means ? { m1: true } : {}] });
    });
  }
});
