import type { Auth } from '../auth/auth.ts';
import {
  type Attempt,
  type CallFacts,
  type CallRecord,
  ConnectionError,
  categoryOf,
  ProtocolError,
  ResponseError,
  type ServiceError,
} from '../errors.ts';
import { masked, secretsIn } from '../mask.ts';
import type { ResolvedRetry } from '../options.ts';
import { sleep, within } from '../time/limit.ts';
import { collect, iterable, textOf } from './bytes.ts';
import { type AttemptTrace, attempts, type CallTrace, calls } from './diagnostics.ts';
import type { ErrorFacts, ReadError } from './error-facts.ts';
import { errorOfFailure } from './failure-error.ts';
import { type Headers, lowerCase } from './headers.ts';
import { shownHeaders } from './mask.ts';
import { essenceOf } from './media-type.ts';
import { backOffMs, mayRepeatAnswer, mayRepeatFailure, retryAfterMs } from './retry.ts';
import { type Body, WatchedStream } from './sendable.ts';
import {
  type Transport,
  TransportFailure,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts';

/** One call of a service, with every option resolved. */
interface Call {
  /** For diagnostics: `queue`. */
  readonly service: string;
  /** What is asked, where method and URL don't say it. */
  readonly asked?: string | undefined;
  /** Upper case. */
  readonly method: string;
  /** Absolute and encoded; a function is asked once an attempt. */
  readonly url: string | (() => string | Promise<string>);
  /** As people may see it. Asked for only when something is shown. */
  readonly shown: () => { readonly call: string; readonly url: string };
  /** The secrets of the URL, which the service may repeat. */
  readonly secrets: () => readonly string[];
  /** Names in lower case. */
  readonly headers: Record<string, string>;
  readonly body: Body | undefined;
  /** May be repeated after any failure that can pass. */
  readonly safe: boolean;
  readonly transport: Transport;
  readonly auth: Auth | undefined;
  readonly isSuccess: (status: number, headers: Headers) => boolean;
  readonly readError: ReadError;
  readonly attemptTimeoutMs: number;
  /** Between two pieces of a stream; absent: as an attempt. */
  readonly idleTimeoutMs?: number | undefined;
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
  readonly retry: ResolvedRetry;
  readonly signal: AbortSignal | undefined;
  readonly onRecord: ((record: CallRecord) => void) | undefined;
}

/** Makes what the caller wants of an answer that is a success. A part of the attempt: what it throws fails that. */
export type Reader<T> = WholeReader<T> | StreamReader<T>;

/** Reads an answer of which all has come. */
export interface WholeReader<T> {
  readonly stream: false;
  /** Whether an answer with these headers is one that it reads, where a proxy may say something else with the same status. */
  readonly reads?: (headers: Headers) => boolean;
  read(answer: Answer<Uint8Array>, context: ReadContext): T;
}

/** Reads an answer as it comes. */
export interface StreamReader<T> {
  readonly stream: true;
  readonly reads?: undefined;
  read(answer: Answer<AsyncIterable<Uint8Array>>, context: ReadContext): T | Promise<T>;
}

export interface Answer<B> {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Headers;
  readonly body: B;
}

export interface ReadContext {
  /** The error that says that the answer makes no sense. */
  nonsense(what: string): ProtocolError;
  /** What a failure of the transport is to the caller; anything else as it is. */
  explain(error: unknown): unknown;
  /** What happened so far. */
  record(): CallRecord;
}

/** Makes a call: signs, sends, and sends again as long as that is allowed and may help. */
export function perform<T>(call: Call, reader: Reader<T>): Promise<T> {
  const run = new Run(call, reader);
  return calls.hasSubscribers ? traced(call, run) : run.perform();
}

function traced<T>(call: Call, run: Run<T>): Promise<T> {
  const { service, method } = call;
  const shown = shownHeaders(call.headers);
  const trace: CallTrace = { service, method, url: call.shown().url, headers: { ...shown } };
  const perform = async (keep: (value: T) => void) => {
    try {
      const own = Object.entries(trace.headers).filter(([name, value]) => value !== shown[name]);
      Object.assign(call.headers, lowerCase(Object.fromEntries(own)));
      keep(await run.perform());
    } finally {
      trace.record = run.record();
    }
  };
  return untraced((keep) => calls.tracePromise(() => perform(keep), trace));
}

/** What is traced resolves to nothing: an answer may hold secrets, and would be published. */
function untraced<T>(trace: (keep: (value: T) => void) => Promise<void>): Promise<T> {
  return new Promise((resolve, reject) => {
    let settle: () => void = reject;
    const keep = (value: T) => {
      settle = () => resolve(value);
    };
    trace(keep).then(() => settle(), reject);
  });
}

/** One attempt, as it is remembered until someone asks. */
interface Tried {
  readonly startedAt: number;
  readonly began: number;
  readonly headers: Headers;
  readonly signed: Headers;
  readonly delayMs: number | undefined;
  durationMs: number | undefined;
  /** Without its body: whoever holds an answer holds this. */
  response: Pick<TransportResponse, 'status' | 'headers'> | undefined;
  error: string | undefined;
}

/** Why an attempt gave nothing that the caller can use, but another one might. */
type Setback = TransportFailure | Refused;

/** An answer that isn't a success. */
class Refused {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  readonly signed: Headers;
  readonly receivedAt = Date.now();

  constructor(response: TransportResponse, bytes: Uint8Array, signed: Headers) {
    this.status = response.status;
    this.headers = response.headers;
    this.body = parsed(textOf(bytes), response.headers['content-type'] ?? '');
    this.signed = signed;
  }
}

/** JSON by whatever name it comes; a plain text such as `404` stays one. */
function parsed(text: string, type: string): unknown {
  if (text === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return essenceOf(type) === 'text/plain' && !/^\s*[[{]/.test(text) ? text : value;
  } catch {
    return text;
  }
}

class Run<T> implements ReadContext {
  readonly #call: Call;
  readonly #reader: Reader<T>;
  readonly #deadline: number;
  readonly #tried: Tried[] = [];
  #retries = 0;
  #delayMs: number | undefined;
  #renewed = false;
  #resent = false;

  constructor(call: Call, reader: Reader<T>) {
    this.#call = call;
    this.#reader = reader;
    this.#deadline = performance.now() + call.timeoutMs;
  }

  async perform(): Promise<T> {
    const { signal, onRecord } = this.#call;
    try {
      signal?.throwIfAborted();
      for (;;) {
        const outcome = await this.#attempt();
        if (!(outcome instanceof TransportFailure || outcome instanceof Refused)) return outcome.value;
        const waitMs = await this.#waitAfter(outcome);
        if (waitMs === undefined) throw this.#errorOf(outcome);
        if (waitMs > 0) await sleep(waitMs, signal);
        this.#delayMs = waitMs;
      }
    } finally {
      onRecord?.(this.record());
    }
  }

  async #attempt(): Promise<{ readonly value: T } | Setback> {
    const call = this.#call;
    const { method, body, signal } = call;
    const url = typeof call.url === 'string' ? call.url : await this.#inTime(call.url());
    const opened = body?.open();
    const content = opened === undefined || isWhole(opened) ? opened : new WatchedStream(opened);
    const signed = call.auth === undefined ? {} : await this.#sign(call.auth, url);
    const headers = withProof(call.headers, signed);
    const tried: Tried = {
      startedAt: Date.now(),
      began: performance.now(),
      headers,
      signed,
      delayMs: this.#delayMs,
      durationMs: undefined,
      response: undefined,
      error: undefined,
    };
    this.#tried.push(tried);
    try {
      const response = await this.#send({
        method,
        url,
        headers,
        body: content,
        timeoutMs: Math.max(1, Math.min(call.attemptTimeoutMs, this.#remaining())),
        ...(call.idleTimeoutMs !== undefined && { idleTimeoutMs: call.idleTimeoutMs }),
        signal,
        maxBytes: call.maxResponseBytes,
        stream: this.#reader.stream,
      });
      tried.response = { status: response.status, headers: response.headers };
      if (call.isSuccess(response.status, response.headers)) return { value: await this.#value(response) };
      return new Refused(response, await wholeOf(response, call.maxResponseBytes), signed);
    } catch (error) {
      if (content instanceof WatchedStream && content.thrown !== undefined) throw content.thrown.error;
      tried.error ??= sentenceOf(error);
      if (error instanceof TransportFailure) return error;
      throw error;
    } finally {
      tried.durationMs = performance.now() - tried.began;
    }
  }

  #value(response: TransportResponse): T | Promise<T> {
    const { status, headers, body } = response;
    if (this.#reader.stream) return this.#reader.read({ status, headers, body: iterable(body) }, this);
    const { read } = this.#reader;
    if (body instanceof Uint8Array) return read({ status, headers, body }, this);
    return collect(body, this.#call.maxResponseBytes).then((whole) =>
      read({ status, headers, body: whole }, this),
    );
  }

  #sign(auth: Auth, url: string): Headers | Promise<Headers> {
    const { method, body, headers } = this.#call;
    const signed = auth.sign({
      method,
      url,
      ...(body?.whole !== undefined && { body: body.whole }),
      ...(headers['content-type'] !== undefined && { contentType: headers['content-type'] }),
    });
    return signed instanceof Promise ? this.#inTime(signed) : signed;
  }

  #send(request: TransportRequest): Promise<TransportResponse> {
    const { transport, service, method } = this.#call;
    if (!attempts.hasSubscribers) return transport(request);
    const trace: AttemptTrace = { service, method, url: this.#call.shown().url, number: this.#tried.length };
    return untraced((keep) => {
      const send = () =>
        transport(request).then((response) => {
          trace.status = response.status;
          keep(response);
        });
      return attempts.tracePromise(send, trace);
    });
  }

  /** How long to wait before the next attempt, in milliseconds; `undefined`: there is none. */
  async #waitAfter(setback: Setback): Promise<number | undefined> {
    const { body, retry, safe, auth, signal } = this.#call;
    if (body !== undefined && !body.repeatable) return undefined;
    if (setback instanceof TransportFailure) {
      if (setback.stale && !this.#resent) {
        this.#resent = true;
        return 0;
      }
      if (setback.kind === 'timeout' && this.#isOver()) return undefined;
      return mayRepeatFailure(setback, safe) ? this.#backOff(0, retry) : undefined;
    }
    if (setback.status === 401 && auth?.renew !== undefined && !this.#renewed) {
      this.#renewed = true;
      return (await this.#inTime(auth.renew(setback, signal))) ? 0 : undefined;
    }
    const { status, headers } = setback;
    if (!mayRepeatAnswer(status, headers, safe) || this.#read(setback).lasting) return undefined;
    return this.#backOff(retryAfterMs(headers, Date.now()) ?? 0, retry);
  }

  #backOff(leastMs: number, retry: ResolvedRetry): number | undefined {
    if (this.#retries >= retry.retries) return undefined;
    const waitMs = Math.max(leastMs, backOffMs(retry, this.#retries));
    this.#retries += 1;
    // What the last attempt gave says more than a deadline that passes in a wait.
    return waitMs < this.#remaining() ? waitMs : undefined;
  }

  /** The call's time is over: a timeout of an attempt was one of the call. Timers may fire a millisecond early. */
  #isOver(): boolean {
    return this.#remaining() <= 1;
  }

  #remaining(): number {
    return this.#deadline - performance.now();
  }

  /** Credentials and the like, which come from functions that know nothing of this call's deadline. */
  #inTime<V>(value: V | Promise<V>): V | Promise<V> {
    if (!(value instanceof Promise)) return value;
    return within(value, Math.max(1, this.#remaining()), this.#call.signal, () => this.#late());
  }

  #late(): ConnectionError {
    return new ConnectionError('timeout', `no answer within ${this.#call.timeoutMs} ms`, this.#facts());
  }

  nonsense(what: string): ProtocolError {
    const hidden = this.#hide(what);
    const last = this.#tried.at(-1);
    if (last !== undefined) last.error = hidden;
    return new ProtocolError(hidden, this.#facts());
  }

  explain(error: unknown): unknown {
    return error instanceof TransportFailure ? this.#errorOf(error) : error;
  }

  #errorOf(setback: Setback): ServiceError {
    if (setback instanceof Refused) {
      const { status, headers, body } = setback;
      const facts = this.#read(setback);
      const category = facts.category ?? categoryOf(status);
      const message = this.#hide(facts.message);
      return new ResponseError({ ...facts, message, status, headers, body, category }, this.#facts());
    }
    if (setback.kind === 'timeout' && this.#isOver()) return this.#late();
    const times = this.#tried.length === 1 ? '' : `, after ${this.#tried.length} attempts`;
    return errorOfFailure(setback, this.#facts(setback), `${setback.message}${times}`);
  }

  #read({ status, headers, body }: Refused): ErrorFacts {
    const { readError, shown } = this.#call;
    return readError(status, headers, body, shown().call);
  }

  #hide(text: string): string {
    const last = this.#tried.at(-1);
    const sent = last === undefined ? [] : secretsIn(last.headers, last.signed);
    return masked(text, [...this.#call.secrets(), ...sent]);
  }

  #facts(cause?: TransportFailure): CallFacts {
    return { call: this.#call.shown().call, record: this.record(), cause };
  }

  record(): CallRecord {
    const { method, shown, asked } = this.#call;
    const attempts = this.#tried.map(attemptOf);
    return { method, url: shown().url, ...(asked !== undefined && { call: asked }), attempts };
  }
}

/** A proof replaces what was there, but for cookies, of which there may be several. */
function withProof(headers: Headers, proof: Headers): Headers {
  const both = { ...headers, ...proof };
  const { cookie } = headers;
  if (cookie !== undefined && proof['cookie'] !== undefined) both['cookie'] = `${cookie}; ${proof['cookie']}`;
  return both;
}

function attemptOf(tried: Tried): Attempt {
  const { startedAt, began, response, error, delayMs } = tried;
  return {
    startedAt,
    durationMs: tried.durationMs ?? performance.now() - began,
    ...(response !== undefined && { status: response.status }),
    ...(error !== undefined && { error }),
    ...(delayMs !== undefined && { delayMs }),
    requestHeaders: shownHeaders(tried.headers, tried.signed),
    ...(response !== undefined && { responseHeaders: shownHeaders(response.headers) }),
  };
}

function isWhole(body: NonNullable<TransportRequest['body']>): body is string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array;
}

async function wholeOf({ body }: TransportResponse, maxBytes: number): Promise<Uint8Array> {
  return body instanceof Uint8Array ? body : await collect(body, maxBytes);
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
