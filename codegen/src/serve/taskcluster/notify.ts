import { bodyOf, Refusal, type Reply } from '../core/service.ts';
import { type Model, paged, type TaskclusterCall } from './deployment.ts';
import type { DenylistEntry } from './state.ts';

/** Notifications go nowhere: whether one was asked for is seen in the recorded requests. */
export const notify: Model = {
  service: 'notify',
  handlers: {
    email: (call) => send(call, 'email', bodyOf<{ readonly address: string }>(call).address),
    pulse: (call) => send(call, 'pulse', bodyOf<{ readonly routingKey: string }>(call).routingKey),
    matrix: (call) => send(call, 'matrix-room', bodyOf<{ readonly roomId: string }>(call).roomId),
    slack: (call) => send(call, 'slack-channel', bodyOf<{ readonly channelId: string }>(call).channelId),
    addDenylistAddress(call) {
      const entry = bodyOf<DenylistEntry>(call);
      call.deployment.state.denylist.set(keyOf(entry), entry);
      return done;
    },
    deleteDenylistAddress(call) {
      call.deployment.state.denylist.delete(keyOf(bodyOf<DenylistEntry>(call)));
      return done;
    },
    listDenylist: (call) => paged(call, [...call.deployment.state.denylist.values()]),
  },
};

/** These methods say nothing but that all went well. */
const done: Reply = { status: 200 };

function send(call: TaskclusterCall, notificationType: string, notificationAddress: string): Reply {
  if (!call.deployment.state.denylist.has(keyOf({ notificationType, notificationAddress }))) return done;
  throw new Refusal(400, 'DenylistedAddress', `The address ${notificationAddress} is on the denylist`);
}

function keyOf({ notificationType, notificationAddress }: DenylistEntry): string {
  return `${notificationType} ${notificationAddress}`;
}
