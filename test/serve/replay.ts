import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

/* What a real server was asked and what it said, played back to a stand-in. */

/** A request and its answer as they were recorded. */
export interface Recorded {
  readonly method: string;
  readonly path: string;
  /** JSON that was sent; `<raw>` for anything else, which was not kept. */
  readonly req: unknown;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: boolean;
  readonly body: unknown;
}

export async function recordings(name: string): Promise<readonly Recorded[]> {
  const text = await readFile(new URL(`../recordings/${name}.json`, import.meta.url), 'utf8');
  // The one place where what a real server said gets a type.
  return JSON.parse(text) as readonly Recorded[];
}

/** What a stand-in answered. */
export interface Played {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What was called one thing then and is called another one now: IDs, indexes, hashes. */
export class Names {
  readonly #now = new Map<string, string>();

  learn(then: string, now: string): void {
    if (then !== now) this.#now.set(then, now);
  }

  translate(text: string): string {
    return [...this.#now].reduce((sum, [then, now]) => sum.replaceAll(then, now), text);
  }

  /** Learns the IDs that stand at the same places of two answers. */
  compare(then: unknown, now: unknown): void {
    if (typeof then === 'string' && typeof now === 'string') {
      if (isId(then) && isId(now) && !this.#now.has(then)) this.learn(then, now);
    } else if (Array.isArray(then) && Array.isArray(now)) {
      for (const [index, item] of then.entries()) this.compare(item, now[index]);
    } else if (isMap(then) && isMap(now)) {
      for (const [key, value] of Object.entries(then)) this.compare(value, now[key]);
    }
  }
}

function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Headers whose values differ from run to run. */
const changing = new Set(['x-consul-index', 'x-consul-contenthash']);

export function assertLike(
  recorded: Recorded,
  played: Played,
  names: Names,
  how: 'all' | 'status' = 'all',
): void {
  const asked = `${recorded.method} ${recorded.path}`;
  assert.equal(played.status, recorded.status, `${asked}: ${played.text}`);
  if (how === 'status') return;
  // What a failed read tells of the index is of no use to anybody.
  const told = Object.entries(recorded.headers).filter(
    ([name]) => recorded.status < 400 || !/^X-Consul/.test(name),
  );
  for (const [name, value] of told) {
    const now = played.headers.get(name);
    if (changing.has(name.toLowerCase())) assert.ok(now, `${asked}: no ${name}`);
    else
      assert.equal(
        now?.replace('; charset=utf-8', ''),
        value.replace('; charset=utf-8', ''),
        `${asked}: ${name}`,
      );
  }
  if (!recorded.json) {
    if (recorded.status >= 400) assert.equal(played.text, names.translate(String(recorded.body)), asked);
    return;
  }
  const now: unknown = JSON.parse(played.text);
  assertShape(recorded.body, now, asked, names);
  names.compare(recorded.body, now);
}

/** All that was there then is there now, and of the same type; `null` and nothing at all say little. */
function assertShape(then: unknown, now: unknown, at: string, names: Names): void {
  if (then === null || now === null) return;
  if (Array.isArray(then)) {
    assert.ok(Array.isArray(now), `${at}: no list`);
    if (then.length === 0) return;
    assert.ok(now.length > 0, `${at}: an empty list`);
    // The order may be another one, and what an item has is its own matter.
    const [first] = then;
    if (!now.some((item) => isLike(first, item, names))) assertShape(first, now[0], `${at}/0`, names);
  } else if (isMap(then)) {
    assert.ok(isMap(now), `${at}: no object`);
    for (const [told, value] of Object.entries(then)) {
      const key = names.translate(told);
      assert.ok(Object.hasOwn(now, key), `${at}/${key} is missing`);
      assertShape(value, now[key], `${at}/${key}`, names);
    }
  } else {
    assert.equal(typeof now, typeof then, `${at}: ${JSON.stringify(now)}, once ${JSON.stringify(then)}`);
  }
}

function isLike(then: unknown, now: unknown, names: Names): boolean {
  try {
    assertShape(then, now, '', names);
    return true;
  } catch {
    return false;
  }
}
