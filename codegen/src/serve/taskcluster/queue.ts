import { bodyOf, json, type Reply } from '../core/service.ts';
import { conflict, type Model, notFound, paged, param, type TaskclusterCall } from './deployment.ts';
import type { Priority, Task, TaskGroup } from './state.ts';
import {
  addRun,
  cancel,
  completed,
  defineTask,
  dependentsOf,
  isResolved,
  pendingTasks,
  priorities,
  runningTasks,
  stateOf,
  statusOf,
  type TaskRequest,
  taskOf,
  tasksOfGroup,
} from './tasks.ts';

/** Tasks, task groups and task queues. */
export const queue: Model = {
  service: 'queue',
  handlers: {
    task: (call) => json(taskIn(call).definition),
    status: (call) => status(taskIn(call)),
    tasks: (call) =>
      paged(
        call,
        known(call).map((task) => ({ taskId: task.taskId, task: task.definition })),
      ),
    statuses: (call) =>
      paged(
        call,
        known(call).map((task) => ({ taskId: task.taskId, status: statusOf(task) })),
      ),
    createTask: (call) =>
      status(defineTask(call.deployment, param(call, 'taskId'), bodyOf<TaskRequest>(call))),
    listDependentTasks: (call) => {
      const { taskId } = taskIn(call);
      return paged(call, dependentsOf(call.deployment.state, taskId).map(definitionAndStatus), { taskId });
    },
    scheduleTask(call) {
      const task = taskIn(call);
      if (stateOf(task) === 'unscheduled') addRun(task, 'scheduled', call.deployment.now());
      return status(task);
    },
    rerunTask(call) {
      const task = taskIn(call);
      if (stateOf(task) === 'unscheduled') throw conflict('a task that was never scheduled can not be rerun');
      if (isResolved(stateOf(task))) {
        task.retriesLeft = task.definition.retries;
        addRun(task, 'rerun', call.deployment.now());
      }
      return status(task);
    },
    cancelTask(call) {
      const task = taskIn(call);
      cancel(call.deployment, task);
      return status(task);
    },
    changeTaskPriority(call) {
      const task = taskIn(call);
      prioritise(task, bodyOf<PriorityChange>(call).newPriority);
      return status(task);
    },

    listTaskGroup(call) {
      const group = shownGroup(call);
      const tasks = tasksOfGroup(call.deployment.state, group.taskGroupId).map(definitionAndStatus);
      return paged(call, tasks, group);
    },
    getTaskGroup: (call) => json(shownGroup(call)),
    sealTaskGroup(call) {
      const { state, now } = call.deployment;
      const { taskGroupId, ...group } = shownGroup(call);
      state.taskGroups.set(taskGroupId, { sealed: new Date(now()).toISOString(), ...group });
      return json(shownGroup(call));
    },
    cancelTaskGroup(call) {
      const { taskGroupId } = shownGroup(call);
      const tasks = tasksOfGroup(call.deployment.state, taskGroupId);
      const taskIds = tasks.filter((task) => cancel(call.deployment, task)).map((task) => task.taskId);
      return json({ taskGroupId, taskGroupSize: tasks.length, cancelledCount: taskIds.length, taskIds });
    },
    changeTaskGroupPriority(call) {
      const { taskGroupId, schedulerId } = shownGroup(call);
      const { newPriority } = bodyOf<PriorityChange>(call);
      const open = tasksOfGroup(call.deployment.state, taskGroupId).filter(
        (task) => !isResolved(stateOf(task)),
      );
      for (const task of open) prioritise(task, newPriority);
      const taskIds = open.map((task) => task.taskId);
      return json({ taskGroupId, schedulerId, newPriority, tasksAffected: taskIds.length, taskIds });
    },

    pendingTasks: (call) => json({ ...queueIn(call), pendingTasks: waiting(call).length }),
    taskQueueCounts: (call) =>
      json({ ...queueIn(call), pendingTasks: waiting(call).length, claimedTasks: claimed(call).length }),
    listPendingTasks(call) {
      const shown = waiting(call).flatMap(({ taskId, definition, runs }) => {
        const run = runs.at(-1);
        return run === undefined
          ? []
          : [{ taskId, runId: run.runId, task: definition, inserted: run.scheduled }];
      });
      return paged(call, shown);
    },
    listClaimedTasks(call) {
      const shown = claimed(call).flatMap(({ taskId, definition, runs }) => {
        const { runId, workerGroup, workerId, started } = runs.at(-1) ?? {};
        if (
          runId === undefined ||
          workerGroup === undefined ||
          workerId === undefined ||
          started === undefined
        )
          return [];
        return [{ taskId, runId, workerGroup, workerId, claimed: started, task: definition }];
      });
      return paged(call, shown);
    },
  },

  scopeValues: {
    tasks: (call) => bodyOf<TaskIds>(call),
    statuses: (call) => bodyOf<TaskIds>(call),
    createTask(call) {
      const definition = completed(param(call, 'taskId'), bodyOf<TaskRequest>(call));
      // The right to a priority includes those below it.
      return { ...definition, priorities: priorities.slice(0, priorities.indexOf(definition.priority) + 1) };
    },
    declareWorker: (call) => ({ ...call.params, properties: Object.keys(bodyOf(call)) }),
    scheduleTask: taskScopeValues,
    rerunTask: taskScopeValues,
    cancelTask: taskScopeValues,
    changeTaskPriority: taskScopeValues,
    cancelTaskGroup: (call) => ({ ...shownGroup(call) }),
    sealTaskGroup: (call) => ({ ...shownGroup(call) }),
    changeTaskGroupPriority: (call) => ({ ...shownGroup(call) }),
  },
};

type TaskIds = { readonly taskIds: readonly string[] };

interface PriorityChange {
  readonly newPriority: Priority;
}

function taskIn(call: TaskclusterCall): Task {
  return taskOf(call.deployment.state, param(call, 'taskId'));
}

export function status(task: Task): Reply {
  return json({ status: statusOf(task) });
}

function definitionAndStatus(task: Task) {
  return { task: task.definition, status: statusOf(task) };
}

/** Of the tasks that were asked for, those that exist. */
function known(call: TaskclusterCall): readonly Task[] {
  const { tasks } = call.deployment.state;
  return bodyOf<TaskIds>(call).taskIds.flatMap((taskId) => tasks.get(taskId) ?? []);
}

function prioritise(task: Task, priority: Priority): void {
  task.definition = { ...task.definition, priority };
}

function taskScopeValues(call: TaskclusterCall) {
  const task = taskIn(call);
  return { ...task.definition, taskId: task.taskId };
}

function shownGroup(call: TaskclusterCall): TaskGroup & { readonly taskGroupId: string } {
  const taskGroupId = param(call, 'taskGroupId');
  const group = call.deployment.state.taskGroups.get(taskGroupId);
  if (group === undefined) throw notFound(`No task group with taskGroupId \`${taskGroupId}\``);
  return { taskGroupId, ...group };
}

function queueIn(call: TaskclusterCall) {
  const taskQueueId = param(call, 'taskQueueId');
  const [provisionerId = '', workerType = ''] = taskQueueId.split('/');
  return { taskQueueId, provisionerId, workerType };
}

function waiting(call: TaskclusterCall): readonly Task[] {
  return pendingTasks(call.deployment.state, param(call, 'taskQueueId'));
}

function claimed(call: TaskclusterCall): readonly Task[] {
  return runningTasks(call.deployment.state, param(call, 'taskQueueId'));
}
