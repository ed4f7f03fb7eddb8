import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { JsonValue } from '../../model.ts';
import type { Validator } from '../../validate.ts';
import type { FaultRule } from './fault-rule.ts';
import type { RecordedRequest } from './recorded.ts';
import type { WireValue } from './wire.ts';

/*
 * The seam between the core and a service.
 *
 * The core knows HTTP, routes, schemas, example data, storing by the shape of a route, paging, faults and the
 * record of requests. A service tells the rest, in one file next to this folder (`taskcluster.ts`):
 *
 *   operations   what its reference offers: verb, route, schemas, query, paging
 *   admit        who calls and whether they may: authentication, permissions, validation, in the service's own order
 *   handlers     what it really does; an operation without one is stored and listed by its route, or answered
 *                with an example that is valid against its schema
 *   refusal      how an error looks on its wire
 *   headers      what stands on each answer
 *   early        what is answered before the body is read, such as that it is too large
 *   elsewhere    routes that no reference tells, such as where files are kept
 *   upgrade      connections that become a WebSocket
 *   calls        what is asked for on those, where faults and the record are to know it
 *   tls          what it proves with who it is, where it is served over TLS
 *   advance      moves its clock, where it has one (`clock.ts`)
 *   act          makes happen what nobody could ask for
 *   close        lets go of what it waits for
 *
 * Where the reference is an OpenAPI document, `openapi.ts` makes the operations of it. A handler may wait before it
 * answers: the request's `signal` tells when nobody waits for the answer any more.
 *
 * To add a service: write that object and its start in `index.ts`.
 */

/** One thing that a service can be asked for, as its reference tells it. */
export interface Operation {
  /** The service it belongs to, as on the wire: `queue`. */
  readonly service: string;
  /** As the reference calls it: `createTask`. */
  readonly name: string;
  /** In upper case: `PUT`. */
  readonly verb: string;
  /**
   * From the root of the server, parameters in angle brackets: `/api/queue/v1/task/<taskId>`. A last one with a star,
   * `<key*>`, is all that is left of the path: with its slashes, and maybe nothing.
   */
  readonly route: string;
  /** The names that its query may have. */
  readonly query: readonly string[];
  /** The path of the schema of the request's body; a call of an operation without one has no body. */
  readonly input?: string;
  /** The path of the schema of the answer. Whatever is answered is checked against it. */
  readonly output?: string;
  /** The largest body, in bytes, where it isn't that of the service. */
  readonly maxBodyBytes?: number;
  readonly pages?: Paging;
}

/** Where an answer keeps its items, and the name of the token that leads to the next page. */
export interface Paging {
  readonly items: string;
  readonly key: string;
}

/** A request, read to its end. */
export interface ReceivedRequest {
  /** In upper case, as it was sent. */
  readonly method: string;
  /** What is asked for: GET where the method is HEAD. */
  readonly verb: string;
  /** The request target as it stood on the request line. */
  readonly url: string;
  /** `url` without its query, still encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  /** The root of this server as the caller reached it: `http://127.0.0.1:4711`. */
  readonly rootUrl: string;
  /** Aborted when the caller has gone, or the answer was sent. */
  readonly signal: AbortSignal;
}

/** A request whose body was not read yet. */
export type RequestHead = Omit<ReceivedRequest, 'body'>;

/** A request that found its operation. */
export interface Call {
  readonly operation: Operation;
  /** Decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly request: ReceivedRequest;
  /** Parsed, valid, and with the defaults of its schema filled in. `undefined` where the operation has no input. */
  readonly body: JsonValue | undefined;
}

/** What is sent back: JSON, or text or bytes, or what is sent as it comes, or nothing. */
export interface Reply {
  /** 200 by default. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: WireValue;
  /** So many spaces a level of `json`; on one line by default. */
  readonly indent?: number;
  readonly data?: string | Uint8Array;
  /** Ends when the caller has gone: whoever makes it looks at the request's signal. */
  readonly stream?: AsyncIterable<string | Uint8Array>;
}

export type Handler<C extends Call> = (call: C) => Reply | Promise<Reply>;

/** A connection that is to become something else. */
export interface Upgrade {
  readonly incoming: IncomingMessage;
  /** What was read after the request. */
  readonly rest: Buffer;
  /** Its status is set by whoever takes the connection over: 101. */
  readonly recorded: RecordedRequest;
  /** Sends an answer in the place of what was wanted, and ends the connection. */
  refuse(reply: Reply): void;
  /** Ends the connection as a network does it that has failed. */
  reset(): void;
  /** Whether the request itself is to go wrong. */
  fault(): FaultRule | undefined;
  /** Records what is asked for on the connection, and tells whether that is to go wrong. */
  ask(asked: Asked): { readonly recorded: RecordedRequest; readonly fault: FaultRule | undefined };
}

/** What is asked for on a connection that isn't HTTP any more. */
export interface Asked {
  readonly service: string;
  readonly method: string;
  readonly params: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What a service says no with. Anything else that is thrown is a defect of the stand-in, and answered as one. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** The service's own word for it; `''` for the one that it has for the status. */
  readonly code: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** A body that was longer than its operation allows, and of which no more is known. */
export class BodyTooLarge extends Refusal {
  constructor(maxBytes: number) {
    super(413, '', `The body is larger than ${maxBytes} bytes`);
  }
}

export interface Service<C extends Call = Call> {
  readonly name: string;
  readonly operations: readonly Operation[];
  /** Parameters that may hold a `/` which the caller didn't encode. */
  readonly splats: ReadonlySet<string>;
  /** Schemas by canonical path. */
  readonly schemas: ReadonlyMap<string, JsonValue>;
  readonly validator: Validator;
  /** The largest body of an operation, in bytes. */
  readonly maxBodyBytes: number;
  /** By `service.name`. */
  readonly handlers: ReadonlyMap<string, Handler<C>>;
  /** Lets a call in, with what the service's handlers want to know about it; throws a {@link Refusal} if not. */
  admit(call: Call): Promise<C>;
  /** An answer that doesn't wait for the body; `undefined` when there is none, as mostly. */
  early?(head: RequestHead, operation: Operation | undefined): Reply | undefined;
  /**
   * An answer to a request that no operation serves; `undefined` when there is none. `verbs` are those with which
   * one would have been found.
   */
  elsewhere(request: ReceivedRequest, verbs: readonly string[]): Promise<Reply | undefined>;
  /** An error on the wire. `call` is absent when no operation was found. */
  refusal(error: Refusal, request: ReceivedRequest, call: Call | undefined): Reply;
  /** On each answer. */
  headers(request: RequestHead): Readonly<Record<string, string>>;
  /** Takes over a connection whose caller wants another protocol. Where it is absent, that wish is passed over. */
  upgrade?(head: RequestHead, socket: Duplex, upgrade: Upgrade): void;
  /** What `Upgrade.ask` may be told, besides the operations. */
  readonly calls?: readonly Pick<Operation, 'service' | 'name'>[];
  /** As PEM. Absent: without TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Forgets all that was put. */
  reset(): void;
  /** Moves the service's clock so many milliseconds forward. Absent where nothing depends on it. */
  advance?(milliseconds: number): void;
  /** Makes something happen that nobody could ask for, as those who have only HTTP tell it. Absent where there is nothing. */
  act?(told: JsonValue): JsonValue;
  /** Nothing will be asked any more: timers end. */
  close?(): void;
}

/** `service.name` of an operation, the key of its handler. */
export function operationKey(operation: Operation): string {
  return `${operation.service}.${operation.name}`;
}

/**
 * The body of a call, typed. The one place where data from outside gets a type: the service has validated the
 * body against the operation's schema, which is what `T` restates.
 */
export function bodyOf<T extends object>(call: Call): T {
  return call.body as T;
}

export function json(value: WireValue, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers, json: value };
}

export function text(
  value: string,
  status = 200,
  headers: Readonly<Record<string, string>> = { 'content-type': 'text/plain; charset=utf-8' },
): Reply {
  return { status, headers, data: value };
}
