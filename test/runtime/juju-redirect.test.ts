import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RpcError } from '../../runtime/src/rpc/rpc-error.ts';
import {
  type JujuOptions,
  juju,
  LoginError,
  passwordLogin,
  RedirectError,
} from '../../runtime/src/services/juju/index.ts';
import { caCert, JujuController, loginAnswer, model } from '../servers/juju-controller.ts';

const elsewhere = '0a1b2c3d-0000-4000-8000-000000000000';

function sessionWith(controller: JujuController, options: Partial<JujuOptions> = {}) {
  const login = passwordLogin({ user: 'admin', password: 'hunter2' });
  const dial = { retryDelayMs: 0, httpProxy: () => undefined };
  return juju({ addresses: [controller.address], model, login, dial, ...options });
}

/** As a controller writes where another one is, with addresses that nobody else can reach. */
function serversOf(controller: JujuController): object[][] {
  const { port } = controller;
  return [
    [
      { value: '127.0.0.1', type: 'ipv4', scope: 'local-machine', port: 1 },
      { value: 'fe80::1', type: 'ipv6', scope: 'link-local', port: 1 },
      { value: '127.0.0.1', type: 'ipv4', scope: 'public', port },
      { value: '127.0.0.1', type: 'ipv4', scope: 'local-cloud', port },
    ],
  ];
}

/** A controller from which the model was migrated, and says where to. */
function migrated(from: JujuController, to: JujuController): void {
  from.on('Admin.Login', (request, { peer }) =>
    peer.refuse(request, 'redirection to alternative server required', 'redirection required', {
      servers: serversOf(to),
      'ca-cert': caCert,
      'controller-tag': `controller-${elsewhere}`,
      'controller-alias': 'other',
    }),
  );
}

/** A controller that is the door to others, and has to be asked. */
function door(from: JujuController, to: JujuController): void {
  from.on('Admin.Login', (request, { peer }) =>
    peer.refuse(request, 'redirection to alternative server required', 'redirection required'),
  );
  // It has no say in whose macaroons the other controller is given.
  const more = { 'controller-tag': `controller-${elsewhere}` };
  from.on('Admin.RedirectInfo', (request, { peer }) =>
    peer.answer(request, { servers: serversOf(to), 'ca-cert': caCert, ...more }),
  );
}

test('a model that was migrated is an error that says where it is, and the caller decides', async () => {
  await using old = await JujuController.start();
  await using other = await JujuController.start({ tls: true });
  migrated(old, other);
  await using session = sessionWith(old);
  await assert.rejects(session.open(), (error) => {
    assert.ok(error instanceof RedirectError && error instanceof RpcError);
    assert.equal(error.code, 'redirection required');
    assert.equal(error.followRedirect, false);
    assert.equal(error.caCert, caCert);
    assert.equal(error.controllerTag, `controller-${elsewhere}`);
    assert.equal(error.controllerAlias, 'other');
    assert.equal(error.servers[0]?.[2]?.port, other.port);
    assert.equal(
      error.message,
      'Admin.Login: redirection required: redirection to alternative server required',
    );
    return true;
  });
  assert.equal(other.connections.length, 0);
  await old.until(() => old.last.webSocket.readyState === 3);
});

test('a caller who wants to goes where the model is, without the password', async () => {
  await using old = await JujuController.start();
  await using other = await JujuController.start({ tls: true });
  migrated(old, other);
  const asked: (string | undefined)[] = [];
  const onRedirect = ({ controllerAlias }: RedirectError) => asked.push(controllerAlias) > 0;
  await using session = await sessionWith(old, { onRedirect }).open();
  assert.deepEqual(asked, ['other']);
  assert.equal(other.last.path, `/model/${model}/api`);
  const params = Object(other.of('Login')[0]?.params);
  assert.equal(params['credentials'], '');
  assert.equal(params['auth-tag'], '');
  assert.equal(session.address, other.host);
  assert.equal(session.cookieUrl?.href, `https://${elsewhere}/`);
  await old.until(() => old.last.webSocket.readyState === 3);
});

test('a door to other controllers is asked which one, and gone through', async () => {
  await using jaas = await JujuController.start();
  await using other = await JujuController.start({ tls: true });
  door(jaas, other);
  await using session = await sessionWith(jaas).open();
  assert.equal(session.address, other.host);
  assert.equal(session.cookieUrl?.href, `https://${other.host}/`);
  assert.equal(other.connections.length, 1);
  assert.equal(jaas.of('RedirectInfo').length, 1);
  await using reluctant = sessionWith(jaas, { onRedirect: () => false });
  await assert.rejects(reluctant.open(), (error) => error instanceof RedirectError && error.followRedirect);
});

test('a controller that redirects and does not say where fails the login', async () => {
  await using plain = await JujuController.start();
  plain.on('Admin.Login', (request, { peer }) => peer.refuse(request, 'go away', 'redirection required'));
  plain.on('Admin.RedirectInfo', (request, { peer }) => peer.refuse(request, 'not redirected'));
  await using session = sessionWith(plain);
  await assert.rejects(session.open(), (error) => {
    assert.ok(error instanceof LoginError);
    const url = `${plain.address}/model/${model}/api`;
    const what = `${url} says that the model is elsewhere, and not where: not redirected`;
    assert.equal(error.message, `Admin.Login: ${what}`);
    return true;
  });
  const nonsense = [
    { servers: [], 'ca-cert': '' },
    { servers: [[{ value: 'a b', port: 1 }, { value: 'x', port: -1 }, null, 7]], 'controller-tag': 'me' },
    { servers: 'here', 'ca-cert': 7 },
    null,
  ];
  for (const info of nonsense) {
    plain.on('Admin.RedirectInfo', (request, { peer }) => peer.answer(request, info));
    await assert.rejects(session.open(), RedirectError);
  }
});

test('a controller that redirects with a nonsense of a certificate is named', async () => {
  await using jaas = await JujuController.start();
  await using other = await JujuController.start({ tls: true });
  door(jaas, other);
  const answer = { servers: serversOf(other), 'ca-cert': 'bad' };
  jaas.on('Admin.RedirectInfo', (request, { peer }) => peer.answer(request, answer));
  await using session = sessionWith(jaas);
  await assert.rejects(session.open(), (error) => {
    assert.ok(error instanceof LoginError);
    assert.match(
      error.message,
      /^Admin\.Login: ws:\S+ says that .* its ca-cert for there is no certificate$/,
    );
    return true;
  });
  assert.equal(other.connections.length, 0);
});

test('controllers that redirect in a circle are left after a few', async () => {
  await using here = await JujuController.start({ tls: true });
  door(here, here);
  await using session = sessionWith(here, { caCert });
  await assert.rejects(session.open(), RedirectError);
  assert.equal(here.connections.length, 4);
  here.on('Admin.Login', (request, { peer }) =>
    peer.answer(request, loginAnswer({ 'model-tag': `model-${model}` })),
  );
  await session.open();
});
