import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tag } from '../../runtime/src/http/tag.ts';
import { webhook } from '../../runtime/src/http/webhook.ts';

test('a tag holds the parts that matter, as text', () => {
  const returned = tag<{ success: boolean }, 'jid' | 'minion'>('salt/job/{jid}/ret/{minion}', {
    jid: 20261121,
    minion: undefined,
  });
  assert.deepEqual(returned, {
    kind: 'tag',
    pattern: 'salt/job/{jid}/ret/{minion}',
    parts: { jid: '20261121' },
  });
  assert.deepEqual(tag('salt/auth').parts, {});
});

test('a tag refuses what its pattern has no place for', () => {
  assert.throws(() => tag('salt/job/{jid}', { minion: 'm1' }), {
    name: 'TypeError',
    message: 'salt/job/{jid}: the tag has no part "minion", only: jid',
  });
  assert.throws(
    () => tag('salt/job/{jid}', { jid: {} }),
    /"jid" is object, and must be a string or a number/,
  );
});

test('a webhook reads what the service sends, and shows nothing of what it cannot', () => {
  const created = webhook<{ id: number }>('petCreated');
  assert.equal(created.name, 'petCreated');
  assert.equal(created.parse('{"id":7}').id, 7);
  assert.throws(() => created.parse('secret'), {
    name: 'TypeError',
    message: 'the body of the webhook petCreated is not JSON (6 characters)',
  });
});
