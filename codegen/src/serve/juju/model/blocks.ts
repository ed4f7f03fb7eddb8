import { Failure } from '../failures.ts';
import type { Model } from './model.ts';

/** Fails when what is asked for is forbidden for now. */
export function refuseBlocked(model: Model, kind: 'BlockChange' | 'BlockRemove' | 'BlockDestroy'): void {
  // Whoever forbids changes forbids removals, and these the end of all.
  const stronger = {
    BlockDestroy: ['BlockDestroy', 'BlockRemove', 'BlockChange'],
    BlockRemove: ['BlockRemove', 'BlockChange'],
    BlockChange: ['BlockChange'],
  };
  const found = stronger[kind].find((one) => model.blocks.has(one));
  if (found !== undefined) throw new Failure(model.blocks.get(found) ?? '', 'operation is blocked');
}
