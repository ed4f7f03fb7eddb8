import { json, Refusal, type Reply } from '../core/service.ts';
import { iso, type Model, paged, param, type TaskclusterCall } from './deployment.ts';
import { type HookFire, newAccessToken, slugid } from './state.ts';

/** Hooks are kept by the rule for all things that are put; what is here is triggering them. */
export const hooks: Model = {
  service: 'hooks',
  handlers: {
    triggerHook: (call) => fire(call, 'triggerHook'),
    triggerHookWithToken(call) {
      if (tokenOf(call) !== param(call, 'token')) {
        throw new Refusal(401, 'AuthenticationFailed', 'invalid hook token');
      }
      return fire(call, 'triggerHookWithToken');
    },
    getTriggerToken: (call) => json({ token: tokenOf(call) }),
    resetTriggerToken(call) {
      call.deployment.state.hookTokens.delete(hookKey(call));
      return json({ token: tokenOf(call) });
    },
    getHookStatus(call) {
      const last = fires(call).at(-1);
      if (last === undefined) return json({ lastFire: { result: 'no-fire' } });
      return json({ lastFire: { result: 'success', taskId: last.taskId, time: last.taskCreateTime } });
    },
    listLastFires: (call) => paged(call, fires(call).toReversed()),
  },
};

function hookKey(call: TaskclusterCall): string {
  return `${param(call, 'hookGroupId')}/${param(call, 'hookId')}`;
}

function tokenOf(call: TaskclusterCall): string {
  const { hookTokens } = call.deployment.state;
  const token = hookTokens.get(hookKey(call)) ?? newAccessToken();
  hookTokens.set(hookKey(call), token);
  return token;
}

function fires(call: TaskclusterCall): readonly HookFire[] {
  return call.deployment.state.hookFires.get(hookKey(call)) ?? [];
}

/** Fires on paper: what task a hook makes is the outcome of a template, and templates aren't evaluated here. */
function fire(call: TaskclusterCall, firedBy: HookFire['firedBy']): Reply {
  const taskId = slugid();
  const entry: HookFire = {
    hookGroupId: param(call, 'hookGroupId'),
    hookId: param(call, 'hookId'),
    taskId,
    firedBy,
    taskCreateTime: iso(call.deployment.now()),
    result: 'success',
    taskState: 'unknown',
    error: '',
  };
  call.deployment.state.hookFires.set(hookKey(call), [...fires(call), entry]);
  return json({ taskId, status: { taskId } });
}
