import { InputError } from '../../errors.ts';
import { child, pointerOf } from '../../json/pointer.ts';
import { isObject } from '../../json/values.ts';
import type { JsonSchema, JsonValue } from '../../model.ts';
import type { Documents } from '../documents.ts';
import { type TypeContext, typeOf } from './notation.ts';

/** What we know about the functions of a module that introspection doesn't tell (`overlays/modules/pkg.yaml`). */
export interface Overlay {
  readonly file: string;
  readonly about?: string;
  /** What results and parameters refer to. */
  readonly types: ReadonlyMap<string, JsonSchema>;
  /** What a parameter of that name is in every function of the module that doesn't say otherwise. */
  readonly params: ReadonlyMap<string, JsonSchema>;
  readonly functions: ReadonlyMap<string, FunctionOverlay>;
}

interface FunctionOverlay {
  readonly doc?: string;
  /** Parameters by their names; those that introspection doesn't know are taken under any name (`**kwargs`). */
  readonly params: ReadonlyMap<string, JsonSchema>;
  readonly result?: JsonSchema;
}

const PATH = /^overlays\/(?<group>modules|runners|wheel)\/(?<module>[^/]+)\.yaml$/;

export function isOverlayPath(path: string): boolean {
  return PATH.test(path);
}

/** By group and module: `modules/pkg`. */
export function overlaysOf({ files }: Documents): ReadonlyMap<string, Overlay> {
  return new Map(
    [...files].flatMap(([file, content]) => {
      const { group, module } = PATH.exec(file)?.groups ?? {};
      return group === undefined ? [] : [[`${group}/${module}`, overlayOf(file, content)] as const];
    }),
  );
}

function overlayOf(file: string, content: JsonValue): Overlay {
  const about = child(content, 'about');
  const types = members(content, 'types');
  const names = new Set(types.map(([name]) => name));
  const wrong = types.find(([name]) => !/^[A-Z][A-Za-z\d]*$/.test(name) || name.endsWith('Arguments'));
  if (wrong !== undefined) {
    throw new InputError(`${JSON.stringify(wrong[0])} cannot name a type`, {
      file,
      pointer: '/types',
      hint: 'Write it in Pascal case; names that end in Arguments are taken',
    });
  }
  const context = (...steps: readonly string[]): TypeContext => ({ file, names, pointer: pointerOf(steps) });
  const typed = (entries: readonly [string, JsonValue][], ...steps: readonly string[]) =>
    entries.map(([name, written]) => [name, typeOf(written, context(...steps, name))] as const);
  return {
    file,
    ...(typeof about === 'string' && { about }),
    types: new Map(typed(types, 'types')),
    params: new Map(typed(members(content, 'params'), 'params')),
    functions: new Map(
      members(content, 'functions').map(([name, said]) => {
        const [doc, result] = [child(said, 'doc'), child(said, 'result')];
        return [
          name,
          {
            ...(typeof doc === 'string' && { doc }),
            ...(result !== undefined && { result: typeOf(result, context('functions', name, 'result')) }),
            params: new Map(typed(members(said, 'params'), 'functions', name, 'params')),
          },
        ];
      }),
    ),
  };
}

function members(content: JsonValue, name: string): [string, JsonValue][] {
  const value = child(content, name);
  return isObject(value) ? Object.entries(value) : [];
}
