import { createHash } from 'node:crypto';
import type { Model } from '../controller.ts';
import { Failure, notFound } from '../failures.ts';
import { nextId } from '../model/model.ts';
import { answered, guarded, type JujuCall, type Routes, refusedFlat } from './reply.ts';

/** The archives of charms, as both generations of clients send and get them. */
export const charmRoutes: Routes = {
  putCharm: guarded((call) => {
    const { ref = '' } = call.params;
    const { headers, body } = call.request;
    const model = modelOf(call);
    checkArchive(call);
    const [, name = '', hash = ''] = /^(.+)-([0-9a-f]{7})$/.exec(ref) ?? [];
    if (hash === '') throw new Failure(`invalid charm name and hash ${JSON.stringify(ref)}`, 'bad request');
    const digest = createHash('sha256').update(body).digest('hex');
    if (!digest.startsWith(hash))
      throw new Failure(`hash mismatch: ${hash} is not of ${digest}`, 'bad request');
    const given = String(headers['juju-curl'] ?? '');
    if (!given.startsWith('local:'))
      throw new Failure('charms are uploaded with a Juju-Curl header of the schema "local"', 'bad request');
    const url = `local:${name}-${nextId(model, `charm ${name}`)}`;
    keep(model, url, body);
    model.charms.set(ref, body);
    return answered({ 'charm-url': url }, 200, { 'juju-curl': url });
  }, refusedFlat),

  getCharm: guarded((call) => {
    const { ref = '' } = call.params;
    const content = modelOf(call).charms.get(ref);
    if (content === undefined) throw notFound(`charm ${JSON.stringify(ref)}`);
    return { headers: { 'content-type': 'application/zip' }, data: content };
  }, refusedFlat),

  getObject: guarded((call) => {
    const { sha = '' } = call.params;
    const content = modelOf(call).charms.get(sha);
    if (content === undefined) throw notFound(`object ${sha}`);
    return { headers: { 'content-type': 'application/octet-stream' }, data: content };
  }),

  uploadCharm: guarded((call) => {
    const { query, body } = call.request;
    const model = modelOf(call);
    checkArchive(call);
    const name = query.get('name') || 'uploaded';
    const revision = query.get('revision') || String(nextId(model, `charm ${name}`));
    const series = query.get('series') ?? '';
    const url = `local:${series === '' ? '' : `${series}/`}${name}-${revision}`;
    keep(model, url, body);
    return answered({ 'charm-url': url });
  }, refusedFlat),

  downloadCharm: guarded((call) => {
    const url = call.request.query.get('url') ?? '';
    if (url === '') throw new Failure('expected url=CharmURL query argument', 'bad request');
    const content = modelOf(call).charms.get(url);
    if (content === undefined) throw notFound(`charm ${JSON.stringify(url)}`);
    return { headers: { 'content-type': 'application/zip' }, data: content };
  }, refusedFlat),
};

/** How a zip with anything in it begins. */
const zipStart = Buffer.from('PK\u0003\u0004');

/** As much of a charm as a stand-in looks at. */
function checkArchive({ request: { headers, body } }: JujuCall): void {
  const { 'content-type': type = '' } = headers;
  if (type !== 'application/zip')
    throw new Failure(`expected Content-Type: application/zip, got: ${type}`, 'bad request');
  if (!zipStart.equals(body.subarray(0, zipStart.length)))
    throw new Failure('invalid charm archive: zip: not a valid zip file', 'bad request');
}

/** Under its URL and its hash. */
function keep(model: Model, url: string, content: Uint8Array): void {
  model.charms.set(url, content);
  model.charms.set(createHash('sha256').update(content).digest('hex'), content);
  model.changes.tell({ kind: 'charm', id: url });
}

export function modelOf({ controller, params }: JujuCall): Model {
  const { uuid = '' } = params;
  const model = controller.models.get(uuid);
  if (model === undefined) throw new Failure(`unknown model: ${JSON.stringify(uuid)}`, 'model not found');
  return model;
}
