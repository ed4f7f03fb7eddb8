import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A request as it came over the wire. */
export interface Seen {
  readonly line: string;
  readonly body: string;
}

/** What a pet is taken in with; what `JSON.parse` gives is believed to be that. */
interface Sent {
  readonly name: string;
  readonly kind: string;
}

/** The shop that `docs/openapi.md` describes, on 127.0.0.1, with a key that it wants to see. */
export interface Shop extends AsyncDisposable {
  readonly url: string;
  readonly key: string;
  /** What came in, oldest first. */
  readonly seen: readonly Seen[];
}

/** The first pet's id: the first integer that a `number` can't tell from its neighbour. */
export const firstId = 2n ** 53n + 1n;

export async function openShop(): Promise<Shop> {
  const key = 'not-a-secret';
  const seen: Seen[] = [];
  /** JSON by the names of the pets. */
  const pets = new Map<string, string>();

  function answer(line: string, body: string, given: unknown): [status: number, json: string] {
    if (given !== key) return [401, '{"message":"which key?"}'];
    if (line.startsWith('GET /pets?') || line === 'GET /pets') return [200, `[${[...pets.values()].join()}]`];
    if (line.startsWith('GET /pets/')) {
      const id = line.slice('GET /pets/'.length);
      const pet = [...pets.values()].find((each) => each.startsWith(`{"id":${id},`));
      return pet === undefined ? [404, '{"message":"no such pet"}'] : [200, pet];
    }
    const { name, kind }: Sent = JSON.parse(body);
    const taken = pets.get(name);
    if (taken !== undefined) return [409, `{"message":"there is a ${name}","id":${firstId}}`];
    // Written by hand: JSON.stringify has no integer of 64 bits.
    const id = firstId + BigInt(pets.size);
    const pet = `{"id":${id},"name":${JSON.stringify(name)},"kind":${JSON.stringify(kind)},"born":"2026-02-03T04:05:06Z"}`;
    pets.set(name, pet);
    return [201, pet];
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = Buffer.concat(await incoming.toArray()).toString();
    const line = `${incoming.method} ${incoming.url}`;
    seen.push({ line, body });
    const [status, json] = answer(line, body, incoming.headers['x-api-key']);
    outgoing.writeHead(status, { 'content-type': 'application/json' }).end(json);
  }

  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    key,
    seen,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
