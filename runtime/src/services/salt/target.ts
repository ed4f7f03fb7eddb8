/** The ways to choose minions. */
interface Ways {
  /** Ids by a glob: `web*`. */
  glob: string;
  /** Ids by a regular expression. */
  pcre: string;
  /** These ids. */
  list: readonly string[];
  /** A grain and a glob: `os:Debian`. */
  grain: string;
  /** A grain and a regular expression: `os:Deb.*`. */
  grainPcre: string;
  /** A pillar value and a glob: `role:web*`. */
  pillar: string;
  /** A pillar value and a regular expression. */
  pillarPcre: string;
  /** A pillar value as it is. */
  pillarExact: string;
  /** A group that the master's configuration names. */
  nodegroup: string;
  /** A SECO range. */
  range: string;
  /** Several ways at once: `G@os:Debian and web*`. */
  compound: string;
  /** An address or a subnet: `10.0.0.0/8`. */
  ipcidr: string;
}

/** One of the ways, and none of the others. */
type One<K extends keyof Ways> = Readonly<Pick<Ways, K>> & {
  readonly [P in Exclude<keyof Ways, K>]?: never;
};

/**
 * Which minions are meant. A string is a glob over their ids: `'*'`, `'web*'`. Anything else is named after the way that
 * it chooses by: `{ list: ['web1', 'web2'] }`, `{ grain: 'os:Debian' }`.
 */
export type Target = string | { [K in keyof Ways]: One<K> }[keyof Ways];

/** The ways to choose minions, as the wire calls them. */
type TargetType =
  | 'glob'
  | 'pcre'
  | 'list'
  | 'grain'
  | 'grain_pcre'
  | 'pillar'
  | 'pillar_pcre'
  | 'pillar_exact'
  | 'nodegroup'
  | 'range'
  | 'compound'
  | 'ipcidr';

/** A target on the wire. */
interface WireTarget {
  readonly tgt: string | readonly string[];
  readonly tgt_type: TargetType;
}

const types: Readonly<Record<keyof Ways, TargetType>> = {
  glob: 'glob',
  pcre: 'pcre',
  list: 'list',
  grain: 'grain',
  grainPcre: 'grain_pcre',
  pillar: 'pillar',
  pillarPcre: 'pillar_pcre',
  pillarExact: 'pillar_exact',
  nodegroup: 'nodegroup',
  range: 'range',
  compound: 'compound',
  ipcidr: 'ipcidr',
};

/**
 * A target as it is sent. The type always goes along, since a master passes over what it doesn't know and takes the rest
 * for a glob.
 *
 * @throws TypeError when it isn't exactly one way to choose, or chooses by nothing
 */
export function wireTarget(target: Target): WireTarget {
  if (typeof target === 'string') return { tgt: checkedText(target, 'glob'), tgt_type: 'glob' };
  const [entry, ...more] = Object.entries<unknown>(target ?? {});
  if (entry === undefined || !isWay(entry[0]) || more.length > 0) {
    throw new TypeError(
      `a target must be a glob or an object with one of ${Object.keys(types).join(', ')}: { grain: 'os:Debian' }`,
    );
  }
  const [name, value] = entry;
  return { tgt: name === 'list' ? checkedList(value) : checkedText(value, name), tgt_type: types[name] };
}

function isWay(name: string): name is keyof Ways {
  return Object.hasOwn(types, name);
}

function checkedList(value: unknown): readonly string[] {
  if (Array.isArray(value) && value.length > 0) return value.map((each) => checkedText(each, 'list'));
  throw new TypeError('the list of a target must be an array with at least one id of a minion');
}

function checkedText(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new TypeError(`the ${name} of a target must be a string that is not empty`);
}
