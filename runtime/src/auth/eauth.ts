import type { Auth, Refusal } from './auth.ts';

/** What a login gave. */
export interface EauthLogin {
  readonly token: string;
  /** How long it is good for, in milliseconds: what matters is a span, since the two clocks may differ. */
  readonly lifetimeMs: number;
}

interface EauthSettings {
  readonly logIn: () => Promise<EauthLogin>;
  /** Milliseconds since some moment; never goes back. */
  readonly now: () => number;
  /** Whether a new login may help after such a refusal. */
  readonly mayHelp: (refusal: Refusal) => boolean;
}

interface Held {
  readonly token: string;
  readonly renewAt: number;
}

/** A token is renewed so long before it is over, in milliseconds, or a tenth of its life before when that is less. */
const earlyMs = 60_000;

/** The token of a session with Salt's API: had on demand, by one login for all who wait, and renewed before it is over. */
export class Eauth implements Auth {
  readonly #settings: EauthSettings;
  /** By the headers that were given out, which is how an attempt is known again. */
  readonly #signed = new WeakMap<object, string>();
  #held: Held | undefined;
  #pending: Promise<Held> | undefined;

  constructor(settings: EauthSettings) {
    this.#settings = settings;
  }

  async sign(): Promise<Readonly<Record<string, string>>> {
    const token = await this.token();
    const headers = { 'x-auth-token': token };
    this.#signed.set(headers, token);
    return headers;
  }

  async renew(refusal: Refusal): Promise<boolean> {
    const token = this.#signed.get(refusal.signed);
    if (token === undefined || !this.#settings.mayHelp(refusal)) return false;
    this.drop(token);
    await this.token();
    return true;
  }

  /** The token, by a login where there is none. */
  async token(): Promise<string> {
    const held = this.#held;
    if (held !== undefined && this.#settings.now() < held.renewAt) return held.token;
    this.#pending ??= this.#logIn().finally(() => {
      this.#pending = undefined;
    });
    return (await this.#pending).token;
  }

  /** The token isn't good any more; nothing happens when it was replaced already. */
  drop(token: string): void {
    if (this.#held?.token === token) this.#held = undefined;
  }

  /** The token that is held, which is forgotten; `undefined` when there is none. */
  take(): string | undefined {
    const token = this.#held?.token;
    this.#held = undefined;
    return token;
  }

  async #logIn(): Promise<Held> {
    const { token, lifetimeMs } = await this.#settings.logIn();
    this.#held = { token, renewAt: this.#settings.now() + lifetimeMs - Math.min(earlyMs, lifetimeMs / 10) };
    return this.#held;
  }
}
