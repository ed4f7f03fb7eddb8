import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backOffMs, retryAfterMs } from '../../runtime/src/http/retry.ts';

test('the bound of the waits grows by the factor up to its limit, and the jitter is full', () => {
  const policy = { retries: 9, delayMs: 100, factor: 3, maxDelayMs: 2000 };
  for (const [retry, bound] of [100, 300, 900, 2000, 2000].entries()) {
    const waits = Array.from({ length: 500 }, () => backOffMs(policy, retry));
    assert.ok(Math.min(...waits) < bound * 0.1, 'some waits are short');
    assert.ok(Math.max(...waits) > bound * 0.9, 'some waits are long');
    assert.ok(waits.every((wait) => wait >= 0 && wait <= bound));
  }
});

test('Retry-After is seconds or a date, never in the past, and nonsense counts as absent', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  const after = (value: string) => retryAfterMs({ 'retry-after': value }, now);
  assert.equal(after('120'), 120_000);
  assert.equal(after(' 0 '), 0);
  assert.equal(after('Thu, 01 Jan 2026 00:00:07 GMT'), 7000);
  assert.equal(after('Wed, 31 Dec 2025 00:00:00 GMT'), 0);
  assert.equal(after('soon'), undefined);
  assert.equal(after('-1'), undefined);
  assert.equal(retryAfterMs({}, now), undefined);
});
