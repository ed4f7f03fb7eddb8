import type { JsonObject } from '../../core/schemas.ts';
import { notFound } from '../failures.ts';
import { parseTag } from '../tags.ts';
import { machineIn, unitIn } from './find.ts';
import { type Model, nextId, type Operation, type Task } from './model.ts';

/** How long actions take by the clock of the stand-in, in milliseconds. */
const runsMs = 1000;

/** What comes of an action. */
export interface Outcome {
  /** `completed` by default. */
  readonly status?: 'completed' | 'failed';
  readonly message?: string;
  readonly output?: JsonObject;
}

export interface Order {
  /** The tag of a unit or a machine. */
  readonly receiver: string;
  readonly name: string;
  readonly parameters: JsonObject;
}

/** Several things to do, as one operation. */
export function enqueue(model: Model, orders: readonly Order[]): Operation {
  const id = String(nextId(model, 'task') + 1);
  const tasks = orders.map((order) => createTask(model, id, order).id);
  const names = orders.map(({ name, receiver }) => `${name} run on ${receiver}`);
  const operation = { id, summary: names.join('; '), enqueued: model.clock.now(), tasks };
  model.operations.set(id, operation);
  return operation;
}

/** Fails when the receiver isn't there. */
export function checkReceiver(model: Model, receiver: string): void {
  const { kind, id } = parseTag(receiver);
  if (kind === 'unit') unitIn(model, id);
  else machineIn(model, id);
}

function createTask(model: Model, operation: string, { receiver, name, parameters }: Order): Task {
  const task: Task = {
    id: String(nextId(model, 'task') + 1),
    operation,
    receiver,
    name,
    parameters,
    enqueued: model.clock.now(),
    status: 'pending',
    started: undefined,
    completed: undefined,
    message: '',
    output: {},
    log: [],
  };
  model.tasks.set(task.id, task);
  model.changes.tell({ kind: 'action', id: task.id });
  const cancel = model.clock.after(runsMs, () => {
    model.pending.delete(cancel);
    finishTask(model, task.id, { output: { 'return-code': 0 } });
  });
  model.pending.add(cancel);
  return task;
}

/** Does nothing once it is over. */
export function finishTask(
  model: Model,
  id: string,
  { status = 'completed', message = '', output = {} }: Outcome,
): void {
  const task = taskIn(model, id);
  if (task.completed !== undefined) return;
  const now = model.clock.now();
  task.started ??= now;
  task.completed = now;
  task.status = status;
  task.message = message;
  task.output = output;
  model.changes.tell({ kind: 'action', id });
}

export function taskIn(model: Model, id: string): Task {
  const task = model.tasks.get(id);
  if (task === undefined) throw notFound(`action ${JSON.stringify(id)}`);
  return task;
}
