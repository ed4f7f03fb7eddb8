import type { Warning } from '../../model.ts';
import type { Merged } from './merge.ts';

/** Types of Go that turn themselves into JSON, which what describes them doesn't know. */
const OWN_FORMS: ReadonlyMap<string, string> = new Map([
  ['Binary', 'a text'],
  ['Delta', 'a list of three'],
  ['Macaroon', 'an object of any form'],
  ['Number', 'a text'],
]);

/** Where a description that no correction mends is known not to be what goes over the wire. */
export function warningsOf({ definitions }: Merged): readonly Warning[] {
  return [...OWN_FORMS].flatMap(([name, form]): Warning[] => {
    const type = definitions.get(name);
    if (type?.properties === undefined) return [];
    const [file = '', pointer = ''] = type.source.split('#');
    return [
      { file, pointer, message: `${name} goes over the wire as ${form}: let a correction say what it is` },
    ];
  });
}
