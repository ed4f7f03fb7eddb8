import type { JsonSchema } from '../model.ts';
import { quote } from './literal.ts';
import type { Draft } from './patterns.ts';
import { resolved, type Scope } from './reference.ts';

/** Whether a part of `allOf` only says which properties of the other parts are required. */
export function isRequirement({ type, required, ...rest }: JsonSchema): boolean {
  return type === 'object' && required !== undefined && Object.keys(rest).length === 0;
}

/** `Required<Pick<Pet, 'name'>>` for each part whose properties others require; what no part has is left out. */
export function requirements(
  allOf: readonly JsonSchema[],
  scope: Scope,
  typeOf: (schema: JsonSchema) => Draft,
): readonly Draft[] {
  const waiting = new Set(allOf.filter(isRequirement).flatMap(({ required = [] }) => required));
  return allOf.flatMap((part): Draft[] => {
    const found = [...waiting].filter((name) => presence(part, name, scope).isDeclared);
    for (const name of found) waiting.delete(name);
    const optional = found.filter((name) => !presence(part, name, scope).isRequired);
    if (optional.length === 0) return [];
    const names: Draft[] = optional.sort().map((name) => ({ kind: 'text', text: quote(name) }));
    const picked: Draft = {
      kind: 'generic',
      name: 'Pick',
      members: [typeOf(part), { kind: 'union', members: names }],
    };
    return [{ kind: 'generic', name: 'Required', members: [picked] }];
  });
}

interface Presence {
  readonly isDeclared: boolean;
  readonly isRequired: boolean;
}

function presence(schema: JsonSchema, name: string, scope: Scope): Presence {
  const { properties = {}, required = [], allOf = [], anyOf, oneOf } = resolved(schema, scope) ?? {};
  const inner = (part: JsonSchema) => presence(part, name, scope);
  const parts = allOf.map(inner);
  const unions = [anyOf, oneOf].flatMap((union) => (union === undefined ? [] : [union.map(inner)]));
  const isDeclared =
    Object.hasOwn(properties, name) ||
    parts.some((part) => part.isDeclared) ||
    unions.some((union) => union.every((branch) => branch.isDeclared));
  const isRequired =
    required.includes(name) ||
    parts.some((part) => part.isRequired) ||
    unions.some((union) => union.every((branch) => branch.isRequired));
  return { isDeclared, isRequired };
}
