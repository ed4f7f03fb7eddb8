import { segmentsOf } from '../../json/pointer.ts';
import { isObject } from '../../json/values.ts';
import { type Claim, inputTypeName, schemaTypeName, spelledTypeName } from '../../names.ts';
import { type Node, refuse } from './node.ts';

/** What a type may be called. */
export type Named = Pick<Claim, 'candidates' | 'rank'>;

/** Who has more of a right to a name. */
const RANK = { given: 0, exact: 1, component: 2, derived: 3 } as const;

/**
 * The names that a schema may have: what `x-name` says, the name of the component, what the operations that use it
 * suggest, or the names on the way to it.
 */
export function typeClaim(node: Node, hints: readonly (readonly string[])[] = []): Named {
  const given = isObject(node.value) ? node.value['x-name'] : undefined;
  if (typeof given === 'string') return { candidates: [schemaTypeName(given)], rank: RANK.given };
  if (given !== undefined) refuse(node, 'x-name is not a text', 'Write the name of the type');
  const own = ownNameOf(node);
  if (own !== undefined) {
    const name = schemaTypeName(own);
    return { candidates: [name, spelledTypeName(own)], rank: name === own ? RANK.exact : RANK.component };
  }
  const way = wayOf(node);
  const whole = wayOf(node, true);
  const [hint] = hints.toSorted((a, b) => (a.join('\n') < b.join('\n') ? -1 : 1));
  // What several operations share through a component is called after that.
  const candidates = hint === undefined || isShared(node) ? [] : hint;
  return {
    candidates: [...candidates, schemaTypeName(way), schemaTypeName(whole), spelledTypeName(whole)],
    rank: RANK.derived,
  };
}

/** The properties that all of a family have. */
export function baseClaim({ candidates }: Named): Named {
  return { candidates: candidates.map((name) => `${name}Base`), rank: RANK.derived };
}

/** As it is sent, where that differs from how it is answered. */
export function requestClaim({ candidates }: Named): Named {
  const [first = ''] = candidates;
  return {
    candidates: [inputTypeName(first), `${first}RequestInput`, ...candidates.slice(1).map(inputTypeName)],
    rank: RANK.derived,
  };
}

/** A name that a method brings along: of its query, its errors. */
export function derivedClaim(source: string, ...candidates: readonly string[]): Claim {
  return { candidates, rank: RANK.derived, source };
}

/** The name of a component, of a whole file, or of one of the definitions in it. */
function ownNameOf({ path, pointer }: Node): string | undefined {
  const segments = segmentsOf(pointer) ?? [];
  const [last] = segments.slice(-1);
  if (last === undefined) return path.replace(/^.*\//, '').replace(/\.(json|ya?ml)$/i, '');
  const owner = segments.slice(0, -1).join('/');
  return ['', 'components/schemas', '$defs', 'definitions'].includes(owner) ? last : undefined;
}

function isShared({ pointer }: Node): boolean {
  return pointer.startsWith('/components/');
}

/** The words on the way to a part, without those that say only how it is a part; media types seldom matter. */
function wayOf({ path, pointer }: Node, withMediaTypes = false): string {
  const words = (segmentsOf(pointer) ?? []).filter(
    (segment) => !KEYWORDS.has(segment) && (withMediaTypes || !MEDIA_TYPE.test(segment)),
  );
  return words.length === 0 ? path : words.join(' ');
}

const KEYWORDS = new Set([
  '$defs',
  'components',
  'content',
  'definitions',
  'parameters',
  'paths',
  'properties',
  'requestBodies',
  'responses',
  'schema',
  'schemas',
]);

const MEDIA_TYPE = /^[\w*]+\/[\w.+*-]+$/;
