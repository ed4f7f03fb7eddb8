import { InputError } from '../../errors.ts';
import { pointerOf } from '../../json/pointer.ts';
import { isObject } from '../../json/values.ts';
import type { JsonValue } from '../../model.ts';
import { type Documents, documentsOf } from '../documents.ts';
import { GROUPS, type Signature, signatureOf } from './functions.ts';

/** The files that answers of `sys.argspec` and its like are saved in, by their names; the first that matches counts. */
const CAPTURES: readonly { readonly name: RegExp; readonly group: string | undefined }[] = [
  { name: /runner_argspec\.json$/, group: 'runners' },
  { name: /wheel_argspec\.json$/, group: 'wheel' },
  // Functions that only states or the master call.
  { name: /(state|returner)_argspec\.json$/, group: undefined },
  { name: /argspec\.json$/, group: 'modules' },
];

export function isCapture(path: string): boolean {
  return groupOf(path) !== undefined;
}

/** What was saved of introspection, as the files that we store; of any other file nothing is left. */
export function captured({ origin, files }: Documents): Documents {
  return documentsOf(
    origin,
    [...files].flatMap(([path, content]): [string, JsonValue][] => {
      const group = GROUPS.find((known) => known.group === groupOf(path));
      return group === undefined ? [] : [[group.path, { functions: functionsIn(path, content) }]];
    }),
  );
}

function groupOf(path: string): string | undefined {
  return CAPTURES.find(({ name }) => name.test(path))?.group;
}

function functionsIn(file: string, content: JsonValue): Readonly<Record<string, Signature>> {
  if (!isObject(content)) {
    throw new InputError('not a mapping of functions', { file, hint: 'Save what sys.argspec answers' });
  }
  return Object.fromEntries(
    Object.entries(content).map(([name, answer]) => {
      const signature = signatureOf(answer);
      if (signature !== undefined) return [name, signature];
      throw new InputError('not a signature', {
        file,
        pointer: pointerOf([name]),
        hint: 'Save what sys.argspec answers: args, defaults, varargs and kwargs',
      });
    }),
  );
}
