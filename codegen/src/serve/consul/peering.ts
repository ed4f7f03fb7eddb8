import { json } from '../core/service.ts';
import type { WireObject } from '../core/wire.ts';
import { demand } from './access.ts';
import { read } from './blocking.ts';
import { objectBody, textAt, textMapAt } from './decode.ts';
import type { Consul, ConsulCall, Routes } from './deployment.ts';
import { badRequest, failed, notFound } from './errors.ts';
import { deleteDocument, documents, newId, putDocument, tableIndex, told } from './state.ts';

const never = '0001-01-01T00:00:00Z';

/** Peerings as one side keeps them: there is nobody on the other one. */
export const peeringRoutes: Routes = {
  'POST /peering/token': (call) => {
    const body = objectBody(call, ['PeerName', 'Partition', 'Meta', 'ServerExternalAddresses']);
    const name = put(call, textAt(body, 'PeerName'), textMapAt(body, 'Meta'), 'PENDING');
    const token = {
      CA: null,
      ServerAddresses: ['127.0.0.1:8503'],
      ServerName: serverName(call.consul),
      PeerID: newId(),
      EstablishmentSecret: name,
    };
    return json({ PeeringToken: Buffer.from(JSON.stringify(token)).toString('base64') });
  },
  'POST /peering/establish': (call) => {
    const body = objectBody(call, ['PeerName', 'PeeringToken', 'Partition', 'Meta']);
    const token = textAt(body, 'PeeringToken');
    if (token === '') throw badRequest('The payload must include PeeringToken');
    const own = serverName(call.consul);
    if (Buffer.from(token, 'base64').includes(JSON.stringify(own)))
      throw failed(`cannot create a peering within the same cluster "${own}"`);
    put(call, textAt(body, 'PeerName'), textMapAt(body, 'Meta'), 'ESTABLISHING');
    return json({});
  },
  'GET /peering/<name>': (call) => {
    demandPeering(call, 'read');
    return read(call, () => {
      const found = documents(call.consul.state, 'peerings').get(call.params['name'] ?? '');
      if (found === undefined) throw notFound(`Peering not found for "${call.params['name']}"`);
      return { index: tableIndex(call.consul.state, 'peerings'), reply: json(told(found)) };
    });
  },
  'DELETE /peering/<name>': (call) => {
    demandPeering(call, 'write');
    deleteDocument(call.consul.state, 'peerings', call.params['name'] ?? '');
    return {};
  },
  'GET /peerings': (call) => {
    demandPeering(call, 'read');
    return read(call, () => {
      const { state } = call.consul;
      const all = [...documents(state, 'peerings').values()];
      return { index: tableIndex(state, 'peerings'), reply: json(all.map(told)) };
    });
  },
};

/** The name that the certificates of this datacenter's servers have. */
function serverName({ settings, nodeId }: Consul): string {
  return `server.${settings.datacenter}.peering.${nodeId}.consul`;
}

function demandPeering(call: ConsulCall, access: 'read' | 'write'): void {
  if (!call.consul.modern) throw notFound();
  demand(call, 'peering', '', access);
}

function put(call: ConsulCall, name: string, Meta: WireObject | undefined, State: string): string {
  demandPeering(call, 'write');
  if (name === '')
    throw badRequest('PeerName is required in the payload when generating a new peering token');
  const ID = documents(call.consul.state, 'peerings').get(name)?.body['ID'] ?? newId();
  putDocument(call.consul.state, 'peerings', name, {
    ID,
    Name: name,
    ...(Meta === undefined ? {} : { Meta }),
    State,
    PeerID: '',
    PeerServerName: '',
    StreamStatus: {
      ImportedServices: null,
      ExportedServices: null,
      LastHeartbeat: never,
      LastReceive: never,
      LastSend: never,
    },
    Remote: { Partition: '', Datacenter: '', Locality: {} },
  });
  return name;
}
