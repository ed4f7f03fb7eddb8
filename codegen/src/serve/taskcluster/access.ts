import { Refusal } from '../core/service.ts';
import type { Authentication, Realm } from './authenticate.ts';
import { type Caller, type Deployment, expanded } from './deployment.ts';
import { missingScopes, type ScopeExpression, satisfies } from './scopes.ts';

/** The clients of a deployment, as those who may sign. */
export function realmOf(deployment: Deployment): Realm {
  const { state, settings } = deployment;
  return {
    client: (clientId) => state.clients.get(clientId),
    // Whoever calls may also do what everybody may.
    expand: (scopes) => expanded(state, [...scopes, 'assume:anonymous']),
    now: () => deployment.now(),
    clockOffsetMs: settings.clockOffsetMs,
  };
}

/** Who calls; refuses a signature that isn't right. */
export function callerOf(authentication: Authentication): Caller {
  switch (authentication.status) {
    case 'auth-failed':
      throw new Refusal(401, 'AuthenticationFailed', authentication.message, { 'www-authenticate': 'hawk' });
    case 'no-auth':
      return { scopes: authentication.scopes };
    case 'auth-success':
      return { clientId: authentication.clientId, scopes: authentication.scopes };
  }
}

/** Refuses a caller who may not. */
export function demand(caller: Caller, expression: ScopeExpression): void {
  if (satisfies(caller.scopes, expression)) return;
  const who = caller.clientId === undefined ? 'A caller without credentials' : `Client ID ${caller.clientId}`;
  const missing = missingScopes(caller.scopes, expression).map((scope) => `  ${scope}`);
  throw new Refusal(
    403,
    'InsufficientScopes',
    [
      `${who} does not have sufficient scopes and is missing the following scopes:`,
      ...missing,
      '',
      'This request requires the following scope expression to be satisfied:',
      JSON.stringify(expression, undefined, 2),
    ].join('\n'),
  );
}
