import { base64, hex, textOf, utf8 } from '../macaroon/bytes.ts';
import { MacaroonError } from '../macaroon/error.ts';
import { Macaroon } from '../macaroon/macaroon.ts';
import { before, type Cookie, goesWith, isOver, keyOf } from './cookie.ts';
import { readCookies, type StoredCookie, writeCookies } from './cookie-file.ts';

/** Where and how a slice is kept. */
export interface KeepOptions {
  /**
   * The name of its cookie after `macaroon-`; one of the same name and place is replaced. Default, also of what can't be in a
   * name: unlike any other.
   */
  readonly suffix?: string | undefined;
  /** Below which path of the host it is sent. Default `/`. */
  readonly path?: string | undefined;
}

const prefix = 'macaroon-';
/** What the name of a cookie is made of (RFC 6265, 4.1.1), so that it ends where it should. */
const token = /^[\w!#$%&'*+.^`|~-]{1,200}$/;
const minuteMs = 60_000;
const centuryMs = 100 * 365.25 * 24 * 60 * minuteMs;

/**
 * What is kept of the macaroons and cookies that servers gave, and what of it goes with a request. `inspect` shows none of
 * it. It is written as the file of cookies that `juju` has: `JSON.stringify(jar)`.
 */
export class MacaroonJar {
  readonly #cookies = new Map<string, Cookie>();
  readonly #now: () => number;

  /** @param now milliseconds since the epoch */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * A jar with what a file of cookies holds: its text, or its parsed JSON.
   *
   * @throws MacaroonError when it is no such file
   */
  static from(file: unknown, now?: () => number): MacaroonJar {
    const jar = new MacaroonJar(now);
    for (const cookie of readCookies(file)) {
      const known = jar.#cookies.get(keyOf(cookie));
      if (known === undefined || known.updatedAt <= cookie.updatedAt) jar.#cookies.set(keyOf(cookie), cookie);
    }
    return jar;
  }

  /**
   * Keeps a macaroon with its discharges for a host, until the first of their conditions on time is over; one that has
   * less than a minute left isn't written to files.
   */
  add(url: string | URL, macaroons: readonly Macaroon[], { suffix, path = '/' }: KeepOptions = {}): void {
    const [primary] = macaroons;
    if (primary === undefined)
      throw new TypeError('a jar keeps a macaroon and its discharges, not an empty list');
    const { hostname, protocol } = new URL(url);
    const now = this.#now();
    const expiresAt = expiryOf(macaroons) ?? now + centuryMs;
    this.#keep({
      name: `${prefix}${suffix !== undefined && token.test(suffix) ? suffix : hex(primary.signature)}`,
      value: slicesText(macaroons),
      domain: hostname,
      isHostOnly: true,
      path: path.startsWith('/') ? path : '/',
      isSecure: protocol === 'https:' || protocol === 'wss:',
      isHttpOnly: false,
      expiresAt: expiresAt < now + minuteMs ? undefined : expiresAt,
      createdAt: now,
      updatedAt: now,
    });
  }

  /** The slices that go with a request, as they were kept; what can't be read is left out. */
  macaroonsFor(url: string | URL): Macaroon[][] {
    return this.#cookiesFor(url).flatMap(({ name, value }) => {
      if (!name.startsWith(prefix)) return [];
      try {
        return [[...Macaroon.sliceFrom(value)]];
      } catch (error) {
        if (error instanceof MacaroonError) return [];
        throw error;
      }
    });
  }

  /** The `Cookie` header of a request; `undefined` when nothing goes with it. */
  headerFor(url: string | URL): string | undefined {
    const pairs = this.#cookiesFor(url).map(({ name, value }) => `${name}=${value}`);
    return pairs.length === 0 ? undefined : pairs.join('; ');
  }

  /**
   * Keeps the cookies of an answer. Repeated headers are joined by commas, and dates hold commas, too.
   *
   * @param header the value of `set-cookie`
   */
  async receive(url: string | URL, header: string): Promise<void> {
    const { CookieJar } = await import('tough-cookie');
    // The library knows which domains belong to nobody in particular, and what else a server may not ask for.
    const sieve = new CookieJar();
    const now = this.#now();
    for (const line of header.split(/,(?=\s*[^\s=;,]+=)/)) {
      const cookie = await sieve.setCookie(line.trim(), String(url), { ignoreError: true });
      if (cookie === undefined || cookie.domain === null) continue;
      const isHostOnly = cookie.hostOnly ?? true;
      const expiresAt = cookie.expiryTime(new Date(now)) ?? Number.POSITIVE_INFINITY;
      this.#keep({
        name: cookie.key,
        value: cookie.value,
        domain: isHostOnly ? new URL(url).hostname : cookie.domain,
        isHostOnly,
        path: cookie.path ?? '/',
        isSecure: cookie.secure,
        isHttpOnly: cookie.httpOnly,
        // What is infinitely long ago is over, too.
        expiresAt: expiresAt === Number.POSITIVE_INFINITY ? undefined : Math.min(expiresAt, now + centuryMs),
        createdAt: now,
        updatedAt: now,
      });
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#cookies.clear();
  }

  /** What belongs into a file: all that outlives the program. */
  toJSON(): readonly StoredCookie[] {
    this.#prune();
    return writeCookies([...this.#cookies.values()]);
  }

  #keep(cookie: Cookie): void {
    const key = keyOf(cookie);
    if (isOver(cookie, this.#now())) this.#cookies.delete(key);
    else this.#cookies.set(key, cookie);
  }

  #cookiesFor(url: string | URL): readonly Cookie[] {
    this.#prune();
    const parsed = new URL(url);
    return [...this.#cookies.values()].filter((cookie) => goesWith(cookie, parsed)).toSorted(before);
  }

  #prune(): void {
    const now = this.#now();
    for (const [key, cookie] of this.#cookies) if (isOver(cookie, now)) this.#cookies.delete(key);
  }
}

/** A slice as cookies and the `Macaroons` header have it. */
export function slicesText(macaroons: readonly Macaroon[]): string {
  return base64(utf8(JSON.stringify(macaroons)), 'standard');
}

const timeBefore = /^time-before (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))$/;

/** When the first condition on time is over, in milliseconds since the epoch; `undefined` when there is none. */
function expiryOf(macaroons: readonly Macaroon[]): number | undefined {
  const times = macaroons
    .flatMap(({ caveats }) => caveats)
    .filter(({ verificationId }) => verificationId === undefined)
    .map(({ id }) => timeBefore.exec(textOf(id) ?? '')?.[1])
    .flatMap((time) => (time === undefined ? [] : Date.parse(time)))
    .filter((time) => !Number.isNaN(time));
  return times.length === 0 ? undefined : Math.min(...times);
}
