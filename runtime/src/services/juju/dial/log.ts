import type { Attempt } from '../../../errors.ts';
import { SocketFailure } from '../../../rpc/socket.ts';
import type { Clock } from '../../../time/clock.ts';
import type { ControllerAddress } from './address.ts';
import type { Endpoint, Unresolved } from './endpoints.ts';
import { type DialFacts, moreTelling, textOf } from './errors.ts';
import type { DialFailure } from './options.ts';

/** Of attempts that are tried again for ever the last ones are enough. */
const longest = 100;

/** What went wrong while a controller was dialled. */
export class DialLog {
  readonly #urls: readonly string[];
  readonly #clock: Clock;
  readonly #onFailure: ((failure: DialFailure) => void) | undefined;
  readonly #attempts: Attempt[] = [];
  /** By address, what tells most. */
  readonly #failures = new Map<ControllerAddress, unknown>();
  #cause: unknown;

  constructor(
    urls: readonly string[],
    clock: Clock,
    onFailure: ((failure: DialFailure) => void) | undefined,
  ) {
    this.#urls = urls;
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  /** What was attempted, if it fails, is noted. */
  async watched<T>(place: Endpoint | Unresolved, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const startedAt = Date.now();
    const began = this.#clock.now();
    try {
      return await work();
    } catch (error) {
      // Who was called off has not failed.
      if (!signal.aborted) this.#note(place, error, { startedAt, durationMs: this.#clock.now() - began });
      throw error;
    }
  }

  get facts(): DialFacts {
    return { urls: this.#urls, attempts: [...this.#attempts], failures: this.#failures, cause: this.#cause };
  }

  #note(
    place: Endpoint | Unresolved,
    error: unknown,
    times: Pick<Attempt, 'startedAt' | 'durationMs'>,
  ): void {
    this.#cause = moreTelling(this.#cause, error);
    const { address } = place;
    this.#failures.set(address, moreTelling(this.#failures.get(address), error));
    const status = error instanceof SocketFailure ? error.status : undefined;
    this.#attempts.push({
      ...times,
      error: textOf(error),
      requestHeaders: {},
      ...(status !== undefined && { status }),
    });
    if (this.#attempts.length > longest) this.#attempts.shift();
    const ipAddress = 'ipAddress' in place ? place.ipAddress : undefined;
    this.#onFailure?.({ address: address.text, ipAddress, error });
  }
}
