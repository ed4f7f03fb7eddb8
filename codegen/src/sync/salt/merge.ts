import { isDeepStrictEqual } from 'node:util';
import type { JsonValue } from '../../model.ts';
import type { Signature } from '../../read/salt/functions.ts';

/** A signature that suits all of several minions; undefined when none said anything. */
export function merged(signatures: readonly Signature[]): Signature | undefined {
  const [first, ...others] = signatures;
  return first === undefined ? undefined : others.reduce(both, first);
}

/** What either takes may be given; what both need has to be. */
function both(one: Signature, other: Signature): Signature {
  const { differs: _, ...said } = one;
  if (isDeepStrictEqual(said, other)) return one;
  const sides = [presetsOf(one), presetsOf(other)];
  const names = [...new Set(sides.flatMap((presets) => [...presets.keys()]))];
  const isNeeded = (name: string) =>
    sides.every((presets) => presets.has(name) && presets.get(name) === undefined);
  const required = names.filter(isNeeded);
  const optional = names.filter((name) => !isNeeded(name));
  const args = [...required, ...optional];
  return {
    ...(args.length > 0 && { args }),
    ...(optional.length > 0 && { defaults: optional.map((name) => commonPreset(sides, name)) }),
    ...((one.varargs ?? other.varargs) && { varargs: true }),
    ...((one.kwargs ?? other.kwargs) && { kwargs: true }),
    differs: true,
  };
}

type Presets = ReadonlyMap<string, JsonValue | undefined>;

/** By argument, in order; undefined for one that has to be given. */
function presetsOf({ args = [], defaults = [] }: Signature): Presets {
  const first = args.length - defaults.length;
  return new Map(
    args.map((name, index) => [name, index < first ? undefined : (defaults[index - first] ?? null)]),
  );
}

/** Where minions have different defaults, it is as good as unknown. */
function commonPreset(sides: readonly Presets[], name: string): JsonValue {
  const [preset = null, ...others] = sides
    .filter((presets) => presets.has(name))
    .map((presets) => presets.get(name) ?? null);
  return others.every((other) => isDeepStrictEqual(other, preset)) ? preset : null;
}
