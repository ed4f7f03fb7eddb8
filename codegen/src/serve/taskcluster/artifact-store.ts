import { issueTemporary } from './certificate.ts';
import { notFound, param, type TaskclusterCall } from './deployment.ts';
import type { Artifact, Task } from './state.ts';
import { taskOf } from './tasks.ts';

/** The run that a call is about: the one in its path, or the latest. */
export interface RunOfTask {
  readonly task: Task;
  readonly runId: number;
}

export function runInPath(call: TaskclusterCall): RunOfTask {
  return { task: taskOf(call.deployment.state, param(call, 'taskId')), runId: Number(param(call, 'runId')) };
}

export function latestRun(call: TaskclusterCall): RunOfTask {
  const task = taskOf(call.deployment.state, param(call, 'taskId'));
  if (task.runs.length === 0) throw notFound(`The task ${task.taskId} has no runs`);
  return { task, runId: task.runs.length - 1 };
}

/** Under what an artifact is kept with its task. */
export function artifactKey(runId: number, name: string): string {
  return `${runId}/${name}`;
}

export function artifactOf({ task, runId }: RunOfTask, name: string): Artifact {
  const artifact = task.artifacts.get(artifactKey(runId, name));
  if (artifact === undefined) throw notFound('Artifact not found');
  return artifact;
}

/** What the object of an artifact is called in the object service. */
export function objectName({ task, runId }: RunOfTask, name: string): string {
  return `t/${task.taskId}/${runId}/${name}`;
}

/** For the object of an artifact, and nothing else. */
export function objectCredentials({ deployment }: TaskclusterCall, { task }: RunOfTask, scope: string) {
  const now = deployment.now();
  return issueTemporary(deployment.root, {
    clientId: `task/${task.taskId}/artifacts`,
    scopes: [scope],
    start: now - 15 * 60_000,
    expiry: now + 24 * 60 * 60_000,
  });
}
