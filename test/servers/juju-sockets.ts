import type { Socket } from '../../runtime/src/rpc/socket.ts';
import { SocketFailure, type SocketFailureKind } from '../../runtime/src/rpc/socket.ts';
import type { DialSocket, DialSocketOptions } from '../../runtime/src/services/juju/dial/options.ts';

/** A socket that nothing goes over, and that tells whether it was dropped. */
export class IdleSocket implements Socket {
  dropped = false;
  readonly ended: Promise<{ readonly code: number }>;
  readonly #end: (end: { readonly code: number }) => void;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<{ readonly code: number }>();
    this.ended = promise;
    this.#end = resolve;
  }

  send(): void {}
  receive(): void {}
  pause(): void {}
  resume(): void {}

  drop(): void {
    this.dropped = true;
    this.#end({ code: 1006 });
  }

  async close(): Promise<void> {
    this.#end({ code: 1000 });
  }
}

/** A WebSocket on its way. What becomes of it is up to the test. */
export class Dialling {
  readonly url: string;
  readonly options: DialSocketOptions;
  readonly promise: Promise<Socket>;
  readonly #outcome = Promise.withResolvers<Socket>();

  constructor(url: string, options: DialSocketOptions) {
    this.url = url;
    this.options = options;
    this.promise = this.#outcome.promise;
    options.signal?.addEventListener('abort', () => this.#outcome.reject(options.signal?.reason), {
      once: true,
    });
  }

  get isCalledOff(): boolean {
    return this.options.signal?.aborted === true;
  }

  succeed(): IdleSocket {
    const socket = new IdleSocket();
    this.#outcome.resolve(socket);
    return socket;
  }

  fail(kind: SocketFailureKind, code?: string): void {
    this.#outcome.reject(new SocketFailure(kind, `${kind} of ${this.options.ipAddress}`, code));
  }
}

/** Everything that was dialled, in order, without a network. */
export class Diallings {
  readonly all: Dialling[] = [];
  #news = Promise.withResolvers<void>();

  readonly openSocket: DialSocket = (url, options) => {
    const dialling = new Dialling(url, options);
    this.all.push(dialling);
    this.#news.resolve();
    this.#news = Promise.withResolvers();
    return dialling.promise;
  };

  get ipAddresses(): readonly string[] {
    return this.all.map(({ options }) => options.ipAddress);
  }

  /** The one at that place in the order, as soon as there is one. */
  async at(index: number): Promise<Dialling> {
    for (;;) {
      const dialling = this.all[index];
      if (dialling !== undefined) return dialling;
      await this.#news.promise;
    }
  }
}

/** Everything that can go on without time passing has gone on. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
