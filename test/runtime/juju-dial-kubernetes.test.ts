import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { createProxier } from '../../runtime/src/services/juju/dial/create-proxier.ts';
import { dial } from '../../runtime/src/services/juju/dial/dial.ts';
import { kubernetesPortForward } from '../../runtime/src/services/juju/dial/kubernetes-port-forward.ts';
import { isTunnel } from '../../runtime/src/services/juju/dial/proxier.ts';
import { Authority, SilentServer, TlsController } from '../servers/juju-tls.ts';

const config = {
  'api-host': 'https://127.0.0.1:16443',
  'ca-cert': 'a certificate',
  namespace: 'controller-k1',
  'remote-port': '17070',
  service: 'controller-service',
  'service-account-token': 'very secret',
};

/** Has the shape of the client for Kubernetes, and brings everything to one port of this machine. */
function clientTo(port: () => number) {
  const clusters: unknown[] = [];
  const forwarded: unknown[] = [];
  const open = new Set<Socket>();

  class KubeConfig {
    loadFromClusterAndUser(...loaded: readonly unknown[]): void {
      clusters.push(loaded);
    }
  }

  class PortForward {
    async portForwardService(
      namespace: string,
      service: string,
      ports: readonly number[],
      output: Writable,
      _error: Writable | null,
      input: Readable,
    ): Promise<unknown> {
      forwarded.push([namespace, service, ports]);
      const far = connect(port(), '127.0.0.1');
      far.on('error', () => {});
      await once(far, 'connect');
      open.add(far);
      far.once('close', () => open.delete(far));
      far.on('data', (data: Buffer) => output.write(data));
      input.on('data', (data: Buffer) => far.write(data));
      return {
        close: () => far.destroy(),
        addEventListener: (_type: string, listener: () => void) => far.once('close', listener),
      };
    }
  }

  return { clusters, forwarded, open, load: async () => ({ KubeConfig, PortForward }) };
}

test('a controller in Kubernetes is reached through a port that its API forwards', async () => {
  const own = new Authority('juju-CA');
  await using controller = await new TlsController(own.vouchFor('juju-apiserver')).listen();
  const client = clientTo(() => controller.port);
  const proxier = kubernetesPortForward(config, client.load);
  const dialled = await dial({
    addresses: ['10.0.0.1:17070'],
    path: '/api',
    proxier,
    caCert: own.cert,
    httpProxy: () => undefined,
  });
  assert.equal(dialled.address, `127.0.0.1:${proxier.port}`);
  const answer = new Promise((resolve) => dialled.socket.receive(resolve));
  dialled.socket.send('hello');
  assert.equal(await answer, 'hello');
  assert.deepEqual(client.clusters, [
    [
      {
        name: 'juju',
        server: 'https://127.0.0.1:16443',
        skipTLSVerify: false,
        caData: Buffer.from('a certificate').toString('base64'),
      },
      { name: 'juju', token: 'very secret' },
    ],
  ]);
  // Once to see that it works.
  const target = ['controller-k1', 'controller-service', [17_070]];
  assert.deepEqual(client.forwarded, [target, target]);
  await proxier.stop();
  await dialled.socket.ended;
  await controller.deserted();
  assert.equal(client.open.size, 0);
});

test('a connection through the tunnel ends with either of its ends', async () => {
  await using silent = await new SilentServer().listen();
  const client = clientTo(() => silent.port);
  const proxier = kubernetesPortForward(config, client.load);
  await proxier.start();
  await silent.deserted();
  const near = connect(proxier.port, proxier.host);
  while (silent.sockets.size === 0) await new Promise((resolve) => setImmediate(resolve));
  near.destroy();
  await silent.deserted();
  const other = connect(proxier.port, proxier.host);
  while (silent.sockets.size === 0) await new Promise((resolve) => setImmediate(resolve));
  for (const socket of silent.sockets) socket.destroy();
  await once(other.resume(), 'close');
  await proxier.stop();
});

test('the certificate of the API is taken as it is only where the session takes any, too', async () => {
  const client = clientTo(() => 0);
  const { 'ca-cert': _, ...without } = config;
  const proxier = kubernetesPortForward(without, client.load);
  await assert.rejects(proxier.start({ insecureSkipVerify: true }));
  assert.deepEqual(client.clusters[0], [
    { name: 'juju', server: 'https://127.0.0.1:16443', skipTLSVerify: true },
    { name: 'juju', token: 'very secret' },
  ]);
  await proxier.stop();
});

test('what keeps the API from forwarding the port is told when it is started, without the token', async () => {
  const refusing = (error: unknown) => async () => ({
    KubeConfig: class {
      loadFromClusterAndUser(): void {}
    },
    PortForward: class {
      portForwardService = () => Promise.reject(error);
    },
  });
  const start = (error: unknown) => kubernetesPortForward(config, refusing(error)).start();
  const forbidden = Object.assign(new Error('HTTP-Code: 403\nBody: very secret'), { code: 403 });
  const why = 'kubernetes-port-forward: no tunnel to controller-service: ';
  await assert.rejects(start(forbidden), { message: `${why}its API answered 403` });
  await assert.rejects(start(new Error('no ready pods\nmore')), { message: `${why}no ready pods` });
  await assert.rejects(start({ message: 'Unexpected server response: 401' }), {
    message: `${why}Unexpected server response: 401`,
  });
});

test('an abort ends the start, and a stop ends what it began', async () => {
  const never = async () => ({
    KubeConfig: class {
      loadFromClusterAndUser(): void {}
    },
    PortForward: class {
      portForwardService = () => new Promise(() => {});
    },
  });
  const controller = new AbortController();
  const aborted = kubernetesPortForward(config, never).start({ signal: controller.signal });
  const proxier = kubernetesPortForward(config, never);
  const stopped = proxier.start();
  await new Promise((resolve) => setImmediate(resolve));
  controller.abort(new Error('no longer'));
  await assert.rejects(aborted, { message: 'no longer' });
  await proxier.stop();
  await assert.rejects(stopped, { message: /it was stopped/ });
});

test('without the package it says which one is missing', async () => {
  const proxier = await createProxier({ type: 'kubernetes-port-forward', config });
  await assert.rejects(proxier.start(), {
    message:
      'kubernetes-port-forward needs the package @kubernetes/client-node: npm install @kubernetes/client-node',
  });
  await assert.rejects(kubernetesPortForward(config, async () => ({})).start(), {
    name: 'TypeError',
    message: /install version 2\.0 or later/,
  });
});

test('a configuration that lacks something is refused by the name of what is missing', () => {
  for (const key of ['api-host', 'namespace', 'remote-port', 'service', 'service-account-token'])
    assert.throws(() => kubernetesPortForward({ ...config, [key]: '' }), {
      name: 'TypeError',
      message: `proxy-config of kubernetes-port-forward: ${key} is missing`,
    });
  assert.throws(() => kubernetesPortForward({ ...config, 'remote-port': 'https' }), {
    message: /must be a number/,
  });
});

test('a proxier gives back what it was made of, and does not show it', async () => {
  const proxier = await createProxier({ type: 'kubernetes-port-forward', config });
  assert.equal(proxier.type, 'kubernetes-port-forward');
  assert.equal(isTunnel(proxier), true);
  assert.deepEqual(proxier.rawConfig(), config);
  assert.doesNotMatch(
    inspect(proxier, { depth: 9, showHidden: true }) + JSON.stringify(proxier),
    /very secret/,
  );
  await proxier.stop();
});
