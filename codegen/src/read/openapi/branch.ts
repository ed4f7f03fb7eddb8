import type { Param } from '../../model.ts';
import type { Documents } from '../documents.ts';
import { propertyOf } from './discriminators.ts';
import { member, type Node, refuse } from './node.ts';
import { followed } from './references.ts';

/**
 * What `x-branch` says: the parameter of the route whose value tells which branch of a union the answer is, or each of its
 * items.
 */
export function branchOf(
  operation: Node,
  path: readonly Param[],
  schema: Node | undefined,
  documents: Documents,
): string | undefined {
  const found = member(operation, 'x-branch');
  if (found === undefined) return undefined;
  const param = path.find(({ wire }) => wire === found.value);
  if (param === undefined)
    return refuse(found, `the path has no parameter ${JSON.stringify(found.value)}`, 'Name one that it has');
  if (schema === undefined || !isToldApart(schema, documents)) {
    return refuse(
      found,
      'the answer is no union that a property tells apart',
      'Give the union a discriminator, or leave x-branch out',
    );
  }
  return param.wire;
}

function isToldApart(schema: Node, documents: Documents): boolean {
  const answer = followed(documents, schema, 'a schema');
  const items = member(answer, 'items');
  const union = items === undefined ? answer : followed(documents, items, 'a schema');
  return propertyOf(union.value, union) !== undefined;
}
