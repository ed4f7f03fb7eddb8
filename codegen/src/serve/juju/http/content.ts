import { createHash } from 'node:crypto';
import { jsonIn } from '../../core/http.ts';
import { isObject, type JsonObject } from '../../core/schemas.ts';
import type { Reply } from '../../core/service.ts';
import { Failure, notFound } from '../failures.ts';
import { applicationIn, unitIn } from '../model/find.ts';
import type { Application, Resource } from '../model/model.ts';
import { parseTag } from '../tags.ts';
import { text, time } from '../values.ts';
import { modelOf } from './charms.ts';
import { answered, guarded, type JujuCall, type Routes } from './reply.ts';

/** Resources, the agents' own binaries, and backups. */
export const contentRoutes: Routes = {
  putResource: guarded((call, who) => {
    const application = applicationOf(call);
    const { resource: name = '' } = call.params;
    const { headers, body } = call.request;
    const fingerprint = createHash('sha384').update(body).digest('hex');
    const told = String(headers['content-sha384'] ?? '');
    if (told !== fingerprint) throw new Failure(`fingerprint does not match data: ${told}`, 'bad request');
    const resource: Resource = { name, content: body, timestamp: call.controller.clock.now() };
    application.resources.set(name, resource);
    const user = who.kind === 'user' ? who.name : '';
    return answered({ resource: { ...resourceJson(application.name, resource), username: user } });
  }),

  getResource: guarded((call) => {
    const { resource = '' } = call.params;
    return resourceReply(applicationOf(call), resource);
  }),

  getUnitResource: guarded((call) => {
    const { unit = '', resource = '' } = call.params;
    const model = modelOf(call);
    const { application } = unitIn(model, parseTag(unit, 'unit').id);
    return resourceReply(applicationIn(model, application), resource);
  }),

  uploadTools: guarded((call) => uploaded(call, '')),
  uploadModelTools: guarded((call) => uploaded(call, `/model/${modelOf(call).uuid}`)),

  downloadTools: ({ controller, params }) => {
    const { version = '' } = params;
    const content = controller.files.get(`tools ${version}`);
    if (content === undefined)
      return answered({ error: { message: `agent binaries ${version} not found`, code: 'not found' } }, 404);
    return { headers: { 'content-type': 'application/x-tar-gz' }, data: content };
  },

  backup: guarded((call) => {
    const body = jsonIn(call.request);
    const id = isObject(body) ? text(body, 'id') : '';
    const content = call.controller.files.get(`backup ${id}`);
    if (content === undefined) throw notFound(`backup ${JSON.stringify(id)}`);
    const digest = createHash('sha1').update(content).digest('base64');
    return {
      headers: { 'content-type': 'application/octet-stream', digest: `SHA=${digest}` },
      data: content,
    };
  }),
};

export function resourceJson(application: string, { name, content, timestamp }: Resource): JsonObject {
  return {
    id: `${application}/${name}`,
    'pending-id': '',
    'application-id': application,
    application,
    name,
    type: 'file',
    path: name,
    description: '',
    origin: 'upload',
    revision: 0,
    fingerprint: createHash('sha384').update(content).digest('base64'),
    size: content.length,
    username: '',
    timestamp: time(timestamp),
  };
}

function resourceReply({ resources, name: application }: Application, name: string): Reply {
  const resource = resources.get(name);
  if (resource === undefined) throw notFound(`resource ${JSON.stringify(`${application}/${name}`)}`);
  const fingerprint = createHash('sha384').update(resource.content).digest('hex');
  return {
    headers: { 'content-type': 'application/octet-stream', 'content-sha384': fingerprint },
    data: resource.content,
  };
}

function uploaded({ controller, request }: JujuCall, prefix: string): Reply {
  const version = request.query.get('binaryVersion') ?? '';
  if (!/^\d+\.\d+.*-.+-.+$/.test(version))
    throw new Failure('expected binaryVersion argument', 'bad request');
  if (request.headers['content-type'] !== 'application/x-tar-gz')
    throw new Failure('expected Content-Type: application/x-tar-gz', 'bad request');
  controller.files.set(`tools ${version}`, request.body);
  const sha256 = createHash('sha256').update(request.body).digest('hex');
  const url = `${request.rootUrl}${prefix}/tools/${version}`;
  return answered({ tools: [{ version, url, sha256, size: request.body.length }] });
}

function applicationOf(call: JujuCall): Application {
  const { application = '' } = call.params;
  return applicationIn(modelOf(call), application);
}
