import { type CallFacts, ConnectionError, ProtocolError } from '../errors.ts';
import { type Clock, clock as realClock } from '../time/clock.ts';
import { PendingCall } from './pending-call.ts';
import { readReply, UnreadableReply, type WireReply } from './reply.ts';
import { type RpcRequest, requestText } from './request.ts';
import { rpcErrorOf } from './rpc-error.ts';
import type { Socket, SocketEnd } from './socket.ts';
import { isTraced, traceCall } from './trace.ts';

export type { RpcRequest } from './request.ts';

export interface RpcConnectionOptions {
  /** Where it leads, for errors and records. */
  readonly url: string;
  readonly clock?: Clock | undefined;
}

/** Calls over one WebSocket: any number at a time, answered in any order. */
export class RpcConnection implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #url: string;
  readonly #clock: Clock;
  readonly #pending = new Map<number, Pending>();
  readonly #broken = new AbortController();
  #lastId = 0;
  #closing = false;
  #failure: ConnectionError | ProtocolError | undefined;

  constructor(socket: Socket, { url, clock = realClock }: RpcConnectionOptions) {
    this.#socket = socket;
    this.#url = url;
    this.#clock = clock;
    socket.receive((text) => this.#take(text));
    void socket.ended.then((end) => this.#gone(end));
  }

  /** Aborted once, however the connection ends. The reason is {@link failure}, or nothing of interest after `close()`. */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  /** Why it ended; `undefined` while it is open, and when `close()` ended it. */
  get failure(): ConnectionError | ProtocolError | undefined {
    return this.#failure;
  }

  /** Where it leads. */
  get url(): string {
    return this.#url;
  }

  /**
   * Calls a method, at once.
   *
   * @throws RpcError when the service says no
   * @throws ConnectionError when the connection ends or the time is over before an answer comes
   * @throws ProtocolError when what comes is no answer
   * @throws TypeError when the parameters can't be sent as JSON, or `timeoutMs` is no time
   */
  call<T>(request: RpcRequest): Promise<T> {
    return this.begin<T>(request).answer;
  }

  /** As `call`, for who also wants to know of the call itself. */
  begin<T>(request: RpcRequest): PendingCall<T> {
    const pending = new PendingCall<T>(request, this.#url);
    if (isTraced()) traceCall(pending, this.#url, () => this.#begin(request, pending));
    else this.#begin(request, pending);
    return pending;
  }

  /**
   * Closes the connection. Calls that wait for an answer fail at once; it resolves when the peer has closed as well,
   * or after 10 s.
   */
  async close(): Promise<void> {
    if (!this.#closing) {
      this.#closing = true;
      const why = 'the connection was closed before an answer came';
      this.#end((facts) => new ConnectionError('reset', why, facts), why);
    }
    await this.#socket.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Ends the connection as if the peer had: pending calls fail with `what`. For whoever finds that the peer is silent. */
  break(what: string): void {
    this.#end((facts) => new ConnectionError('timeout', what, facts), what);
    this.#socket.drop();
  }

  #begin(request: RpcRequest, pending: Pending): void {
    const { signal, timeoutMs = 1 } = request;
    if (!(timeoutMs > 0)) {
      pending.fail(new TypeError(`timeoutMs must be a number of milliseconds above 0, not ${timeoutMs}`));
    } else if (signal?.aborted === true) {
      pending.fail(signal.reason);
    } else if (this.broken.aborted) {
      pending.fail(this.#ended(pending));
    } else {
      this.#send(request, pending);
    }
  }

  #send(request: RpcRequest, pending: Pending): void {
    const id = this.#lastId + 1;
    let text: string;
    try {
      text = requestText(id, request);
    } catch (error) {
      pending.fail(error);
      return;
    }
    this.#lastId = id;
    this.#pending.set(id, pending);
    pending.limit(this.#clock, () => this.#pending.delete(id));
    this.#socket.send(text);
  }

  #take(text: string): void {
    if (this.broken.aborted) return;
    let reply: WireReply;
    try {
      reply = readReply(text, (id) => this.#pending.get(id)?.shape);
    } catch (error) {
      this.#unreadable(error);
      return;
    }
    const pending = this.#settled(reply.id);
    if (pending === undefined) return;
    if (reply.error === undefined) pending.succeed(reply.response);
    else pending.fail(rpcErrorOf(reply.error, pending.call, pending.record));
  }

  /** The call that has its answer now, if anyone still waits for it: it may have been given up, or have an answer already. */
  #settled(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (id < 1 || id > this.#lastId) this.#nonsense(`an answer to request ${id}, which was never made`);
    return pending;
  }

  /** Where the answer of one call isn't what was promised, others may still be. */
  #unreadable(error: unknown): void {
    const what = error instanceof UnreadableReply ? error.message : "a message that can't be read";
    const id = error instanceof UnreadableReply ? error.id : undefined;
    if (id === undefined) {
      this.#nonsense(what);
      return;
    }
    const pending = this.#settled(id);
    pending?.fail(new ProtocolError(what, pending.facts(what)));
  }

  /** After a message that makes no sense, none that follows can be trusted. */
  #nonsense(what: string): void {
    const why = `${what}; the connection was closed`;
    this.#end((facts) => new ProtocolError(why, facts), why);
    void this.#socket.close();
  }

  #gone({ code, reason, error }: SocketEnd): void {
    const said = reason === undefined || reason === '' ? '' : `, ${JSON.stringify(reason)}`;
    const why = error?.message ?? `the peer closed the connection (${code ?? 1006}${said})`;
    const unreadable = error?.kind === 'protocol';
    this.#end(
      (facts) => (unreadable ? new ProtocolError(why, facts) : new ConnectionError('reset', why, facts)),
      why,
    );
  }

  /** Fails all that waits for an answer, and all that is asked from now on. */
  #end(errorOf: (facts: CallFacts) => ConnectionError | ProtocolError, why: string): void {
    if (this.broken.aborted) return;
    if (!this.#closing) {
      const record = { method: 'GET', url: this.#url, attempts: [] };
      this.#failure = errorOf({ call: `WebSocket ${this.#url}`, record });
    }
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    this.#broken.abort(this.#failure);
    for (const each of pending) each.fail(errorOf(each.facts(why)));
  }

  #ended(pending: Pending): ConnectionError {
    const what = `the connection ${this.#failure === undefined ? 'is closed' : 'was lost'}; open another one`;
    return new ConnectionError('reset', what, pending.facts(what));
  }
}

/** A call of whatever type its answer is. */
type Pending = Pick<
  PendingCall<unknown>,
  'call' | 'facts' | 'fail' | 'limit' | 'record' | 'shape' | 'succeed'
>;
