import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webhook } from '../../runtime/src/client.ts';

test('a webhook reads the body of a request that the service sent', () => {
  const sold = webhook<{ readonly pet: string }>('petSold');
  assert.equal(sold.name, 'petSold');
  assert.deepEqual(sold.parse('{"pet":"Rex"}'), { pet: 'Rex' });
});

test('a webhook gives integers and dates as the description promises them', () => {
  const shape = { props: { id: () => 'bigint' as const, at: () => 'date' as const } };
  const sold = webhook<{ readonly id: bigint; readonly at: Date }>('petSold', shape);
  assert.deepEqual(sold.parse('{"id":9007199254740993,"at":"2026-11-22T00:00:00Z"}'), {
    id: 9007199254740993n,
    at: new Date('2026-11-22T00:00:00Z'),
  });
});

test('a webhook whose body makes no sense says so without repeating it', () => {
  const shape = { props: { at: () => 'date' as const } };
  const sold = webhook('petSold', shape);
  assert.throws(() => sold.parse('secret'), {
    name: 'TypeError',
    message: 'the body of the webhook petSold is not JSON (6 characters)',
  });
  assert.throws(
    () => sold.parse('{"at":"secret"}'),
    (error: unknown) =>
      error instanceof TypeError && error.message.includes('/at') && !error.message.includes('secret'),
  );
});
