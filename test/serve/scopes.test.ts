import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  expandScopes,
  isCyclic,
  missingScopes,
  normalized,
  renderScopes,
  type ScopeTemplate,
  satisfies,
  scopeParameters,
} from '../../codegen/src/serve/taskcluster/scopes.ts';

const createTask = {
  AllOf: [
    { for: 'scope', in: 'scopes', each: '<scope>' },
    'queue:scheduler-id:<schedulerId>',
    { AnyOf: [{ for: 'priority', in: 'priorities', each: 'create:<priority>:<provisionerId>' }] },
  ],
} as const;

const values = { scopes: ['a', 'b'], schedulerId: 's', priorities: ['high', 'low'], provisionerId: 'p' };

test('a template tells its parameters, without those that it declares itself', () => {
  assert.deepEqual([...scopeParameters(createTask)].sort(), [
    'priorities',
    'provisionerId',
    'schedulerId',
    'scopes',
  ]);
});

test('a template is rendered with its values', () => {
  assert.deepEqual(renderScopes(createTask, values), {
    AllOf: ['a', 'b', 'queue:scheduler-id:s', { AnyOf: ['create:high:p', 'create:low:p'] }],
  });
  const conditional: ScopeTemplate = JSON.parse(
    '{"if": "isReading", "then": {"AnyOf": ["r:<x>", "w:<x>"]}, "else": "w:<x>"}',
  );
  assert.deepEqual(renderScopes(conditional, { isReading: true, x: '1' }), { AnyOf: ['r:1', 'w:1'] });
  assert.equal(renderScopes(conditional, { isReading: false, x: '1' }), 'w:1');
  const withoutElse: ScopeTemplate = JSON.parse('{"if": "x", "then": "a"}');
  assert.deepEqual(renderScopes(withoutElse, { x: false }), { AllOf: [] });
});

test('a value that is missing is an error, not an empty scope', () => {
  assert.throws(() => renderScopes('a:<b>', {}), /the scope parameter b has no value/);
});

test('a scope with a star grants all that begin like it, and nothing else', () => {
  assert.ok(satisfies(['a:*'], 'a:b'));
  assert.ok(satisfies(['*'], { AllOf: ['x', 'y'] }));
  assert.ok(!satisfies(['a:b'], 'a:bc'));
  assert.ok(!satisfies([], { AnyOf: [] }));
  assert.ok(satisfies([], { AllOf: [] }));
  assert.deepEqual(missingScopes(['a', 'create:low:*'], renderScopes(createTask, values)), [
    'b',
    'queue:scheduler-id:s',
  ]);
});

test('roles are assumed one after the other, and a star hands on the rest of the name', () => {
  const roles = [
    { roleId: 'cook', scopes: ['kitchen:*', 'assume:project:soup'] },
    { roleId: 'project:*', scopes: ['secrets:get:<..>/*', 'x:<..>'] },
    { roleId: 'other', scopes: ['never'] },
  ];
  assert.deepEqual(expandScopes(['assume:cook'], roles), [
    'assume:cook',
    'assume:project:soup',
    'kitchen:*',
    'secrets:get:soup/*',
    'x:soup',
  ]);
  assert.deepEqual(expandScopes(['assume:project:*'], roles), ['assume:project:*', 'secrets:get:*', 'x:*']);
  assert.deepEqual(normalized(['b', 'a:*', 'a:b', 'b']), ['a:*', 'b']);
});

test('a role that hands on the rest of its name to itself is cyclic, straight or through others', () => {
  const role = (roleId: string, ...scopes: string[]) => ({ roleId, scopes });
  assert.ok(isCyclic(role('a*', 'assume:aa<..>'), []));
  assert.ok(isCyclic(role('a*', 'assume:b:<..>x'), [role('b:*', 'assume:<..>')]));
  assert.ok(!isCyclic(role('a*', 'assume:b<..>'), [role('b*', 'c<..>')]));
  assert.ok(!isCyclic(role('a', 'assume:a'), []));
  assert.ok(!isCyclic(role('a*', 'assume:ab'), [role('b*', 'assume:a*')]));
});
