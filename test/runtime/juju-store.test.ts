import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { MacaroonJar } from '../../runtime/src/auth/bakery/jar.ts';
import { Macaroon } from '../../runtime/src/auth/macaroon/macaroon.ts';
import { ClientStore } from '../../runtime/src/services/juju/store/client-store.ts';
import { StoreError } from '../../runtime/src/services/juju/store/store-error.ts';
import { type StoreChoice, storedOptions } from '../../runtime/src/services/juju/store/stored-options.ts';
import { rejection } from '../servers/endpoint.ts';

const uuid = (digit: string) => `${digit.repeat(8)}-0000-4000-8000-000000000000`;

const controllers = `
controllers:
  prod:
    uuid: ${uuid('a')}
    api-endpoints: ['10.0.0.1:17070', 'juju.example.com:443']
    dns-cache: {juju.example.com: [10.0.0.1, 10.0.0.2]}
    public-hostname: juju.example.com
    ca-cert: |
      -----BEGIN CERTIFICATE-----
    cloud: aws
    region: us-east-1
    type: ec2
    agent-version: 4.0.15
    controller-machine-count: 3
  jaas:
    uuid: ${uuid('b')}
    api-endpoints: ['jimm.example.com:443']
    ca-cert: ""
    oidc-login: true
  k8s:
    uuid: ${uuid('c')}
    api-endpoints: ['127.0.0.1:17070']
    proxy-config: {type: no-such-kind, config: {service-account-token: hush-hush}}
  __proto__:
    uuid: ${uuid('d')}
    api-endpoints: ['10.0.0.9:17070']
current-controller: prod
`;

const accounts = `
controllers:
  prod: {user: admin, password: hush-hush, last-known-access: superuser}
  jaas: {user: alice@example.com, access-token: hush-token}
  k8s: {user: bob@example.com}
  __proto__: {user: admin}
`;

const models = `
controllers:
  prod:
    models:
      admin/default: {uuid: ${uuid('1')}, type: iaas}
      admin/controller: {uuid: ${uuid('2')}, type: iaas}
      bob-example.com/web: {uuid: ${uuid('3')}, type: caas}
    current-model: admin/default
`;

/** A folder of Juju's own client, and the files that a test replaces. */
class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'juju-store-'));

  constructor(files: Readonly<Record<string, string>> = {}) {
    const all = {
      'controllers.yaml': controllers,
      'accounts.yaml': accounts,
      'models.yaml': models,
      ...files,
    };
    for (const [name, text] of Object.entries(all)) {
      mkdirSync(dirname(join(this.path, name)), { recursive: true });
      writeFileSync(join(this.path, name), text);
    }
  }

  options(choice: StoreChoice = {}) {
    return storedOptions({ directory: this.path, ...choice });
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

test('the current controller and its current model become options', async () => {
  using folder = new Folder();
  const { login, dial, ...options } = await folder.options();
  assert.deepEqual(options, {
    addresses: ['10.0.0.1:17070', 'juju.example.com:443'],
    controllerUuid: uuid('a'),
    caCert: '-----BEGIN CERTIFICATE-----\n',
    serverName: 'juju.example.com',
    model: uuid('1'),
  });
  assert.ok(login !== undefined && login !== false);
  assert.equal(login.name, 'password of admin');
  assert.deepEqual(dial?.dnsCache?.lookup('juju.example.com'), ['10.0.0.1', '10.0.0.2']);
  dial?.dnsCache?.add('other', ['10.0.0.3']);
  assert.deepEqual(dial?.dnsCache?.lookup('other'), ['10.0.0.3']);
  assert.deepEqual(dial?.dnsCache?.lookup('constructor'), []);
});

test('a model is named with its owner, without, or by its UUID', async () => {
  using folder = new Folder();
  const of = async (model: string | false) => (await folder.options({ model })).model;
  assert.equal(await of('admin/controller'), uuid('2'));
  assert.equal(await of('controller'), uuid('2'));
  assert.equal(await of('bob@example.com/web'), uuid('3'));
  assert.equal(await of(uuid('9')), uuid('9'));
  assert.equal(await of(false), undefined);
  await assert.rejects(of('web'), {
    name: 'StoreError',
    message:
      /models\.yaml: controllers\.prod\.models\.web is missing: there is admin\/default, admin\/controller, /,
  });
});

test('each kind of account has its login', async () => {
  using folder = new Folder();
  const nameOf = async (controller: string) => {
    const { login } = await folder.options({ controller });
    return login === undefined || login === false ? undefined : login.name;
  };
  assert.equal(await nameOf('prod'), 'password of admin');
  assert.equal(await nameOf('jaas'), 'session token');
  assert.equal(await nameOf('__proto__'), 'macaroons of admin');
  assert.equal((await folder.options({ controller: '__proto__' })).controllerUuid, uuid('d'));
  assert.equal(Reflect.get({}, 'uuid'), undefined);

  using loggedOut = new Folder({ 'accounts.yaml': '' });
  await assert.rejects(loggedOut.options(), {
    name: 'StoreError',
    message: /accounts\.yaml: controllers\.prod is missing: log in with juju login, or give a login$/,
  });
  const login = { name: 'mine', login: () => Promise.reject(new Error('no')), authHeaders: () => ({}) };
  assert.equal((await loggedOut.options({ login })).login, login);
});

test('macaroons are read from the file of the controller', async () => {
  const jar = new MacaroonJar();
  const macaroon = Macaroon.create({ rootKey: new Uint8Array(24), identifier: 'id', version: 2 });
  jar.add(`https://${uuid('a')}/`, [macaroon]);
  using folder = new Folder({ 'cookies/prod.json': JSON.stringify(jar), 'cookies/jaas.json': '{"hush": ' });
  const { bakery } = await folder.options();
  assert.equal(bakery?.cookies?.macaroonsFor(`https://${uuid('a')}/`).length, 1);
  const error = await rejection(folder.options({ controller: 'jaas' }), Error);
  assert.ok(error instanceof StoreError);
  assert.match(error.message, /cookies.jaas\.json: is no file of cookies$/);
  assert.ok(!inspect(error).includes('hush'));
});

test('the folder is where the environment says, and an empty one knows nothing', async () => {
  using folder = new Folder();
  assert.equal((await storedOptions({}, { JUJU_DATA: folder.path })).model, uuid('1'));
  using xdg = new Folder({ 'juju/controllers.yaml': controllers });
  assert.deepEqual(
    (await ClientStore.read(undefined, { XDG_DATA_HOME: xdg.path })).currentController,
    'prod',
  );
  const home = await ClientStore.read(undefined, { HOME: join(folder.path, 'nobody') });
  assert.equal(home.directory, join(folder.path, 'nobody', '.local', 'share', 'juju'));
  assert.deepEqual(home.controllerNames, []);
  assert.throws(() => home.controller(), {
    name: 'StoreError',
    message:
      /controllers\.yaml: current-controller is missing: name a controller, or choose one with juju switch$/,
  });
  assert.throws(() => home.controller('x'), /controllers\.x is missing: there is none$/);
});

test('what is known can be listed', async () => {
  using folder = new Folder();
  const store = await ClientStore.read(folder.path);
  assert.deepEqual(store.controllerNames, ['prod', 'jaas', 'k8s', '__proto__']);
  assert.deepEqual(store.modelNames('prod'), ['admin/default', 'admin/controller', 'bob-example.com/web']);
  assert.deepEqual(store.modelNames('jaas'), []);
  assert.equal(store.currentModel('prod'), 'admin/default');
  assert.equal(store.controller('prod').agentVersion, '4.0.15');
  assert.equal(store.account('prod')?.password, 'hush-hush');
  assert.equal(store.account('prod')?.lastKnownAccess, 'superuser');
});

test('a file that is not what it should be is told by name and key, and nothing in it is shown', async () => {
  const broken: readonly (readonly [string, string, RegExp])[] = [
    [
      'accounts.yaml',
      'controllers:\n  prod: {user: admin, password: *hush-hush}',
      /accounts\.yaml: is no valid YAML at line 2, column \d+$/,
    ],
    [
      'accounts.yaml',
      'controllers: {prod: {user: admin, password: [hush-hush]}}',
      /accounts\.yaml: controllers\.prod\.password must be a text; put it in quotes$/,
    ],
    ['accounts.yaml', 'hush-hush', /accounts\.yaml: must be a mapping$/],
    [
      'controllers.yaml',
      'controllers: {prod: hush-hush}\ncurrent-controller: prod',
      /controllers\.yaml: controllers\.prod must be a mapping$/,
    ],
    [
      'controllers.yaml',
      'controllers: {prod: {api-endpoints: [x:1]}}\ncurrent-controller: prod',
      /controllers\.prod\.uuid is missing$/,
    ],
    [
      'controllers.yaml',
      'controllers: {prod: {uuid: x, api-endpoints: []}}\ncurrent-controller: prod',
      /controllers\.prod\.api-endpoints is empty$/,
    ],
    [
      'controllers.yaml',
      'controllers: {prod: {uuid: x, api-endpoints: x:1}}\ncurrent-controller: prod',
      /controllers\.prod\.api-endpoints must be a list of texts$/,
    ],
    ['controllers.yaml', 'current-controller: toString', /controllers\.toString is missing: there is none$/],
    [
      'models.yaml',
      'controllers: {prod: {models: {admin/m: {}}, current-model: admin/m}}',
      /controllers\.prod\.models\.admin\/m\.uuid is missing$/,
    ],
  ];
  for (const [name, text, message] of broken) {
    using folder = new Folder({ [name]: text });
    const error = await rejection(folder.options(), Error);
    assert.ok(error instanceof StoreError, String(error));
    assert.match(error.message, message);
    assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes('hush-hush'));
  }
});

test('no secret of the store is shown', async () => {
  using folder = new Folder();
  const store = await ClientStore.read(folder.path);
  const shown = inspect([store, store.account('prod'), store.account('jaas'), await folder.options()], {
    depth: 9,
  });
  assert.ok(!/hush/.test(shown + JSON.stringify([store, store.account('prod')])), shown);
  const refused = await rejection(folder.options({ controller: 'k8s' }), Error);
  assert.match(refused.message, /no-such-kind/);
  assert.ok(!inspect(refused, { depth: 9 }).includes('hush'));
});

test('a controller whose name would lead elsewhere has no cookies', async () => {
  using folder = new Folder({ 'cookies.json': '{}', 'elsewhere.json': 'not JSON' });
  const store = await ClientStore.read(folder.path);
  assert.equal(await store.cookies('../elsewhere'), undefined);
  assert.equal(await store.cookies('..'), undefined);
  assert.equal(await store.cookies('prod'), undefined);
});
