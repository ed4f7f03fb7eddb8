/** How far our clock may be from the service's before it is worth a correction, in milliseconds. */
const toleranceMs = 60_000;

/** The time at a deployment: our own, until the deployment says otherwise. Shared by all sessions on it. */
export class ServiceClock {
  #offsetMs = 0;

  /** What is added to our own time, in milliseconds. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Seconds since the epoch. */
  seconds(): number {
    return Math.floor((Date.now() + this.#offsetMs) / 1000);
  }

  /**
   * Takes the time from the `Date` header of an answer. `false` when there is nothing to correct.
   *
   * @param receivedAt when the answer came by our own clock, in milliseconds since the epoch
   */
  correct(date: string | undefined, receivedAt: number): boolean {
    const offsetMs = Date.parse(date ?? '') - receivedAt;
    if (!(Math.abs(offsetMs - this.#offsetMs) > toleranceMs)) return false;
    this.#offsetMs = offsetMs;
    return true;
  }
}
