/**
 * The model: what a reader found in a reference, and all that an emitter knows.
 *
 * Plain readonly data, discriminated by `kind`, no methods, JSON-serialisable, so that a test page can show it.
 */

/** One generated class (or one set of events without a class) and the types it needs. */
export interface Api {
  /** The service's own name for it, as on the wire: `queue`, `worker-manager`. */
  readonly path: string;
  /** Pascal case, as {@link file://./names.ts names} decided it: `Queue`, `WorkerManager`. */
  readonly name: string;
  readonly doc: Doc;
  /** What the session's `endpoint()` is called with: `queue/v1`. */
  readonly endpoint: string;
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
  readonly body?: TypeRef;
  /** Empty when the method takes no query. */
  readonly query: readonly Param[];
  /** The name of the interface that holds `query`: `ListTaskGroupQuery`. Present when `query` is not empty. */
  readonly queryType?: string;
  readonly result: Result;
  readonly call: HttpCall;
  readonly pages?: Paging;
  /** A call that may be repeated although its verb isn't idempotent. */
  readonly safe: boolean;
}

/** What a method resolves to. */
export type Result =
  | { readonly kind: 'json'; readonly type: TypeRef }
  /** JSON of a shape that the reference doesn't tell. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'void' }
  | { readonly kind: 'text' }
  | { readonly kind: 'bytes' }
  /** A redirect whose target is the answer: the `Location`, as a string. */
  | { readonly kind: 'location' };

export type Verb = 'get' | 'head' | 'post' | 'put' | 'patch' | 'delete';

export interface HttpCall {
  readonly kind: 'http';
  readonly verb: Verb;
  /** Literal text and parameters in turn: `['/task/', { param: 'taskId' }, '/status']`. */
  readonly route: readonly (string | { readonly param: string })[];
}

export interface Param {
  /** On the wire. */
  readonly wire: string;
  /** In TypeScript. Differs from `wire` only where that is no identifier or is taken. */
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date';
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
  readonly payload: TypeRef;
  readonly source: Topic;
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
  /** On an `enum` of strings in an answer: values that we don't know yet are possible. */
  readonly open?: boolean;
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
