import type { SaltEvent } from './event.ts';
import type { ListenNotice, SaltListener } from './listener.ts';

/** Who is told what happens. */
export interface Member {
  event(event: SaltEvent): void;
  /** The stream was lost and is there again: something may have been missed. */
  gap(): void;
  /** There will be no more events. */
  failed(error: unknown): void;
}

/**
 * One stream of events for all jobs of a session, open as long as one of them is followed: a stream takes one of the
 * server's few threads.
 */
export class EventFeed {
  readonly #listen: (onNotice: (notice: ListenNotice) => void) => SaltListener<SaltEvent>;
  readonly #members = new Set<Member>();
  #listener: SaltListener<SaltEvent> | undefined;

  constructor(listen: (onNotice: (notice: ListenNotice) => void) => SaltListener<SaltEvent>) {
    this.#listen = listen;
  }

  /** Resolves when the stream is open; gives what ends it for this member. */
  async join(member: Member): Promise<() => void> {
    this.#members.add(member);
    const leave = () => {
      this.#members.delete(member);
      if (this.#members.size === 0) void this.close();
    };
    this.#listener ??= this.#begin();
    try {
      await this.#listener.ready();
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }

  async close(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    await listener?.close();
  }

  #begin(): SaltListener<SaltEvent> {
    const listener = this.#listen((notice) => {
      if (notice.kind === 'connected' && notice.gap) for (const member of this.#members) member.gap();
    });
    void this.#pass(listener);
    return listener;
  }

  async #pass(listener: SaltListener<SaltEvent>): Promise<void> {
    try {
      for await (const event of listener) for (const member of this.#members) member.event(event);
      if (this.#listener === listener) this.#fail(new Error('the stream of events was closed'));
    } catch (error) {
      if (this.#listener === listener) this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#listener = undefined;
    const members = [...this.#members];
    this.#members.clear();
    for (const member of members) member.failed(error);
  }
}

/** Keeps what comes while nobody knows yet what to look for, then hands it on. */
export class Waiting implements Member {
  #kept: ((member: Member) => void)[] = [];
  #member: Member | undefined;

  event(event: SaltEvent): void {
    this.#tell((member) => member.event(event));
  }

  gap(): void {
    this.#tell((member) => member.gap());
  }

  failed(error: unknown): void {
    this.#tell((member) => member.failed(error));
  }

  hand(member: Member): void {
    this.#member = member;
    const kept = this.#kept;
    this.#kept = [];
    for (const tell of kept) tell(member);
  }

  #tell(tell: (member: Member) => void): void {
    if (this.#member === undefined) this.#kept.push(tell);
    else tell(this.#member);
  }
}
