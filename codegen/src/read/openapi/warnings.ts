import type { JsonObject } from '../../json/values.ts';
import type { Warning } from '../../model.ts';
import { KEYWORDS, type Part } from './keywords.ts';
import { type Node, placeOf } from './node.ts';

/**
 * What was ignored. The same thing at many places is one warning that counts them and tells the first place in the
 * alphabet, so that it depends neither on the order of keys nor on that of reading.
 */
export class Warnings {
  readonly #found = new Map<string, { readonly message: string; readonly places: Map<string, Node> }>();

  add(node: Node, message: string): void {
    const key = `${node.path}\n${message}`;
    const { places } = this.#found.get(key) ?? this.#begin(key, message);
    places.set(placeOf(node), node);
  }

  /** Warns of the keys of an object that the specification doesn't know at this kind of object. */
  unknownKeys(object: JsonObject, where: Node, part: Part): void {
    for (const key of Object.keys(object)) {
      if (KEYWORDS[part].has(key) || key.startsWith('x-')) continue;
      this.add(where, `the keyword ${JSON.stringify(key)} of ${WORDS[part]} is not known and was ignored`);
    }
  }

  list(): readonly Warning[] {
    return [...this.#found.values()]
      .flatMap(({ message, places }): Warning[] => {
        const [first, ...others] = [...places].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, node]) => node);
        if (first === undefined) return [];
        const noun = others.length === 1 ? 'place' : 'places';
        const count = others.length === 0 ? '' : `, here and at ${others.length} other ${noun}`;
        return [{ file: first.path, pointer: first.pointer, message: message + count }];
      })
      .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  }

  #begin(key: string, message: string): { readonly message: string; readonly places: Map<string, Node> } {
    const begun = { message, places: new Map<string, Node>() };
    this.#found.set(key, begun);
    return begun;
  }
}

function sortKey({ file, pointer, message }: Warning): string {
  return `${file}\n${pointer}\n${message}`;
}

const WORDS: Readonly<Record<Part, string>> = {
  document: 'a document',
  pathItem: 'a path',
  operation: 'an operation',
  parameter: 'a parameter',
  requestBody: 'a request body',
  response: 'a response',
  mediaType: 'a media type',
  securityScheme: 'a security scheme',
  server: 'a server',
  schema: 'a schema',
};
