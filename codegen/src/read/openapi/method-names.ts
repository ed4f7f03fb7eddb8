import { type Claim, camelCase, methodName, operationMethodName, settleNames } from '../../names.ts';
import { named } from '../naming.ts';
import { listAt, type Node, objectOf, placeOf, refuse, textAt } from './node.ts';
import type { Operation } from './operations.ts';

/** An operation, or one of several methods that stand in its place, under its name. */
export interface NamedOperation {
  readonly operation: Operation;
  /** One of `x-variants`. */
  readonly variant: Node | undefined;
  readonly name: string;
  /** What its class is called in our own lines. */
  readonly api: string;
}

/** The operations of one class, each under its name. */
export function namedOperations(api: string, operations: readonly Operation[]): readonly NamedOperation[] {
  const found = operations.flatMap((operation) => {
    const variants = listAt(operation.node, 'x-variants');
    return (variants.length === 0 ? [undefined] : variants).map((variant) => ({ operation, variant }));
  });
  const [first] = operations;
  const { path = '', pointer = '' } = first?.node ?? {};
  const claims = found.map(({ operation, variant }) =>
    named(operation.node.path, operation.node.pointer, () => claimOf(operation, variant)),
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

function variantName(variant: Node): string {
  return (
    textAt(objectOf(variant, 'a variant'), 'name') ??
    refuse(variant, 'a variant without a name', 'Name the method')
  );
}
