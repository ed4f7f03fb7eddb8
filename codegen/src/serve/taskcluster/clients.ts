import { bodyOf, json, type Reply } from '../core/service.ts';
import { history, remember } from './audit.ts';
import {
  conflict,
  expanded,
  inputError,
  iso,
  type Model,
  notFound,
  paged,
  param,
  sorted,
  type TaskclusterCall,
} from './deployment.ts';
import { normalized, satisfiesAll } from './scopes.ts';
import { type Client, canonical, newAccessToken, type State } from './state.ts';

/** Those who may sign, and what was done to them. */
export const clients: Model = {
  service: 'auth',
  handlers: {
    listClients(call) {
      const prefix = call.request.query.get('prefix') ?? '';
      const clients = [...call.deployment.state.clients.values()].filter(({ clientId }) =>
        clientId.startsWith(prefix),
      );
      const { state } = call.deployment;
      return paged(
        call,
        sorted(clients, ({ clientId }) => clientId).map((client) => shownClient(state, client)),
      );
    },
    client: (call) => answerClient(call, clientIn(call)),
    createClient(call) {
      const { state, now } = call.deployment;
      const clientId = param(call, 'clientId');
      if (!/^[A-Za-z0-9!@/:.+|_-]+$/.test(clientId))
        throw inputError(`${JSON.stringify(clientId)} can not be a clientId`);
      const { deleteOnExpiration = false, scopes = [], ...request } = bodyOf<ClientRequest>(call);
      const known = state.clients.get(clientId);
      if (known !== undefined) {
        const { description, expires } = known;
        const same =
          canonical({ description, expires, scopes: known.scopes }) ===
          canonical({ ...request, scopes: normalized(scopes) });
        if (!same) throw conflict(`client with clientId ${JSON.stringify(clientId)} already exists`);
        return answerSecretly(call, known);
      }
      const moment = iso(now());
      const client: Client = {
        clientId,
        accessToken: newAccessToken(),
        ...request,
        scopes: normalized(scopes),
        deleteOnExpiration,
        disabled: false,
        created: moment,
        lastModified: moment,
        lastDateUsed: moment,
        lastRotated: moment,
      };
      state.clients.set(clientId, client);
      remember(call, 'created', 'client', clientId);
      return answerSecretly(call, client);
    },
    updateClient(call) {
      const { scopes, ...request } = bodyOf<ClientRequest>(call);
      return changeClient(call, 'updated', {
        ...request,
        ...(scopes === undefined ? {} : { scopes: normalized(scopes) }),
      });
    },
    resetAccessToken(call) {
      changeClient(call, 'reset', { accessToken: newAccessToken(), lastRotated: iso(call.deployment.now()) });
      return answerSecretly(call, clientIn(call));
    },
    enableClient: (call) => changeClient(call, 'enabled', { disabled: false }),
    disableClient: (call) => changeClient(call, 'disabled', { disabled: true }),
    deleteClient(call) {
      const clientId = param(call, 'clientId');
      // To delete what isn't there is no mistake: the answer to the first attempt may have been lost.
      if (call.deployment.state.clients.delete(clientId)) remember(call, 'deleted', 'client', clientId);
      return json({});
    },
    listAuditHistory: (call) => history(call, 'client', param(call, 'clientId')),
    getEntityHistory: (call) => history(call, param(call, 'entityType'), param(call, 'entityId')),
  },
  scopeValues: {
    updateClient(call) {
      const { scopes = [] } = bodyOf<ClientRequest>(call);
      const { clientId, scopes: before } = clientIn(call);
      return { clientId, scopesAdded: scopes.filter((scope) => !satisfiesAll(before, [scope])) };
    },
    createClient(call) {
      const { scopes = [] } = bodyOf<ClientRequest>(call);
      return { clientId: param(call, 'clientId'), scopes };
    },
  },
};

interface ClientRequest {
  readonly description: string;
  readonly expires: string;
  readonly scopes?: readonly string[];
  readonly deleteOnExpiration?: boolean;
}

function clientIn(call: TaskclusterCall): Client {
  const clientId = param(call, 'clientId');
  const client = call.deployment.state.clients.get(clientId);
  if (client === undefined) throw notFound('Client not found');
  return client;
}

function changeClient(call: TaskclusterCall, action: string, change: Partial<Client>): Reply {
  const { state, now } = call.deployment;
  const client = { ...clientIn(call), ...change, lastModified: iso(now()) };
  state.clients.set(client.clientId, client);
  remember(call, action, 'client', client.clientId);
  return answerClient(call, client);
}

function shownClient(state: State, { accessToken: _, ...client }: Client) {
  return { ...client, expandedScopes: expanded(state, client.scopes) };
}

function answerClient(call: TaskclusterCall, client: Client): Reply {
  return json(shownClient(call.deployment.state, client));
}

/** The only answers that have the access token in them. */
function answerSecretly(call: TaskclusterCall, client: Client): Reply {
  return json({ ...shownClient(call.deployment.state, client), accessToken: client.accessToken });
}
