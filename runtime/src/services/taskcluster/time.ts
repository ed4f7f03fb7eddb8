const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Each unit at most once, the longest first. A month is 30 days, a year 365. */
const units: readonly (readonly [names: string, ms: number])[] = [
  ['y|yr|years?', 365 * dayMs],
  ['mo|months?', 30 * dayMs],
  ['w|wk|weeks?', 7 * dayMs],
  ['d|days?', dayMs],
  ['h|hr|hours?', hourMs],
  ['m|min|minutes?', minuteMs],
  ['s|sec|seconds?', secondMs],
];

const expression = new RegExp(
  `^\\s*([-+])?\\s*${units.map(([names]) => `(?:(\\d+)\\s*(?:${names})\\s*)?`).join('')}$`,
  'i',
);

/**
 * A time given by its distance: `fromNow('2 days 3 hours')`, `fromNow('-1 week')`, `fromNow()`.
 *
 * Units are year, month, week, day, hour, minute, second, in this order, each at most once, also in the plural and as
 * `y yr mo w wk d h hr m min s sec`; a month is 30 days, a year 365.
 *
 * @throws TypeError when the expression can't be read, and RangeError when the time is too far away for a Date
 */
export function fromNow(distance = '', reference: Date = new Date()): Date {
  const match = expression.exec(distance);
  if (match === null) {
    throw new TypeError(
      `${JSON.stringify(distance)} is no distance in time: write it like "1 day 2 hours" or "-30 min"`,
    );
  }
  const ms = units.reduce((sum, [, unitMs], index) => sum + Number(match[index + 2] ?? 0) * unitMs, 0);
  const time = new Date(reference.getTime() + (match[1] === '-' ? -ms : ms));
  if (Number.isNaN(time.getTime())) {
    throw new RangeError(`${JSON.stringify(distance)} from the reference is no time that a Date can hold`);
  }
  return time;
}

/** {@link fromNow} in the form of the wire: `2017-01-19T16:27:20.974Z`. */
export function fromNowJSON(distance = '', reference: Date = new Date()): string {
  return fromNow(distance, reference).toJSON();
}

const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d+)?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/i;

/**
 * A date as services write it, which is RFC 3339 with `Z` or with an offset such as `+00:00`. Digits beyond milliseconds
 * are dropped; a leap second is the start of the next minute.
 *
 * @throws TypeError when the text is anything else, also when it is a day that its month doesn't have
 */
export function parseDate(text: string): Date {
  const match = rfc3339.exec(text);
  const [year, month, day, hour, minute, second] = (match ?? []).slice(1, 7).map(Number);
  if (
    match === null ||
    year === undefined ||
    month === undefined ||
    day === undefined ||
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > daysIn(year, month)
  ) {
    throw new TypeError(
      `${JSON.stringify(text)} is no date: RFC 3339 is needed, like 2017-01-19T16:27:20.974Z`,
    );
  }
  const time = new Date(0);
  // Not through Date.UTC, which takes the years before 100 for those after 1900.
  time.setUTCFullYear(year, month - 1, day);
  time.setUTCHours(hour ?? 0, minute, second, Number((match[7] ?? '').slice(1, 4).padEnd(3, '0')));
  const offsetMs = Number(match[9] ?? 0) * hourMs + Number(match[10] ?? 0) * minuteMs;
  return new Date(time.getTime() - (match[8] === '-' ? -offsetMs : offsetMs));
}

function daysIn(year: number, month: number): number {
  const last = new Date(0);
  last.setUTCFullYear(year, month, 0);
  return last.getUTCDate();
}
