import { cursorOf } from '../../http/watch/cursor.ts';
import { type Contender, contending, type HoldOptions, lookOf, type Tools } from './contend.ts';
import { Hold, type Won } from './hold.ts';
import { LockConflictError } from './lost.ts';
import { type Outcome, persist } from './persist.ts';
import type { ConsulWire, Content, Entry, Look, Seen } from './wire.ts';

/** What all clients mark the keys of locks with. */
const lockFlags = 0x2ddccbc058a50c18n;

/** How long to wait when nobody holds it and nobody may: the delay after a session was lost. In milliseconds. */
const delayedMs = 5000;

export interface LockOptions extends HoldOptions {
  /** What the key holds while it is locked, for others to read: who has it, as a rule. Default nothing. */
  readonly value?: string | Uint8Array | undefined;
}

/** A lock that is held. */
export interface Lock extends AsyncDisposable {
  readonly key: string;
  /** The ID of the session that holds it. */
  readonly session: string;
  /** Aborted when the lock is lost, with a `LockLostError`: stop whatever it guards. Not when it is released. */
  readonly signal: AbortSignal;
  /** Whether it is held, as far as is known here. */
  readonly isHeld: boolean;
  /**
   * How often this lock was acquired, ever. Larger for each later holder: a store that refuses smaller ones than it has seen
   * is safe from holders that don't know yet that they lost it.
   */
  readonly lockIndex: bigint;
  /** The version of the key when it was acquired. */
  readonly modifyIndex: bigint;
  /**
   * Gives the lock back. Does nothing when it is lost, or released already.
   *
   * @throws ServiceError when no answer comes within 5 seconds: its session is ended then, or ends by itself
   */
  release(): Promise<void>;
  /**
   * Gives the lock back, if it is held, and removes its key.
   *
   * @throws LockConflictError when somebody else has it by then
   */
  destroy(): Promise<void>;
}

/** `undefined` when it isn't held within `options.withinMs`. */
export async function acquireLock(
  tools: Tools,
  key: string,
  options: LockOptions,
): Promise<HeldLock | undefined> {
  checkKey(key);
  return await contending(
    tools,
    { ...options, name: `Lock ${key}`, behavior: 'release' },
    async (contender) => {
      const contest = new Contest(tools.wire, key, options.value ?? '', contender);
      const entry = await contest.win(tools);
      return entry && new HeldLock(tools, contest, entry);
    },
  );
}

/** One session's wish for one lock. */
class Contest implements Won {
  readonly #wire: ConsulWire;
  readonly #cursor = cursorOf('index', undefined);
  readonly #content: Content;
  readonly contender: Contender;
  readonly key: string;
  #tried = false;

  constructor(wire: ConsulWire, key: string, value: string | Uint8Array, contender: Contender) {
    this.#wire = wire;
    this.#content = { value, flags: lockFlags };
    this.contender = contender;
    this.key = key;
  }

  /** The entry once it is locked by this session. */
  async win({ clock }: Tools): Promise<Entry | undefined> {
    let won: Entry | undefined;
    try {
      won = await persist(clock, this.contender.signal, this.contender, (...at) => this.#go(...at));
      return won;
    } finally {
      // An acquisition of which no answer came may have been done. A session of our own ends, and that with it.
      const ended = this.contender.keeper !== undefined;
      if (won === undefined && this.#tried && !ended) await this.release().catch(() => {});
    }
  }

  async #go(leftMs: number, anew: boolean): Promise<Outcome<Entry>> {
    const { session, signal } = this.contender;
    if (anew) this.#cursor.reset();
    const look = lookOf(this.contender, this.#cursor, leftMs);
    const fresh = { consistent: true, signal };
    const { value, meta } = await this.#wire.read(this.key, look);
    if (value !== undefined) checkFlags(value);
    if (value?.Session !== undefined && value.Session !== session) {
      this.#cursor.advance(meta);
      return 'wait';
    }
    if (value?.Session === undefined && !(await this.#acquire(signal))) {
      const now = await this.#wire.read(this.key, fresh);
      if (now.value?.Session === undefined) return { againInMs: delayedMs };
      this.#cursor.advance(now.meta);
      return 'wait';
    }
    const now = await this.#wire.read(this.key, fresh);
    return now.value?.Session === session ? { held: now.value } : 'again';
  }

  #acquire(signal: AbortSignal): Promise<boolean> {
    this.#tried = true;
    return this.#wire.acquire(this.key, this.contender.session, this.#content, signal);
  }

  async look(look: Look): Promise<Seen<boolean>> {
    const { value, meta } = await this.#wire.read(this.key, look);
    return { value: value?.Session === this.contender.session, meta };
  }

  async release(): Promise<void> {
    await this.#wire.brief.release(this.key, this.contender.session, this.#content);
  }

  async remove(): Promise<void> {
    const { value } = await this.#wire.read(this.key, { consistent: true });
    if (value === undefined) return;
    checkFlags(value);
    if (value.Session === undefined && (await this.#wire.remove(this.key, value.ModifyIndex))) return;
    throw new LockConflictError(this.key, 'is not removed: somebody else has locked it by now');
  }
}

class HeldLock extends Hold implements Lock {
  readonly key: string;
  readonly lockIndex: bigint;
  readonly modifyIndex: bigint;

  constructor({ clock }: Tools, contest: Contest, entry: Entry) {
    super(contest.key, contest, clock);
    this.key = contest.key;
    this.lockIndex = entry.LockIndex;
    this.modifyIndex = entry.ModifyIndex;
  }
}

function checkFlags({ Key, Flags }: Entry): void {
  if (Flags === lockFlags) return;
  throw new LockConflictError(Key, `is no lock: its flags are ${Flags}, and those of a lock ${lockFlags}`);
}

function checkKey(key: string): void {
  if (typeof key === 'string' && key !== '' && !key.startsWith('/')) return;
  throw new TypeError(
    `the key of a lock must be a text that doesn't begin with a slash, not ${JSON.stringify(key)}`,
  );
}
