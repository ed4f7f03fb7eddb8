import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TagKind } from '../../runtime/src/services/juju/tags/kinds.ts';
import { formatTag, isTagId, parseTag, type Tag, tags } from '../../runtime/src/services/juju/tags/tags.ts';

const uuid = 'f47ac10b-58cc-4372-a567-0e02b2c3d479';

/** Tags and what they name, both of which are the only way to write it. */
const pairs: readonly (readonly [string, Tag])[] = [
  ['action-42', { kind: 'action', id: '42' }],
  [`action-${uuid}`, { kind: 'action', id: uuid }],
  ['application-mysql', { kind: 'application', id: 'mysql' }],
  ['application-rabbitmq-server', { kind: 'application', id: 'rabbitmq-server' }],
  ['application-my-2nd-app', { kind: 'application', id: 'my-2nd-app' }],
  ['applicationoffer-hosted-mysql', { kind: 'applicationoffer', id: 'hosted-mysql' }],
  [`applicationoffer-${uuid}`, { kind: 'applicationoffer', id: uuid }],
  [`caasmodel-${uuid}`, { kind: 'caasmodel', id: uuid }],
  ['charm-ch:amd64/jammy/mysql-8', { kind: 'charm', id: 'ch:amd64/jammy/mysql-8' }],
  ['charm-local:my-charm-0', { kind: 'charm', id: 'local:my-charm-0' }],
  ['cloud-aws', { kind: 'cloud', id: 'aws' }],
  ['cloudcred-aws_admin_foo%5fbar', { kind: 'cloudcred', id: 'aws/admin/foo_bar' }],
  [
    'cloudcred-my-cloud_alice@example.com_de-fault',
    { kind: 'cloudcred', id: 'my-cloud/alice@example.com/de-fault' },
  ],
  ['cloudcred-aws_al%2bice_x', { kind: 'cloudcred', id: 'aws/al+ice/x' }],
  [`controller-${uuid}`, { kind: 'controller', id: uuid }],
  ['controller-2', { kind: 'controller', id: '2' }],
  [`environment-${uuid}`, { kind: 'environment', id: uuid }],
  ['filesystem-3', { kind: 'filesystem', id: '3' }],
  ['filesystem-0-lxd-1-3', { kind: 'filesystem', id: '0/lxd/1/3' }],
  ['filesystem-my-app-0-3', { kind: 'filesystem', id: 'my-app/0/3' }],
  [`ipaddress-${uuid}`, { kind: 'ipaddress', id: uuid }],
  ['machine-0', { kind: 'machine', id: '0' }],
  ['machine-0-lxd-1', { kind: 'machine', id: '0/lxd/1' }],
  ['machine-10-lxd-1-kvm-0', { kind: 'machine', id: '10/lxd/1/kvm/0' }],
  [`model-${uuid}`, { kind: 'model', id: uuid }],
  ['operation-1', { kind: 'operation', id: '1' }],
  ['payload-my-payload', { kind: 'payload', id: 'my-payload' }],
  ['relation-wordpress.db#mysql.server', { kind: 'relation', id: 'wordpress:db mysql:server' }],
  [
    'relation-my-app.my_rel#other-app.other-rel2',
    { kind: 'relation', id: 'my-app:my_rel other-app:other-rel2' },
  ],
  ['relation-riak.ring', { kind: 'relation', id: 'riak:ring' }],
  ['space-alpha', { kind: 'space', id: 'alpha' }],
  [`space-${uuid}`, { kind: 'space', id: uuid }],
  ['storage-data-0', { kind: 'storage', id: 'data/0' }],
  ['storage-block-storage-0', { kind: 'storage', id: 'block-storage/0' }],
  ['subnet-1', { kind: 'subnet', id: '1' }],
  [`subnet-${uuid}`, { kind: 'subnet', id: uuid }],
  ['subnet-10.20.0.0/16', { kind: 'subnet', id: '10.20.0.0/16' }],
  ['subnet-2001:db8::/32', { kind: 'subnet', id: '2001:db8::/32' }],
  ['unit-mysql-0', { kind: 'unit', id: 'mysql/0' }],
  ['unit-rabbitmq-server-10', { kind: 'unit', id: 'rabbitmq-server/10' }],
  ['user-admin', { kind: 'user', id: 'admin' }],
  ['user-alice@example.com', { kind: 'user', id: 'alice@example.com' }],
  ['volume-2', { kind: 'volume', id: '2' }],
  ['volume-0-2', { kind: 'volume', id: '0/2' }],
  ['volume-my-app-0-2', { kind: 'volume', id: 'my-app/0/2' }],
];

test('a tag of every kind is read and written the same way back', () => {
  for (const [text, tag] of pairs) {
    assert.deepEqual(parseTag(text), tag);
    assert.equal(formatTag(tag), text);
    assert.equal(tags[tag.kind](tag.id), text);
  }
  const kinds = new Set<TagKind>(pairs.map(([, { kind }]) => kind));
  assert.deepEqual([...kinds].sort(), Object.keys(tags).sort());
  assert.equal(kinds.size, 22);
});

test('a local user is one user, with and without the domain', () => {
  assert.equal(tags.user('admin@local'), 'user-admin');
  assert.deepEqual(parseTag('user-admin@local'), { kind: 'user', id: 'admin' });
  assert.equal(tags.cloudcred('aws/admin@local/default'), 'cloudcred-aws_admin_default');
});

test('what is no tag is refused, and the error says why', () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ['', /^"" is no tag: there is no hyphen after its kind$/],
    ['foo', /"foo" is no tag: there is no hyphen/],
    ['-foo', /"" is none of the kinds action, application, /],
    ['service-ned', /"service" is none of the kinds/],
    ['__proto__-x', /"__proto__" is none of the kinds/],
    ['constructor-x', /"constructor" is none of the kinds/],
    ['machine-#', /"#" is no id of a machine; one is 0\/lxd\/1$/],
    ['machine-01', /"01" is no id of a machine/],
    ['unit-#', /"#" is no name of a unit, as it has no number after a slash; one is mysql\/0$/],
    ['unit-mysql', /"mysql" is no name of a unit/],
    ['application-Foo', /"Foo" is no name of an application, as it has a capital letter/],
    ['application-foo-1', /as there are only digits after its last hyphen/],
    ['application-', /"" is no name of an application, as it is empty/],
    ['model-/', /"\/" is no UUID of a model/],
    [`model-x${uuid}`, /is no UUID of a model/],
    ['user-/', /"\/" is no name of a user/],
    ['user-a', /"a" is no name of a user/],
    ['user-bar@', /"bar@" is no name of a user/],
    ['cloudcred-aws', /is no id of a credential/],
    ['operation-foo', /"foo" is no number of an operation/],
    ['relation-a:b#c:d#e', /is no key of a relation/],
    ['subnet-', /"" is no id of a subnet/],
    ['unit-mysql-0\n', /is no name of a unit/],
  ];
  for (const [text, message] of refused) assert.throws(() => parseTag(text), { name: 'TypeError', message });
});

test('a tag of another kind is refused where a kind was asked for', () => {
  // Both have the type of their kind.
  const unit: Tag<'unit'> = parseTag('unit-mysql-0', 'unit');
  const text: `unit-${string}` = formatTag(unit);
  assert.deepEqual([unit.id, text], ['mysql/0', 'unit-mysql-0']);
  assert.throws(() => parseTag('user-admin', 'unit'), {
    name: 'TypeError',
    message: '"user-admin" is a tag of the kind user, and must be one of the kind unit',
  });
});

test('an id that would make another tag is refused', () => {
  assert.throws(() => tags.unit('mysql-0'), /there is no unit tag of "mysql-0"/);
  assert.throws(() => tags.machine('0-lxd-1'), /is no id of a machine/);
  assert.throws(() => tags.storage('data'), /is no id of a storage instance/);
  assert.equal(isTagId('unit', 'mysql/0'), true);
  assert.equal(isTagId('unit', 'mysql-0'), false);
});

test('a long text is looked at once, and shown in part', () => {
  const long = `application-${'a-'.repeat(100_000)}`;
  const began = performance.now();
  assert.throws(
    () => parseTag(long),
    (error: Error) => error.message.length < 400,
  );
  assert.throws(() => tags.application(`${'a1-'.repeat(330)}-`), TypeError);
  assert.ok(performance.now() - began < 500);
});
