import { isObject } from '../core/schemas.ts';
import { json } from '../core/service.ts';
import { demand } from './access.ts';
import { jsonBody, objectBody, textAt } from './decode.ts';
import type { Caller, Routes } from './deployment.ts';
import { badRequest } from './errors.ts';
import { documents, putDocument, told } from './state.ts';

const authorityKey = 'ca-configuration';
const authority = { Provider: 'consul', Config: { IntermediateCertTTL: '8760h', LeafCertTTL: '72h' } };

export const connectRoutes: Routes = {
  'GET /connect/ca/configuration': (call) => {
    demand(call, 'operator', '', 'read');
    const known = documents(call.consul.state, 'operator').get(authorityKey);
    const shown = known ?? { body: authority, CreateIndex: 1, ModifyIndex: 1 };
    return json({ ...told(shown), State: null, ForceWithoutCrossSigning: false });
  },
  'PUT /connect/ca/configuration': (call) => {
    demand(call, 'operator', '', 'write');
    const fields = ['Provider', 'Config', 'State', 'ForceWithoutCrossSigning', 'CreateIndex', 'ModifyIndex'];
    const body = objectBody(call, fields);
    const Provider = textAt(body, 'Provider');
    if (!['consul', 'vault', 'aws-pca'].includes(Provider))
      throw badRequest(`unknown CA provider ${Provider}`);
    putDocument(call.consul.state, 'operator', authorityKey, { Provider, Config: body['Config'] ?? {} });
    return {};
  },
  'POST /internal/acl/authorize': (call) => {
    const asked = jsonBody(call);
    if (!Array.isArray(asked)) throw badRequest('Failed to decode request body: not a list');
    if (asked.length > 64) throw badRequest('Refusing to process more than 64 authorizations at once');
    const answers = asked.filter(isObject).map((one) => ({
      ...one,
      Allow: allows(call.caller, textAt(one, 'Resource'), textAt(one, 'Segment'), textAt(one, 'Access')),
    }));
    return json(answers);
  },
};

const named = ['key', 'service', 'node', 'session', 'event', 'query', 'agent'] as const;
const unnamed = ['operator', 'acl', 'keyring', 'mesh', 'peering'] as const;

function allows(caller: Caller, resource: string, segment: string, access: string): boolean {
  if (access !== 'read' && access !== 'list' && access !== 'write')
    throw badRequest(`Bad request: invalid access level ${JSON.stringify(access)}`);
  const one = named.find((name) => name === resource);
  const other = unnamed.find((name) => name === resource);
  if (resource === 'intention') return caller.mayIntend(segment, access);
  if (one !== undefined) return caller.may(one, segment, access);
  if (other !== undefined) return caller.may(other, '', access);
  throw badRequest(`Bad request: unknown resource ${JSON.stringify(resource)}`);
}
