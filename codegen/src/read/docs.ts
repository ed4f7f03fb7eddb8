import { InputError } from '../errors.ts';
import { pointerOf } from '../json/pointer.ts';
import { isObject } from '../json/values.ts';
import type { Api, JsonValue } from '../model.ts';

/** Our own one-liners about one class (`docs.yaml`). */
export interface ClassDocs {
  readonly about?: string;
  readonly methods: ReadonlyMap<string, string>;
  readonly events: ReadonlyMap<string, string>;
}

/** By the service's own name for the API: `queue`, `worker-manager`. */
export type Docs = ReadonlyMap<string, ClassDocs>;

export const noDocs: Docs = new Map();

/** Reads what `docs.yaml` holds: `{ queue: { about, methods: { name: line }, events: { name: line } } }`. */
export function parseDocs(value: JsonValue, file: string): Docs {
  return new Map(
    entries(value, file, []).map(([api, content]) => {
      const { about, methods = null, events = null, ...rest } = isObject(content) ? content : {};
      const [unknown] = Object.keys(rest);
      if (!isObject(content) || unknown !== undefined) {
        throw new InputError(
          unknown === undefined ? 'holds nothing' : `has no place for ${JSON.stringify(unknown)}`,
          {
            file,
            pointer: pointerOf([api]),
            hint: 'Write { about, methods, events }',
          },
        );
      }
      return [
        api,
        {
          ...(about === undefined ? {} : { about: line(about, file, [api, 'about']) }),
          methods: lines(methods, file, [api, 'methods']),
          events: lines(events, file, [api, 'events']),
        },
      ];
    }),
  );
}

/** Refuses lines about what isn't there: a method that was renamed or removed. */
export function checkDocs(docs: Docs, apis: readonly Api[], file = 'docs.yaml'): void {
  const refuse = (what: string, pointer: readonly string[]): never => {
    throw new InputError(`describes ${what}, which doesn't exist`, {
      file,
      pointer: pointerOf(pointer),
      hint: 'Remove the line, or use the new name',
    });
  };
  for (const [path, { methods, events }] of docs) {
    const api = apis.find((candidate) => candidate.path === path) ?? refuse(`the service ${path}`, [path]);
    const known = {
      methods: new Set(api.methods.map(({ name }) => name)),
      events: new Set(api.events.map(({ name }) => name)),
    };
    for (const name of methods.keys())
      if (!known.methods.has(name)) refuse(`the method ${path}.${name}`, [path, 'methods', name]);
    for (const name of events.keys())
      if (!known.events.has(name)) refuse(`the event ${path}.${name}`, [path, 'events', name]);
  }
}

function lines(value: JsonValue, file: string, at: readonly string[]): ReadonlyMap<string, string> {
  return new Map(entries(value, file, at).map(([name, text]) => [name, line(text, file, [...at, name])]));
}

function line(value: JsonValue, file: string, at: readonly string[]): string {
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  throw new InputError('not a line of text', { file, pointer: pointerOf(at), hint: 'Write one sentence' });
}

/** An absent or empty mapping has no entries. */
function entries(value: JsonValue, file: string, at: readonly string[]): [string, JsonValue][] {
  if (value === null) return [];
  if (!isObject(value)) {
    throw new InputError('not a mapping of names', {
      file,
      pointer: pointerOf(at),
      hint: 'Write name: text',
    });
  }
  return Object.entries(value);
}
