/** A service that the bakery protects and third parties, on loopback, as the tests want them. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { BakeryMacaroon, type BakeryVersion } from '../../runtime/src/auth/bakery/bakery-macaroon.ts';
import { type CaveatPayload, openPayload } from '../../runtime/src/auth/bakery/caveat-payload.ts';
import { BakeryKey } from '../../runtime/src/auth/bakery/key.ts';
import { Macaroon } from '../../runtime/src/auth/macaroon/macaroon.ts';

export interface Got {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Given {
  readonly status?: number;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

export type Handler = (got: Got) => Given | Promise<Given>;

/** Answers by `POST /path`; what it has no handler for is a 404 without a body. */
export class TestServer implements AsyncDisposable {
  readonly got: Got[] = [];
  readonly routes = new Map<string, Handler>();
  readonly #server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', this.url);
    const got = { method: request.method ?? '', url, headers: request.headers, body: await text(request) };
    this.got.push(got);
    const handler = this.routes.get(`${got.method} ${url.pathname}`);
    const { status = 200, json, headers = {} } = handler === undefined ? { status: 404 } : await handler(got);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(json === undefined ? undefined : typeof json === 'string' ? json : JSON.stringify(json));
  });
  url = '';

  protected constructor() {}

  static async start(): Promise<TestServer> {
    const server = new TestServer();
    await server.listen();
    return server;
  }

  protected async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    this.url = `http://127.0.0.1:${address.port}`;
  }

  /** What came to a route. */
  to(line: string): readonly Got[] {
    return this.got.filter(({ method, url }) => `${method} ${url.pathname}` === line);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

/** What a third party makes of a caveat: caveats of the discharge, or any other answer. */
export type Checked = { readonly caveats?: readonly string[]; readonly next?: ThirdParty } | Given;

/** A third party. */
export class ThirdParty extends TestServer {
  readonly key = BakeryKey.generate();
  version: BakeryVersion = 3;
  /** The names of what it writes in lower case, as some do. */
  isLowerCase = false;
  check: (payload: CaveatPayload, form: URLSearchParams) => Checked | Promise<Checked> = () => ({});

  static override async start(check?: ThirdParty['check']): Promise<ThirdParty> {
    const server = new ThirdParty();
    await server.listen();
    if (check !== undefined) server.check = check;
    // Go's own client says it all in the query.
    server.routes.set('POST /discharge', ({ url, body }) =>
      server.#discharge(new URLSearchParams([...url.searchParams, ...new URLSearchParams(body)])),
    );
    const publicKey = server.key.reveal().public;
    server.routes.set('GET /discharge/info', () => ({
      json: { PublicKey: publicKey, Version: server.version },
    }));
    return server;
  }

  /** What services need to know of it. */
  get known() {
    return { location: this.url, thirdParty: { publicKey: this.key.publicKey, version: this.version } };
  }

  async #discharge(form: URLSearchParams): Promise<Given> {
    const decode = (name: string) => Buffer.from(form.get(`${name}64`) ?? '', 'base64url');
    const id = form.has('id') ? Buffer.from(form.get('id') ?? '') : decode('id');
    const payload = await openPayload(form.has('caveat64') ? decode('caveat') : id, this.key);
    const checked = await this.check(payload, form);
    if ('status' in checked || 'json' in checked) return checked;
    const { caveats = [], next } = { caveats: undefined, next: undefined, ...checked };
    let discharge = BakeryMacaroon.create({
      rootKey: payload.rootKey,
      identifier: id,
      version: payload.version,
      idPrefix: id,
    });
    for (const condition of caveats) discharge = discharge.addFirstParty(condition);
    if (next !== undefined) {
      discharge = await discharge.addThirdParty({ ...next.known, condition: 'nested', key: this.key });
    }
    return { json: this.isLowerCase ? { macaroon: discharge } : { Macaroon: discharge } };
  }
}

/** Says that somebody must show who they are. */
export function interaction(methods: unknown, more: object = {}): Given {
  const Info = { InteractionMethods: methods, ...more };
  return { status: 401, json: { Code: 'interaction required', Message: 'who are you?', Info } };
}

/** Says no. */
export function refusal(Message: string, Code = 'permission denied', status = 403): Given {
  return { status, json: { Code, Message } };
}

/** A service that answers at `/thing` to who has what it asks for. */
export class Service extends TestServer {
  readonly key = BakeryKey.generate();
  rootKey = 'root key of the service';
  version: BakeryVersion = 3;
  status = 401;
  path: string | undefined = '/';
  suffix: string | undefined = 'auth';
  isLowerCase = false;
  /** Conditions that hold. */
  holds: (condition: string) => boolean = (condition) => /^(declared|time-before) /.test(condition);
  thirdParties: readonly ThirdParty[] = [];
  conditions: readonly string[] = [];
  /** Changes what is asked for on its way. */
  twist: (macaroon: BakeryMacaroon) => unknown = (macaroon) => macaroon;

  static override async start(...thirdParties: readonly ThirdParty[]): Promise<Service> {
    const server = new Service();
    await server.listen();
    server.thirdParties = thirdParties;
    for (const verb of ['GET', 'POST', 'PUT']) {
      server.routes.set(`${verb} /thing`, (got) => server.answer(got));
    }
    return server;
  }

  async answer(got: Got): Promise<Given> {
    for (const text of slicesIn(got.headers)) {
      const [primary, ...discharges] = Macaroon.sliceFrom(text);
      try {
        await primary?.verify(this.rootKey, this.holds, discharges);
        return { json: { hello: 'world', body: got.body } };
      } catch {}
    }
    return await this.asking();
  }

  async asking(): Promise<Given> {
    let macaroon = BakeryMacaroon.create({
      rootKey: this.rootKey,
      identifier: 'an id',
      version: this.version,
    });
    for (const condition of this.conditions) macaroon = macaroon.addFirstParty(condition);
    for (const { known } of this.thirdParties) {
      macaroon = await macaroon.addThirdParty({
        ...known,
        condition: 'is-authenticated-user',
        key: this.key,
      });
    }
    const Info = {
      Macaroon: this.twist(macaroon),
      MacaroonPath: this.path,
      CookieNameSuffix: this.suffix,
    };
    const json = { Code: 'macaroon discharge required', Message: 'no macaroon', Info };
    return {
      status: this.status,
      headers: { 'www-authenticate': 'Macaroon' },
      json: this.isLowerCase ? lowerCase(json) : json,
    };
  }
}

function slicesIn({ cookie = '', macaroons }: IncomingHttpHeaders): string[] {
  const cookies = cookie.split('; ').flatMap((pair) => /^macaroon-[^=]*=(.*)$/.exec(pair)?.[1] ?? []);
  return typeof macaroons === 'string' ? [...cookies, macaroons] : cookies;
}

function lowerCase(json: object): object {
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      name.toLowerCase(),
      name === 'Info' ? lowerCase(value) : value,
    ]),
  );
}
