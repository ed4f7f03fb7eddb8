import type { JsonObject } from '../../core/schemas.ts';
import type { MethodCall, Methods, Model } from '../controller.ts';
import { asFailure, failureJson, notFound } from '../failures.ts';
import { applicationIn } from '../model/find.ts';
import type { Operation, Task } from '../model/model.ts';
import { checkReceiver, enqueue, type Order, taskIn } from '../model/tasks.ts';
import { each } from '../rpc/bulk.ts';
import { parseTag, tagOf } from '../tags.ts';
import { number, object, objects, text, texts, time } from '../values.ts';

export const actionMethods: Methods = {
  'Action.EnqueueOperation': ({ model, params }) =>
    started(
      model,
      objects(params, 'actions').map((one) => ({
        receiver: text(one, 'receiver'),
        name: text(one, 'name'),
        parameters: object(one, 'parameters'),
      })),
    ),

  'Action.Run'({ model, params }) {
    const units = texts(params, 'applications').flatMap((name) => [
      ...applicationIn(model, name).units.keys(),
    ]);
    const receivers = [
      ...texts(params, 'machines').map((id) => (id.startsWith('machine-') ? id : tagOf('machine', id))),
      ...[...units, ...texts(params, 'units')].map((name) => tagOf('unit', name)),
    ];
    return run(model, params, receivers);
  },
  'Action.RunOnAllMachines': ({ model, params }) =>
    run(
      model,
      params,
      [...model.machines.keys()].map((id) => tagOf('machine', id)),
    ),

  async 'Action.Actions'({ model, params }) {
    const results = await each(objects(params, 'entities'), (one) =>
      taskJson(taskIn(model, parseTag(text(one, 'tag'), 'action').id)),
    );
    return { results };
  },

  async 'Action.Cancel'({ model, params, now }) {
    const results = await each(objects(params, 'entities'), (one) => {
      const task = taskIn(model, parseTag(text(one, 'tag'), 'action').id);
      if (task.completed === undefined) {
        task.status = 'cancelled';
        task.completed = now();
        model.changes.tell({ kind: 'action', id: task.id });
      }
      return taskJson(task);
    });
    return { results };
  },

  async 'Action.Operations'({ model, params }) {
    const results = await each(objects(params, 'entities'), (one) => {
      const { id } = parseTag(text(one, 'tag'), 'operation');
      const operation = model.operations.get(id);
      if (operation === undefined) throw notFound(`operation ${JSON.stringify(id)}`);
      return operationJson(model, operation);
    });
    return { results };
  },

  'Action.ListOperations'({ model, params }) {
    const statuses = texts(params, 'status');
    const names = texts(params, 'actions');
    const all = [...model.operations.values()].filter((operation) => {
      const tasks = tasksOf(model, operation);
      return (
        (statuses.length === 0 || tasks.some(({ status }) => statuses.includes(status))) &&
        (names.length === 0 || tasks.some(({ name }) => names.includes(name)))
      );
    });
    const offset = number(params, 'offset');
    const limit = number(params, 'limit') || 50;
    const page = all.slice(offset, offset + limit);
    return {
      results: page.map((operation) => operationJson(model, operation)),
      truncated: offset + limit < all.length,
    };
  },

  async 'Action.ApplicationsCharmsActions'({ model, params }) {
    const results = await each(objects(params, 'entities'), (one) => {
      const tag = text(one, 'tag');
      applicationIn(model, parseTag(tag, 'application').id);
      const actions = { restart: { description: 'Restarts the workload.', params: {} } };
      return { 'application-tag': tag, actions };
    });
    return { results };
  },
};

function run(model: Model, params: MethodCall['params'], receivers: readonly string[]): JsonObject {
  const parameters = { command: text(params, 'commands'), timeout: number(params, 'timeout') };
  return started(
    model,
    receivers.map((receiver) => ({ receiver, name: 'juju-exec', parameters })),
  );
}

/** One operation of those that can be done, and for each of the others why not. */
function started(model: Model, orders: readonly Order[]): JsonObject {
  const checked = orders.map((order) => {
    try {
      checkReceiver(model, order.receiver);
      return { order };
    } catch (error) {
      return { refused: failureJson(asFailure(error)) };
    }
  });
  const operation = enqueue(
    model,
    checked.flatMap(({ order }) => (order === undefined ? [] : [order])),
  );
  const tasks = [...tasksOf(model, operation)];
  return {
    operation: tagOf('operation', operation.id),
    actions: checked.map(({ refused }) => {
      const task = refused === undefined ? tasks.shift() : undefined;
      return task === undefined ? { error: refused ?? {} } : taskJson(task);
    }),
  };
}

function tasksOf(model: Model, { tasks }: Operation): readonly Task[] {
  return tasks.flatMap((id) => model.tasks.get(id) ?? []);
}

function operationJson(model: Model, operation: Operation): JsonObject {
  const tasks = tasksOf(model, operation);
  const open = tasks.find(({ completed }) => completed === undefined);
  const failed = tasks.find(({ status }) => status === 'failed');
  const ends = tasks.flatMap(({ completed }) => completed ?? []);
  return {
    operation: tagOf('operation', operation.id),
    summary: operation.summary,
    enqueued: time(operation.enqueued),
    status: (open ?? failed)?.status ?? 'completed',
    ...(open === undefined && ends.length > 0 && { completed: time(Math.max(...ends)) }),
    actions: tasks.map(taskJson),
  };
}

function taskJson(task: Task): JsonObject {
  const {
    id,
    receiver,
    name,
    parameters,
    status,
    message,
    output,
    enqueued,
    started: since,
    completed,
    log,
  } = task;
  return {
    action: { tag: tagOf('action', id), receiver, name, parameters },
    enqueued: time(enqueued),
    ...(since !== undefined && { started: time(since) }),
    ...(completed !== undefined && { completed: time(completed) }),
    status,
    message,
    log: log.map((line) => ({ message: line.message, timestamp: time(line.timestamp) })),
    output,
  };
}
