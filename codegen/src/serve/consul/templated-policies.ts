import { json } from '../core/service.ts';
import type { WireObject } from '../core/wire.ts';
import { hashOf } from './acl.ts';
import { demandAcl } from './acl-documents.ts';
import { objectBody, textAt } from './decode.ts';
import type { ConsulCall, Routes } from './deployment.ts';
import { badRequest, notFound } from './errors.ts';
import { newId } from './state.ts';

interface Template {
  readonly description: string;
  /** With `{{.Name}}` where the name goes. */
  readonly rules: string;
  readonly isNamed: boolean;
}

/** The policies that come with Consul, in rules of our own that allow what they are for. */
const templates: ReadonlyMap<string, Template> = new Map([
  [
    'builtin/service',
    {
      description: 'What a service and its sidecar need',
      rules:
        'service "{{.Name}}" { policy = "write" }\nservice "{{.Name}}-sidecar-proxy" { policy = "write" }\n' +
        'service_prefix "" { policy = "read" }\nnode_prefix "" { policy = "read" }',
      isNamed: true,
    },
  ],
  [
    'builtin/node',
    {
      description: 'What the agent of a node needs',
      rules: 'node "{{.Name}}" { policy = "write" }\nservice_prefix "" { policy = "read" }',
      isNamed: true,
    },
  ],
  [
    'builtin/dns',
    {
      description: 'What answering names needs',
      rules:
        'node_prefix "" { policy = "read" }\nservice_prefix "" { policy = "read" }\nquery_prefix "" { policy = "read" }',
      isNamed: false,
    },
  ],
  [
    'builtin/nomad-server',
    {
      description: 'What a server of Nomad needs',
      rules:
        'acl = "write"\nagent_prefix "" { policy = "read" }\nnode_prefix "" { policy = "read" }\n' +
        'service_prefix "" { policy = "write" }',
      isNamed: false,
    },
  ],
  [
    'builtin/nomad-client',
    {
      description: 'What a client of Nomad needs',
      rules:
        'agent_prefix "" { policy = "read" }\nnode_prefix "" { policy = "read" }\n' +
        'service_prefix "" { policy = "write" }\nkey_prefix "" { policy = "read" }',
      isNamed: false,
    },
  ],
  [
    'builtin/api-gateway',
    {
      description: 'What an API gateway needs',
      rules:
        'mesh = "read"\nnode_prefix "" { policy = "read" }\nservice_prefix "" { policy = "read" }\n' +
        'service "{{.Name}}" { policy = "write" }',
      isNamed: true,
    },
  ],
]);

export const templatedPolicyRoutes: Routes = {
  'GET /acl/templated-policies': (call) => {
    demand(call);
    return json(Object.fromEntries([...templates].map(([name, one]) => [name, shown(name, one)])));
  },
  'GET /acl/templated-policy/name/<name>': (call) => {
    demand(call);
    const [name, template] = find(call);
    return json(shown(name, template));
  },
  'POST /acl/templated-policy/preview/<name>': (call) => {
    demand(call);
    const [name, { rules, isNamed }] = find(call);
    const wanted = textAt(objectBody(call, ['Name']), 'Name');
    if (isNamed && wanted === '') throw badRequest('validation error: Name is required');
    const Rules = rules.replaceAll('{{.Name}}', wanted);
    const ID = newId();
    return json({
      ID,
      Name: `synthetic-policy-${ID}`,
      Description: `synthetic policy generated from templated policy: ${name}`,
      Rules,
      Hash: hashOf(Rules),
      CreateIndex: 0,
      ModifyIndex: 0,
    });
  },
};

function demand(call: ConsulCall): void {
  if (!call.consul.modern) throw notFound();
  demandAcl(call, 'read');
}

function find({ params }: ConsulCall): readonly [string, Template] {
  const name = params['name'] ?? '';
  const template = templates.get(name);
  if (template === undefined) throw badRequest(`Invalid templated policy name: ${name}`);
  return [name, template];
}

function shown(TemplateName: string, { rules, description, isNamed }: Template): WireObject {
  const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
  return {
    TemplateName,
    Schema: isNamed ? JSON.stringify(schema) : '',
    Template: rules,
    Description: description,
  };
}
