/** What is to happen later, taken back by calling it. */
export type Cancel = () => void;

/** The time of a stand-in: the machine's, which a test can move forward. */
export interface Clock {
  /** In milliseconds, like `Date.now()`. */
  now(): number;
  /** Calls back once, when so many milliseconds have passed or been skipped. */
  after(milliseconds: number, what: () => void): Cancel;
  /** Skips so many milliseconds: all that was to happen in them happens now, in order. */
  advance(milliseconds: number): void;
  /** Takes back all that was to happen. */
  clear(): void;
}

interface Alarm {
  readonly at: number;
  readonly what: () => void;
  timer: NodeJS.Timeout;
}

/** What a timer can wait for. */
const longest = 2 ** 31 - 1;

export function createClock(): Clock {
  const alarms = new Set<Alarm>();
  let offset = 0;
  const now = () => Date.now() + offset;

  function schedule(at: number, ring: () => void): NodeJS.Timeout {
    return setTimeout(ring, Math.min(Math.max(0, at - now()), longest)).unref();
  }
  function ring(alarm: Alarm): void {
    if (!alarms.has(alarm)) return;
    clearTimeout(alarm.timer);
    // A timer may be a millisecond early, and can't wait for longer than it can count.
    if (alarm.at > now()) {
      alarm.timer = schedule(alarm.at, () => ring(alarm));
      return;
    }
    alarms.delete(alarm);
    alarm.what();
  }

  return {
    now,
    after(milliseconds, what) {
      const at = now() + milliseconds;
      const alarm: Alarm = { at, what, timer: schedule(at, () => ring(alarm)) };
      alarms.add(alarm);
      return () => {
        clearTimeout(alarm.timer);
        alarms.delete(alarm);
      };
    },
    advance(milliseconds) {
      offset += milliseconds;
      const due = [...alarms].sort((a, b) => a.at - b.at);
      for (const alarm of due) ring(alarm);
    },
    clear() {
      for (const { timer } of alarms) clearTimeout(timer);
      alarms.clear();
    },
  };
}
