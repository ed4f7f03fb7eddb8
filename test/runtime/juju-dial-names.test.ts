import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  controllerApiUrl,
  cookieUrl,
  cookieUrlFromHost,
  httpRoot,
  parseAddress,
  preferredHost,
  socketUrl,
} from '../../runtime/src/services/juju/dial/address.ts';
import { dial } from '../../runtime/src/services/juju/dial/dial.ts';
import { proxyFromEnvironment } from '../../runtime/src/services/juju/dial/http-proxy.ts';
import type { DialOptions, DnsCache } from '../../runtime/src/services/juju/dial/options.ts';
import { FakeClock } from '../servers/fake-clock.ts';
import { Diallings, settled } from '../servers/juju-sockets.ts';

test('an address has a host and a port, may have a scheme and a path, and is wss unless it says ws', () => {
  const addresses = {
    '10.0.0.1:17070': 'wss://10.0.0.1:17070/api',
    'wss://10.0.0.1:17070': 'wss://10.0.0.1:17070/api',
    'ws://10.0.0.1:17070/': 'ws://10.0.0.1:17070/api',
    'WSS://jimm.example.com/foo/bar/': 'wss://jimm.example.com:443/foo/bar/api',
    'ws://jimm.example.com': 'ws://jimm.example.com:80/api',
    '[fe80::1]:17070/foo': 'wss://[fe80::1]:17070/foo/api',
    'xn--bcher-kva.example:443': 'wss://xn--bcher-kva.example:443/api',
  };
  for (const [address, url] of Object.entries(addresses))
    assert.equal(socketUrl(parseAddress(address), '/api'), url);
  const { text, host, port, path } = parseAddress('wss://[::1]:17070/foo/');
  assert.deepEqual(
    { text, host, port, path },
    { text: '[::1]:17070/foo', host: '::1', port: 17_070, path: '/foo' },
  );
  assert.equal(httpRoot(parseAddress('wss://10.0.0.1:17070/foo/')), 'https://10.0.0.1:17070/foo');
});

test('what is no address is refused with what it should be', () => {
  const addresses = {
    '': /must look like host:port/,
    '10.0.0.1': /has no port/,
    '::1:17070': /must look like .*\[IPv6\]:port/,
    '[10.0.0.1]:17070': /must look like/,
    '10.0.0.1:0': /port between 1 and 65535/,
    '10.0.0.1:70000': /port between 1 and 65535/,
    '10.0.0.1:seventeen': /must look like/,
    'https://10.0.0.1:17070': /must begin with wss:\/\/ or ws:\/\//,
    'two hosts:17070': /must look like/,
    'bücher.example:443': /must look like/,
    '10.0.0.1:17070?x=1': /must look like/,
    '10.0.0.1:17070/a b': /must look like/,
    'x\r\ny:17070': /must look like/,
  };
  for (const [address, message] of Object.entries(addresses))
    assert.throws(() => parseAddress(address), { name: 'TypeError', message });
});

test('an address with a password in it is refused without being shown', () => {
  assert.throws(
    () => parseAddress('wss://admin:hunter2@10.0.0.1:17070'),
    (error) => error instanceof TypeError && !error.message.includes('hunter2'),
  );
});

test('the URL of an API takes a host, with a path after it where there is one', () => {
  assert.equal(controllerApiUrl('controller.example.com', 17_070), 'wss://controller.example.com:17070/api');
  assert.equal(controllerApiUrl('example.com/foo', 443), 'wss://example.com:443/foo/api');
  assert.equal(controllerApiUrl('fe80::1', 17_070), 'wss://[fe80::1]:17070/api');
  assert.equal(controllerApiUrl('[fe80::1]', 17_070), 'wss://[fe80::1]:17070/api');
});

test('cookies are kept under what stays the same: the server name, the UUID, or at least the address', () => {
  const controllerUuid = 'deadbeef-0bad-400d-8000-4b1d0d06f00d';
  assert.equal(preferredHost({ serverName: 'juju.example.com', controllerUuid }), 'juju.example.com');
  assert.equal(preferredHost({ serverName: '', controllerUuid }), controllerUuid);
  assert.equal(preferredHost({}), undefined);
  assert.equal(cookieUrlFromHost('juju.example.com'), 'https://juju.example.com/');
  assert.equal(cookieUrl({ controllerUuid }, '10.0.0.1:17070'), `https://${controllerUuid}/`);
  assert.equal(cookieUrl({}, '10.0.0.1:17070/foo'), 'https://10.0.0.1:17070/');
});

/** Names and what they are; asking for another one is a mistake. */
function names(known: Readonly<Record<string, readonly string[]>>) {
  const asked: string[] = [];
  const resolver = async (host: string) => {
    asked.push(host);
    return known[host] ?? assert.fail(`nobody knows ${host}`);
  };
  return { asked, resolver };
}

class Cache implements DnsCache {
  readonly known: Map<string, readonly string[]>;

  constructor(known: Readonly<Record<string, readonly string[]>>) {
    this.known = new Map(Object.entries(known));
  }

  lookup(host: string): readonly string[] {
    return this.known.get(host) ?? [];
  }

  add(host: string, ips: readonly string[]): void {
    this.known.set(host, ips);
  }
}

/** Dials one address after the other, all of which refuse, and gives what was dialled. */
async function dialledIn(options: Partial<DialOptions> & Pick<DialOptions, 'addresses'>) {
  const diallings = new Diallings();
  const told: unknown[] = [];
  const dialled = dial({
    path: '/api',
    random: () => 0,
    retryDelayMs: 0,
    httpProxy: () => undefined,
    clock: new FakeClock(),
    openSocket: async (url, rest) => {
      const outcome = diallings.openSocket(url, rest);
      diallings.all.at(-1)?.fail('connect', 'ECONNREFUSED');
      return outcome;
    },
    onFailure: ({ error }) => told.push(error instanceof Error && error.message),
    ...options,
  });
  const message = await dialled.then(
    () => assert.fail('nobody was to be reached'),
    (error: unknown) => (error instanceof Error ? error.message : ''),
  );
  return { ipAddresses: diallings.ipAddresses, urls: diallings.all.map(({ url }) => url), told, message };
}

test('a name is dialled at each of its addresses, in their order, and goes on in the URL', async () => {
  const { resolver } = names({ 'a.test': ['10.0.0.1', 'fd00::1'] });
  const { ipAddresses, urls } = await dialledIn({ addresses: ['a.test:17070'], resolver });
  assert.deepEqual(ipAddresses, ['10.0.0.1:17070', '[fd00::1]:17070']);
  assert.deepEqual(urls, ['wss://a.test:17070/api', 'wss://a.test:17070/api']);
});

test('an IP address is taken as it is, without asking anyone', async () => {
  const { asked, resolver } = names({});
  const dnsCache = new Cache({});
  const { ipAddresses } = await dialledIn({ addresses: ['10.0.0.1:1', '[::1]:2'], resolver, dnsCache });
  assert.deepEqual(ipAddresses, ['10.0.0.1:1', '[::1]:2']);
  assert.deepEqual(asked, []);
  assert.equal(dnsCache.known.size, 0);
});

test('a name is looked up only when it is its turn', async () => {
  const { asked, resolver } = names({ 'b.test': ['10.0.0.2'] });
  const clock = new FakeClock();
  const diallings = new Diallings();
  const dialled = dial({
    addresses: ['10.0.0.1:1', 'b.test:1'],
    path: '/api',
    random: () => 0,
    httpProxy: () => undefined,
    clock,
    openSocket: diallings.openSocket,
    resolver,
  });
  (await diallings.at(0)).succeed();
  await dialled;
  assert.deepEqual(asked, []);
});

test('what was looked up goes into the cache, and is not looked up when it is there', async () => {
  const { asked, resolver } = names({ 'a.test': ['10.0.0.1'], 'b.test': ['10.0.0.2'] });
  const dnsCache = new Cache({ 'b.test': ['10.0.0.2'] });
  const { ipAddresses } = await dialledIn({ addresses: ['a.test:1', 'b.test:1'], resolver, dnsCache });
  assert.deepEqual(dnsCache.lookup('a.test'), ['10.0.0.1']);
  // The second is asked for in the end, as nobody answered.
  assert.deepEqual(asked, ['a.test', 'b.test']);
  assert.deepEqual(ipAddresses, ['10.0.0.1:1', '10.0.0.2:1']);
});

test('when nobody answers at what the cache says, its names are looked up anew once all have been tried', async () => {
  const { asked, resolver } = names({ 'a.test': ['10.0.0.9'], 'b.test': ['10.0.0.2'] });
  const dnsCache = new Cache({ 'a.test': ['10.0.0.1', '10.0.0.9'], 'b.test': [] });
  const { ipAddresses } = await dialledIn({
    addresses: ['a.test:1', 'b.test:1', 'a.test:2'],
    resolver,
    dnsCache,
  });
  assert.deepEqual(asked, ['b.test', 'a.test', 'a.test']);
  assert.deepEqual(ipAddresses, ['10.0.0.1:1', '10.0.0.9:1', '10.0.0.2:1', '10.0.0.1:2', '10.0.0.9:2']);
  assert.deepEqual(dnsCache.lookup('a.test'), ['10.0.0.9']);
});

test('a cache that is out of date does not keep a controller from being reached', async () => {
  const { resolver } = names({ 'a.test': ['10.0.0.9'] });
  const clock = new FakeClock();
  const diallings = new Diallings();
  const dialled = dial({
    addresses: ['a.test:1'],
    path: '/api',
    httpProxy: () => undefined,
    clock,
    openSocket: diallings.openSocket,
    resolver,
    dnsCache: new Cache({ 'a.test': ['10.0.0.1'] }),
  });
  await diallings.at(0);
  clock.advance(50);
  (await diallings.at(1)).succeed();
  assert.equal((await dialled).ipAddress, '10.0.0.9:1');
});

test('each IP address and port is dialled once, whatever led to it', async () => {
  const { resolver } = names({ 'a.test': ['10.0.0.1', '10.0.0.1'], 'b.test': ['10.0.0.1'] });
  const { ipAddresses } = await dialledIn({
    addresses: ['a.test:1', 'b.test:1', '10.0.0.1:1', '10.0.0.1:2', '10.0.0.1:1'],
    resolver,
  });
  assert.deepEqual(ipAddresses, ['10.0.0.1:1', '10.0.0.1:2']);
});

test('an IPv6 address with a zone is passed over', async () => {
  const { resolver } = names({ 'a.test': ['fe80::1%eth0', '10.0.0.1'], 'b.test': ['fe80::2%eth0'] });
  const { ipAddresses, told } = await dialledIn({
    addresses: ['a.test:1', 'b.test:1', '[fe80::3%eth0]:1'],
    resolver,
  });
  assert.deepEqual(ipAddresses, ['10.0.0.1:1']);
  assert.deepEqual(told, [
    'connect of 10.0.0.1:1',
    'cannot resolve b.test: it has no address but of one link',
    'cannot resolve fe80::3%eth0: it has no address but of one link',
  ]);
});

test('an address with a zone is passed over behind a proxy and in a cache, too', async () => {
  const { ipAddresses } = await dialledIn({
    addresses: ['[fe80::3%eth0]:1', 'a.test:1'],
    resolver: names({ 'a.test': ['10.0.0.1'] }).resolver,
    dnsCache: new Cache({ 'a.test': ['fe80::1%eth0'] }),
    httpProxy: proxyFromEnvironment({ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'test' }),
  });
  assert.deepEqual(ipAddresses, ['10.0.0.1:1']);
});

test('a name that nobody knows is one failure, and the others are dialled all the same', async () => {
  const resolver = async () => {
    throw Object.assign(new Error('getaddrinfo ENOTFOUND a.test'), { code: 'ENOTFOUND' });
  };
  const { ipAddresses, message } = await dialledIn({ addresses: ['10.0.0.1:1', 'a.test:1'], resolver });
  assert.deepEqual(ipAddresses, ['10.0.0.1:1']);
  assert.match(
    message,
    /: unable to connect to the API: cannot resolve a\.test: ENOTFOUND; connect of 10\.0\.0\.1:1$/,
  );
});

test('a resolver that is slow keeps nobody waiting, and is waited for in the end', async () => {
  const slow = Promise.withResolvers<readonly string[]>();
  const clock = new FakeClock();
  const diallings = new Diallings();
  const dialled = dial({
    addresses: ['slow.test:1', '10.0.0.2:1'],
    path: '/api',
    random: () => 0,
    httpProxy: () => undefined,
    clock,
    openSocket: diallings.openSocket,
    resolver: () => slow.promise,
  });
  await clock.asleepAtLeast();
  clock.advance(50);
  await diallings.at(0);
  assert.deepEqual(diallings.ipAddresses, ['10.0.0.2:1']);
  clock.advance(50);
  slow.resolve(['10.0.0.1']);
  (await diallings.at(1)).succeed();
  assert.equal((await dialled).ipAddress, '10.0.0.1:1');
});

test('a resolver that never answers holds up neither a time-out nor an abort', async () => {
  for (const end of ['time', 'abort'] as const) {
    const clock = new FakeClock();
    const controller = new AbortController();
    const asked: AbortSignal[] = [];
    const dialled = dial({
      addresses: ['slow.test:1'],
      path: '/api',
      httpProxy: () => undefined,
      clock,
      timeoutMs: 1_000,
      signal: controller.signal,
      resolver: (_host, signal) => {
        asked.push(signal);
        return new Promise(() => {});
      },
    });
    dialled.catch(() => {});
    await settled();
    if (end === 'time') clock.advance(1_000);
    else controller.abort(new Error('no longer'));
    await assert.rejects(dialled, end === 'time' ? { name: 'DialTimeoutError' } : { message: 'no longer' });
    assert.deepEqual(
      asked.map(({ aborted }) => aborted),
      [true],
    );
    await settled();
    assert.equal(clock.asleep, 0);
  }
});
