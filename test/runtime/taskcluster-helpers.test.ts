import assert from 'node:assert/strict';
import { test } from 'node:test';
import { path } from '@fairlead/runtime/client';
import {
  fromNow,
  fromNowJSON,
  parseDate,
  satisfies,
  slugid,
  slugidV4,
  stableSlugid,
  taskclusterUrls,
} from '@fairlead/runtime/taskcluster';
import { decode } from 'slugid';
import distances from '../vectors/from-now.json' with { type: 'json' };
import pathValues from '../vectors/path-values.json' with { type: 'json' };
import slugids from '../vectors/slugids.json' with { type: 'json' };
import urls from '../vectors/urls.json' with { type: 'json' };

const reference = new Date(distances.reference);

test('fromNow gives the published times', async (t) => {
  for (const { distance, time } of distances.results) {
    await t.test(distance, () => {
      assert.equal(fromNowJSON(distance, reference), time);
      assert.equal(fromNow(distance, reference).toJSON(), time);
    });
  }
});

const second = 1000;
const day = 24 * 60 * 60 * second;
const spellings: readonly (readonly [names: readonly string[], ms: number])[] = [
  [['y', 'yr', 'year', 'years'], 365 * day],
  [['mo', 'month', 'months'], 30 * day],
  [['w', 'wk', 'week', 'weeks'], 7 * day],
  [['d', 'day', 'days'], day],
  [['h', 'hr', 'hour', 'hours'], day / 24],
  [['m', 'min', 'minute', 'minutes'], 60 * second],
  [['s', 'sec', 'second', 'seconds'], second],
];

test('every unit is read in every spelling, with every sign and any space', () => {
  for (const [names, ms] of spellings) {
    for (const name of names) {
      for (const spelling of [name, name.toUpperCase()]) {
        for (const [sign, factor] of [
          ['', 1],
          ['+', 1],
          ['-', -1],
          ['- ', -1],
          ['  +  ', 1],
        ] as const) {
          for (const space of ['', ' ', '    ']) {
            const distance = `${sign}3${space}${spelling}${space}`;
            assert.equal(
              fromNow(distance, reference).getTime() - reference.getTime(),
              factor * 3 * ms,
              distance,
            );
          }
        }
      }
    }
  }
});

test('units add up, each may be 0 or absent, and the sign is for all of them', () => {
  const ms = (distance: string) => fromNow(distance, reference).getTime() - reference.getTime();
  const all = (365 + 2 * 30 + 3 * 7 + 4) * day + (5 * 3600 + 6 * 60 + 7) * second;
  assert.equal(ms('1yr2mo3w4d5h6min7s'), all);
  assert.equal(ms('-1yr2mo3w4d5h6min7s'), -all);
  assert.equal(ms('1 year 2 months 3 weeks 4 days 5 hours 6 minutes 7 seconds'), all);
  assert.equal(ms('2d0h'), 2 * day);
  assert.equal(ms('0s'), 0);
  assert.equal(ms(''), 0);
  assert.equal(ms('  '), 0);
});

test('fromNow counts from the present unless told otherwise', () => {
  const before = Date.now();
  const time = fromNow('2 years 55mo').getTime() - (2 * 365 + 55 * 30) * day;
  assert.ok(before <= time && time <= Date.now());
});

test('what is no distance in time is refused', () => {
  for (const distance of [
    '0',
    '5',
    'day',
    '1 fortnight',
    '1 day 1 week',
    '1d 1d',
    '1.5 h',
    '1 day ago',
    '1 -day',
    'now',
    '--1d',
  ]) {
    assert.throws(
      () => fromNow(distance),
      { name: 'TypeError', message: /is no distance in time/ },
      distance,
    );
  }
  assert.throws(() => fromNow('999999999 years'), { name: 'RangeError' });
});

test('parseDate reads both forms of the wire', () => {
  const cases = [
    ['2017-01-19T16:27:20.974Z', '2017-01-19T16:27:20.974Z'],
    ['2017-01-19T16:27:20.974+00:00', '2017-01-19T16:27:20.974Z'],
    ['2017-01-19T16:27:20Z', '2017-01-19T16:27:20.000Z'],
    ['2017-01-19t16:27:20z', '2017-01-19T16:27:20.000Z'],
    ['2017-01-19T16:27:20.9Z', '2017-01-19T16:27:20.900Z'],
    ['2017-01-19T16:27:20.974999Z', '2017-01-19T16:27:20.974Z'],
    ['2017-01-19T16:27:20.29Z', '2017-01-19T16:27:20.290Z'],
    ['2017-01-19T16:27:20+05:30', '2017-01-19T10:57:20.000Z'],
    ['2017-01-01T00:00:00-00:01', '2017-01-01T00:01:00.000Z'],
    ['2016-02-29T00:00:00Z', '2016-02-29T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ] as const;
  for (const [text, expected] of cases) assert.equal(parseDate(text).toJSON(), expected, text);
});

test('parseDate takes nothing else', () => {
  for (const text of [
    '',
    '2017-01-19',
    '2017-01-19T16:27:20',
    '2017-01-19 16:27:20Z',
    '2017-1-19T16:27:20Z',
    '2017-02-29T00:00:00Z',
    '2017-00-01T00:00:00Z',
    '2017-13-01T00:00:00Z',
    '2017-01-00T00:00:00Z',
    '2017-04-31T00:00:00Z',
    '2017-01-19T24:00:00Z',
    '2017-01-19T16:60:00Z',
    '2017-01-19T16:27:61Z',
    '2017-01-19T16:27:20.Z',
    '2017-01-19T16:27:20+0000',
    '2017-01-19T16:27:20+24:00',
    ' 2017-01-19T16:27:20Z',
    'Thu, 19 Jan 2017 16:27:20 GMT',
    '1484843240974',
  ]) {
    assert.throws(() => parseDate(text), { name: 'TypeError', message: /is no date/ }, text);
  }
});

test('a slugid is the published form of its UUID', () => {
  for (const { uuid, nice, v4 } of slugids) {
    assert.equal(slugid(uuid), nice);
    assert.equal(slugidV4(uuid), v4);
  }
  assert.throws(() => slugid('bed97923'), /is no UUID/);
  assert.throws(() => slugid('bed97923-7616-4ec8-85ed-4b695f67ac2g'), /is no UUID/);
});

test('a new slugid is a version 4 UUID that no command line takes for an option', () => {
  const made = Array.from({ length: 2000 }, () => slugid());
  assert.equal(new Set(made).size, made.length);
  for (const id of made) {
    assert.match(id, /^[A-Za-f][A-Za-z0-9_-]{7}[Q-T][A-Za-z0-9_-][CGKOSWaeimquy26-][A-Za-z0-9_-]{10}[AQgw]$/);
    assert.match(decode(id), /^[0-7][0-9a-f]{7}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  const starts = new Set(Array.from({ length: 2000 }, () => slugidV4()[0]));
  assert.ok([...starts].some((start) => start !== undefined && !/[A-Za-f]/.test(start)));
});

test('a stable slugid is the same for the same name', () => {
  const id = stableSlugid();
  assert.equal(id('build'), id('build'));
  assert.notEqual(id('build'), id('test'));
  assert.notEqual(id('build'), stableSlugid()('build'));
  assert.notEqual(id('__proto__'), id('constructor'));
});

test('URLs are the published ones, whatever slashes there are', async (t) => {
  for (const { name, rootUrls, base } of urls.roots) {
    await t.test(name, () => {
      for (const rootUrl of rootUrls) {
        const made: object = taskclusterUrls(rootUrl);
        for (const { function: method, argumentSets, tail } of urls.cases) {
          for (const given of argumentSets) {
            assert.equal(Reflect.apply(Reflect.get(made, method), made, given), base + tail);
          }
        }
      }
    });
  }
});

test('a value of a path is one segment of it', () => {
  for (const { value, encoded } of pathValues) assert.equal(path`/a/${value}/b`.text, `/a/${encoded}/b`);
});

test('a value that would name another route is refused', () => {
  for (const value of ['', '.', '..']) assert.throws(() => path`/a/${value}`, TypeError);
});

test('a held scope satisfies itself, and with a star all that begin with it', () => {
  const held = ['queue:create-task:a', 'secrets:get:project/x/*'];
  assert.equal(satisfies(held, 'queue:create-task:a'), true);
  assert.equal(satisfies(held, 'queue:create-task:ab'), false);
  assert.equal(satisfies(held, 'secrets:get:project/x/y'), true);
  assert.equal(satisfies(held, 'secrets:get:project/x/'), true);
  assert.equal(satisfies(held, 'secrets:get:project/x'), false);
  assert.equal(satisfies(held, 'secrets:get:project/x/*'), true);
  assert.equal(satisfies(['secrets:get:a'], 'secrets:get:*'), false);
  assert.equal(satisfies(['*'], 'anything'), true);
});

test('scopes may be needed all, or any of them, to any depth', () => {
  const held = ['a', 'b*'];
  assert.equal(satisfies(held, { AllOf: ['a', 'bc'] }), true);
  assert.equal(satisfies(held, { AllOf: ['a', 'c'] }), false);
  assert.equal(satisfies(held, { AnyOf: ['c', 'bc'] }), true);
  assert.equal(satisfies(held, { AnyOf: ['c', { AllOf: ['a', { AnyOf: ['d', 'b'] }] }] }), true);
  assert.equal(satisfies(held, { AllOf: [] }), true);
  assert.equal(satisfies(held, { AnyOf: [] }), false);
  assert.equal(satisfies([], 'a'), false);
});
