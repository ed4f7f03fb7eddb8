import { json } from '../core/service.ts';
import { type Model, param } from './deployment.ts';
import { taskOf } from './tasks.ts';

/** Profiles of tasks, for a viewer of profiles. Their answers have no schema. */
export const webServer: Model = {
  service: 'web-server',
  handlers: {
    taskProfile(call) {
      const { taskId, definition } = taskOf(call.deployment.state, param(call, 'taskId'));
      return json(profile(`Task ${taskId}`, Date.parse(definition.created)));
    },
    taskGroupProfile: (call) =>
      json(profile(`Task group ${param(call, 'taskGroupId')}`, call.deployment.now())),
  },
};

function profile(product: string, startTime: number) {
  return { meta: { product, startTime, interval: 0, version: 24 }, threads: [] };
}
