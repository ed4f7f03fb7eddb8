import { isObject } from '../core/schemas.ts';
import { json } from '../core/service.ts';
import type { WireObject } from '../core/wire.ts';
import { demand } from './access.ts';
import { coordinate } from './agent.ts';
import { type Found, read } from './blocking.ts';
import { objectBody, textAt } from './decode.ts';
import type { ConsulCall, Routes } from './deployment.ts';
import { badRequest } from './errors.ts';
import { nextIndex, tableIndex, touch } from './state.ts';

export const coordinateRoutes: Routes = {
  'GET /coordinate/datacenters': ({ consul }) =>
    json([
      {
        Datacenter: consul.settings.datacenter,
        AreaID: 'wan',
        Coordinates: [entry(consul.settings.nodeName, coordinate)],
      },
    ]),
  'GET /coordinate/nodes': (call) => read(call, () => list(call, [...call.consul.state.coordinates.keys()])),
  'GET /coordinate/node/<node_name>': (call) =>
    read(call, () => list(call, [call.params['node_name'] ?? ''])),
  'PUT /coordinate/update': (call) => {
    const { consul } = call;
    const body = objectBody(call, ['Node', 'Segment', 'Partition', 'Coord']);
    const node = textAt(body, 'Node');
    demand(call, 'node', node, 'write');
    if (!isObject(body['Coord'])) throw badRequest('Invalid coordinate');
    consul.state.coordinates.set(node, body['Coord']);
    touch(consul.state, nextIndex(consul.state), 'coordinates');
    return {};
  },
};

function list({ consul, caller }: ConsulCall, names: readonly string[]): Found {
  const { coordinates } = consul.state;
  const found = names.flatMap((name) => {
    const known = coordinates.get(name);
    return known === undefined ? [] : [{ name, known }];
  });
  const seen = found.filter(({ name }) => caller.may('node', name, 'read'));
  const index = tableIndex(consul.state, 'coordinates');
  const isOne = names.length === 1 && found.length === 0;
  const entries = seen.map(({ name, known }) => entry(name, known));
  return { index, filtered: seen.length < found.length, reply: isOne ? { status: 404 } : json(entries) };
}

function entry(Node: string, Coord: WireObject[string]): WireObject {
  return { Node, Segment: '', Coord };
}
