import { bodyOf, json, Refusal } from '../core/service.ts';
import { remember } from './audit.ts';
import {
  conflict,
  expanded,
  iso,
  type Model,
  notFound,
  paged,
  param,
  sorted,
  type TaskclusterCall,
} from './deployment.ts';
import { isCyclic, satisfiesAll } from './scopes.ts';
import { canonical, type Role, type State } from './state.ts';

/** Names for sets of scopes. */
export const roles: Model = {
  service: 'auth',
  handlers: {
    listRoles: (call) => json(allRoles(call).map((role) => shownRole(call.deployment.state, role))),
    listRoles2: (call) =>
      paged(
        call,
        allRoles(call).map((role) => shownRole(call.deployment.state, role)),
      ),
    listRoleIds: (call) =>
      paged(
        call,
        allRoles(call).map(({ roleId }) => roleId),
      ),
    role: (call) => json(shownRole(call.deployment.state, roleIn(call))),
    createRole(call) {
      const { state, now } = call.deployment;
      const roleId = param(call, 'roleId');
      const { description, scopes } = bodyOf<RoleRequest>(call);
      const known = state.roles.get(roleId);
      if (
        known !== undefined &&
        (known.description !== description || canonical(known.scopes) !== canonical(scopes))
      ) {
        throw conflict(`role with roleId ${JSON.stringify(roleId)} already exists`);
      }
      const moment = iso(now());
      const role = known ?? { roleId, description, scopes, created: moment, lastModified: moment };
      put(state, role);
      if (known === undefined) remember(call, 'created', 'role', roleId);
      return json(shownRole(state, role));
    },
    updateRole(call) {
      const { state, now } = call.deployment;
      const role = { ...roleIn(call), ...bodyOf<RoleRequest>(call), lastModified: iso(now()) };
      put(state, role);
      remember(call, 'updated', 'role', role.roleId);
      return json(shownRole(state, role));
    },
    deleteRole(call) {
      const roleId = param(call, 'roleId');
      if (call.deployment.state.roles.delete(roleId)) remember(call, 'deleted', 'role', roleId);
      return json({});
    },
  },
  scopeValues: {
    updateRole(call) {
      const { roleId, scopes: before } = roleIn(call);
      return {
        roleId,
        scopesAdded: bodyOf<RoleRequest>(call).scopes.filter((scope) => !satisfiesAll(before, [scope])),
      };
    },
  },
};

interface RoleRequest {
  readonly scopes: readonly string[];
  readonly description: string;
}

function allRoles(call: TaskclusterCall): readonly Role[] {
  return sorted(call.deployment.state.roles.values(), ({ roleId }) => roleId);
}

function roleIn(call: TaskclusterCall): Role {
  const role = call.deployment.state.roles.get(param(call, 'roleId'));
  if (role === undefined) throw notFound('Role not found');
  return role;
}

/** The real service refuses what would expand without end. */
function put(state: State, role: Role): void {
  const others = [...state.roles.values()].filter(({ roleId }) => roleId !== role.roleId);
  if (isCyclic(role, others)) {
    throw new Refusal(400, 'InputError', `The role ${JSON.stringify(role.roleId)} would expand without end`);
  }
  state.roles.set(role.roleId, role);
}

function shownRole(state: State, role: Role) {
  return { ...role, expandedScopes: expanded(state, [`assume:${role.roleId}`]) };
}
