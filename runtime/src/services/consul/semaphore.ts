import { cursorOf } from '../../http/watch/cursor.ts';
import { type Contender, contending, type HoldOptions, lookOf, type Tools } from './contend.ts';
import { Hold, type Won } from './hold.ts';
import { LockConflictError } from './lost.ts';
import { type Outcome, persist } from './persist.ts';
import { readSlots, type Slots, slotsFlags, withHolder, withoutHolder } from './slots.ts';
import type { ConsulWire, Look, Seen } from './wire.ts';

/** How long to wait when our own key can't be had: the delay after a session was lost. In milliseconds. */
const delayedMs = 5000;

export interface SemaphoreOptions extends HoldOptions {
  /** How many may hold it at once: the same number for all. */
  readonly limit: number;
  /** What the key of this contender holds, for others to read. Default nothing. */
  readonly value?: string | Uint8Array | undefined;
}

/** One of the slots of a semaphore, held. */
export interface SemaphoreSlot extends AsyncDisposable {
  readonly prefix: string;
  readonly limit: number;
  /** The ID of the session that holds it. */
  readonly session: string;
  /** Aborted when the slot is lost, with a `LockLostError`: stop whatever it guards. Not when it is released. */
  readonly signal: AbortSignal;
  /** Whether it is held, as far as is known here. */
  readonly isHeld: boolean;
  /**
   * Gives the slot back. Does nothing when it is lost, or released already.
   *
   * @throws ServiceError when no answer comes within a few seconds: its session is ended then, or ends by itself
   */
  release(): Promise<void>;
  /**
   * Gives the slot back, if it is held, and removes what the semaphore keeps.
   *
   * @throws LockConflictError when others hold slots
   */
  destroy(): Promise<void>;
}

/** `undefined` when no slot is held within `options.withinMs`. */
export async function acquireSlot(
  tools: Tools,
  prefix: string,
  options: SemaphoreOptions,
): Promise<HeldSlot | undefined> {
  const folder = folderOf(prefix);
  const { limit } = options;
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new TypeError(`limit must be an integer of at least 1, not ${limit}`);
  }
  return await contending(
    tools,
    { ...options, name: `Semaphore ${folder}`, behavior: 'delete' },
    async (contender) => {
      const contest = new Contest(tools.wire, folder, options, contender);
      const won = await contest.win(tools);
      return won ? new HeldSlot(tools, contest) : undefined;
    },
  );
}

/** One session's wish for a slot. */
class Contest implements Won {
  readonly #wire: ConsulWire;
  readonly #cursor = cursorOf('index', undefined);
  readonly #value: string | Uint8Array;
  readonly contender: Contender;
  readonly prefix: string;
  readonly limit: number;
  #entered = false;

  constructor(
    wire: ConsulWire,
    prefix: string,
    { limit, value = '' }: SemaphoreOptions,
    contender: Contender,
  ) {
    this.#wire = wire;
    this.#value = value;
    this.contender = contender;
    this.prefix = prefix;
    this.limit = limit;
  }

  async win({ clock }: Tools): Promise<true | undefined> {
    let won: true | undefined;
    try {
      won = await persist(clock, this.contender.signal, this.contender, (...at) => this.#go(...at));
      return won;
    } finally {
      // A session of our own ends, and all that with it.
      if (won === undefined && this.contender.keeper === undefined) await this.release().catch(() => {});
    }
  }

  async #go(leftMs: number, anew: boolean): Promise<Outcome<true>> {
    const { session, signal } = this.contender;
    if (anew) this.#cursor.reset();
    const look = lookOf(this.contender, this.#cursor, leftMs);
    if (!(await this.#enter(signal))) return { againInMs: delayedMs };
    const { slots, meta } = await this.#slots(look);
    this.#checkLimit(slots);
    if (slots.holders.has(session)) return { held: true };
    this.#cursor.advance(meta);
    if (slots.holders.size >= this.limit) return 'wait';
    const content = withHolder(slots, session, this.limit);
    const won = await this.#wire.replace(slots.key, slots.modifyIndex, content, signal);
    return won ? { held: true } : 'again';
  }

  /** Makes the key that shows that this session is alive. Once: each time would wake all others that wait. */
  async #enter(signal: AbortSignal): Promise<boolean> {
    const { session } = this.contender;
    const content = { value: this.#value, flags: slotsFlags };
    this.#entered ||= await this.#wire.acquire(`${this.prefix}/${session}`, session, content, signal);
    return this.#entered;
  }

  async look(look: Look): Promise<Seen<boolean>> {
    const { slots, meta } = await this.#slots(look);
    return { value: slots.holders.has(this.contender.session), meta };
  }

  async release(): Promise<void> {
    const { session } = this.contender;
    const wire = this.#wire.brief;
    for (;;) {
      const { slots } = await this.#slots({ consistent: true }, wire);
      if (!slots.holders.has(session)) break;
      if (await wire.replace(slots.key, slots.modifyIndex, withoutHolder(slots, session))) break;
    }
    await wire.remove(`${this.prefix}/${session}`);
  }

  async remove(): Promise<void> {
    const { slots } = await this.#slots({ consistent: true });
    if (slots.modifyIndex === 0n) return;
    if (slots.holders.size === 0 && (await this.#wire.remove(slots.key, slots.modifyIndex))) return;
    throw new LockConflictError(this.prefix, 'is not removed: others hold slots of it');
  }

  async #slots(look: Look, wire = this.#wire) {
    const { value, meta } = await wire.list(`${this.prefix}/`, look);
    return { slots: readSlots(this.prefix, value), meta };
  }

  #checkLimit({ limit }: Slots): void {
    if (limit === undefined || limit === this.limit) return;
    throw new LockConflictError(
      this.prefix,
      `is a semaphore with a limit of ${limit}, not of ${this.limit}: all who use it must agree`,
    );
  }
}

class HeldSlot extends Hold implements SemaphoreSlot {
  readonly prefix: string;
  readonly limit: number;

  constructor({ clock }: Tools, contest: Contest) {
    super(contest.prefix, contest, clock);
    this.prefix = contest.prefix;
    this.limit = contest.limit;
  }
}

function folderOf(prefix: string): string {
  const folder = typeof prefix === 'string' ? prefix.replace(/\/$/, '') : '';
  if (folder !== '' && !folder.startsWith('/')) return folder;
  throw new TypeError(
    `the prefix of a semaphore must be a text that doesn't begin with a slash, not ${JSON.stringify(prefix)}`,
  );
}
