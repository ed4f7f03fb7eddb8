import type { HttpEndpoint, HttpSession, Verb } from '../../http/endpoint.ts';
import { type Path, path } from '../../http/path.ts';
import type { CallOptions } from '../../options.ts';

/** What a method is called with, by name. */
export interface ReferenceArguments extends CallOptions {
  /** A value for each parameter of the route. */
  readonly path?: Readonly<Record<string, string | number>> | undefined;
  /** For methods with an input. */
  readonly body?: unknown;
  /** `undefined` and `null` are left out. */
  readonly query?: Readonly<Record<string, unknown>> | undefined;
}

/** One method of a reference. */
interface Entry {
  readonly name: string;
  readonly verb: Verb;
  /** Literal text, parameter, literal text, …: `['/task/', 'taskId', '/status']`. */
  readonly route: readonly string[];
  readonly query: readonly string[];
  readonly input: boolean;
  readonly bytes: boolean;
}

/** A client of an API that was not known when this was built: as safe as the reference is right, and without types. */
export class ReferenceClient {
  readonly #endpoint: HttpEndpoint;
  readonly #entries: ReadonlyMap<string, Entry>;
  /** Service and version: `queue/v1`. */
  readonly api: string;

  constructor(session: HttpSession, api: string, entries: readonly Entry[]) {
    this.api = api;
    this.#endpoint = session.endpoint(api);
    this.#entries = new Map(entries.map((entry) => [entry.name, entry]));
  }

  /** The names of its methods, in the order of the reference. */
  get methods(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /**
   * Calls a method: `client.call('createTask', { path: { taskId }, body: task })`. Gives what came back: JSON parsed,
   * other text as it is, bytes where the reference says `blob`. Pages come one a call.
   *
   * @throws TypeError when the reference has no such method, or the arguments aren't those that it names
   */
  async call(method: string, given: ReferenceArguments = {}): Promise<unknown> {
    const entry = this.#entries.get(method);
    if (entry === undefined) {
      throw new TypeError(`${this.api} has no method ${method}, only: ${this.methods.join(', ')}`);
    }
    const { path: values = {}, body, ...rest } = given;
    const options = body === undefined ? rest : { ...rest, body };
    const where = `${this.api} ${method}`;
    if (entry.input !== (body !== undefined)) {
      throw new TypeError(`${where} ${entry.input ? 'needs a body' : 'takes no body'}`);
    }
    refuseUnknown(where, 'query parameter', Object.keys(options.query ?? {}), entry.query);
    const target = pathOf(where, entry.route, values);
    return entry.bytes
      ? await this.#endpoint.bytes(entry.verb, target, options)
      : await this.#endpoint[entry.verb](target, options);
  }
}

/**
 * A client for an API reference as a deployment publishes it, at `session.urls.apiReference(service, version)`.
 *
 * @throws TypeError when it isn't one; says where
 */
export function clientFromReference(session: HttpSession, reference: unknown): ReferenceClient {
  const service = textAt(reference, 'serviceName', 'the reference');
  const version = textAt(reference, 'apiVersion', 'the reference');
  return new ReferenceClient(
    session,
    `${service}/${version}`,
    listAt(reference, 'entries', 'the reference').map(readEntry),
  );
}

const verbs: readonly Verb[] = ['get', 'head', 'post', 'put', 'patch', 'delete'];

function readEntry(entry: unknown, index: number): Entry {
  const where = `the reference's /entries/${index}`;
  const method = textAt(entry, 'method', where);
  const verb = verbs.find((each) => each === method);
  if (verb === undefined) throw new TypeError(`${where}/method is ${method}, not one of ${verbs.join(', ')}`);
  const route = textAt(entry, 'route', where);
  if (!route.startsWith('/')) throw new TypeError(`${where}/route must begin with a slash`);
  return {
    name: textAt(entry, 'name', where),
    verb,
    route: route.split(/<([^<>]*)>/),
    query: at(entry, 'query') === undefined ? [] : listAt(entry, 'query', where).map(String),
    input: at(entry, 'input') !== undefined,
    bytes: at(entry, 'output') === 'blob',
  };
}

function pathOf(
  where: string,
  route: readonly string[],
  values: Readonly<Record<string, string | number>>,
): Path {
  const literals = route.filter((_, index) => index % 2 === 0);
  const names = route.filter((_, index) => index % 2 === 1);
  refuseUnknown(where, 'path parameter', Object.keys(values), names);
  const given = names.map((name) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new TypeError(`${where} needs the path parameter ${name}`);
    return value;
  });
  return path(Object.assign(literals, { raw: literals }), ...given);
}

function refuseUnknown(
  where: string,
  what: string,
  given: readonly string[],
  known: readonly string[],
): void {
  const stranger = given.find((name) => !known.includes(name));
  if (stranger === undefined) return;
  throw new TypeError(`${where} has no ${what} ${stranger}, only: ${known.join(', ') || 'none'}`);
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function textAt(value: unknown, name: string, where: string): string {
  const found = at(value, name);
  if (typeof found !== 'string' || found === '') throw new TypeError(`${where} has no ${name}`);
  return found;
}

function listAt(value: unknown, name: string, where: string): readonly unknown[] {
  const found = at(value, name);
  if (!Array.isArray(found)) throw new TypeError(`${where} has no list ${name}`);
  return found;
}
