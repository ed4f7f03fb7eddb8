import type { Param } from '../../model.ts';
import { paramName, queryParamName } from '../../names.ts';

/**
 * The references name parameters and don't type them: on the wire all are text. These are the ones of which the
 * services accept only numbers, booleans or dates, by the patterns they check them with.
 */
const TYPES: Readonly<Record<string, Param['type']>> = {
  includeArchived: 'boolean',
  limit: 'integer',
  number: 'integer',
  quarantined: 'boolean',
  runId: 'integer',
  since: 'date',
};

export function paramOf(
  wire: string,
  place: { readonly required: boolean; readonly secret: boolean },
): Param {
  const type = Object.hasOwn(TYPES, wire) ? (TYPES[wire] ?? 'string') : 'string';
  return {
    wire,
    name: place.required ? paramName(wire) : queryParamName(wire),
    type,
    ...place,
    doc: { facts: [] },
  };
}
