import type { Reply } from '../core/service.ts';
import { iso, paged, type TaskclusterCall } from './deployment.ts';

/** Writes down who changed a client or a role. */
export function remember(
  call: TaskclusterCall,
  actionType: string,
  entityType: string,
  entityId: string,
): void {
  const { clientId = '' } = call.caller;
  const created = iso(call.deployment.now());
  call.deployment.state.audit.push({ clientId, actionType, created, entityId, entityType });
}

/** What was done to one of them, oldest first. */
export function history(call: TaskclusterCall, entityType: string, entityId: string): Reply {
  const { audit } = call.deployment.state;
  return paged(
    call,
    audit.filter((entry) => entry.entityType === entityType && entry.entityId === entityId),
  );
}
