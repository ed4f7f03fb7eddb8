/**
 * The model: what a reader found in a reference, and all that an emitter knows.
 *
 * Plain readonly data, discriminated by `kind`, no methods, JSON-serialisable, so that a test page can show it.
 */

/** All that a reader found, and all that is generated into one folder. */
export interface Model {
  readonly apis: readonly Api[];
  /** Types that classes share, in one file at the top; a reference in an Api that has no such type means one of these. */
  readonly types: readonly NamedType[];
  /** Present where nobody has written a session by hand: one is generated from these facts. */
  readonly session?: Session;
  /** What was ignored, and where: nothing that makes the client wrong. */
  readonly warnings: readonly Warning[];
}

export interface Warning {
  readonly file: string;
  /** A JSON pointer. */
  readonly pointer: string;
  /** One clause: `the keyword "extraProperties" is not known and was ignored`. */
  readonly message: string;
}

/** How an API is reached and what proves who calls, as its description tells it. */
export interface Session {
  /** Camel case: `petstore`. The name of the function that makes a session. */
  readonly name: string;
  readonly doc: Doc;
  /** Absolute URLs without a slash at their end, the default first; empty when only the user knows. */
  readonly servers: readonly string[];
  readonly security: readonly SecurityScheme[];
  /** What proves who calls where a method doesn't say otherwise: alternatives of names that belong together. */
  readonly requires: readonly (readonly string[])[];
}

/** What proves who calls. `name` is how the description calls it and how credentials are given. */
export type SecurityScheme = { readonly name: string; readonly doc: Doc } & (
  | { readonly kind: 'key'; readonly in: 'header' | 'query' | 'cookie'; readonly param: string }
  | { readonly kind: 'basic' }
  /** Also OAuth 2 and OpenID Connect: whoever calls brings the token. */
  | { readonly kind: 'bearer' }
);

/** One generated class (or one set of events without a class) and the types it needs. */
export interface Api {
  /** The service's own name for it, as on the wire: `queue`, `worker-manager`. */
  readonly path: string;
  /** A folder above that of the class, and a module of its own for people to import: `modules`, `runners`. */
  readonly group?: string;
  /** Pascal case, as {@link file://./names.ts names} decided it: `Queue`, `WorkerManager`. */
  readonly name: string;
  readonly doc: Doc;
  /** What the session's `endpoint()` is called with: `queue/v1`; of a facade of Juju its name. */
  readonly endpoint: string;
  /** Of a facade: the versions that are known, ascending. */
  readonly versions?: readonly number[];
  /** Of a facade: an object of it has an id, which whoever makes one gives. */
  readonly identified?: boolean;
  readonly methods: readonly Method[];
  readonly events: readonly Event[];
  readonly types: readonly NamedType[];
}

export interface Method {
  /** Camel case, unique in its Api. */
  readonly name: string;
  readonly doc: Doc;
  /** In the order of the route. */
  readonly path: readonly Param[];
  readonly body?: Body;
  /** Whatever else the caller says: in the query, in headers, in cookies. Empty when there is nothing. */
  readonly query: readonly Param[];
  /** The name of the interface that holds `query`: `ListTaskGroupQuery`. Present when `query` is not empty. */
  readonly queryType?: string;
  readonly result: Result;
  readonly call: HttpCall | FunctionCall | RpcCall;
  readonly pages?: Paging;
  /** Whether a call may be repeated after any failure. Absent: as its verb is idempotent or not. */
  readonly safe?: boolean;
  /** The name of the type of each of the `forms` that the caller chooses from: `ReportsGetAnswers`. */
  readonly answersType?: string;
  /** What the service says when it says no, by status; `status` is `404`, `4XX` or `default`. */
  readonly errors?: readonly { readonly status: string; readonly type: JsonSchema }[];
  /** The name of the type that holds `errors`: `PetsGetErrors`. Present when `errors` is. */
  readonly errorsType?: string;
}

/** What is sent. */
export interface Body {
  readonly content:
    | { readonly kind: 'json' | 'form' | 'multipart'; readonly type: JsonSchema }
    | { readonly kind: 'bytes' }
    | { readonly kind: 'text' };
  /** Where it isn't the usual one of its kind: `application/merge-patch+json`. */
  readonly mediaType?: string;
  readonly required: boolean;
}

/** What a method resolves to. */
export type Result =
  | { readonly kind: 'json'; readonly type: JsonSchema }
  /** JSON of a shape that the reference doesn't tell. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'void' }
  | { readonly kind: 'text' }
  | { readonly kind: 'bytes' }
  /** A redirect whose target is the answer: the `Location`, as a string. */
  | { readonly kind: 'location' }
  /** Bytes as they come, for what is too long to hold. */
  | { readonly kind: 'stream' }
  /** Text without an end, a line at a time. */
  | { readonly kind: 'lines' }
  /** JSON values without an end, one after the other. */
  | { readonly kind: 'values'; readonly type: JsonSchema }
  /** Server-sent events. */
  | { readonly kind: 'events' }
  /** As the media type of what comes says; what is liked best is the first. */
  | { readonly kind: 'forms'; readonly forms: readonly Form[] };

/** One of several ways in which an answer may come. */
export interface Form {
  readonly mediaType: string;
  readonly result: Extract<Result, { readonly kind: 'json' | 'unknown' | 'text' | 'bytes' }>;
}

export type Verb = 'get' | 'head' | 'post' | 'put' | 'patch' | 'delete';

export interface HttpCall {
  readonly kind: 'http';
  readonly verb: Verb;
  /** Literal text and parameters in turn: `['/task/', { param: 'taskId' }, '/status']`. */
  readonly route: readonly (string | { readonly param: string })[];
  /**
   * How the answer is given. Absent: as a promise. `reply`: also with status and headers. `read`: also with what the
   * service tells about how fresh it is. `index`, `hash`, `event`: also as a blocking query, by what is compared.
   */
  readonly gives?: 'reply' | 'read' | 'index' | 'hash' | 'event';
  /** The options of the method's last parameter. Absent: those of every call. */
  readonly options?: 'read' | 'write';
  /** Pairs of the query that choose this one of several answers of the route: `{ recurse: true }`. */
  readonly fixed?: Readonly<Record<string, string | boolean>>;
  /** Statuses above 299 whose body is an answer like any other. */
  readonly data?: readonly number[];
  /** Statuses that say that there is none: the method gives `undefined`. */
  readonly absent?: readonly number[];
  /** Of a list with one element or none, that element or `undefined`. `result` is that of the list. */
  readonly first?: boolean;
  /**
   * The parameter of the route that says which branch of a union the answer is, or each of its items: by the property that
   * tells the branches apart.
   */
  readonly branch?: string;
  /** The media types that are asked for, where that isn't the usual one of the kind of result. */
  readonly accept?: string;
  /** Where this differs from {@link Session.requires}. An empty alternative is a call without proof. */
  readonly requires?: readonly (readonly string[])[];
  /** Where this method has a server of its own: an absolute URL. */
  readonly server?: string;
}

/** A function of Salt, called by its name. Its named parameters are `body`, whose type is an object. */
export interface FunctionCall {
  readonly kind: 'function';
  readonly client: 'local' | 'runner' | 'wheel';
  /** `pkg.install` */
  readonly fun: string;
  /** Also takes any number of values that have no name. */
  readonly varargs: boolean;
}

/** A method of a facade of Juju. What it is sent is `body`. */
export interface RpcCall {
  readonly kind: 'rpc';
  /** On the wire: `FullStatus`. */
  readonly method: string;
  /** The versions of the facade that have it, where that isn't all of {@link Api.versions}. */
  readonly versions?: readonly number[];
  /** The property of the answer that lists results, each of which may have failed by itself. */
  readonly items?: string;
  /** The property that says how it failed: of each of `items` where there are some, else of the whole answer. */
  readonly error?: string;
  /** The answer (each of its `items` where there are some) names a watcher: an object of this facade. */
  readonly watcher?: string;
}

export interface Param {
  /** On the wire. */
  readonly wire: string;
  /** In TypeScript. Differs from `wire` only where that is no identifier or is taken. */
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date';
  /** Where `type` says too little: an enum, an array, an object. */
  readonly schema?: JsonSchema;
  /** Of a parameter that isn't in the route. Absent: `query`. */
  readonly in?: 'header' | 'cookie';
  /**
   * How it becomes text. Absent: one pair an element in a query, values joined by `,` elsewhere. `flag`: the bare
   * presence, left out when false. `choice`: the value is the name of such a flag. `exploded`: each property is a
   * parameter, in a cookie each element too; in a header it is `property=value`. `slashes`: of a route, `/` in the value
   * stays.
   */
  readonly style?:
    | 'comma'
    | 'space'
    | 'pipe'
    | 'deepObject'
    | 'exploded'
    | 'json'
    | 'flag'
    | 'choice'
    | 'slashes';
  /** Of a route: how an object is written, or a list whose elements stand apart. The prefix of its style is a part of it. */
  readonly expand?: { readonly style: 'simple' | 'label' | 'matrix'; readonly explode: boolean };
  /** Of a query: most reserved characters in its values stay as they are. */
  readonly reserved?: boolean;
  readonly required: boolean;
  /** The value is a secret and must not be shown in errors or logs. */
  readonly secret: boolean;
  readonly doc: Doc;
}

export type Paging = {
  readonly by: 'token';
  /** The property of the answer that holds the items. */
  readonly items: string;
  /** Both the property of the answer and the name of the query parameter. */
  readonly key: string;
};

export interface Event {
  /** Camel case, unique in its Api: `taskCompleted`. */
  readonly name: string;
  readonly doc: Doc;
  readonly payload: JsonSchema;
  readonly source: Topic | Tag | Webhook;
}

/** An event of Salt: whose tag matches. */
export interface Tag {
  readonly kind: 'tag';
  /** Literal text and parts in turn: `salt/job/{jid}/ret/{minion}`. */
  readonly tag: string;
  readonly parts: readonly Param[];
}

/** A request that the service sends to whoever registered for it. */
export interface Webhook {
  readonly kind: 'webhook';
  /** As the description calls it. */
  readonly name: string;
}

/** An AMQP topic exchange. */
export interface Topic {
  readonly kind: 'topic';
  /** The full name: prefix and exchange. */
  readonly exchange: string;
  readonly key: readonly KeyPart[];
  /** Camel case. Events of one Api whose keys are the same have the same name for it: `taskGroup`. */
  readonly keyName: string;
}

export interface KeyPart {
  readonly name: string;
  readonly doc: Doc;
  readonly multipleWords: boolean;
  readonly required: boolean;
  readonly constant?: string;
}

/**
 * The name of a {@link NamedType} of the same Api, or a property of one:
 * `Task` or `Task/properties/priority`.
 */
export interface TypeRef {
  readonly $ref: string;
}

/**
 * A JSON Schema under a name. Standalone: every `$ref` in it is a {@link TypeRef} of the same Api.
 * Of the keywords only those that matter for a type are left (see `read/schema.ts`).
 */
export interface NamedType {
  readonly name: string;
  /** Where it comes from: `schemas/queue/v1/task.json`, with a pointer when it is a part of that file. */
  readonly source: string;
  readonly schema: JsonSchema;
}

export type JsonSchema = {
  readonly $ref?: string;
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null';
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  /** Alone in a part of `allOf`: properties that the other parts have. */
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly enum?: readonly JsonValue[];
  readonly const?: JsonValue;
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  /** Facts for the doc comment of the property: `date-time`, `uri`, … */
  readonly format?: string;
  readonly default?: JsonValue;
  readonly description?: string;
  /** On an `enum` in an answer: other texts, or other numbers, than those that we know are possible. */
  readonly open?: boolean;
  /**
   * What TypeScript has for it where JSON has only a number or a text. `file`: bytes that are sent in a form. `time`: a
   * text; the zero time of Go, year 1, is that there is none. `integer`: a number or a `bigint`, of what is only sent.
   * `instant`: a date or its text, of what is only sent.
   */
  readonly as?: 'bigint' | 'date' | 'bytes' | 'file' | 'time' | 'integer' | 'instant';
  /** On `oneOf`: the property that tells the branches apart, and the value that stands for each, in order. */
  readonly discriminator?: { readonly property: string; readonly values: readonly (readonly string[])[] };
  /** Items of an array that has a fixed number of them. */
  readonly prefixItems?: readonly JsonSchema[];
};

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** What a doc comment is made of. */
export interface Doc {
  /** Prose: ours (`docs.yaml`), or upstream's when generating straight from an upstream file. */
  readonly text?: string;
  /** Facts, one a line: `PUT /task/{taskId}`, `scopes …`, `stable`. */
  readonly facts: readonly string[];
  /** Present when deprecated; the reason, or ''. */
  readonly deprecated?: string;
}
