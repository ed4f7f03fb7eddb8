import { keyOf, type Root, refsIn, type TypeGraph } from './type-graph.ts';
import { differsByItself, type View } from './views.ts';

/** The references that mean something else in a request than in an answer, by themselves or by what they refer to. */
export function differingTargets({ targets }: TypeGraph): ReadonlySet<string> {
  const usedBy = new Map<string, string[]>();
  for (const [key, { schema }] of targets) {
    for (const ref of refsIn(schema)) usedBy.set(ref, [...(usedBy.get(ref) ?? []), key]);
  }
  const differing = new Set(
    [...targets].filter(([, { schema }]) => differsByItself(schema)).map(([key]) => key),
  );
  for (const key of differing) for (const user of usedBy.get(key) ?? []) differing.add(user);
  return differing;
}

/**
 * The views in which each unit is needed, sorted. A reference that means the same from both sides is content with
 * the view in which its unit is needed anyway.
 */
export function neededViews(
  { targets, units }: TypeGraph,
  roots: readonly Root[],
  differing: ReadonlySet<string>,
): ReadonlyMap<string, readonly View[]> {
  const needed = new Map<string, Set<View>>();
  const definite: { readonly unit: string; readonly view: View }[] = [];
  const either: { readonly unit: string; readonly view: View }[] = [];
  const refer = (ref: string, view: View) => {
    const unit = targets.get(ref)?.unit ?? '';
    (differing.has(ref) ? definite : either).push({ unit, view });
  };
  const need = (unit: string, view: View) => {
    needed.set(unit, new Set([...(needed.get(unit) ?? []), view]));
    for (const ref of refsIn(units.get(unit)?.schema ?? {})) refer(ref, view);
  };
  for (const root of roots) refer(keyOf(root), root.view);
  while (definite.length + either.length > 0) {
    const sure = definite.pop();
    if (sure !== undefined && needed.get(sure.unit)?.has(sure.view) !== true) need(sure.unit, sure.view);
    if (sure !== undefined) continue;
    const any = either.shift();
    if (any !== undefined && !needed.has(any.unit)) need(any.unit, any.view);
  }
  return new Map([...needed].map(([key, views]) => [key, [...views].sort()]));
}
