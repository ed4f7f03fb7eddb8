import { type CallFacts, type CallRecord, ConnectionError } from '../errors.ts';
import type { Shape } from '../json/shape.ts';
import type { Clock } from '../time/clock.ts';
import type { RpcRequest } from './request.ts';

/** A call, which waits for its answer or has it. It is settled once; whatever comes later is nothing. */
export class PendingCall<T> {
  readonly answer: Promise<T>;
  readonly #request: RpcRequest;
  readonly #url: string;
  readonly #startedAt = Date.now();
  #durationMs: number | undefined;
  #error: string | undefined;
  readonly #resolve: (response: T) => void;
  readonly #reject: (error: unknown) => void;
  /** Ends the waits for the time and for the signal. */
  #release: (() => void) | undefined;

  constructor(request: RpcRequest, url: string) {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.answer = promise;
    this.#request = request;
    this.#url = url;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** What was asked: `Application.Deploy`. */
  get call(): string {
    return `${this.#request.facade}.${this.#request.method}`;
  }

  get shape(): Shape | undefined {
    return this.#request.shape;
  }

  /** Up to now, or to when it was settled. */
  get record(): CallRecord {
    const startedAt = this.#startedAt;
    const durationMs = this.#durationMs ?? Math.max(0, Date.now() - startedAt);
    const error = this.#error;
    const attempt = { startedAt, durationMs, requestHeaders: {}, ...(error !== undefined && { error }) };
    return { method: this.call, url: this.#url, attempts: [attempt] };
  }

  /** For an error. `why` no usable answer came, where none did. */
  facts(why?: string): CallFacts {
    this.#error = why;
    return { call: this.call, record: this.record };
  }

  /** Fails the call, after `abandon`, when its time is over or its signal says so. */
  limit(clock: Clock, abandon: () => void): void {
    const { signal, timeoutMs } = this.#request;
    if (signal === undefined && timeoutMs === undefined) return;
    const give = (error: unknown) => {
      abandon();
      this.fail(error);
    };
    const released = new AbortController();
    this.#release = () => released.abort();
    signal?.addEventListener('abort', () => give(signal.reason), { once: true, signal: released.signal });
    if (timeoutMs === undefined) return;
    const late = () => {
      const what = `no answer within ${timeoutMs} ms; it may still be carried out`;
      give(new ConnectionError('timeout', what, this.facts(what)));
    };
    clock.sleep(timeoutMs, released.signal).then(late, () => {});
  }

  /** The service is believed to answer as its schema says: the one place where its answers get a type. */
  succeed(response: unknown): void {
    if (this.#over()) this.#resolve(response as T);
  }

  fail(error: unknown): void {
    if (this.#over()) this.#reject(error);
  }

  /** Whether it may be settled: what the caller throws on being told of it fails it. */
  #over(): boolean {
    this.#durationMs = Math.max(0, Date.now() - this.#startedAt);
    this.#release?.();
    try {
      this.#request.onRecord?.(this.record);
      return true;
    } catch (error) {
      this.#reject(error);
      return false;
    }
  }
}
