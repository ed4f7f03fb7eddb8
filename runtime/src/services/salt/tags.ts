import type { Tag } from '../../http/tag.ts';

/** The names of the parts of a tag's pattern, with what they are in one tag. */
type TagParts = Readonly<Record<string, string>>;

/** Reads tags by one pattern. */
export type TagReader = (tag: string) => TagParts | undefined;

/**
 * A reader of tags: gives the parts of one that has the pattern and whose parts are what is wanted, `undefined` for any
 * other. A part is what stands between two slashes; the last one may have slashes in it, as the tags of beacons and hooks
 * do, unless it is all of the pattern.
 */
export function tagReader({ pattern, parts }: Tag): TagReader {
  const names: string[] = [];
  const pieces = pattern.split(/\{([^{}]*)\}/);
  const source = pieces
    .map((piece, index) => {
      if (index % 2 === 0) return piece.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
      names.push(piece);
      const isLast = index === pieces.length - 2 && pieces[index + 1] === '' && pattern.includes('/');
      return isLast ? '(.+)' : '([^/]+)';
    })
    .join('');
  const whole = new RegExp(`^${source}$`, 's');
  const wanted = Object.entries(parts);
  return (tag) => {
    const found = whole.exec(tag);
    if (found === null) return undefined;
    const read = Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? '']));
    return wanted.every(([name, value]) => read[name] === value) ? read : undefined;
  };
}
