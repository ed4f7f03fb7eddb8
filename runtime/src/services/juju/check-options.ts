import { isObject } from '../../json/is-object.ts';
import type { ConnectionOptions, HttpOptions } from '../../options.ts';
import { parseAddress } from './dial/address.ts';
import { certificatesIn } from './dial/cert-pool.ts';
import type {
  JujuBakeryOptions,
  JujuDialOptions,
  JujuOptions,
  JujuPingOptions,
  JujuReconnectOptions,
} from './options.ts';
import { isTagId } from './tags/tags.ts';

/** Refuses what an option can't be. `name` is as users write it: `dial.intervalMs`. */
type Check = (value: unknown, name: string) => void;

/** All that there are, so that a program without types is told of what it misspelt. */
type Checks<T> = Readonly<Record<keyof T, Check>>;

/** Whoever uses it checks it. */
const anything: Check = () => {};
const flag = must('true or false', (value) => typeof value === 'boolean');
const text = must('a text', (value) => typeof value === 'string');
const list = must('a list', Array.isArray);
const aFunction = must('a function', (value) => typeof value === 'function');
const wait = must('a number of milliseconds of at least 0', (value) => isNumber(value) && value >= 0);

const bakery: Checks<JujuBakeryOptions> = {
  cookies: having('macaroonsFor', 'add'),
  interactors: list,
  key: must('a BakeryKey', isObject),
  trusts: aFunction,
};

const connection: Checks<ConnectionOptions> = {
  ca: anything,
  cert: anything,
  insecureSkipVerify: flag,
  keepAlive: flag,
  key: anything,
  maxSockets: anything,
  serverName: text,
  socketPath: text,
};

const dial: Checks<JujuDialOptions> = {
  dnsCache: having('lookup', 'add'),
  httpProxy: aFunction,
  insecureSkipVerify: flag,
  intervalMs: wait,
  onFailure: aFunction,
  openSocket: aFunction,
  resolver: aFunction,
  retryDelayMs: wait,
  timeoutMs: millisecondsAbove(0),
  verifyCa: aFunction,
};

const http: Checks<HttpOptions> = {
  attemptTimeoutMs: anything,
  connection: group(connection),
  headers: must('an object of headers', isObject),
  maxResponseBytes: anything,
  onRecord: aFunction,
  retry: anything,
  timeoutMs: anything,
  transport: anything,
};

const ping: Checks<JujuPingOptions> = {
  // Less would be a burden to the controller, or would break a connection for nothing.
  periodMs: millisecondsAbove(10_000),
  timeoutMs: millisecondsAbove(1_000),
};

const reconnect: Checks<JujuReconnectOptions> = {
  delayMs: millisecondsAbove(0),
  maxDelayMs: millisecondsAbove(0),
  retries: must('a number of at least 1', (value) => isNumber(value) && value >= 1),
};

const all: Checks<JujuOptions> = {
  addresses: anything,
  bakery: group(bakery),
  caCert(value, name) {
    text(value, name);
    certificatesIn(String(value));
  },
  clientVersion: text,
  clock: having('now', 'sleep'),
  controllerUuid: uuid('a UUID'),
  dial: group(dial),
  http: group(http),
  login: must(
    'a login, such as passwordLogin({ user, password }), or false for none',
    (value) => value === false || (isObject(value) && typeof value['login'] === 'function'),
  ),
  model: uuid('the UUID of a model', "; its name won't do"),
  onRedirect: aFunction,
  ping: group(ping),
  proxier: having('start', 'stop'),
  reconnect(value, name) {
    if (typeof value !== 'boolean') group(reconnect, 'true, false or an object')(value, name);
  },
  serverName: text,
  timeoutMs: millisecondsAbove(0),
};

/** @throws TypeError when an option can't be used; says which and why */
export function checkOptions(options: JujuOptions): void {
  checkEach(options, all, '');
  checkAddresses(options.addresses);
}

function checkAddresses(addresses: unknown): void {
  if (
    !Array.isArray(addresses) ||
    addresses.length === 0 ||
    addresses.some((each) => typeof each !== 'string')
  )
    throw new TypeError('addresses must be a list of at least one host:port');
  const parsed = addresses.map((address: string) => parseAddress(address));
  // One among others is passed over.
  if (parsed.every(({ host }) => host.includes('%')))
    throw new TypeError(
      `the address ${JSON.stringify(addresses[0])} is of one link only, and can't be dialled: give a name, or an address without %`,
    );
}

function checkEach(options: object, checks: Readonly<Record<string, Check>>, prefix: string): void {
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined) throw new TypeError(unknown(prefix, name, Object.keys(checks)));
    if (value !== undefined) check(value, `${prefix}${name}`);
  }
}

function unknown(prefix: string, name: string, known: readonly string[]): string {
  const what = `${prefix}${name} is no option of juju()`;
  return prefix === '' ? what : `${what}; ${prefix.slice(0, -1)} has ${known.join(', ')}`;
}

function group<T>(checks: Checks<T>, what = 'an object'): Check {
  const isGroup = must(what, isObject);
  return (value, name) => {
    isGroup(value, name);
    checkEach(Object(value), checks, `${name}.`);
  };
}

/** A text isn't shown, as it may be a secret that came to the wrong place. */
function must(what: string, isSo: (value: unknown) => boolean): Check {
  return (value, name) => {
    if (isSo(value)) return;
    const shown = isNumber(value) || typeof value === 'boolean' ? String(value) : kindOf(value);
    throw new TypeError(`${name} must be ${what}, not ${shown}`);
  };
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function having(...methods: readonly string[]): Check {
  return must(`an object with ${methods.join(' and ')}`, (value) =>
    methods.every((method) => typeof Reflect.get(Object(value), method) === 'function'),
  );
}

function millisecondsAbove(least: number): Check {
  return must(`a number of milliseconds above ${least}`, (value) => isNumber(value) && value > least);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function uuid(what: string, hint = ''): Check {
  return (value, name) => {
    if (typeof value === 'string' && isTagId('model', value)) return;
    throw new TypeError(`${name} must be ${what}, not ${JSON.stringify(value)}${hint}`);
  };
}
