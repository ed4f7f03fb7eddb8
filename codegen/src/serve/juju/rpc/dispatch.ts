import type { JsonValue } from '../../../model.ts';
import { example } from '../../core/example.ts';
import { isObject, schemaAt } from '../../core/schemas.ts';
import type { Connection, Controller, MethodCall, Methods } from '../controller.ts';
import { denied, Failure, notFound, notImplemented } from '../failures.ts';
import { known } from '../known.ts';
import { decode, fit } from '../schema/decode.ts';
import { type Facade, type MethodTypes, type Types, typePath } from '../schema/facades.ts';
import { propertiesOf } from '../schema/wire-schema.ts';
import { bulkItems } from './bulk.ts';
import { createdWatcher } from './created-watcher.ts';
import type { Request } from './message.ts';
import { exactText } from './numbers.ts';
import { facadesNamed, whyNot } from './offered.ts';

/** Answers one request. What it throws is what the caller is told. */
export async function answer(
  controller: Controller,
  connection: Connection,
  methods: Methods,
  request: Request,
): Promise<JsonValue> {
  const { modelUuid, identity } = connection;
  const isAdmin = request.facade === 'Admin';
  // A model that is elsewhere isn't here.
  const isElsewhere = isAdmin && controller.redirect !== undefined;
  if (modelUuid !== '' && !controller.models.has(modelUuid) && !isElsewhere)
    throw new Failure(`unknown model: ${JSON.stringify(modelUuid)}`, 'model not found');
  if (isAdmin && request.id !== '') throw notFound('id');
  if (!isAdmin) {
    if (identity === undefined) throw new Failure('not logged in', 'unauthorized access');
    const refused = whyNot(controller, connection, identity, request.facade);
    if (refused !== undefined) throw refused;
  }
  const { facade, types } = find(controller, request);
  const isObjectOfIts = facade.name.endsWith('Watcher');
  if (!isObjectOfIts && request.id !== '') throw notFound('id');

  const name = `${facade.name}.${request.method}`;
  const described = await facade.types();
  const params = types.params === undefined ? {} : decode(described.schemas, types.params, request.params);
  const call: MethodCall = {
    controller,
    connection,
    facade,
    name,
    id: request.id,
    params,
    get model() {
      const model = controller.models.get(modelUuid);
      if (model === undefined) throw denied();
      return model;
    },
    caller: identity === undefined || identity.kind === 'anonymous' ? '' : callerOf(identity),
    now: () => controller.clock.now(),
  };
  const method = methods[name] ?? methods[`${isObjectOfIts ? '*Watcher' : facade.name}.${request.method}`];
  const value = method === undefined ? exampleFor(call, types, described) : await method(call);
  if (types.result === undefined) return {};
  return checked(name, types.result, described, fit(described.schemas, types.result, value));
}

function callerOf(identity: { kind: 'user'; name: string } | { kind: 'agent'; tag: string }): string {
  return identity.kind === 'user' ? identity.name : identity.tag;
}

function find(
  controller: Controller,
  { facade: name, version, method }: Request,
): { readonly facade: Facade; readonly types: MethodTypes } {
  const quoted = JSON.stringify(name);
  const facades = facadesNamed(controller.settings.facades, name);
  if (facades.length === 0) throw notImplemented(`unknown facade type ${quoted}`);
  const facade = facades.find((one) => one.version === version);
  if (facade === undefined) throw notImplemented(`unknown version ${version} for facade type ${quoted}`);
  const types = facade.methods.get(method);
  if (types === undefined) {
    throw notImplemented(
      `unknown method ${JSON.stringify(method)} at version ${version} for facade type ${quoted}`,
    );
  }
  return { facade, types };
}

/** What isn't modelled succeeds, with as many results as there were things to do. */
function exampleFor(call: MethodCall, { params, result }: MethodTypes, types: Types): JsonValue {
  if (result === undefined) return {};
  const made = example(types.examples, schemaAt(types.examples, typePath(result)), { known: known(call) });
  if (!isObject(made)) return made;
  const items = params === undefined ? undefined : bulkItems(types.schemas, params, call.params);
  const lists = Object.keys(propertiesOf(schemaAt(types.schemas, typePath(result)))).filter((name) =>
    Array.isArray(made[name]),
  );
  const [only, ...others] = lists;
  if (items === undefined || only === undefined || others.length > 0)
    return createdWatcher(call, result, made, undefined);
  const list = made[only];
  const [one = {}] = Array.isArray(list) ? list : [];
  return { ...made, [only]: items.map((item) => createdWatcher(call, result, one, item)) };
}

/** An answer that isn't valid is a defect of the stand-in, and a controller wouldn't send it either. */
function checked(name: string, result: string, { validator }: Types, value: JsonValue): JsonValue {
  const validate = validator.for(typePath(result));
  if (validate(value).length === 0) return value;
  // Large integers are kept as texts.
  const [problem] = validate(JSON.parse(exactText(value)));
  if (problem === undefined) return value;
  throw new Error(`the answer of ${name} is not valid: ${problem.pointer} ${problem.message}`);
}
