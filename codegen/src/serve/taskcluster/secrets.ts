import { bodyOf, json, Refusal } from '../core/service.ts';
import { type Model, notFound, paged, param } from './deployment.ts';
import type { Secret } from './state.ts';

export const secrets: Model = {
  service: 'secrets',
  handlers: {
    set(call) {
      call.deployment.state.secrets.set(param(call, 'name'), bodyOf<Secret>(call));
      return json({});
    },
    remove(call) {
      if (!call.deployment.state.secrets.delete(param(call, 'name'))) throw notFound('Secret not found');
      return json({});
    },
    get(call) {
      const { state, now } = call.deployment;
      const secret = state.secrets.get(param(call, 'name'));
      if (secret === undefined) throw notFound('Secret not found');
      if (Date.parse(secret.expires) < now()) {
        throw new Refusal(410, 'ResourceExpired', 'The requested resource has expired.');
      }
      return json(secret);
    },
    list(call) {
      return paged(call, [...call.deployment.state.secrets.keys()].sort());
    },
  },
};
