import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { createProxier } from '../../runtime/src/services/juju/dial/create-proxier.ts';
import { dial } from '../../runtime/src/services/juju/dial/dial.ts';
import { DialError } from '../../runtime/src/services/juju/dial/errors.ts';
import { proxyFromEnvironment } from '../../runtime/src/services/juju/dial/http-proxy.ts';
import type { Dialled, DialOptions } from '../../runtime/src/services/juju/dial/options.ts';
import type { Proxier, ProxierStart } from '../../runtime/src/services/juju/dial/proxier.ts';
import { Diallings } from '../servers/juju-sockets.ts';
import { Authority, ConnectProxy, SilentServer, TlsController } from '../servers/juju-tls.ts';

const own = new Authority('juju-CA');
const apiserver = own.vouchFor('juju-apiserver');

function reach(options: Partial<DialOptions>): Promise<Dialled> {
  return dial({
    addresses: ['controller.test:17070'],
    path: '/api',
    caCert: own.cert,
    caDirectory: '/nowhere',
    retryDelayMs: 0,
    resolver: () => assert.fail('a proxy resolves names'),
    ...options,
  });
}

test('through an HTTP proxy the controller is asked for by its name, and trusted as ever', async () => {
  await using controller = await new TlsController(apiserver).listen();
  await using proxy = await new ConnectProxy(controller.port, 'me:secret').listen();
  const urls: string[] = [];
  const dialled = await reach({
    httpProxy: (url) => {
      urls.push(url);
      return `http://me:secret@${proxy.at}`;
    },
  });
  assert.deepEqual(urls, ['https://controller.test:17070/']);
  assert.deepEqual(proxy.asked, [{ target: 'controller.test:17070', authorization: 'Basic bWU6c2VjcmV0' }]);
  assert.equal(dialled.ipAddress, 'controller.test:17070');
  assert.deepEqual(controller.names, ['juju-apiserver']);
  assert.equal(controller.requests[0]?.headers.host, 'controller.test:17070');
  assert.equal(controller.requests[0]?.headers['proxy-authorization'], undefined);
  const further = await dialled.open('/log');
  assert.equal(proxy.asked.length, 2);
  await Promise.all([dialled.socket.close(), further.close()]);
  await proxy.deserted();
  await controller.deserted();
});

test('without TLS a proxy is asked for a connection, too, as for HTTP', async () => {
  const diallings: string[] = [];
  await using silent = await new SilentServer().listen();
  await using proxy = await new ConnectProxy(silent.port, 'me:secret').listen();
  const controller = new AbortController();
  const dialled = reach({
    addresses: ['ws://controller.test:80/foo'],
    signal: controller.signal,
    httpProxy: (url) => {
      diallings.push(url);
      return `http://me:secret@${proxy.at}`;
    },
  });
  dialled.catch(() => {});
  await silent.connected();
  assert.deepEqual(diallings, ['http://controller.test:80/foo/']);
  assert.equal(proxy.asked[0]?.target, 'controller.test:80');
  controller.abort();
  await assert.rejects(dialled, { name: 'AbortError' });
  await proxy.deserted();
  await silent.deserted();
});

test('a proxy may be asked over TLS, with whom the system trusts', async () => {
  const published = new Authority('public CA');
  setDefaultCACertificates([...getCACertificates('default'), published.cert]);
  await using controller = await new TlsController(apiserver).listen();
  await using proxy = await new ConnectProxy(
    controller.port,
    'me:secret',
    published.vouchFor('127.0.0.1'),
  ).listen();
  const dialled = await reach({ httpProxy: () => `https://me:secret@${proxy.at}` });
  const answer = new Promise((resolve) => dialled.socket.receive(resolve));
  dialled.socket.send('hello');
  assert.equal(await answer, 'hello');
  dialled.socket.drop();
  await proxy.deserted();
  await controller.deserted();
  await assert.rejects(reach({ httpProxy: () => `https://me:secret@localhost:${proxy.port}` }), {
    name: 'DialError',
    message: /no trust in the certificate of the proxy localhost:/,
  });
});

test('what a proxy refuses is told, without the password', async () => {
  await using proxy = await new ConnectProxy(1, 'me:secret').listen();
  const dialled = reach({ httpProxy: () => `http://me:wrong-password@${proxy.at}` });
  await assert.rejects(dialled, (error) => {
    assert.ok(error instanceof DialError);
    assert.match(error.message, /the proxy 127\.0\.0\.1:\d+ answered 407 to CONNECT controller\.test:17070/);
    assert.equal(error.attempts[0]?.status, 407);
    assert.doesNotMatch(JSON.stringify(error.record) + error.stack, /wrong-password/);
    return true;
  });
  await proxy.deserted();
});

test('a proxy that is not there is told as such', async () => {
  const proxy = await new ConnectProxy(1, '').listen();
  const { at } = proxy;
  await proxy[Symbol.asyncDispose]();
  await assert.rejects(reach({ httpProxy: () => `http://${at}` }), {
    name: 'DialError',
    message: /no connection to the proxy 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/,
  });
});

test('a proxy of another kind is refused, and not asked again', async () => {
  const { hostname } = new URL('http://secret.example');
  for (const proxy of [`socks5://me:${hostname}@127.0.0.1:1080`, `not a URL of ${hostname}`])
    await assert.rejects(reach({ httpProxy: () => proxy, retryDelayMs: 1 }), (error) => {
      assert.ok(error instanceof DialError);
      assert.match(error.message, /the HTTP proxy must be http:\/\/host:port/);
      assert.ok(!error.message.includes(hostname));
      assert.equal(error.attempts.length, 1);
      return true;
    });
});

test('an abort while a proxy is silent leaves no connection', async () => {
  await using silent = await new SilentServer().listen();
  const controller = new AbortController();
  const dialled = reach({ httpProxy: () => `http://${silent.at}`, signal: controller.signal });
  dialled.catch(() => {});
  await silent.connected();
  controller.abort();
  await assert.rejects(dialled, { name: 'AbortError' });
  await silent.deserted();
});

test('the environment names a proxy for HTTPS and one for HTTP, in capitals or not', () => {
  const proxyFor = proxyFromEnvironment({
    HTTPS_PROXY: 'http://secure:1',
    http_proxy: 'plain:2',
    HTTP_PROXY: '',
  });
  assert.equal(proxyFor('https://controller.test:17070/'), 'http://secure:1');
  assert.equal(proxyFor('http://controller.test/'), 'http://plain:2');
  assert.equal(proxyFromEnvironment({})('https://controller.test/'), undefined);
});

test('there is no proxy for this machine and for what NO_PROXY lists', () => {
  const noProxy =
    'example.com, .below.test,*.star.test, 10.0.0.0/8 ,192.168.1.7,fd00::/8,ported.test:17070,[fd99::1]:1,';
  const proxyFor = proxyFromEnvironment({ HTTPS_PROXY: 'http://p:1', NO_PROXY: noProxy });
  const isProxied = (host: string) => proxyFor(`https://${host}/`) !== undefined;
  const without = [
    'example.com',
    'EXAMPLE.com.',
    'a.example.com:17070',
    'a.below.test',
    'a.star.test',
    '10.1.2.3:17070',
    '192.168.1.7',
    '[fd12::1]:17070',
    'ported.test:17070',
    'a.ported.test:17070',
    'localhost:17070',
    '127.0.0.1:17070',
    '[::1]:17070',
  ];
  const through = [
    'notexample.com',
    'below.test',
    '11.1.2.3',
    '192.168.1.70',
    '[fe80::1]',
    'ported.test',
    'ported.test:443',
  ];
  assert.deepEqual(without.filter(isProxied), []);
  assert.deepEqual(
    through.filter((host) => !isProxied(host)),
    [],
  );
  const star = proxyFromEnvironment({ HTTPS_PROXY: 'http://p:1', no_proxy: '*' });
  assert.equal(star('https://controller.test/'), undefined);
});

test('NO_PROXY counts for dialling as the environment is when it begins', async () => {
  await using controller = await new TlsController(apiserver).listen();
  await using proxy = await new ConnectProxy(controller.port, 'me:secret').listen();
  const before = { HTTPS_PROXY: process.env['HTTPS_PROXY'], NO_PROXY: process.env['NO_PROXY'] };
  process.env['HTTPS_PROXY'] = `http://me:secret@${proxy.at}`;
  process.env['NO_PROXY'] = 'direct.test';
  try {
    (await reach({})).socket.drop();
    assert.equal(proxy.asked.length, 1);
    const addresses = [`direct.test:${controller.port}`];
    (await reach({ addresses, resolver: async () => ['127.0.0.1'] })).socket.drop();
    assert.equal(proxy.asked.length, 1);
  } finally {
    for (const [name, value] of Object.entries(before))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
});

/** A proxier that writes down what becomes of it. */
class ScriptedProxier implements Proxier {
  readonly type = 'scripted';
  readonly told: string[] = [];
  started: ProxierStart | undefined;

  async start(options: ProxierStart): Promise<void> {
    this.started = options;
    this.told.push('start');
  }

  async stop(): Promise<void> {
    this.told.push('stop');
  }

  rawConfig(): Readonly<Record<string, unknown>> {
    return {};
  }
}

class ScriptedTunnel extends ScriptedProxier {
  readonly host = '127.0.0.1';
  readonly port = 4711;
}

test('a proxier is started before anything is dialled, which then is the near end of its tunnel', async () => {
  const proxier = new ScriptedTunnel();
  const diallings = new Diallings();
  const dialled = reach({
    addresses: ['10.0.0.1:17070', '10.0.0.2:17070'],
    proxier,
    insecureSkipVerify: true,
    openSocket: diallings.openSocket,
  });
  const first = await diallings.at(0);
  assert.deepEqual(proxier.told, ['start']);
  assert.equal(proxier.started?.insecureSkipVerify, true);
  first.succeed();
  const { address, proxy } = await dialled;
  assert.equal(address, '127.0.0.1:4711');
  assert.equal(proxy, proxier);
  assert.deepEqual(proxier.told, ['start']);
});

test('a proxier is stopped when dialling through it fails, and what failed is told', async () => {
  const proxier = new ScriptedTunnel();
  const diallings = new Diallings();
  const dialled = reach({ proxier, openSocket: diallings.openSocket });
  (await diallings.at(0)).fail('reset');
  await assert.rejects(dialled, { name: 'DialError', message: /reset of 127\.0\.0\.1:4711/ });
  assert.deepEqual(proxier.told, ['start', 'stop']);
});

test('a proxier that is no tunnel is stopped and refused', async () => {
  const proxier = new ScriptedProxier();
  await assert.rejects(reach({ proxier }), { name: 'TypeError', message: /scripted isn't one/ });
  assert.deepEqual(proxier.told, ['start', 'stop']);
});

test('a proxier that does not start is stopped, and its own error is told', async () => {
  const proxier = new ScriptedTunnel();
  proxier.start = () => Promise.reject(new Error('no cluster'));
  proxier.stop = async () => {
    proxier.told.push('stop');
    throw new Error('there is nothing to stop');
  };
  await assert.rejects(reach({ proxier }), { message: 'no cluster' });
  assert.deepEqual(proxier.told, ['stop']);
});

test('a proxier is made by its kind, and one of an unknown kind is refused', async () => {
  const kinds = new Map([['scripted', () => new ScriptedTunnel()]]);
  assert.equal((await createProxier({ type: 'scripted' }, kinds)).type, 'scripted');
  await assert.rejects(createProxier({ type: 'scripted' }), {
    name: 'TypeError',
    message: 'no proxier of the kind "scripted": known are kubernetes-port-forward',
  });
  await assert.rejects(createProxier({ type: '__proto__' }), { name: 'TypeError' });
});
