import type { JsonValue } from '../../../model.ts';
import { example } from '../../core/example.ts';
import { isObject, type JsonObject, schemaAt } from '../../core/schemas.ts';
import type { Controller, MethodCall, Methods, Model } from '../controller.ts';
import { notImplemented, notSupported } from '../failures.ts';
import { known } from '../known.ts';
import type { Change } from '../model/model.ts';
import { taskIn } from '../model/tasks.ts';
import { each } from '../rpc/bulk.ts';
import { typePath } from '../schema/facades.ts';
import { parseTag } from '../tags.ts';
import { objects, text } from '../values.ts';
import { union, type Watcher } from '../watchers.ts';
import { delta, modelAbstract } from './deltas.ts';

/** What happens on watchers: the calls that make some, and those on them. */
export const watchingMethods: Methods = {
  'Pinger.Ping'({ connection }) {
    connection.alive();
    return {};
  },
  'Pinger.Stop': () => ({}),

  async '*Watcher.Next'(call) {
    const event = await watcherOf(call).next();
    const { result } = call.facade.methods.get('Next') ?? {};
    if (result === undefined) return {};
    const { examples } = await call.facade.types();
    const told = example(examples, schemaAt(examples, typePath(result)), { known: known(call) });
    return eventJson(call.facade.name, call.id, event, isObject(told) ? told : {});
  },

  '*Watcher.Stop'(call) {
    const { id } = watcherOf(call);
    call.connection.watchers.remove(id);
    return {};
  },

  'Client.WatchAll'(call) {
    refuseGone(call);
    const { model, connection } = call;
    const watcher = connection.watchers.add('AllWatcher', deltasOf([model], call.controller), union);
    return { 'watcher-id': watcher.id };
  },

  'Controller.WatchAllModels'(call) {
    refuseGone(call);
    const { controller, connection } = call;
    const models = [...controller.models.values()];
    const watcher = connection.watchers.add('AllModelWatcher', deltasOf(models, controller), union);
    return { 'watcher-id': watcher.id };
  },

  'Controller.WatchAllModelSummaries': (call) => summaries(call, () => true),
  'Controller.WatchModelSummaries': (call) => summaries(call, ({ access }) => access.has(call.caller)),

  async 'Action.WatchActionsProgress'({ model, connection, params }) {
    const results = await each(objects(params, 'entities'), (one) => {
      const task = taskIn(model, parseTag(text(one, 'tag'), 'action').id);
      let told = task.log.length;
      const messages = () => {
        const fresh = task.log.slice(told);
        told = task.log.length;
        return fresh.map(({ message, timestamp }) =>
          JSON.stringify({ timestamp: new Date(timestamp).toISOString(), message }),
        );
      };
      const changes = task.log.map(({ message, timestamp }) =>
        JSON.stringify({ timestamp: new Date(timestamp).toISOString(), message }),
      );
      const watcher = connection.watchers.add(
        'StringsWatcher',
        (emit) =>
          model.changes.listen(({ kind, id }) => {
            const fresh = kind === 'action' && id === task.id ? messages() : [];
            if (fresh.length > 0) emit(fresh);
          }),
        (before, event) => [...asList(before), ...asList(event)],
      );
      return { 'watcher-id': watcher.id, changes };
    });
    return { results };
  },
};

/** The one that a call is for, whichever of its methods it is. */
function watcherOf({ connection, facade, id }: MethodCall): Watcher {
  return connection.watchers.get(facade.name, id);
}

/** An event as the facade tells it: what was given, over an example of its answer. */
function eventJson(facade: string, id: string, event: JsonValue, told: JsonObject): JsonValue {
  switch (facade) {
    case 'StringsWatcher':
      return { 'watcher-id': id, changes: Array.isArray(event) ? event : [] };
    case 'AllWatcher':
    case 'AllModelWatcher':
      return { deltas: Array.isArray(event) ? event : [] };
    case 'ModelSummaryWatcher':
      return { models: Array.isArray(event) ? event : [] };
    default:
      return {
        ...told,
        ...(Object.hasOwn(told, 'watcher-id') && { 'watcher-id': id }),
        ...(isObject(event) && event),
      };
  }
}

function refuseGone({ controller, facade, name }: MethodCall): void {
  if (controller.settings.release === '3.6') return;
  const method = name.replace(/^.*\./, '');
  throw notImplemented(`${facade.name}(${facade.version}).${method} not implemented`);
}

/** All that there is, and then what changes. */
function deltasOf(
  models: readonly Model[],
  controller: Controller,
): (emit: (event: JsonValue) => void) => () => void {
  return (emit) => {
    emit(models.flatMap((model) => everything(model).map((change) => delta(model, change, controller))));
    const stops = models.map((model) =>
      model.changes.listen((change) => emit([delta(model, change, controller)])),
    );
    return () => {
      for (const stop of stops) stop();
    };
  };
}

function everything(model: Model): readonly Change[] {
  const { uuid, applications, machines, relations, annotations } = model;
  const own = [...applications.values()];
  return [
    { kind: 'model', id: uuid },
    ...[...machines.keys()].map((id) => ({ kind: 'machine', id }) as const),
    ...[...new Set(own.map(({ charmUrl }) => charmUrl))].map((id) => ({ kind: 'charm', id }) as const),
    ...own.map(({ name }) => ({ kind: 'application', id: name }) as const),
    ...own.flatMap(({ units }) => [...units.keys()].map((id) => ({ kind: 'unit', id }) as const)),
    ...[...relations.values()].map(
      ({ endpoints }) => ({ kind: 'relation', id: endpoints.join(' ') }) as const,
    ),
    ...[...annotations.keys()].map((id) => ({ kind: 'annotation', id }) as const),
  ];
}

/** Of all models that a user may see: how they are, and again when one has changed. */
function summaries(call: MethodCall, isSeen: (model: Model) => boolean): JsonValue {
  const { controller, connection } = call;
  if (controller.settings.release !== '3.6' && controller.settings.jaas === undefined)
    throw notSupported('model summary watcher not supported');
  const watcher = connection.watchers.add(
    'ModelSummaryWatcher',
    (emit) => {
      emit([...controller.models.values()].filter(isSeen).map((model) => modelAbstract(controller, model)));
      return controller.modelChanges.listen(({ model, removed }) => {
        if (isSeen(model)) emit([modelAbstract(controller, model, removed)]);
      });
    },
    latestByUuid,
  );
  return { 'watcher-id': watcher.id };
}

function latestByUuid(before: JsonValue, event: JsonValue): JsonValue {
  const byUuid = new Map<JsonValue | undefined, JsonValue>();
  for (const one of [...asList(before), ...asList(event)])
    byUuid.set(isObject(one) ? one['uuid'] : undefined, one);
  return [...byUuid.values()];
}

function asList(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
