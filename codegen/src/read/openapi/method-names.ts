import { type Claim, camelCase, methodName, operationMethodName, settleNames } from '../../names.ts';
import { named } from '../naming.ts';
import { listAt, type Node, objectOf, placeOf, refuse, textAt } from './node.ts';
import type { Operation, OperationReading } from './operations.ts';
import { answersInTwoWays } from './responses.ts';

/** An operation, or one of several methods that stand in its place, under its name. */
export interface NamedOperation {
  readonly operation: Operation;
  /** One of `x-variants`. */
  readonly variant: Node | undefined;
  /** Of an operation that answers as a whole or bit by bit, whether this is the method that gives it bit by bit. */
  readonly isStream: boolean | undefined;
  readonly name: string;
  /** What its class is called in our own lines. */
  readonly api: string;
}

/** The operations of one class, each under its name. */
export function namedOperations(
  api: string,
  operations: readonly Operation[],
  reading: OperationReading,
): readonly NamedOperation[] {
  const found = operations.flatMap((operation): Omit<NamedOperation, 'name' | 'api'>[] => {
    const variants = listAt(operation.node, 'x-variants');
    if (variants.length > 0) return variants.map((variant) => ({ operation, variant, isStream: undefined }));
    const inTwo = operation.verb !== 'head' && answersInTwoWays(operation.node, reading);
    const ways = inTwo ? [false, true] : [undefined];
    return ways.map((isStream) => ({ operation, variant: undefined, isStream }));
  });
  const [first] = operations;
  const { path = '', pointer = '' } = first?.node ?? {};
  const claims = found.map(({ operation, variant, isStream }) =>
    named(operation.node.path, operation.node.pointer, () => {
      const claim = claimOf(operation, variant);
      return isStream === true ? streamClaim(claim) : claim;
    }),
  );
  const names = named(path, pointer, () => settleNames(claims, `methods of ${api}`));
  return found.map((one, index) => ({ ...one, name: names[index] ?? '', api }));
}

function claimOf({ node, operationId, tag, verb, template }: Operation, variant: Node | undefined): Claim {
  const given = variant === undefined ? textAt(node, 'x-name') : variantName(variant);
  const source = placeOf(variant ?? node);
  if (given !== undefined) return { candidates: [methodName(camelCase(given))], rank: 0, source };
  const route = methodName(camelCase(`${verb} ${template.replace(/\{([^{}]*)\}/g, ' by $1 ')}`));
  if (operationId === undefined) return { candidates: [route], rank: 1, source };
  return {
    candidates: [operationMethodName(operationId, tag), operationMethodName(operationId), route],
    rank: 1,
    source,
  };
}

/** An operation of that name has more of a right to it. */
function streamClaim({ candidates, rank, source }: Claim): Claim {
  return { candidates: candidates.map((name) => `${name}Stream`), rank: rank + 2, source };
}

function variantName(variant: Node): string {
  return (
    textAt(objectOf(variant, 'a variant'), 'name') ??
    refuse(variant, 'a variant without a name', 'Name the method')
  );
}
