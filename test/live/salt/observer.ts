import type { Transport, TransportRequest, TransportResponse } from '@fairlead/salt';
import { isArray, isObject, type JsonObject } from '../../../codegen/src/json/values.ts';
import type { JsonValue } from '../../../codegen/src/model.ts';
import {
  type Check,
  checkerOf,
  type Operation,
  objectAt,
  operationsOf,
  responseOf,
} from '../../contract/consul-description.ts';
import { type CheckResult, resultChecker, saltService } from '../../contract/salt-results.ts';

/** A netapi, by where it is. */
export type Places = Readonly<Record<string, 'rest-cherrypy' | 'rest-tornado' | 'rest-wsgi'>>;

/** What the element of a chunk is in an answer, by its client. A batch has as many as minions answered. */
const elements: Readonly<Record<string, string>> = {
  local: 'LocalResult',
  'local full': 'LocalFullResult',
  local_async: 'AsyncResult',
  local_subset: 'LocalResult',
  'local_subset full': 'LocalFullResult',
  ssh: 'SshResult',
  'runner full': 'RunnerFullResult',
  runner_async: 'StartedResult',
  wheel: 'WheelResult',
  wheel_async: 'StartedResult',
};

/** Sees all that is asked and answered, and holds it against `schemas/salt`: routes, chunks, and what functions return. */
export class Observer {
  readonly #documents: ReadonlyMap<string, JsonObject>;
  readonly #operations: readonly Operation[];
  readonly #check: Check;
  readonly #checkResult: CheckResult;
  readonly #events: ReadonlyMap<string, string>;
  readonly #problems = new Map<string, string>();
  /** The functions whose result was held against something. */
  readonly functions: Set<string> = new Set();
  /** The operations that were called: `rest-cherrypy GET /jobs`. */
  readonly operations: Set<string> = new Set();

  private constructor(documents: ReadonlyMap<string, JsonObject>, checkResult: CheckResult) {
    this.#documents = documents;
    this.#operations = operationsOf(documents);
    this.#check = checkerOf(documents, 'answer');
    this.#checkResult = checkResult;
    const { webhooks } = documents.get('events.yaml') ?? {};
    this.#events = new Map(
      Object.entries(isObject(webhooks) ? webhooks : {}).map(([name, item]) => [
        String(objectAt(isObject(item) ? item : {}, 'post')['x-tag']),
        name,
      ]),
    );
  }

  static async create(): Promise<Observer> {
    const { documents, model } = await saltService();
    const described = [...documents.files].filter(
      (entry): entry is [string, JsonObject] => isObject(entry[1]) && 'openapi' in entry[1],
    );
    return new Observer(new Map(described), await resultChecker(model.apis));
  }

  /** What is otherwise than the schemas say, each with where. */
  get problems(): readonly string[] {
    return Array.from(this.#problems, ([problem, where]) => `${problem}, as in ${where}`);
  }

  /** The same transport, observed. */
  watching(transport: Transport, places: Places): Transport {
    const send: Transport = async (request) => {
      const response = await transport(request);
      this.#see(request, response, places);
      return response;
    };
    return Object.assign(send, { close: transport.close });
  }

  /** An event, by the pattern of its tag. */
  event(pattern: string, data: unknown): void {
    const name = this.#events.get(pattern);
    if (name === undefined) throw new Error(`there is no event ${pattern}`);
    const content = ['requestBody', 'content', 'application/json', 'schema'];
    const at = { file: 'events.yaml', segments: ['webhooks', name, 'post', ...content] };
    this.operations.add(`event ${name}`);
    for (const problem of this.#check(at, data)) this.#note(`event ${name}${problem}`, shown(data));
  }

  #see(request: TransportRequest, response: TransportResponse, places: Places): void {
    const { status, body } = response;
    const { method } = request;
    const url = new URL(request.url);
    const file = `${places[url.origin]}.yaml`;
    const path = url.pathname;
    const operation = this.#operations.find(
      ({ file: of, verb, matches }) => of === file && verb === method.toLowerCase() && matches(path),
    );
    // Whoever doesn't know which netapi there is asks for a login, which this one doesn't have.
    if (places[url.origin] === 'rest-wsgi' && path === '/login') return;
    const call = `${places[url.origin]} ${operation?.name ?? `${method} ${path}`}`;
    this.operations.add(call);
    const problems = operation === undefined ? [': no operation'] : this.#problemsIn(operation, response);
    for (const problem of problems) this.#note(`${call} ${status}${problem}`, shownBody(body));
    // rest_tornado gives the bare form, whatever is asked for.
    const isBare = places[url.origin] === 'rest-tornado';
    if (status === 200 && method === 'POST' && !isBare) this.#seeChunks(request, jsonIn(response));
  }

  #problemsIn(operation: Operation, answer: TransportResponse): readonly string[] {
    const { status, headers } = answer;
    const response = responseOf(this.#documents, operation, status);
    if (response === undefined) return [': no response'];
    const type = headers['content-type']?.split(';')[0] ?? '';
    if (response.value['content'] === undefined) return [];
    if (!isObject(objectAt(response.value, 'content')[type])) return [`: no content for ${type}`];
    const body = jsonIn(answer);
    if (body === undefined) return [];
    const at = { file: response.file, segments: [...response.segments, 'content', type, 'schema'] };
    return this.#check(at, body);
  }

  #seeChunks({ body }: TransportRequest, answer: JsonValue | undefined): void {
    const asked: JsonValue = typeof body === 'string' ? JSON.parse(body) : null;
    const returned = isObject(answer) ? answer['return'] : undefined;
    if (!isArray(asked) || !isArray(returned)) return;
    if (asked.some((chunk) => isObject(chunk) && chunk['client'] === 'local_batch')) return;
    for (const [index, chunk] of asked.entries()) {
      const element = returned[index];
      if (!isObject(chunk) || !isObject(element)) continue;
      const { client, fun, full_return: full } = chunk;
      const kind = full === true && client !== 'wheel' ? `${String(client)} full` : String(client);
      const name = elements[kind];
      if (name !== undefined) {
        const at = { file: 'lowstate.yaml', segments: ['components', 'schemas', name] };
        for (const problem of this.#check(at, element)) this.#note(`${name}: ${problem}`, shown(element));
      }
      if (typeof fun === 'string') {
        for (const value of valuesIn(kind, element)) this.#seeResult(String(client), fun, value);
      }
      for (const [name, value] of isArray(fun) ? valuesByFunction(element) : []) {
        this.#seeResult(String(client), name, value);
      }
    }
  }

  #seeResult(client: string, fun: string, value: JsonValue): void {
    const problems = this.#checkResult(client, fun, value);
    if (problems === undefined) return;
    this.functions.add(`${client} ${fun}`);
    for (const problem of problems) this.#note(`${client} ${problem}`, shown(value));
  }

  #note(problem: string, where: string): void {
    // The first of many that are alike is enough.
    const name = problem.replaceAll(/\/\d+(?=[/: ])/g, '/0');
    if (!this.#problems.has(name)) this.#problems.set(name, where);
  }
}

/** What functions returned, where they did what they should. */
function valuesIn(kind: string, element: JsonObject): readonly JsonValue[] {
  if (kind.endsWith('local full') || kind === 'local_subset full') {
    return Object.values(element).flatMap((full) =>
      isObject(full) && full['retcode'] === 0 ? [full['ret'] ?? null] : [],
    );
  }
  const { data } = element;
  if (kind !== 'wheel' && kind !== 'runner full') return [];
  return isObject(data) && data['success'] === true ? [data['return'] ?? null] : [];
}

/** The same of a job with several functions, by function. */
function valuesByFunction(element: JsonObject): readonly (readonly [string, JsonValue])[] {
  return Object.values(element).flatMap((full) => {
    const { ret, retcode } = isObject(full) ? full : {};
    if (!isObject(ret) || !isObject(retcode)) return [];
    return Object.entries(ret).filter(([fun, value]) => hasDone(value, retcode[fun]));
  });
}

/** Whether a function did what it should. One may leave the code of a program that it ran, and say by text what failed. */
export function hasDone(value: unknown, retcode: unknown): boolean {
  return retcode === 0 || (value !== undefined && typeof value !== 'string');
}

function jsonIn({ headers, body }: TransportResponse): JsonValue | undefined {
  const isJson = headers['content-type']?.startsWith('application/json') === true;
  return isJson && body instanceof Uint8Array ? JSON.parse(Buffer.from(body).toString()) : undefined;
}

function shownBody(body: TransportResponse['body']): string {
  return body instanceof Uint8Array ? Buffer.from(body.subarray(0, 400)).toString() : 'a stream';
}

function shown(value: unknown): string {
  return JSON.stringify(value).slice(0, 400);
}
