import { Failure } from './failures.ts';

/** What a tag names: `unit-mysql-0` is the unit `mysql/0`. */
export interface Tag {
  readonly kind: string;
  readonly id: string;
}

/** The id of a kind as its tags have it, and back. */
const encodings: Readonly<
  Record<string, { readonly written: (id: string) => string; readonly read: (id: string) => string }>
> = {
  unit: {
    written: (id) => id.replace(/\/(?=\d+$)/, '-'),
    read: (id) => id.replace(/-(?=\d+$)/, '/'),
  },
  machine: { written: (id) => id.replaceAll('/', '-'), read: (id) => id.replaceAll('-', '/') },
  storage: {
    written: (id) => id.replace(/\/(?=\d+$)/, '-'),
    read: (id) => id.replace(/-(?=\d+$)/, '/'),
  },
  relation: {
    written: (id) => id.replaceAll(':', '.').replaceAll(' ', '#'),
    read: (id) => id.replaceAll('.', ':').replaceAll('#', ' '),
  },
};

export function tagOf(kind: string, id: string): string {
  return `${kind}-${encodings[kind]?.written(id) ?? id}`;
}

/** Fails with what isn't a tag, and with one of another kind than the one that is wanted. */
export function parseTag(text: string, wanted?: string): Tag {
  const [, kind, id] = /^([a-z]+)-(.+)$/s.exec(text) ?? [];
  if (kind === undefined || id === undefined) throw new Failure(`${JSON.stringify(text)} is not a valid tag`);
  if (wanted !== undefined && kind !== wanted)
    throw new Failure(`${JSON.stringify(text)} is not a valid ${wanted} tag`);
  return { kind, id: encodings[kind]?.read(id) ?? id };
}
