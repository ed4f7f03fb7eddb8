/** What a call needs: a scope, all of several, or any of several. */
export type ScopeExpression =
  | string
  | { readonly AllOf: readonly ScopeExpression[] }
  | { readonly AnyOf: readonly ScopeExpression[] };

/**
 * Whether someone who has the scopes `held` may do what needs `required`. A held scope that ends in `*` stands for all
 * that begin with what is before it. Roles (`assume:…`) must be expanded already, as the auth service's `expandScopes`
 * and `currentScopes` do.
 */
export function satisfies(held: readonly string[], required: ScopeExpression): boolean {
  if (typeof required === 'string') return held.some((scope) => covers(scope, required));
  return 'AllOf' in required
    ? required.AllOf.every((each) => satisfies(held, each))
    : required.AnyOf.some((each) => satisfies(held, each));
}

function covers(held: string, required: string): boolean {
  return held.endsWith('*') ? required.startsWith(held.slice(0, -1)) : held === required;
}
