import type { JsonValue } from '../../model.ts';
import type { JsonObject } from '../core/schemas.ts';
import { conflict, type Deployment, inputError, iso, notFound } from './deployment.ts';
import {
  canonical,
  type Priority,
  type Run,
  type State,
  type Task,
  type TaskDefinition,
  type TaskState,
} from './state.ts';

/* The life of a task: what the queue's methods do to it. */

const day = 24 * 60 * 60_000;

/** From the most to the least urgent. */
export const priorities: readonly Priority[] = [
  'highest',
  'very-high',
  'high',
  'medium',
  'low',
  'very-low',
  'lowest',
];

/** A definition as a caller sends it: the defaults of the schema are in, what the queue fills in isn't. */
export type TaskRequest = Omit<
  TaskDefinition,
  'provisionerId' | 'workerType' | 'taskQueueId' | 'taskGroupId' | 'expires'
> &
  Partial<Pick<TaskDefinition, 'provisionerId' | 'workerType' | 'taskQueueId' | 'taskGroupId' | 'expires'>>;

/** The definition with all that follows from the rest of it. */
export function completed(taskId: string, request: TaskRequest): TaskDefinition {
  const [provisionerId = request.provisionerId, workerType = request.workerType] =
    request.taskQueueId?.split('/') ?? [];
  if (provisionerId === undefined || workerType === undefined) {
    throw inputError('a taskQueueId, or both a provisionerId and a workerType, must be given');
  }
  return {
    ...request,
    provisionerId,
    workerType,
    taskQueueId: `${provisionerId}/${workerType}`,
    taskGroupId: request.taskGroupId ?? taskId,
    expires: request.expires ?? iso(Date.parse(request.deadline) + 365 * day),
  };
}

export function taskOf(state: State, taskId: string): Task {
  const task = state.tasks.get(taskId);
  if (task === undefined) throw notFound(`The task \`${taskId}\` does not exist`);
  return task;
}

/** Defines a task. The same definition again changes nothing; another one for the same taskId is a conflict. */
export function defineTask(deployment: Deployment, taskId: string, request: TaskRequest): Task {
  const { state, now } = deployment;
  const definition = completed(taskId, request);
  const known = state.tasks.get(taskId);
  if (known !== undefined) {
    if (canonical(known.definition) === canonical(definition)) return known;
    throw conflict(`taskId ${taskId} already used by another task`);
  }
  checkTimes(definition, now());
  for (const dependency of definition.dependencies) {
    if (dependency !== taskId && !state.tasks.has(dependency)) {
      throw inputError(`the dependency ${dependency} is not a task that exists`);
    }
  }
  joinGroup(state, definition);

  const task: Task = { taskId, definition, retriesLeft: definition.retries, runs: [], artifacts: new Map() };
  state.tasks.set(taskId, task);
  if (dependenciesAreMet(state, task)) addRun(task, 'scheduled', now());
  return task;
}

function checkTimes({ created, deadline, expires }: TaskDefinition, now: number): void {
  if (Date.parse(created) > Date.parse(deadline)) throw inputError('Deadline cannot be past created');
  if (Date.parse(deadline) < now) throw inputError('Deadline cannot be in the past');
  if (Date.parse(deadline) - now > 5 * day + 15 * 60_000) {
    throw inputError('Deadline cannot be more than 5 days into the future');
  }
  if (Date.parse(expires) < Date.parse(deadline)) throw inputError('Expires cannot be before the deadline');
}

function joinGroup(state: State, { taskGroupId, schedulerId, expires }: TaskDefinition): void {
  const group = state.taskGroups.get(taskGroupId);
  if (group?.sealed !== undefined) throw conflict(`task group ${taskGroupId} is sealed`);
  if (group !== undefined && group.schedulerId !== schedulerId) {
    throw conflict(`task group ${taskGroupId} contains tasks with schedulerId ${group.schedulerId}`);
  }
  const latest = group !== undefined && group.expires > expires ? group.expires : expires;
  state.taskGroups.set(taskGroupId, { schedulerId, expires: latest });
}

/** A task that waits for itself waits until it is scheduled by hand. */
function dependenciesAreMet(state: State, { definition }: Task): boolean {
  const isMet = (taskId: string) => {
    const task = state.tasks.get(taskId);
    const current = task === undefined ? 'unscheduled' : stateOf(task);
    return definition.requires === 'all-completed' ? current === 'completed' : isResolved(current);
  };
  return definition.dependencies.every(isMet);
}

export function stateOf(task: Task): TaskState {
  return task.runs.at(-1)?.state ?? 'unscheduled';
}

export function isResolved(state: TaskState): boolean {
  return state === 'completed' || state === 'failed' || state === 'exception';
}

export function addRun(task: Task, reasonCreated: Run['reasonCreated'], now: number): void {
  task.runs.push({ runId: task.runs.length, state: 'pending', reasonCreated, scheduled: iso(now) });
}

/** Changes a run; a run that there isn't is not found. */
export function updateRun(task: Task, runId: number, change: Partial<Run>): Run {
  const run = runOf(task, runId);
  const updated = { ...run, ...change };
  task.runs[runId] = updated;
  return updated;
}

export function runOf(task: Task, runId: number): Run {
  const run = task.runs[runId];
  if (run === undefined) throw notFound(`Run ${runId} of task ${task.taskId} does not exist`);
  return run;
}

/** Ends a run, and starts what waited for the task. */
export function resolveRun(
  deployment: Deployment,
  task: Task,
  runId: number,
  state: 'completed' | 'failed' | 'exception',
  reasonResolved: string,
): void {
  const now = deployment.now();
  updateRun(task, runId, { state, reasonResolved, resolved: iso(now) });
  for (const waiting of dependentsOf(deployment.state, task.taskId)) {
    if (stateOf(waiting) === 'unscheduled' && dependenciesAreMet(deployment.state, waiting)) {
      addRun(waiting, 'scheduled', now);
    }
  }
}

/** Cancels a task that isn't resolved; says whether there was anything to cancel. */
export function cancel(deployment: Deployment, task: Task): boolean {
  const current = stateOf(task);
  if (isResolved(current)) return false;
  if (current === 'unscheduled') {
    const now = iso(deployment.now());
    task.runs.push({
      runId: 0,
      state: 'exception',
      reasonCreated: 'exception',
      reasonResolved: 'canceled',
      scheduled: now,
      resolved: now,
    });
    return true;
  }
  resolveRun(deployment, task, task.runs.length - 1, 'exception', 'canceled');
  return true;
}

export function dependentsOf(state: State, taskId: string): readonly Task[] {
  return [...state.tasks.values()].filter((task) => task.definition.dependencies.includes(taskId));
}

export function tasksOfGroup(state: State, taskGroupId: string): readonly Task[] {
  return [...state.tasks.values()].filter((task) => task.definition.taskGroupId === taskGroupId);
}

/** The tasks of a queue that wait for a worker, the most urgent first and then the oldest. */
export function pendingTasks(state: State, taskQueueId: string): readonly Task[] {
  return [...state.tasks.values()]
    .filter((task) => task.definition.taskQueueId === taskQueueId && stateOf(task) === 'pending')
    .sort((a, b) => priorities.indexOf(a.definition.priority) - priorities.indexOf(b.definition.priority));
}

export function runningTasks(state: State, taskQueueId: string): readonly Task[] {
  return [...state.tasks.values()].filter(
    (task) => task.definition.taskQueueId === taskQueueId && stateOf(task) === 'running',
  );
}

export function statusOf(task: Task): JsonObject {
  const { provisionerId, workerType, taskQueueId, schedulerId, projectId, taskGroupId } = task.definition;
  const { deadline, expires, priority } = task.definition;
  return {
    taskId: task.taskId,
    provisionerId,
    workerType,
    taskQueueId,
    schedulerId,
    projectId,
    taskGroupId,
    deadline,
    expires,
    priority,
    retriesLeft: task.retriesLeft,
    state: stateOf(task),
    runs: task.runs.map((run): JsonValue => ({ ...run })),
  };
}
