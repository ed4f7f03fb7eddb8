import { isObject, type JsonObject } from '../core/schemas.ts';
import type { WireObject } from '../core/wire.ts';
import { nodeIn, putCheck, serviceIn } from './catalog-register.ts';
import * as store from './catalog-store.ts';
import { known, textAt } from './decode.ts';
import type { ConsulCall } from './deployment.ts';
import { checkShown, nodeShown, serviceShown } from './shapes.ts';
import { under } from './state.ts';
import type { Outcome } from './txn-kv.ts';

/** How one kind of thing of the catalog is found, told, written and removed. */
interface Thing {
  readonly label: string;
  /** Its index; 0 when it isn't there. */
  readonly at: number;
  readonly isAllowed: boolean;
  told(): WireObject | undefined;
  put(): void;
  remove(): void;
}

export function txnCatalog(
  call: ConsulCall,
  index: number,
  kind: 'Node' | 'Service' | 'Check',
  verb: string,
  given: JsonObject,
): Outcome {
  const body = known(given, kind === 'Service' ? ['Verb', 'Node', 'Service'] : ['Verb', kind]);
  const inner = isObject(body[kind]) ? body[kind] : {};
  const thing =
    kind === 'Node'
      ? node(call, index, inner)
      : kind === 'Service'
        ? service(call, index, textAt(body, 'Node'), inner)
        : check(call, index, inner);
  if (!thing.isAllowed) return { what: 'Permission denied' };
  const asked = Number(inner['ModifyIndex'] ?? 0);
  const found = () => {
    const one = thing.told();
    return one === undefined ? [] : [{ [kind]: one }];
  };
  const noun = kind.toLowerCase();
  switch (verb) {
    case 'get':
      return thing.at === 0 ? { what: `${noun} ${JSON.stringify(thing.label)} doesn't exist` } : found();
    case 'cas':
      if (thing.at !== asked)
        return { what: `failed to set ${noun} ${JSON.stringify(thing.label)}, index is stale` };
      thing.put();
      return found();
    case 'set':
      thing.put();
      return found();
    case 'delete-cas':
      if (thing.at !== asked)
        return { what: `failed to delete ${noun} ${JSON.stringify(thing.label)}, index is stale` };
      thing.remove();
      return [];
    case 'delete':
      thing.remove();
      return [];
    default:
      return { what: `unknown ${kind} verb ${JSON.stringify(verb)}` };
  }
}

function node(call: ConsulCall, index: number, body: JsonObject): Thing {
  const { consul, caller } = call;
  const { state } = consul;
  const name = textAt(body, 'Node');
  const find = () => state.nodes.get(name.toLowerCase());
  return {
    label: name,
    at: find()?.ModifyIndex ?? 0,
    isAllowed: caller.may('node', name, 'write'),
    told: () => {
      const found = find();
      return found && nodeShown(consul, found);
    },
    put: () => void store.putNode(state, index, nodeIn(body, name, find())),
    remove: () => store.removeNode(consul, index, name),
  };
}

function service(call: ConsulCall, index: number, of: string, body: JsonObject): Thing {
  const { consul, caller } = call;
  const { state } = consul;
  const id = textAt(body, 'ID') || textAt(body, 'Service');
  const find = () => state.services.get(under(of, id));
  return {
    label: id,
    at: find()?.ModifyIndex ?? 0,
    isAllowed: caller.may('service', find()?.instance.Service ?? textAt(body, 'Service'), 'write'),
    told: () => {
      const found = find();
      return found && serviceShown(found);
    },
    put: () => void store.putService(state, index, of, serviceIn(body)),
    remove: () => store.removeService(consul, index, of, id),
  };
}

function check(call: ConsulCall, index: number, body: JsonObject): Thing {
  const { consul, caller } = call;
  const { state } = consul;
  const of = textAt(body, 'Node');
  const id = textAt(body, 'CheckID') || textAt(body, 'Name');
  const find = () => state.checks.get(under(of, id));
  return {
    label: id,
    at: find()?.ModifyIndex ?? 0,
    isAllowed: caller.may('node', of, 'write'),
    told: () => {
      const found = find();
      return found && checkShown(found);
    },
    put: () => void putCheck(call, index, of, body),
    remove: () => store.removeCheck(consul, index, of, id),
  };
}
