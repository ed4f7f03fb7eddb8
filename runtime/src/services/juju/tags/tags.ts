import { isTagKind, kinds, ruleOf, type TagKind } from './kinds.ts';

/** What a tag names: the entity `id` of a kind. */
export type Tag<K extends TagKind = TagKind> = {
  readonly [Each in K]: {
    readonly kind: Each;
    /** As people write it: `mysql/0`, `0/lxd/1`, `wordpress:db mysql:server`. */
    readonly id: string;
  };
}[K];

/** A tag of a kind, as it goes over the wire. */
export type TagText<K extends TagKind = TagKind> = { readonly [Each in K]: `${Each}-${string}` }[K];

/**
 * What a tag names: `parseTag('unit-mysql-0')` is `{ kind: 'unit', id: 'mysql/0' }`. With a kind, any other is refused.
 *
 * The `id` of a controller is a UUID, or the number of one of its agents; that of a local user has no `@local`. Encodings
 * and rules are those of Juju's own package `names`.
 *
 * @throws TypeError when the text is no tag, or not of that kind; the message says which rule was broken
 */
export function parseTag(text: string): Tag;
export function parseTag<K extends TagKind>(text: string, kind: K): Tag<K>;
export function parseTag(text: string, expected?: TagKind): Tag {
  const at = text.indexOf('-');
  const kind = text.slice(0, Math.max(0, at));
  if (at < 0) throw new TypeError(`${shown(text)} is no tag: there is no hyphen after its kind`);
  if (!isTagKind(kind)) {
    throw new TypeError(
      `${shown(text)} is no tag: ${shown(kind)} is none of the kinds ${Object.keys(kinds).join(', ')}`,
    );
  }
  if (expected !== undefined && kind !== expected) {
    throw new TypeError(
      `${shown(text)} is a tag of the kind ${kind}, and must be one of the kind ${expected}`,
    );
  }
  const { decode } = ruleOf(kind);
  const rest = text.slice(at + 1);
  const id = decode === undefined ? rest : decode(rest);
  check(kind, id, `${shown(text)} is no tag`);
  return { kind, id };
}

/**
 * The tag of what is named: `formatTag({ kind: 'unit', id: 'mysql/0' })` is `unit-mysql-0`.
 *
 * @throws TypeError when there is no such kind, or the id isn't one of that kind
 */
export function formatTag<K extends TagKind>({
  kind,
  id,
}: {
  readonly kind: K;
  readonly id: string;
}): TagText<K>;
export function formatTag({ kind, id }: { readonly kind: TagKind; readonly id: string }): TagText {
  if (!isTagKind(kind)) {
    throw new TypeError(`${shown(kind)} is no kind of tag; there are ${Object.keys(kinds).join(', ')}`);
  }
  check(kind, id, `there is no ${kind} tag of ${shown(id)}`);
  const { encode } = ruleOf(kind);
  return `${kind}-${encode === undefined ? id : encode(id)}`;
}

/** Whether an id is one of a kind: `isTagId('unit', 'mysql/0')`. */
export function isTagId(kind: TagKind, id: string): boolean {
  return id.length <= longest && ruleOf(kind).id.test(id);
}

const of =
  <K extends TagKind>(kind: K) =>
  (id: string): TagText<K> =>
    formatTag({ kind, id });

/** A function a kind: `tags.unit('mysql/0')` is `unit-mysql-0`. Each throws a TypeError on an id that isn't one. */
export const tags: { readonly [K in TagKind]: (id: string) => TagText<K> } = {
  action: of('action'),
  application: of('application'),
  applicationoffer: of('applicationoffer'),
  caasmodel: of('caasmodel'),
  charm: of('charm'),
  cloud: of('cloud'),
  cloudcred: of('cloudcred'),
  controller: of('controller'),
  environment: of('environment'),
  filesystem: of('filesystem'),
  ipaddress: of('ipaddress'),
  machine: of('machine'),
  model: of('model'),
  operation: of('operation'),
  payload: of('payload'),
  relation: of('relation'),
  space: of('space'),
  storage: of('storage'),
  subnet: of('subnet'),
  unit: of('unit'),
  user: of('user'),
  volume: of('volume'),
};

/** Longer than any id is, and short enough for any rule. */
const longest = 1000;

function check(kind: TagKind, id: string, what: string): void {
  if (isTagId(kind, id)) return;
  const { named, example } = ruleOf(kind);
  throw new TypeError(`${what}: ${shown(id)} is no ${named}${hintOf(kind, id)}; one is ${example}`);
}

/** What people get wrong most. */
function hintOf(kind: TagKind, id: string): string {
  if (id === '') return ', as it is empty';
  if (kind !== 'application' && kind !== 'unit') return '';
  const name = kind === 'unit' ? id.replace(/\/[^/]*$/, '') : id;
  if (kind === 'unit' && !id.includes('/')) return ', as it has no number after a slash';
  if (/[A-Z]/.test(name)) return ', as it has a capital letter';
  if (/-[0-9]+$/.test(name)) return ', as there are only digits after its last hyphen';
  return '';
}

/** A tag may have been read from anywhere. */
function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
