import type { JsonObject } from '../core/schemas.ts';
import { bodyOf, json } from '../core/service.ts';
import { issueTemporary } from './certificate.ts';
import { conflict, type Deployment, iso, type Model, param, type TaskclusterCall } from './deployment.ts';
import { status } from './queue.ts';
import type { Run, Task } from './state.ts';
import { addRun, pendingTasks, resolveRun, runOf, statusOf, taskOf, updateRun } from './tasks.ts';

/** So long a claimed task is the worker's, unless it is reclaimed. */
const claimMs = 20 * 60_000;

/** What workers ask the queue for. */
export const claims: Model = {
  service: 'queue',
  handlers: {
    /** The real queue waits for work for some twenty seconds; this one says at once that there is none. */
    claimWork(call) {
      const { workerGroup, workerId, tasks: wanted } = bodyOf<Worker & { readonly tasks: number }>(call);
      const tasks = pendingTasks(call.deployment.state, param(call, 'taskQueueId')).slice(0, wanted);
      return json({
        tasks: tasks.map((task) => {
          const { takenUntil, ...claim } = claimed(call.deployment, task, task.runs.length - 1, {
            workerGroup,
            workerId,
          });
          // The one place where the queue writes a date in its other form.
          return { ...claim, takenUntil: String(takenUntil).replace('Z', '+00:00'), task: task.definition };
        }),
      });
    },
    claimTask(call) {
      const { task, run } = runIn(call);
      if (run.state !== 'pending')
        throw conflict(`Run ${run.runId} of task ${task.taskId} was already claimed`);
      const { workerGroup, workerId } = bodyOf<Worker>(call);
      return json({
        ...claimed(call.deployment, task, run.runId, { workerGroup, workerId }),
        task: task.definition,
      });
    },
    reclaimTask(call) {
      const { task, run } = running(call);
      const { workerGroup, workerId } = run;
      if (workerGroup === undefined || workerId === undefined) throw conflict('the run has no worker');
      return json(claimed(call.deployment, task, run.runId, { workerGroup, workerId }));
    },
    reportCompleted: (call) => resolve(call, 'completed'),
    reportFailed: (call) => resolve(call, 'failed'),
    reportException(call) {
      const { task, run } = running(call);
      const { reason } = bodyOf<{ readonly reason: string }>(call);
      resolveRun(call.deployment, task, run.runId, 'exception', reason);
      const retry = retryReasons[reason];
      if (retry !== undefined && task.retriesLeft > 0) {
        task.retriesLeft -= 1;
        addRun(task, retry, call.deployment.now());
      }
      return status(task);
    },
  },
  scopeValues: {
    claimTask: (call) => ({ ...runIn(call).task.definition, ...bodyOf<Worker>(call) }),
  },
};

interface Worker {
  readonly workerGroup: string;
  readonly workerId: string;
}

/** After these the queue tries again by itself. */
const retryReasons: Readonly<Record<string, Run['reasonCreated']>> = {
  'worker-shutdown': 'retry',
  'intermittent-task': 'task-retry',
};

function runIn(call: TaskclusterCall): { readonly task: Task; readonly run: Run } {
  const task = taskOf(call.deployment.state, param(call, 'taskId'));
  return { task, run: runOf(task, Number(param(call, 'runId'))) };
}

function running(call: TaskclusterCall): { readonly task: Task; readonly run: Run } {
  const found = runIn(call);
  if (found.run.state !== 'running')
    throw conflict(`Run ${found.run.runId} on task ${found.task.taskId} is not running`);
  return found;
}

function resolve(call: TaskclusterCall, outcome: 'completed' | 'failed') {
  const { task, run } = runIn(call);
  // Reporting the same again is no mistake: the answer may have been lost.
  if (run.state !== outcome) resolveRun(call.deployment, task, running(call).run.runId, outcome, outcome);
  return status(task);
}

function claimed(deployment: Deployment, task: Task, runId: number, worker: Worker): JsonObject {
  const now = deployment.now();
  const takenUntil = iso(now + claimMs);
  const { started = iso(now) } = runOf(task, runId);
  updateRun(task, runId, { ...worker, state: 'running', started, takenUntil });
  const until = Math.floor((now + claimMs) / 1000);
  const credentials = issueTemporary(deployment.root, {
    clientId: `task-client/${task.taskId}/${runId}/on/${worker.workerGroup}/${worker.workerId}/until/${until}`,
    scopes: [
      ...task.definition.scopes,
      `queue:create-artifact:${task.taskId}/${runId}`,
      `queue:reclaim-task:${task.taskId}/${runId}`,
      `queue:resolve-task:${task.taskId}/${runId}`,
    ],
    start: now - 15 * 60_000,
    expiry: now + claimMs + 15 * 60_000,
  });
  return { status: statusOf(task), runId, ...worker, takenUntil, credentials };
}
