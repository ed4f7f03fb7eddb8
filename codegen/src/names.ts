/**
 * Every name of the generated code is decided here.
 *
 * What a service calls a thing is kept where TypeScript allows it; where it doesn't, the name is changed by a
 * fixed rule, so that it depends on nothing but itself. Two things that would get the same name are refused with
 * both sources named (see {@link Names}): a number behind a name would change as soon as a third one came.
 */

/** A name that cannot be given. The message is one sentence for whoever wrote the reference. */
export class NameError extends Error {
  override readonly name = 'NameError';
}

/** What may stand as an identifier in generated code: ASCII only, so that no two names merely look the same. */
export function isIdentifier(text: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(text);
}

/** `worker-manager`, `workerManager`, `WORKER_MANAGER` and `WorkerManager` are the same words. */
function words(text: string): string[] {
  return text
    .replace(/([a-z\d])(?=[A-Z])/g, '$1 ')
    .replace(/([A-Z])(?=[A-Z][a-z])/g, '$1 ')
    .split(/[^A-Za-z\d]+/)
    .filter((word) => word !== '');
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
}

function notStartingWithDigit(name: string, from: string): string {
  if (name === '') throw new NameError(`${JSON.stringify(from)} holds no letter or digit to make a name of`);
  return /^\d/.test(name) ? `_${name}` : name;
}

/** Acronyms are words: `HTTPServer` becomes `HttpServer`. */
export function pascalCase(text: string): string {
  return notStartingWithDigit(words(text).map(capitalised).join(''), text);
}

export function camelCase(text: string): string {
  const [first = '', ...rest] = words(text);
  return notStartingWithDigit(first.toLowerCase() + rest.map(capitalised).join(''), text);
}

export function kebabCase(text: string): string {
  const name = words(text).join('-').toLowerCase();
  if (name === '') throw new NameError(`${JSON.stringify(text)} holds no letter or digit to make a name of`);
  return name;
}

/** The folder of a service's files. `dist` is where a package is built; some names stand for devices on Windows. */
export function folderName(service: string): string {
  const name = spelledOut(service, kebabCase);
  return /^(dist|aux|con|nul|prn|(com|lpt)\d)$/.test(name) ? `${name}-service` : name;
}

/** The class of a service: `worker-manager` is `WorkerManager`, `object` is `ObjectService`. */
export function className(service: string): string {
  const name = pascalCase(service);
  return GLOBALS.has(name) || RUNTIME_TYPES.has(name) ? `${name}Service` : name;
}

/** How an index exports the events of a service: `workerManagerEvents`. */
export function eventsName(service: string): string {
  return `${spelledOut(service, camelCase)}Events`;
}

/** How an index exports the types of a service: `WorkerManagerTypes`. */
export function typesName(service: string): string {
  return `${spelledOut(service, pascalCase)}Types`;
}

/**
 * The type of a schema, named after its file, as titles are not unique: `v1/create-task-request.json` is
 * `CreateTaskRequest`, `request` of `v1/hashes.json` is `HashesRequest`.
 */
export function typeName(file: string, definition = ''): string {
  const stem = file.replace(/^.*\//, '').replace(/\.[A-Za-z]+$/, '');
  const name = pascalCase(`${stem} ${definition}`);
  return GLOBALS.has(name) || TYPE_UTILITIES.has(name) ? `${name}Type` : name;
}

/** The type of a schema as it is sent, where that differs from how it is answered. */
export function inputTypeName(type: string): string {
  return `${type}Input`;
}

/** The interface of a method's query: `listTaskGroup` has `ListTaskGroupQuery`. */
export function queryTypeName(method: string): string {
  return `${pascalCase(method)}Query`;
}

/**
 * What events have in common, by the words that all of their names begin with: `taskGroup` of `taskGroupResolved`
 * and `taskGroupSealed`. Where there is no such word it is the service.
 */
export function commonName(events: readonly string[], service: string): string {
  const [first = [], ...others] = events.map((event) => words(event).map((word) => word.toLowerCase()));
  const end = first.findIndex((word, index) => others.some((other) => other[index] !== word));
  return camelCase(first.slice(0, end === -1 ? first.length : end).join(' ') || service);
}

/** The interface of a routing key: `taskGroup` has `TaskGroupRouting`. */
export function routingTypeName(key: string): string {
  return `${pascalCase(key)}Routing`;
}

/** The constant that holds the parts of a routing key: `taskGroup` has `taskGroupKey`. */
export function keyConstantName(key: string): string {
  return `${key}Key`;
}

/** A method keeps upstream's spelling, `azureTableSAS`: people search for it. */
export function methodName(upstream: string): string {
  const name = isIdentifier(upstream) ? upstream : camelCase(upstream);
  return SPECIAL_MEMBERS.has(name) ? `${name}Call` : name;
}

/** An event is a function at the top of its file. */
export function eventName(upstream: string): string {
  const name = isIdentifier(upstream) ? upstream : camelCase(upstream);
  return RESERVED.has(name) || RUNTIME.has(name) || EVENT_RUNTIME.has(name) ? `${name}Event` : name;
}

/** A parameter stands beside `body`, `query` and `options`, and before a body that calls the runtime. */
export function paramName(wire: string): string {
  const name = isIdentifier(wire) ? wire : camelCase(wire);
  return RESERVED.has(name) || RUNTIME.has(name) || PARAMETERS.has(name) ? `${name}Param` : name;
}

/** A query may be left out, and then is `{}`, which has these members of its own. */
export function queryParamName(wire: string): string {
  if (Object.hasOwn(Object.prototype, wire))
    throw new NameError(`a query cannot have a parameter called ${wire}`);
  return paramName(wire);
}

/** The type of a schema that has a name: `KVPair` keeps its spelling, `pet` and `pet-item` become `Pet` and `PetItem`. */
export function schemaTypeName(name: string): string {
  const pascal = /^[A-Z][A-Za-z\d]*$/.test(name) ? name : spelledOut(name, pascalCase);
  return GLOBALS.has(pascal) || TYPE_UTILITIES.has(pascal) ? `${pascal}Type` : pascal;
}

/** A second name for what would otherwise be called like something else: it tells upstream's own spelling. */
export function spelledTypeName(name: string): string {
  const spelling = name.replace(/[^A-Za-z\d]/g, (char) => `_${char.charCodeAt(0).toString(16)}`);
  return `${schemaTypeName(name)}_${spelling}`;
}

/** `name` by `rule`; text in which the rule finds neither letter nor digit is told by the numbers of its characters. */
export function spelledOut(name: string, rule: (text: string) => string): string {
  if (/[A-Za-z\d]/.test(name)) return rule(name);
  return rule([...name].map((char) => `u${(char.codePointAt(0) ?? 0).toString(16)}`).join(' ') || 'unnamed');
}

/**
 * What is left of an operation's name in the class of its tag: `repos/get` and `reposGet` are `get` among `repos`.
 * Camel case.
 */
export function operationMethodName(operation: string, tag = ''): string {
  const own = words(operation);
  const prefix = words(tag).map((word) => word.toLowerCase());
  const begins = prefix.every((word, index) => own[index]?.toLowerCase() === word);
  const rest = begins && own.length > prefix.length ? own.slice(prefix.length) : own;
  return methodName(spelledOut(rest.length === 0 ? operation : rest.join(' '), camelCase));
}

/** The type of what one version of a facade has: `Application19`. */
export function versionTypeName(name: string, version: number): string {
  return `${name}${version}`;
}

/** The function that makes a session, after the title of a description: `Pet Store` is `petStore`. */
export function sessionName(title: string): string {
  const name = spelledOut(title.replace(/['’]/g, ''), camelCase);
  return RESERVED.has(name) || RUNTIME.has(name) ? `${name}Api` : name;
}

/** Something that needs a name that nothing else in its scope has. */
export interface Claim {
  /** The best first. */
  readonly candidates: readonly string[];
  /** Who has more of a right to a name: the lower number. Of equals none keeps it. */
  readonly rank: number;
  /** A file and pointer, for messages. */
  readonly source: string;
}

/**
 * Gives every claim one of its candidates, so that no two are the same. It depends on which claims there are, and not
 * on their order. Throws {@link NameError} when the candidates don't suffice; `scope` is for the message.
 */
export function settleNames(claims: readonly Claim[], scope: string): readonly string[] {
  const levels = claims.map(() => 0);
  const nameOf = (index: number) => claims[index]?.candidates[levels[index] ?? 0] ?? '';
  const rankOf = (index: number) => claims[index]?.rank ?? 0;
  for (;;) {
    const groups = Map.groupBy(claims.keys(), nameOf);
    const clashes = [...groups.values()].filter((group) => group.length > 1);
    if (clashes.length === 0) return claims.map((_, index) => nameOf(index));
    for (const group of clashes) {
      const first = group.reduce((least, index) => Math.min(least, rankOf(index)), Number.POSITIVE_INFINITY);
      const [keeper, ...others] = group.filter((index) => rankOf(index) === first);
      const moving = group
        .filter((index) => others.length > 0 || index !== keeper)
        .filter((index) => (levels[index] ?? 0) + 1 < (claims[index]?.candidates.length ?? 0));
      if (moving.length === 0) {
        const [one = '', other = ''] = group.map((index) => claims[index]?.source ?? '').sort();
        throw new NameError(
          `two of the ${scope} would be called ${nameOf(group[0] ?? 0)}: ${one} and ${other}; name one of them by x-name`,
        );
      }
      for (const index of moving) levels[index] = (levels[index] ?? 0) + 1;
    }
  }
}

/** The names of one scope, and where each came from. */
export class Names {
  readonly #scope: string;
  readonly #sources = new Map<string, string>();

  /** `scope` is for the message: `methods of queue`. */
  constructor(scope: string) {
    this.#scope = scope;
  }

  /** Takes `name` for `source`, a file and pointer, and gives it back; throws {@link NameError} when it is taken. */
  claim(name: string, source: string): string {
    const other = this.#sources.get(name);
    if (other !== undefined) {
      throw new NameError(
        `two of the ${this.#scope} would be called ${name}: ${other} and ${source}; rename one of them by a correction`,
      );
    }
    this.#sources.set(name, source);
    return name;
  }
}

/** Parameters that every method may have besides those of its route. */
const PARAMETERS = new Set(['body', 'query', 'options']);

/** All that generated code may use of the runtime, and whether it is a type. */
export const RUNTIME_NAMES = {
  AcceptOptions: 'type',
  BlockingRead: 'type',
  BulkReply: 'type',
  BulkWatchReply: 'type',
  Bytes: 'type',
  byToken: 'value',
  CallOptions: 'type',
  expand: 'value',
  FormFile: 'type',
  FunctionSession: 'type',
  HttpEndpoint: 'type',
  HttpSession: 'type',
  jsonText: 'value',
  KeyPart: 'type',
  LocalCall: 'type',
  LocalOptions: 'type',
  Open: 'type',
  optional: 'value',
  Pages: 'type',
  path: 'value',
  Read: 'type',
  ReadOptions: 'type',
  Reply: 'type',
  RoutingPattern: 'type',
  RpcFacade: 'type',
  RpcOptions: 'type',
  RpcReply: 'type',
  RpcSession: 'type',
  RunnerCall: 'type',
  RunnerOptions: 'type',
  secret: 'value',
  ServerSentEvent: 'type',
  Shape: 'type',
  slashes: 'value',
  StreamedResponse: 'type',
  Tag: 'type',
  tag: 'value',
  Target: 'type',
  Topic: 'type',
  topic: 'value',
  WatchReply: 'type',
  Webhook: 'type',
  webhook: 'value',
  WheelCall: 'type',
  WheelOptions: 'type',
  WriteOptions: 'type',
} as const satisfies Readonly<Record<string, 'type' | 'value'>>;

export type RuntimeName = keyof typeof RUNTIME_NAMES;

/** What only events import as a value. */
const EVENT_RUNTIME: ReadonlySet<string> = new Set(['tag', 'webhook'] satisfies RuntimeName[]);

/** What a class has in scope as a value, and what a parameter or event would therefore hide. */
const RUNTIME: ReadonlySet<string> = new Set(
  [...namesThatAre('value'), 'shapes', 'types'].filter((name) => !EVENT_RUNTIME.has(name)),
);

/** What a generated class imports as a type, and the errors that an index exports. */
const RUNTIME_TYPES: ReadonlySet<string> = new Set([
  ...namesThatAre('type'),
  'ConnectionError',
  'ProtocolError',
  'ResponseError',
  'ServiceError',
]);

function namesThatAre(kind: 'type' | 'value'): string[] {
  return Object.entries(RUNTIME_NAMES).flatMap(([name, its]) => (its === kind ? [name] : []));
}

/** Members to which JavaScript itself gives a meaning. */
const SPECIAL_MEMBERS = new Set([
  'constructor',
  'prototype',
  '__proto__',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
  'then',
  'toJSON',
  'toLocaleString',
  'toString',
  'valueOf',
]);

/** Words that cannot name a function or a parameter in a module. */
const RESERVED = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export ' +
    'extends false finally for function if implements import in instanceof interface let new null package ' +
    'private protected public return static super switch this throw true try typeof undefined var void while ' +
    'with yield'
  ).split(' '),
);

/** Types of TypeScript's own that printed types use or that readers know by heart. */
const TYPE_UTILITIES = new Set(
  (
    'Awaited Bytes Capitalize Exclude Extract FormFile InstanceType Lowercase NoInfer NonNullable Omit Open Parameters Partial ' +
    'Pick Readonly ReadonlyArray Record Required ReturnType Uncapitalize Uppercase'
  ).split(' '),
);

/**
 * The globals of JavaScript, and those of the web that Node has too. A list, and not what `globalThis` holds:
 * names must not change with the version of Node that generates.
 */
const GLOBALS = new Set(
  (
    'AbortController AbortSignal AggregateError Array ArrayBuffer AsyncDisposableStack AsyncIterator Atomics ' +
    'BigInt BigInt64Array BigUint64Array Blob Boolean BroadcastChannel Buffer ByteLengthQueuingStrategy ' +
    'CloseEvent CompressionStream CountQueuingStrategy Crypto CryptoKey CustomEvent DataView Date ' +
    'DecompressionStream DisposableStack DOMException Error ErrorEvent EvalError Event EventSource EventTarget ' +
    'File FinalizationRegistry Float16Array Float32Array Float64Array FormData Function Generator Headers ' +
    'Infinity Int16Array Int32Array Int8Array Intl Iterator JSON Json Map Math MessageChannel MessageEvent ' +
    'MessagePort NaN Navigator Number Object Performance Promise Proxy RangeError ReadableStream ' +
    'ReferenceError Reflect RegExp Request Response Set SharedArrayBuffer Storage String SubtleCrypto ' +
    'SuppressedError Symbol SyntaxError TextDecoder TextEncoder TransformStream TypeError Uint16Array ' +
    'Uint32Array Uint8Array Uint8ClampedArray URIError URL URLSearchParams WeakMap WeakRef WeakSet ' +
    'WebAssembly WebSocket Worker WritableStream'
  ).split(' '),
);
