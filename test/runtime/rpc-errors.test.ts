import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Category } from '../../runtime/src/errors.ts';
import { rpcErrorOf, wireErrorIn } from '../../runtime/src/rpc/rpc-error.ts';

/** Every code of Juju 4.0.15, and what a caller can do about it. */
const codes: Readonly<Record<string, Category>> = {
  'not found': 'not-found',
  'model not found': 'not-found',
  'secret not found': 'not-found',
  'secret revision not found': 'not-found',
  'secret backend not found': 'not-found',
  'secret consumer not found': 'not-found',
  'unauthorized access': 'unauthorized',
  'session token invalid': 'unauthorized',
  'login expired': 'unauthorized',
  'no credentials provided': 'unauthorized',
  'cannot enter scope': 'conflict',
  'cannot enter scope yet': 'unavailable',
  'unit has subordinates': 'conflict',
  'not assigned': 'conflict',
  stopped: 'failed',
  dead: 'conflict',
  'machine has assigned units': 'conflict',
  'controller has hosted models': 'conflict',
  'controller/model has persistent storage': 'conflict',
  'model not empty': 'conflict',
  'machine has attached storage': 'conflict',
  'machine is hosting containers': 'conflict',
  'storage is attached': 'conflict',
  'not provisioned': 'conflict',
  'no address set': 'conflict',
  'try again': 'unavailable',
  'not implemented': 'invalid',
  'already exists': 'conflict',
  'secret backend already exists': 'conflict',
  'upgrade in progress': 'unavailable',
  'model migration in progress': 'unavailable',
  'action no longer available': 'not-found',
  'operation is blocked': 'forbidden',
  'leadership claim denied': 'conflict',
  'lease claim denied': 'conflict',
  'not supported': 'invalid',
  'secret backend not supported': 'invalid',
  'bad request': 'invalid',
  'method not allowed': 'invalid',
  forbidden: 'forbidden',
  'secret backend forbidden': 'forbidden',
  'macaroon discharge required': 'unauthorized',
  'redirection required': 'failed',
  'incompatible base': 'invalid',
  'cloud region required': 'invalid',
  'incompatible clouds': 'invalid',
  'quota limit exceeded': 'invalid',
  'not leader': 'unavailable',
  'deadline exceeded': 'unavailable',
  'not yet available; try again later': 'unavailable',
  'not valid': 'invalid',
  'secret backend not valid': 'invalid',
  'access required': 'forbidden',
  'application should not have units': 'conflict',
  'fatal login error': 'unauthorized',
  'invalid tag': 'invalid',
  'tag kind not supported': 'invalid',
  'invalid machine id': 'invalid',
  'machine not found': 'not-found',
  'invalid user name': 'invalid',
  'user not found': 'not-found',
  'invalid public key comment': 'invalid',
  'invalid public key': 'invalid',
  'public key already exists': 'conflict',
  'invalid user public key source': 'invalid',
  'unknown user public key source': 'invalid',
  'key source subject not found': 'not-found',
};

const record = { method: 'Thing.Do', url: 'ws://127.0.0.1/api', attempts: [] };
const errorOf = (message: string, code?: string) => rpcErrorOf({ message, code }, 'Thing.Do', record);

test('every code of Juju has a category', () => {
  for (const [code, category] of Object.entries(codes)) {
    const error = errorOf('why', code);
    assert.equal(error.code, code);
    assert.equal(error.category, category, code);
    assert.equal(error.message, `Thing.Do: ${code}: why`);
  }
});

test('a code that nobody knows has failed', () => {
  assert.equal(errorOf('why', 'brand new').category, 'failed');
  assert.equal(errorOf('why', 'constructor').category, 'failed');
  assert.equal(errorOf('why').category, 'failed');
  assert.equal(errorOf('why').code, undefined);
  assert.equal(errorOf('why', '').message, 'Thing.Do: why');
});

test('a text stands for a code where none is given', () => {
  for (const [text, code, category] of [
    ['invalid entity name or password', 'unauthorized access', 'unauthorized'],
    ['permission denied', 'unauthorized access', 'forbidden'],
    ['not logged in', 'unauthorized access', 'unauthorized'],
    ['unknown watcher id', 'not found', 'not-found'],
    ['id not found', 'not found', 'not-found'],
    ['watcher has been stopped', 'stopped', 'failed'],
    ['no such request - method Thing.Do is not implemented', 'not implemented', 'invalid'],
  ] as const) {
    assert.equal(errorOf(text).code, code, text);
    assert.equal(errorOf(text).category, category, text);
  }
  assert.equal(
    errorOf('json: cannot unmarshal string into Go struct field P.n of type int').category,
    'invalid',
  );
});

test('who gave no credentials is told apart from who gave wrong ones', () => {
  assert.equal(
    errorOf('no credentials provided: log in', 'unauthorized access').code,
    'no credentials provided',
  );
  assert.equal(errorOf('invalid entity name or password', 'unauthorized access').code, 'unauthorized access');
});

test('an error without words still says something', () => {
  assert.equal(rpcErrorOf({}, 'Thing.Do', record).message, 'Thing.Do: an error without a word');
  assert.equal(rpcErrorOf({ message: 5, code: {}, info: [1] }, 'Thing.Do', record).code, undefined);
  assert.deepEqual(rpcErrorOf({ message: 5, info: [1] }, 'Thing.Do', record).info, {});
});

test('a part of an answer holds an error when it says so, as an object or as a text', () => {
  assert.deepEqual(wireErrorIn({ error: { message: 'no' } }, 'error'), { message: 'no' });
  assert.deepEqual(wireErrorIn({ err: 'no' }, 'err'), { message: 'no' });
  for (const part of [{}, { error: null }, { error: '' }, null, 'error', [{ error: {} }]]) {
    assert.equal(wireErrorIn(part, 'error'), undefined);
  }
  assert.equal(wireErrorIn({}, 'constructor'), undefined);
});
