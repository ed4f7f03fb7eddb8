import type { Access, Resource } from './acl-rules.ts';
import type { ConsulCall } from './deployment.ts';
import { denied } from './errors.ts';

/** Refuses a caller who may not do that. `name` is `''` where rules have none. */
export function demand(
  { consul, caller }: Pick<ConsulCall, 'consul' | 'caller'>,
  resource: Resource,
  name: string,
  access: Access,
): void {
  if (!caller.may(resource, name, access)) throw denied(consul, caller, `${resource}:${access}`, name);
}
