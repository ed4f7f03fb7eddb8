import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import tls, { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { gotTransport } from '../../runtime/src/http/got.ts';
import { SocketFailure } from '../../runtime/src/rpc/socket.ts';
import { createCertPool } from '../../runtime/src/services/juju/dial/cert-pool.ts';
import { dial } from '../../runtime/src/services/juju/dial/dial.ts';
import { DialError } from '../../runtime/src/services/juju/dial/errors.ts';
import type { Dialled, DialOptions, VerifyCa } from '../../runtime/src/services/juju/dial/options.ts';
import { isAt } from '../../runtime/src/services/juju/dial/trust.ts';
import { Authority, ConnectProxy, SilentServer, TlsController } from '../servers/juju-tls.ts';

/** The authority of a controller, one that the whole system trusts, and one that nobody knows. */
const own = new Authority('juju-CA');
const published = new Authority('public CA');
const stranger = new Authority('stranger');
const apiserver = own.vouchFor('juju-apiserver', 'localhost');
setDefaultCACertificates([...getCACertificates('default'), published.cert]);

function reach(controller: { readonly at: string }, options: Partial<DialOptions> = {}): Promise<Dialled> {
  return dial({
    addresses: [controller.at],
    path: '/api',
    retryDelayMs: 0,
    httpProxy: () => undefined,
    caDirectory: join(tmpdir(), 'no-such-directory'),
    ...options,
  });
}

async function refusal(dialled: Promise<Dialled>): Promise<{ error: DialError; cause: SocketFailure }> {
  const error = await dialled.then(
    ({ socket }) => {
      socket.drop();
      assert.fail('it was dialled');
    },
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof DialError, String(error));
  assert.ok(error.cause instanceof SocketFailure, String(error.cause));
  return { error, cause: error.cause };
}

function reply({ socket }: Dialled, text: string): Promise<string> {
  return new Promise((resolve) => {
    socket.receive(resolve);
    socket.send(text);
  });
}

test('a controller is known by its own authority and the name juju-apiserver, wherever it is', async () => {
  await using controller = await new TlsController(apiserver).listen();
  const dialled = await reach(controller, { caCert: own.cert });
  assert.equal(await reply(dialled, 'hello'), 'hello');
  assert.deepEqual(controller.names, ['juju-apiserver']);
  assert.deepEqual(dialled.tls, { ca: [own.cert], serverName: 'juju-apiserver' });
  assert.equal(dialled.ipAddress, controller.at);
  const [request] = controller.requests;
  assert.equal(request?.path, '/api');
  assert.equal(request?.headers.host, controller.at);
  assert.equal(request?.headers['x-juju-clientversion'], '4.0.15');
  await dialled.socket.close();
  await controller.deserted();
});

test('a controller of another authority is refused, and asked once only', async () => {
  await using controller = await new TlsController(stranger.vouchFor('juju-apiserver')).listen();
  const { error, cause } = await refusal(reach(controller, { caCert: own.cert, retryDelayMs: 1 }));
  assert.equal(cause.kind, 'certificate');
  assert.equal(error.untrusted, true);
  assert.match(
    error.message,
    /no trust in the certificate of 127.*: give the controller's authority as caCert/,
  );
  assert.equal(controller.connections, 1);
  assert.deepEqual(controller.requests, []);
});

test('a certificate by the right authority for another name is refused', async () => {
  await using controller = await new TlsController(own.vouchFor('elsewhere.test')).listen();
  const { cause } = await refusal(reach(controller, { caCert: own.cert }));
  assert.equal(cause.code, 'ERR_TLS_CERT_ALTNAME_INVALID');
});

test('without an authority of its own the system decides, for the host of the address', async () => {
  await using controller = await new TlsController(published.vouchFor('localhost', '127.0.0.1')).listen();
  const byName = await reach({ at: `localhost:${controller.port}` }, { resolver: async () => ['127.0.0.1'] });
  assert.equal(byName.address, `localhost:${controller.port}`);
  assert.equal(byName.ipAddress, controller.at);
  assert.deepEqual(byName.tls, {});
  const byAddress = await reach(controller);
  assert.deepEqual(controller.names, ['localhost']);
  for (const { socket } of [byName, byAddress]) socket.drop();

  await using unknown = await new TlsController(apiserver).listen();
  const { cause } = await refusal(reach(unknown));
  assert.equal(cause.kind, 'certificate');
});

test('without an authority of its own the server name is asked for and must be in the certificate', async () => {
  await using controller = await new TlsController(published.vouchFor('juju.example.com')).listen();
  const dialled = await reach(controller, { serverName: 'juju.example.com' });
  assert.deepEqual(controller.names, ['juju.example.com']);
  assert.deepEqual(dialled.tls, { serverName: 'juju.example.com' });
  dialled.socket.drop();
  const { cause } = await refusal(reach(controller, { serverName: 'other.example.com' }));
  assert.equal(cause.code, 'ERR_TLS_CERT_ALTNAME_INVALID');
});

test('a controller that has a public certificate in place of its own is asked for it by its server name', async () => {
  await using controller = await new TlsController(published.vouchFor('juju.example.com')).listen();
  const dialled = await reach(controller, { caCert: own.cert, serverName: 'juju.example.com' });
  assert.deepEqual(controller.names, ['juju-apiserver', 'juju.example.com']);
  assert.deepEqual(dialled.tls, { serverName: 'juju.example.com' });
  assert.equal(await reply(dialled, 'hello'), 'hello');
  dialled.socket.drop();
  await controller.deserted();
});

test('when that fails, too, the first failure is told', async () => {
  await using controller = await new TlsController(published.vouchFor('juju-apiserver')).listen();
  const { cause } = await refusal(reach(controller, { caCert: own.cert, serverName: 'juju.example.com' }));
  assert.deepEqual(controller.names, ['juju-apiserver', 'juju.example.com']);
  assert.equal(cause.code, 'SELF_SIGNED_CERT_IN_CHAIN');
});

test('a server name is of no use when the controller is not to be trusted for another reason', async () => {
  await using controller = await new TlsController(apiserver).listen();
  await using silent = await new SilentServer().listen();
  const dialled = await reach(controller, { caCert: own.cert, serverName: 'juju.example.com' });
  assert.deepEqual(controller.names, ['juju-apiserver']);
  dialled.socket.drop();
  const controllerOnly = reach(silent, { caCert: own.cert, serverName: 'juju.example.com' });
  await silent.connected();
  for (const socket of silent.sockets) socket.end('this is no TLS\r\n');
  const { cause } = await refusal(controllerOnly);
  assert.equal(cause.kind, 'handshake');
  assert.equal(silent.connections, 1);
});

test('insecureSkipVerify takes any certificate, and says so in what HTTP calls are trusted by', async () => {
  await using controller = await new TlsController(stranger.vouchFor('anything')).listen();
  const dialled = await reach(controller, { insecureSkipVerify: true });
  assert.deepEqual(dialled.tls, { insecureSkipVerify: true });
  dialled.socket.drop();
  const withCa = await reach(controller, { insecureSkipVerify: true, caCert: own.cert });
  withCa.socket.drop();
});

test('TLS 1.1 is not taken, whatever is taken besides', async () => {
  const before = { DEFAULT_MIN_VERSION: tls.DEFAULT_MIN_VERSION, DEFAULT_CIPHERS: tls.DEFAULT_CIPHERS };
  Object.assign(tls, { DEFAULT_MIN_VERSION: 'TLSv1', DEFAULT_CIPHERS: 'ALL:@SECLEVEL=0' });
  try {
    await using controller = await new TlsController(apiserver, 'TLSv1.1').listen();
    const { cause } = await refusal(reach(controller, { insecureSkipVerify: true }));
    assert.equal(cause.kind, 'handshake');
    assert.match(cause.message, /no common TLS with 127\.0\.0\.1/);
  } finally {
    Object.assign(tls, before);
  }
});

test('authorities in a directory count with the one that is given, and what is no certificate is passed over', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'cert.d-'));
  try {
    await writeFile(join(directory, 'b.pem'), `of a colleague\n${stranger.cert}\n`);
    await writeFile(join(directory, 'a.pem'), 'not a certificate');
    await writeFile(join(directory, 'c.txt'), published.cert);
    assert.deepEqual(await createCertPool(own.cert, directory), [own.cert, stranger.cert]);
    await using controller = await new TlsController(stranger.vouchFor('juju-apiserver')).listen();
    const dialled = await reach(controller, { caCert: own.cert, caDirectory: directory });
    dialled.socket.drop();
    const { cause } = await refusal(reach(controller, { caDirectory: directory }));
    assert.equal(cause.kind, 'certificate');
  } finally {
    await rm(directory, { recursive: true });
  }
});

test('several authorities may be in one text, and one that is none is refused without being shown', async () => {
  assert.deepEqual(await createCertPool(`${own.cert}\n${stranger.cert}`, '/nowhere'), [
    own.cert,
    stranger.cert,
  ]);
  const broken = own.cert.replace(/MII./, 'AAAA');
  for (const caCert of ['', 'secret', broken])
    await assert.rejects(createCertPool(caCert, '/nowhere'), (error) => {
      assert.ok(error instanceof TypeError);
      assert.match(error.message, /^caCert must be PEM/);
      return true;
    });
});

test('HTTP calls to the controller are trusted as it is, and those to anyone else as the system says', async () => {
  await using controller = await new TlsController(apiserver).listen();
  await using elsewhere = await new TlsController(own.vouchFor('juju-apiserver', '127.0.0.1')).listen();
  const dialled = await reach(controller, { caCert: own.cert });
  const get = async (url: string) => {
    const transport = gotTransport(isAt(url, dialled) ? dialled.tls : {});
    try {
      return (await transport({ method: 'GET', url, headers: {} })).status;
    } finally {
      await transport.close?.();
    }
  };
  assert.equal(await get(`${dialled.httpRoot}/health`), 200);
  await assert.rejects(get(`https://${elsewhere.at}/health`), { kind: 'certificate' });
  for (const other of [`http://${controller.at}/`, `https://localhost:${controller.port}/`, '/health'])
    assert.equal(isAt(other, dialled), false);
  dialled.socket.drop();
});

test('a machine that says nothing is left alone once another one has answered', async () => {
  await using controller = await new TlsController(apiserver).listen();
  await using silent = await new SilentServer().listen();
  const dialled = await reach(controller, {
    addresses: [silent.at, controller.at],
    random: () => 0,
    caCert: own.cert,
    intervalMs: 5,
  });
  assert.equal(dialled.address, controller.at);
  await silent.deserted();
  assert.equal(silent.connections, 1);
  dialled.socket.drop();
});

test('an abort in the middle of a handshake leaves no connection', async () => {
  await using silent = await new SilentServer().listen();
  const controller = new AbortController();
  const dialled = reach(silent, { caCert: own.cert, signal: controller.signal });
  dialled.catch(() => {});
  await silent.connected();
  controller.abort(new Error('no longer'));
  await assert.rejects(dialled, { message: 'no longer' });
  await silent.deserted();
});

test('a port that nobody listens on is told with the address', async () => {
  const silent = await new SilentServer().listen();
  const { at } = silent;
  await silent[Symbol.asyncDispose]();
  const { error, cause } = await refusal(reach({ at }));
  assert.equal(cause.kind, 'connect');
  assert.equal(
    error.message,
    `dial wss://${at}/api: unable to connect to the API: no connection to ${at} (ECONNREFUSED)`,
  );
});

/** A decision on authorities that writes down what it was asked. */
function decision(decide: () => void = () => {}) {
  const asked: { host: string; endpoint: string; subject: string }[] = [];
  const verifyCa: VerifyCa = async (host, endpoint, certificate) => {
    asked.push({ host, endpoint, subject: certificate.subject });
    decide();
  };
  return { asked, verifyCa };
}

test('an unknown authority is shown to verifyCa, and trusted from then on when that agrees', async () => {
  await using controller = await new TlsController(apiserver).listen();
  const { asked, verifyCa } = decision(() => assert.deepEqual(controller.requests, []));
  const at = `controller.test:${controller.port}`;
  const dialled = await reach({ at: `${at}/foo` }, { verifyCa, resolver: async () => ['127.0.0.1'] });
  assert.deepEqual(asked, [{ host: at, endpoint: controller.at, subject: 'CN=juju-CA' }]);
  assert.equal(dialled.tls.serverName, 'juju-apiserver');
  assert.equal(dialled.tls.ca?.length, 1);
  assert.equal(await reply(dialled, 'hello'), 'hello');
  dialled.socket.drop();
  await controller.deserted();
});

test('what verifyCa throws ends it before anything is sent', async () => {
  await using controller = await new TlsController(apiserver).listen();
  const no = new Error('no, thanks');
  const { verifyCa } = decision(() => {
    throw no;
  });
  await assert.rejects(reach(controller, { verifyCa }), (error) => error === no);
  assert.deepEqual(controller.requests, []);
  await controller.deserted();
});

test('an authority that the system trusts, or that was given, is not asked about', async () => {
  await using controller = await new TlsController(published.vouchFor('127.0.0.1')).listen();
  const { asked, verifyCa } = decision();
  const dialled = await reach(controller, { verifyCa });
  assert.deepEqual(dialled.tls, {});
  dialled.socket.drop();
  await using given = await new TlsController(apiserver).listen();
  (await reach(given, { verifyCa, caCert: own.cert })).socket.drop();
  assert.deepEqual(asked, []);
  await using other = await new TlsController(stranger.vouchFor('juju-apiserver')).listen();
  const added = await reach(other, { verifyCa, caCert: own.cert });
  assert.equal(asked.length, 1);
  assert.equal(added.tls.ca?.length, 2);
  added.socket.drop();
});

test('when no authority is shown nobody is asked, and whom is trusted anyway decides', async () => {
  const { asked, verifyCa } = decision();
  await using controller = await new TlsController({ key: apiserver.key, cert: apiserver.leaf }).listen();
  const { cause } = await refusal(reach(controller, { verifyCa }));
  assert.equal(cause.kind, 'certificate');
  const dialled = await reach(controller, { verifyCa, caCert: own.cert });
  dialled.socket.drop();
  assert.deepEqual(asked, []);
});

test('the first machine that shows an authority is enough', async () => {
  await using controller = await new TlsController(apiserver).listen();
  await using silent = await new SilentServer().listen();
  const { asked, verifyCa } = decision();
  const dialled = await reach(controller, {
    addresses: [silent.at, controller.at],
    random: () => 0,
    intervalMs: 5,
    verifyCa,
  });
  assert.deepEqual(
    asked.map(({ endpoint }) => endpoint),
    [controller.at],
  );
  dialled.socket.drop();
  await silent.deserted();
  // Once to be looked at, and once to be dialled.
  assert.equal(silent.connections, 2);
});

test('looking for an authority has the time for dialling, and goes on without one when that is over', async () => {
  await using silent = await new SilentServer().listen();
  const { asked, verifyCa } = decision();
  await assert.rejects(reach(silent, { verifyCa, timeoutMs: 30 }), { name: 'DialTimeoutError' });
  assert.deepEqual(asked, []);
  assert.equal(silent.connections, 2);
  await silent.deserted();
});

test('the authority is looked for through the HTTP proxy, too, with its password', async () => {
  await using controller = await new TlsController(apiserver).listen();
  await using proxy = await new ConnectProxy(controller.port, 'me:p@ss').listen();
  const { asked, verifyCa } = decision();
  const dialled = await reach(
    { at: 'controller.test:17070' },
    { verifyCa, httpProxy: () => `http://me:p%40ss@${proxy.at}` },
  );
  assert.equal(asked.length, 1);
  assert.deepEqual(proxy.asked, [
    { target: 'controller.test:17070', authorization: 'Basic bWU6cEBzcw==' },
    { target: 'controller.test:17070', authorization: 'Basic bWU6cEBzcw==' },
  ]);
  assert.equal(await reply(dialled, 'hello'), 'hello');
  dialled.socket.drop();
  await proxy.deserted();
});

test('verifyCa may take its time, and an abort does not wait for it', async () => {
  await using controller = await new TlsController(apiserver).listen();
  const aborting = new AbortController();
  const dialled = reach(controller, {
    signal: aborting.signal,
    verifyCa: () => {
      aborting.abort(new Error('no longer'));
      return new Promise(() => {});
    },
  });
  await assert.rejects(dialled, { message: 'no longer' });
  await controller.deserted();
});

test('no timer and no connection is left behind', async () => {
  await using controller = await new TlsController(apiserver).listen();
  await using silent = await new SilentServer().listen();
  const held = () =>
    process.getActiveResourcesInfo().filter((kind) => /Timeout|TCPSocket|TLS|Request/.test(kind));
  const before = held();
  const dialled = await reach(controller, {
    addresses: [silent.at, controller.at, 'a.test:1'],
    random: () => 0,
    intervalMs: 1,
    timeoutMs: 60_000,
    verifyCa: () => {},
    resolver: () => new Promise(() => {}),
  });
  await dialled.socket.close();
  await Promise.all([controller.deserted(), silent.deserted()]);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(held(), before);
});
