import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import type { JujuStandIn } from '@fairlead/codegen/serve';
import { createProgress } from '../../codegen/src/progress.ts';
import { Caller } from '../serve/juju-caller.ts';
import { demoService, temporaryFolder, writeFiles } from './demo.ts';

const tmp = temporaryFolder('cli');
const bin = join(import.meta.dirname, '..', '..', 'codegen', 'bin', 'fairlead.js');
const project = join(tmp, 'project');

before(() => writeFiles(join(project, 'schemas', 'demo'), demoService('demo', ['one'])));
after(() => rmSync(tmp, { recursive: true, force: true }));

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function fairlead(args: readonly string[], cwd = project): Promise<Outcome> {
  const child = spawn(process.execPath, [bin, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stdout, stderr };
}

/** A command line that is wrong: exit code 2, one message, and where to find help. */
async function refused(args: readonly string[], message: RegExp): Promise<void> {
  const { code, stdout, stderr } = await fairlead(args);
  assert.equal(stderr.match(/\n/g)?.length, 2, stderr);
  assert.match(stderr, message);
  assert.match(stderr, /^fairlead: .*\nTry: fairlead --help\n$/);
  const [sentence] = stderr.slice('fairlead: '.length).split('\n');
  const told = { error: { exitCode: 2, message: sentence } };
  const expected = args.includes('--json') ? `${JSON.stringify(told, undefined, 2)}\n` : '';
  assert.deepEqual({ code, stdout }, { code: 2, stdout: expected });
}

describe('the command line', () => {
  test('without a command tells what there is, and every exit code', async () => {
    const { code, stdout } = await fairlead([]);
    assert.equal(code, 0);
    for (const word of ['generate', 'check', 'sync', 'serve', '--json', '--version'])
      assert.ok(stdout.includes(word));
    for (const exit of [0, 1, 2, 3, 4, 70]) assert.match(stdout, new RegExp(`^ {2}${exit} +\\w`, 'm'));
    assert.deepEqual(await fairlead(['--help']), await fairlead([]));
  });

  test('tells about each command, with all of its options', async () => {
    for (const command of ['generate', 'check', 'sync', 'serve']) {
      const { code, stdout } = await fairlead([command, '--help']);
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`Usage:\n {2}fairlead ${command} `));
      assert.match(stdout, /Options:\n( {2}.*\n)* {2}-h, --help/);
      assert.ok(stdout.split('\n').every((line) => line.length <= 80));
    }
  });

  test('tells its version', async () => {
    const manifest: unknown = JSON.parse(readFileSync(join(bin, '..', '..', 'package.json'), 'utf8'));
    assert.ok(manifest instanceof Object && 'version' in manifest);
    assert.equal((await fairlead(['--version'])).stdout, `${String(manifest.version)}\n`);
  });

  test('finds the project from a folder inside of it, and goes no further than its repository', async () => {
    const inside = join(tmp, 'repository', 'packages', 'one');
    const outside = join(tmp, 'repository', 'packages', 'other', 'deep');
    writeFiles(join(tmp, 'repository', 'schemas', 'demo'), demoService('demo', ['one']));
    for (const folder of [inside, outside]) mkdirSync(folder, { recursive: true });
    for (const root of [join(outside, '..'), join(tmp, 'repository')]) mkdirSync(join(root, '.git'));
    assert.match((await fairlead(['check'], inside)).stdout, /generated[/\\]demo/);
    const { code, stderr } = await fairlead(['check'], outside);
    assert.equal(code, 2);
    assert.match(stderr, /schemas has no service/);
  });

  test('says which Node it needs, to one that is too old to load it', async () => {
    const older = (version: string) => {
      const versions = `{ ...process.versions, node: '${version}' }`;
      return `data:text/javascript,Object.defineProperty(process, 'versions', { value: ${versions} })`;
    };
    const run = async (version: string) => {
      const args = ['--import', older(version), bin, '--version'];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
      return { code: child.exitCode, stderr };
    };
    for (const version of ['20.20.2', '22.18.0']) {
      const stderr = `fairlead: Node 22.19 or later is needed, and this is ${version}\n`;
      assert.deepEqual(await run(version), { code: 4, stderr });
    }
    for (const version of ['22.19.0', '24.0.0']) assert.equal((await run(version)).code, 0);
  });

  test('knows what was meant by a mistyped command, option or service', async () => {
    await refused(['genrate'], /unknown command "genrate"; did you mean generate\?/);
    await refused(['generate', '--outt', 'x'], /unknown option --outt; did you mean --out\?/);
    await refused(['generate', 'dmeo'], /unknown service "dmeo"; did you mean demo\? \(there are: demo\)/);
    await refused(['serve', 'taskclustr'], /cannot be served; did you mean taskcluster\?/);
  });

  test('refuses what it cannot make sense of', async () => {
    await Promise.all([
      refused(['frobnicate'], /unknown command "frobnicate"\n/),
      refused(['constructor'], /unknown command "constructor"\n/),
      refused(['--json', 'generate'], /the command comes first/),
      refused(['generate', '--out'], /--out needs a value: --out DIR/),
      refused(['generate', '--out', '--json'], /--out needs a value/),
      refused(['generate', 'a.json', '--out='], /--out needs a value/),
      refused(['generate', 'a.json', '--out', ''], /--out needs a value/),
      refused(['generate', '', '--out', 'x'], /an argument is empty/),
      refused(['generate', '--out', 'a', '--out', 'b'], /--out is given twice/),
      refused(['generate', '--json=yes'], /--json takes no value/),
      refused(['generate', '--out', 'x'], /exactly one file or folder/),
      refused(['generate', 'a.json', 'b.json', '--out', 'x'], /exactly one file or folder/),
      refused(['generate', 'a.json'], /a\.json needs --out DIR/),
      refused(['generate', '--docs', 'x'], /--docs needs --out DIR/),
      refused(['generate', 'a.json', '--out', 'x', '--import-extension', 'js'], /is \.js, \.ts or none/),
      refused(['generate', '--int64', 'bigint'], /--int64 needs --out DIR/),
      refused(
        ['generate', 'a.yaml', '--out', 'x', '--int64', 'long'],
        /--int64 is number or bigint, not "long"/,
      ),
      refused(
        ['generate', 'a.yaml', '--out', 'x', '--dates', 'Date'],
        /--dates is string or date, not "Date"/,
      ),
      refused(
        ['generate', 'a.yaml', '--out', 'x', '--bytes', 'buffer'],
        /--bytes is string or uint8array, not/,
      ),
      refused(['generate', 'a.yaml', '--out', 'x', '--dates'], /--dates needs a value: --dates string\|date/),
      refused(
        ['generate', 'a.yaml', '--out', 'x', '--date', 'date'],
        /unknown option --date; did you mean --dates\?/,
      ),
      refused(
        ['generate', 'a.yaml', '--out', 'x', '--name', '4'],
        /--name needs a letter, which "4" has none of/,
      ),
      refused(['check', '--dates', 'date'], /--dates needs --out DIR/),
      refused(['sync', 'demo'], /needs --from/),
      refused(['sync', '--from', 'x'], /needs the name of a service/),
      refused(['sync', '../demo', '--from', 'x'], /cannot name a service/),
      refused(['serve'], /exactly one service/),
      refused(['serve', 'taskcluster', '--port', '65536'], /--port is a whole number up to 65535/),
      refused(['serve', 'taskcluster', '--port', '-1'], /--port needs a value/),
      refused(['serve', 'consul', '--netapi', 'wsgi'], /--netapi is for salt, not for consul/),
      refused(['serve', 'salt', '--token', 'x'], /--token is for consul, not for salt/),
      refused(['serve', 'salt', '--netapi', 'cherry'], /--netapi is cherrypy, tornado or wsgi, not "cherry"/),
    ]);
  });
});

describe('fairlead generate', () => {
  test('brings a service up to date from several files', async () => {
    const schemas = join(tmp, 'facades');
    for (const release of ['3.3.0', '4.0.15']) {
      const facade = { Name: 'Pinger', Version: 1, Schema: { type: 'object' } };
      mkdirSync(schemas, { recursive: true });
      writeFileSync(join(schemas, `client-${release}.json`), JSON.stringify([facade]));
    }
    const places = ['3.3.0', '4.0.15'].map((release) => join(schemas, `client-${release}.json`));
    const first = await fairlead(['sync', 'juju', '--from', ...places, '--schemas', schemas]);
    assert.deepEqual(
      [first.code, first.stdout.split('\n')[0]],
      [0, 'Files: 3 added, 0 changed, 0 removed, 0 unchanged.'],
    );
    const files = places.flatMap((place) => ['--from', place]);
    const again = await fairlead(['sync', 'juju', ...files, '--schemas', schemas, '--dry-run']);
    assert.deepEqual(
      [again.code, again.stdout],
      [0, 'Nothing changed: all 3 files are what upstream says.\n'],
    );
    await refused(['sync', 'juju', ...files, '--target', 'a', '--target', 'b'], /--target is given twice/);
  });

  test('generates every service of the project, from any folder in it', async () => {
    const inside = join(project, 'some', 'folder');
    mkdirSync(inside, { recursive: true });
    const { code, stdout } = await fairlead(['generate'], inside);
    assert.equal(code, 0);
    assert.match(stdout, /^demo: 1 API, 1 method, 0 events in 3 files of .*generated.demo: 3 written\n$/);
    assert.ok(existsSync(join(project, 'generated', 'demo', 'demo', 'client.ts')));
  });

  test('says when nothing has changed, and takes no time over it', async () => {
    const program = `
      import { main } from ${JSON.stringify(join(bin, '..', '..', 'dist', 'cli.js'))};
      await main(['generate', 'demo']);
      const { user, system } = process.cpuUsage();
      console.log((user + system) / 1e6);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { cwd: project });
    const [result = '', seconds = ''] = (await text(child.stdout)).split('\n');
    assert.match(result, /nothing changed$/);
    assert.ok(Number(seconds) < 0.3, `${seconds} s of CPU`);
  });

  test('gives its result as JSON', async () => {
    const { stdout } = await fairlead(['generate', '--json']);
    const out = join(project, 'generated', 'demo');
    const counts = { apis: 1, methods: 1, events: 0, files: 3 };
    assert.deepEqual(JSON.parse(stdout), {
      generated: [{ name: 'demo', out, ...counts, warnings: [], written: [], removed: [] }],
    });
  });

  test('generates from a file of one’s own, with its prose, corrections and documentation', async () => {
    writeFiles(tmp, {
      'own/docs.yaml': 'demo:\n  about: Ours.\n',
      'own/corrections.yaml':
        '- { at: "references/demo/v1/api.json#/entries/0/name", set: first, why: a test }\n',
    });
    const args = ['--docs', 'docs.yaml', '--corrections', 'corrections.yaml', '--import-extension', '.ts'];
    const from = join(project, 'schemas', 'demo');
    const { code, stderr } = await fairlead(['generate', from, '--out', 'made', ...args], join(tmp, 'own'));
    assert.equal(code, 0, stderr);
    const client = readFileSync(join(tmp, 'own', 'made', 'demo', 'client.ts'), 'utf8');
    assert.match(client, /Ours\./);
    assert.match(client, /Gets one\.\n[^}]*first\(/);
    assert.match(client, /'\.\/types\.ts'/);
  });

  test('takes schemas and generated from where it is told', async () => {
    const { code } = await fairlead(
      ['generate', '--schemas', 'project/schemas', '--generated', 'elsewhere'],
      tmp,
    );
    assert.equal(code, 0);
    assert.ok(existsSync(join(tmp, 'elsewhere', 'demo', 'index.ts')));
  });

  test('exits with 3 when the input is wrong, and says where without a stack', async () => {
    const folder = join(tmp, 'wrong');
    writeFiles(folder, { 'api.json': '{ "a": ' });
    const { code, stdout, stderr } = await fairlead(['generate', folder, '--out', join(tmp, 'never')]);
    assert.deepEqual({ code, stdout }, { code: 3, stdout: '' });
    assert.match(stderr, /fairlead: .*api\.json/);
    assert.doesNotMatch(stderr, /^ +at /m);
    assert.ok(!existsSync(join(tmp, 'never')));
  });

  test('tells a machine what is wrong, and where', async () => {
    const folder = join(tmp, 'wrong-route');
    const files = demoService('demo', ['one']);
    writeFiles(folder, {
      ...files,
      'references/demo/v1/api.json': String(files['references/demo/v1/api.json']).replace('/one', '/<x>'),
    });
    const { code, stdout } = await fairlead(['generate', folder, '--out', join(tmp, 'never'), '--json']);
    const told: unknown = JSON.parse(stdout);
    assert.ok(told instanceof Object && 'error' in told && told.error instanceof Object);
    const { message, ...rest } = { message: '', ...told.error };
    assert.match(message, /has the parameters/);
    const place = { file: 'references/demo/v1/api.json', pointer: '/entries/0/route' };
    assert.deepEqual({ code, ...rest }, { code: 3, exitCode: 3, ...place });
  });

  test('ends quietly when nobody reads its result', async () => {
    const child = spawn(process.execPath, [bin, 'generate'], { cwd: project });
    child.stdout.destroy();
    const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
    assert.deepEqual([child.exitCode, stderr], [4, '']);
  });

  test('exits with 4 when it cannot write', async () => {
    writeFileSync(join(tmp, 'file'), '');
    const { code, stderr } = await fairlead(['generate', 'demo', '--generated', join(tmp, 'file')]);
    assert.equal(code, 4);
    assert.match(stderr, /fairlead: cannot (read|write)/);
  });

  test('shows a stack only when asked to', async () => {
    const { stderr } = await fairlead(['generate', 'nope', '--trace']);
    assert.match(stderr, /^ +at /m);
  });

  test('says so when there is nothing to generate', async () => {
    const empty = join(tmp, 'empty');
    mkdirSync(join(empty, 'schemas'), { recursive: true });
    const { code, stderr } = await fairlead(['generate'], empty);
    assert.equal(code, 2);
    assert.match(
      stderr,
      /schemas has no service; go to a project that has schemas, or name a file and --out DIR/,
    );
  });
});

describe('fairlead generate, of an OpenAPI document', () => {
  const folder = join(tmp, 'openapi');
  /** An object with unknown keywords, a property whose type depends on options, and one from another file. */
  const document = (unknown: number) => `
    openapi: 3.1.0
    info: { title: Petstore, version: '1' }
    paths:
      /pet:
        get:
          operationId: get
          tags: [pets]
          responses: { '200': { description: It., content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } } }
    components:
      schemas:
        Pet:
          type: object
          ${Array.from({ length: unknown }, (_, index) => `odd${index}: 1`).join('\n          ')}
          properties:
            born: { type: string, format: date-time }
            owner: { $ref: 'people.yaml#/Owner' }`;
  const people = 'Owner: { type: object, required: [name], properties: { name: { type: string } } }\n';
  const run = (...more: string[]) => fairlead(['generate', 'pets.yaml', '--out', 'out', ...more], folder);
  const types = () => readFileSync(join(folder, 'out', 'types.ts'), 'utf8');

  before(() => writeFiles(folder, { 'pets.yaml': document(0), 'people.yaml': people }));

  test('writes a client with a session of its own', async () => {
    const { code, stdout, stderr } = await run();
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^pets\.yaml: 1 API, 1 method, 0 events in 4 files of out: 4 written\n$/);
    const index = () => readFileSync(join(folder, 'out', 'index.ts'), 'utf8');
    assert.match(index(), /export \{ petstore \} from/);
    assert.match((await run('--name', 'animals')).stdout, /2 written/);
    assert.match(index(), /export \{ animals \} from '.\/session.js';\nexport type \* as AnimalsTypes from/);
  });

  test('does it again when an option changes, or a file that the document refers to, and else not', async () => {
    await run();
    assert.match((await run()).stdout, /nothing changed/);
    assert.match(types(), /born\?: string;/);
    assert.match((await run('--dates', 'date')).stdout, /3 written/);
    assert.match(types(), /born\?: Date;/);
    writeFiles(folder, { 'people.yaml': people.replaceAll('name', 'nick') });
    assert.match((await run('--dates', 'date')).stdout, /1 written/);
    assert.match(types(), /nick: string;/);
    writeFiles(folder, { 'people.yaml': people });
    assert.match((await run()).stdout, /shapes\.ts/);
  });

  test('tells what it ignored, a line each, and no more than somebody reads', async () => {
    writeFiles(folder, { 'pets.yaml': document(2) });
    const few = await run();
    assert.equal(few.code, 0);
    assert.match(few.stderr, /^pets\.yaml#\/components\/schemas\/Pet: .*"odd0".* ignored$/m);
    assert.doesNotMatch(few.stderr, /more; --json/);
    // What was ignored is told again, although nothing is done.
    assert.match((await run()).stderr, /"odd1"/);
    writeFiles(folder, { 'pets.yaml': document(0).replace('type: object', `${'odd'.repeat(1000)}: 1`) });
    assert.ok((await run()).stderr.length < 1000);
    writeFiles(folder, { 'pets.yaml': document(25) });
    const { stderr, stdout } = await run('--json');
    assert.equal(stderr.match(/^pets\.yaml#/gm)?.length, 20);
    assert.match(stderr, /^and 5 more; --json has all$/m);
    const told: { readonly generated: readonly { readonly warnings: readonly object[] }[] } =
      JSON.parse(stdout);
    const warnings = told.generated.flatMap((each) => each.warnings);
    assert.equal(warnings.length, 25);
    assert.deepEqual(Object.keys(warnings[0] ?? {}), ['file', 'pointer', 'message']);
  });
});

describe('fairlead check', () => {
  test('exits with 0 when everything is up to date, whether it is remembered or not', async () => {
    await fairlead(['generate']);
    assert.deepEqual(await fairlead(['check']).then(({ code, stdout }) => [code, stdout]), [
      0,
      'up to date\n',
    ]);
    rmSync(join(tmp, 'node_modules', '.cache'), { recursive: true, force: true });
    assert.deepEqual(await fairlead(['check']).then(({ code, stdout }) => [code, stdout]), [
      0,
      'up to date\n',
    ]);
  });

  test('looks at a client of a file, too', async () => {
    const file = join(tmp, 'own.yaml');
    const out = join(tmp, 'own');
    writeFileSync(
      file,
      'openapi: 3.1.0\ninfo: { title: Own, version: "1" }\npaths: { /a: { get: { responses: {} } } }\n',
    );
    const check = async () => (await fairlead(['check', file, '--out', out])).code;
    assert.equal(await check(), 1);
    await fairlead(['generate', file, '--out', out]);
    assert.equal(await check(), 0);
    writeFileSync(file, readFileSync(file, 'utf8').replace('/a', '/b'));
    assert.equal(await check(), 1);
  });

  test('exits with 1 and lists what is stale, and changes nothing', async () => {
    const out = join(project, 'generated', 'demo');
    const header = readFileSync(join(out, 'index.ts'), 'utf8').split('\n', 1)[0] ?? '';
    rmSync(join(out, 'index.ts'));
    writeFiles(out, { 'old/client.ts': `${header}\n` });
    const { code, stdout } = await fairlead(['check']);
    assert.equal(code, 1);
    assert.deepEqual(stdout.trim().split('\n'), [
      `${join('generated', 'demo', 'index.ts')}: missing or out of date`,
      `${join('generated', 'demo', 'old', 'client.ts')}: no longer generated`,
      'run: fairlead generate',
    ]);
    assert.ok(!existsSync(join(out, 'index.ts')));
    assert.ok(existsSync(join(out, 'old', 'client.ts')));
    const json: unknown = JSON.parse((await fairlead(['check', '--json'])).stdout);
    assert.ok(json instanceof Object && 'stale' in json && Array.isArray(json.stale));
    assert.equal(json.stale.length, 2);
    await fairlead(['generate']);
    assert.equal((await fairlead(['check'])).code, 0);
  });
});

describe('fairlead sync', () => {
  test('exits with 1 when a dry run finds a difference, and with 0 when there is none', async () => {
    const place = join(tmp, 'synced');
    mkdirSync(join(place, 'schemas'), { recursive: true });
    const args = ['sync', 'demo', '--from', join(project, 'schemas', 'demo')];
    const dry = await fairlead([...args, '--dry-run'], place);
    assert.equal(dry.code, 1, dry.stderr);
    assert.match(dry.stdout, /demo/);
    assert.ok(!existsSync(join(place, 'schemas', 'demo')));
    assert.equal((await fairlead(args, place)).code, 0);
    assert.equal((await fairlead([...args, '--dry-run'], place)).code, 0);
    assert.equal((await fairlead(['generate'], place)).code, 0);
  });

  test('exits with 4 when nobody answers, and with 3 when there is no such file', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address instanceof Object);
    server.close();
    const gone = await fairlead(['sync', 'demo', '--from', `http://127.0.0.1:${address.port}`]);
    assert.equal(gone.code, 4);
    assert.match(gone.stderr, /fairlead: http.* cannot be reached: ECONNREFUSED/);
    const missing = await fairlead(['sync', 'demo', '--from', 'nowhere.json']);
    assert.equal(missing.code, 3);
    assert.match(missing.stderr, /nowhere\.json: no such file or folder/);
  });
});

describe('fairlead serve', () => {
  test('tells where it listens, answers there, and ends without an error when it is interrupted', async () => {
    const child = spawn(process.execPath, [bin, 'serve', 'taskcluster', '--json'], {
      cwd: join(bin, '..', '..', '..'),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.stdout.setEncoding('utf8');
    let stdout = '';
    for await (const chunk of child.stdout) {
      stdout += chunk;
      if (stdout.trimEnd().endsWith('\n}')) break;
    }
    const told: unknown = JSON.parse(stdout);
    assert.ok(told instanceof Object && 'rootUrl' in told && 'credentials' in told);
    const answer = await fetch(`${String(told.rootUrl)}/api/auth/v1/ping`);
    assert.equal(answer.status, 200);
    await answer.body?.cancel();
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
  });

  test('of Juju tells what clients need, and ends at once although there are connections and streams', async () => {
    const served = async (more: readonly string[], end: RegExp) => {
      const child = spawn(process.execPath, [bin, 'serve', 'juju', ...more], {
        cwd: join(bin, '..', '..', '..'),
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      child.stdout.setEncoding('utf8');
      let stdout = '';
      for await (const chunk of child.stdout) {
        stdout += chunk;
        if (end.test(stdout)) break;
      }
      return { child, stdout };
    };
    const ended = async (child: ChildProcess) => {
      child.kill('SIGTERM');
      const limit = setTimeout(() => child.kill('SIGKILL'), 5000);
      const [code] = await once(child, 'exit');
      clearTimeout(limit);
      return code;
    };

    const first = await served(['--json'], /\n\}\s*$/);
    const told: Pick<JujuStandIn, 'rootUrl' | 'addresses' | 'caCert' | 'model' | 'models' | 'credentials'> =
      JSON.parse(first.stdout);
    assert.equal(told.models['default'], told.model);
    assert.equal(`https://${told.addresses[0]}`, told.rootUrl);
    const server = { ...told, url: told.rootUrl };
    const calls = await Caller.loggedIn(server);
    const commands = await Caller.connect(server, `/model/${told.model}/commands`);
    const silent = connect(Number(new URL(told.rootUrl).port), '127.0.0.1').on('error', () => {});
    await once(silent, 'connect');
    assert.equal(await ended(first.child), 0);
    await Promise.all([calls.closed, commands.closed]);

    const second = await served([], /# password/);
    assert.equal(await ended(second.child), 0);
    assert.match(second.stdout, /^export JUJU_DATA=/m);
    assert.match(second.stdout, /^# address {3}127\.0\.0\.1:\d+$/m);
    assert.match(second.stdout, /^# CA .*curl -k https:\/\/127\.0\.0\.1:\d+\/__fairlead__\/ says$/m);
    assert.match(second.stdout, /^# model {5}[\da-f-]{36}$/m);
    assert.match(second.stdout, /^# user {6}admin$/m);
  });
});

describe('progress', () => {
  const lines = (isTTY: boolean) => {
    const written: string[] = [];
    const progress = createProgress({ isTTY, columns: 20, write: (piece: string) => written.push(piece) });
    progress.stage('demo: reading');
    progress.detail('a very long detail');
    progress.end();
    return written;
  };

  test('is a line a stage where there is no terminal', () => {
    assert.deepEqual(lines(false), ['demo: reading\n']);
  });

  test('is one line on a terminal, no wider than that, and gone at the end', () => {
    assert.deepEqual(lines(true), ['\r\u001b[Kdemo: reading', '\r\u001b[Kdemo: reading (a ve', '\r\u001b[K']);
  });
});
