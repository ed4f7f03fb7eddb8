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
  const name = kebabCase(service);
  return /^(dist|aux|con|nul|prn|(com|lpt)\d)$/.test(name) ? `${name}-service` : name;
}

/** The class of a service: `worker-manager` is `WorkerManager`, `object` is `ObjectService`. */
export function className(service: string): string {
  const name = pascalCase(service);
  return GLOBALS.has(name) || RUNTIME_TYPES.has(name) ? `${name}Service` : name;
}

/** How an index exports the events of a service: `workerManagerEvents`. */
export function eventsName(service: string): string {
  return `${camelCase(service)}Events`;
}

/** How an index exports the types of a service: `WorkerManagerTypes`. */
export function typesName(service: string): string {
  return `${pascalCase(service)}Types`;
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
  return RESERVED.has(name) || RUNTIME.has(name) ? `${name}Event` : name;
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

/** What generated code imports as a value, and what a parameter or event would therefore hide. */
const RUNTIME = new Set(['path', 'secret', 'byToken', 'topic', 'types']);

/** What a generated class imports as a type. */
const RUNTIME_TYPES = new Set(['CallOptions', 'HttpEndpoint', 'HttpSession', 'Pages']);

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
    'Awaited Capitalize Exclude Extract InstanceType Lowercase NoInfer NonNullable Omit Open Parameters Partial ' +
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
