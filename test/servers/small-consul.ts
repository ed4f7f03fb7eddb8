import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

interface Pair {
  Key: string;
  Value: string | null;
  Flags: bigint;
  Session?: string;
  LockIndex: number;
  CreateIndex: number;
  ModifyIndex: number;
}

interface Session {
  readonly ID: string;
  readonly TTL: string;
  readonly LockDelay: string;
  readonly Behavior: string;
  readonly Name: string;
}

/** What a test has a request end with in place of its answer; `undefined` leaves it alone. */
export type Fault = (line: string) => 'reset' | 'done, then reset' | number | undefined;

/**
 * As much of Consul as locks need, on loopback: keys and values, sessions, questions that are held until there is news.
 * Written after what a real agent was seen to do. No time passes in it: sessions end, and lock delays are over, when a test
 * says so; a question that is held is answered by news only.
 */
export class SmallConsul implements AsyncDisposable {
  readonly pairs = new Map<string, Pair>();
  readonly sessions = new Map<string, Session>();
  /** Keys that nobody can lock for a while. */
  readonly delayed = new Set<string>();
  /** Each request as it came: `PUT /v1/kv/a?acquire=x`. */
  readonly lines: string[] = [];
  fault: Fault = () => undefined;
  url = '';
  #index = 10;
  #made = 0;
  readonly #held = new Set<() => void>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  static async start(): Promise<SmallConsul> {
    const consul = new SmallConsul();
    await new Promise<void>((resolve) => consul.#server.listen(0, '127.0.0.1', resolve));
    const address = consul.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    consul.url = `http://127.0.0.1:${address.port}`;
    return consul;
  }

  /** The requests that begin so. */
  to(line: string): string[] {
    return this.lines.filter((each) => each.startsWith(line));
  }

  /** How many questions are held now. */
  get held(): number {
    return this.#held.size;
  }

  /** Resolves when the condition holds, of whichever side it is. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => setTimeout(resolve, 1));
  }

  /** Ends a session as its time to live would. */
  expire(id: string): void {
    this.#end(id, true);
    this.#news();
  }

  write(key: string, value: string | null, more: Partial<Pair> = {}): void {
    const old = this.pairs.get(key);
    this.#index += 1;
    const { ModifyIndex: _, ...kept } = old ?? {
      Key: key,
      Flags: 0n,
      LockIndex: 0,
      CreateIndex: this.#index,
    };
    this.pairs.set(key, {
      ...kept,
      Value: value === null ? null : Buffer.from(value).toString('base64'),
      ModifyIndex: this.#index,
      ...more,
    });
    this.#news();
  }

  text(key: string): string | undefined {
    const pair = this.pairs.get(key);
    return pair && Buffer.from(pair.Value ?? '', 'base64').toString();
  }

  #news(): void {
    for (const look of [...this.#held]) look();
  }

  #end(id: string, delay: boolean): void {
    const session = this.sessions.get(id);
    if (session === undefined) return;
    this.sessions.delete(id);
    for (const pair of [...this.pairs.values()]) {
      if (pair.Session !== id) continue;
      this.#index += 1;
      if (session.Behavior === 'delete') {
        this.pairs.delete(pair.Key);
        continue;
      }
      delete pair.Session;
      pair.ModifyIndex = this.#index;
      if (delay) this.delayed.add(pair.Key);
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // On all that an agent answers.
    response.setHeader('x-consul-default-acl-policy', 'allow');
    const { method = '', url = '' } = request;
    const line = `${method} ${decodeURIComponent(url)}`;
    const body = (await buffer(request).catch(() => Buffer.alloc(0))).toString();
    this.lines.push(line);
    const fault = this.fault(line);
    if (fault === 'reset') {
      response.destroy();
      return;
    }
    if (typeof fault === 'number') {
      response.writeHead(fault, { 'content-type': 'text/plain' }).end('No cluster leader');
      return;
    }
    const { pathname, searchParams } = new URL(url, this.url);
    const path = decodeURIComponent(pathname);
    if (fault === 'done, then reset') response.end = () => response.destroy();
    if (path.startsWith('/v1/kv/'))
      this.#keys(method, path.slice('/v1/kv/'.length), searchParams, body, response);
    else this.#sessions(path, body, response);
    this.#news();
  }

  #sessions(path: string, body: string, response: ServerResponse): void {
    const [, , , verb, id = ''] = path.split('/');
    if (verb === 'create') {
      this.#made += 1;
      const ID = `00000000-0000-0000-0000-${String(this.#made).padStart(12, '0')}`;
      const asked = JSON.parse(body || '{}');
      this.sessions.set(ID, { Behavior: 'release', LockDelay: '15s', Name: '', TTL: '', ...asked, ID });
      send(response, { ID });
    } else if (verb === 'renew') {
      const session = this.sessions.get(id);
      if (session === undefined) response.writeHead(404).end(`Session id '${id}' not found`);
      else send(response, [session]);
    } else if (verb === 'destroy') {
      this.#end(id, true);
      send(response, true);
    } else {
      response.writeHead(404).end();
    }
  }

  #keys(method: string, key: string, query: URLSearchParams, body: string, response: ServerResponse): void {
    if (method === 'PUT') {
      this.#put(key, query, body, response);
    } else if (method === 'DELETE') {
      const cas = query.get('cas');
      const may = cas === null || String(this.pairs.get(key)?.ModifyIndex ?? 0) === cas;
      if (may && this.pairs.delete(key)) this.#index += 1;
      send(response, may);
    } else {
      const recurse = query.has('recurse');
      const find = () =>
        [...this.pairs.values()].filter(({ Key }) => (recurse ? Key.startsWith(key) : Key === key));
      this.#read(find, BigInt(query.get('index') ?? 0), response);
    }
  }

  #put(key: string, query: URLSearchParams, body: string, response: ServerResponse): void {
    const flags = BigInt(query.get('flags') ?? 0);
    const old = this.pairs.get(key);
    const acquire = query.get('acquire');
    const release = query.get('release');
    const cas = query.get('cas');
    if (acquire !== null) {
      if (!this.sessions.has(acquire)) {
        response.writeHead(500).end(`raft apply failed: invalid session "${acquire}"`);
        return;
      }
      const free = old?.Session === undefined;
      if (this.delayed.has(key) || !(free || old.Session === acquire)) {
        send(response, false);
        return;
      }
      this.write(key, body, {
        Flags: flags,
        Session: acquire,
        LockIndex: (old?.LockIndex ?? 0) + (free ? 1 : 0),
      });
    } else if (release !== null) {
      if (old?.Session !== release) {
        send(response, false);
        return;
      }
      delete old.Session;
      this.write(key, body, { Flags: flags });
    } else {
      if (cas !== null && String(old?.ModifyIndex ?? 0) !== cas) {
        send(response, false);
        return;
      }
      this.write(key, body, { Flags: flags });
    }
    send(response, true);
  }

  /** The index of a key is that of its last change; of one that isn't there, of the last change at all. */
  #read(find: () => Pair[], index: bigint, response: ServerResponse): void {
    const look = () => {
      const found = find();
      const now = found.length === 0 ? this.#index : Math.max(...found.map(({ ModifyIndex }) => ModifyIndex));
      if (BigInt(now) <= index) return;
      this.#held.delete(look);
      const headers = { 'x-consul-index': String(now) };
      if (found.length === 0) response.writeHead(404, headers).end();
      else send(response, found, headers);
    };
    this.#held.add(look);
    response.on('close', () => this.#held.delete(look));
    look();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/** JSON with integers of any size. */
function send(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
  const text = JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'bigint' ? `\u0000${each}\u0000` : each,
  );
  const exact = text.replaceAll(/"\\u0000(\d+)\\u0000"/g, '$1');
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(exact);
}
