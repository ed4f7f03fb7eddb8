import type { Socket, SocketEnd } from '../../../rpc/socket.ts';

/** How many characters may wait for someone to take them. */
const most = 1024 * 1024;

/** Below this, more is taken from the connection again. */
const few = most / 2;

/**
 * The messages of a socket, taken one at a time. While more wait than anyone takes, nothing is read from the connection, so
 * that the controller waits, too.
 */
export class Inbox {
  readonly #socket: Socket;
  readonly #signal: AbortSignal | undefined;
  readonly #waiting: string[] = [];
  #characters = 0;
  #paused = false;
  #end: SocketEnd | undefined;
  #wake: (() => void) | undefined;
  readonly #onAbort = () => {
    this.#socket.drop();
    this.#wake?.();
  };

  /** An abort ends the socket at once. */
  constructor(socket: Socket, signal: AbortSignal | undefined) {
    this.#socket = socket;
    this.#signal = signal;
    socket.receive((text) => this.#take(text));
    void socket.ended.then((end) => {
      this.#end ??= end;
      signal?.removeEventListener('abort', this.#onAbort);
      this.#wake?.();
    });
    if (signal?.aborted) socket.drop();
    else signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /**
   * The next message, or how the socket ended.
   *
   * @throws the signal's reason once it is aborted
   */
  async next(): Promise<string | SocketEnd> {
    for (;;) {
      this.#signal?.throwIfAborted();
      const text = this.#waiting.shift();
      if (text !== undefined) {
        this.#taken(text);
        return text;
      }
      if (this.#end !== undefined) return this.#end;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }

  /** Nobody wants more: whoever waits is told that it ended. */
  leave(): void {
    this.#end ??= { isOurs: true };
    this.#wake?.();
  }

  /** Puts back what was taken. */
  unread(text: string): void {
    this.#waiting.unshift(text);
    this.#characters += text.length;
  }

  #take(text: string): void {
    this.#waiting.push(text);
    this.#characters += text.length;
    if (this.#characters > most && !this.#paused) {
      this.#paused = true;
      this.#socket.pause();
    }
    this.#wake?.();
  }

  #taken(text: string): void {
    this.#characters -= text.length;
    if (this.#paused && this.#characters < few) {
      this.#paused = false;
      this.#socket.resume();
    }
  }
}
