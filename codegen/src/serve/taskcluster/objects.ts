import type { JsonObject } from '../core/schemas.ts';
import { bodyOf, json, Refusal, text } from '../core/service.ts';
import { conflict, iso, type Model, notFound, param, type TaskclusterCall } from './deployment.ts';
import { canonical, type StoredObject } from './state.ts';
import { createBlob, storageUrl } from './storage.ts';

/** So long an upload may take. */
const uploadMs = 24 * 60 * 60_000;

/** Objects: uploads and downloads through URLs of the deployment's own storage, or inline. */
export const objects: Model = {
  service: 'object',
  handlers: {
    createUpload(call) {
      const { objects: stored } = call.deployment.state;
      const name = param(call, 'name');
      const request = bodyOf<UploadRequest>(call);
      const known = stored.get(name);
      if (known !== undefined && !isSameUpload(known, request)) {
        throw conflict(
          `An upload of the object ${JSON.stringify(name)} exists with another uploadId or other properties`,
        );
      }
      const object = known ?? startUpload(call, name, request);
      stored.set(name, object);
      const { projectId, uploadId, uploadExpires } = object;
      return json({ projectId, uploadId, expires: uploadExpires, uploadMethod: uploadMethod(call, object) });
    },
    finishUpload(call) {
      const { objects: stored } = call.deployment.state;
      const name = param(call, 'name');
      const { projectId, uploadId, hashes = {} } = bodyOf<FinishRequest>(call);
      const object = stored.get(name);
      if (object === undefined) throw notFound('Object not found');
      if (object.projectId !== projectId || object.uploadId !== uploadId) {
        throw conflict('The upload has another projectId or another uploadId');
      }
      const differs = Object.entries(hashes).some(([key, value]) => (object.hashes[key] ?? value) !== value);
      if (
        differs ||
        (object.isFinished && canonical(object.hashes) !== canonical({ ...object.hashes, ...hashes }))
      ) {
        throw conflict('The upload has other hashes');
      }
      stored.set(name, { ...object, hashes: { ...object.hashes, ...hashes }, isFinished: true });
      return json({});
    },
    startDownload(call) {
      const { hashes, blobId, name } = finished(call);
      const { acceptDownloadMethods: accepted } = bodyOf<DownloadRequest>(call);
      if (accepted.getUrl === true) {
        return json({
          method: 'getUrl',
          ...storageUrl(call.deployment, call.request.rootUrl, blobId),
          hashes,
        });
      }
      if (accepted.simple === true) {
        const { url } = storageUrl(call.deployment, call.request.rootUrl, blobId);
        return json({ method: 'simple', url });
      }
      throw new Refusal(406, 'NoMatchingMethod', `The object ${name} can be downloaded by: getUrl, simple`);
    },
    object(call) {
      const { projectId, expires, hashes } = finished(call);
      return json({ projectId, expires, hashes });
    },
    download(call) {
      const { url } = storageUrl(call.deployment, call.request.rootUrl, finished(call).blobId);
      return text(`See Other. Redirecting to ${url}`, 303, {
        'content-type': 'text/plain; charset=utf-8',
        location: url,
      });
    },
  },
};

interface UploadRequest {
  readonly projectId: string;
  readonly uploadId: string;
  readonly expires: string;
  readonly hashes?: JsonObject;
  readonly proposedUploadMethods: {
    readonly dataInline?: { readonly contentType: string; readonly objectData: string };
    readonly putUrl?: { readonly contentType: string; readonly contentLength: number };
  };
}

interface FinishRequest {
  readonly projectId: string;
  readonly uploadId: string;
  readonly hashes?: JsonObject;
}

interface DownloadRequest {
  readonly acceptDownloadMethods: { readonly simple?: true; readonly getUrl?: true };
}

function isSameUpload(object: StoredObject, request: UploadRequest): boolean {
  return (
    !object.isFinished &&
    object.uploadId === request.uploadId &&
    object.projectId === request.projectId &&
    Date.parse(object.expires) === Date.parse(request.expires)
  );
}

/** By the first method of those proposed that needs the fewest requests. */
function startUpload({ deployment }: TaskclusterCall, name: string, request: UploadRequest): StoredObject {
  const { projectId, uploadId, expires, hashes = {}, proposedUploadMethods: proposed } = request;
  const uploadExpires = iso(deployment.now() + uploadMs);
  const common = { name, projectId, uploadId, expires, hashes, uploadExpires, isFinished: false };
  if (proposed.dataInline !== undefined) {
    const { contentType, objectData } = proposed.dataInline;
    const blobId = createBlob(deployment, { contentType, data: Buffer.from(objectData, 'base64') });
    return { ...common, blobId, upload: 'dataInline' };
  }
  if (proposed.putUrl !== undefined) {
    const blobId = createBlob(deployment, { ...proposed.putUrl, contentEncoding: 'identity' });
    return { ...common, blobId, upload: 'putUrl' };
  }
  return { ...common, blobId: createBlob(deployment, { contentType: 'application/binary' }), upload: 'none' };
}

/** Asking again gives a fresh URL. */
function uploadMethod(
  { deployment, request }: TaskclusterCall,
  { blobId, upload }: StoredObject,
): JsonObject {
  if (upload === 'none') return {};
  if (upload === 'dataInline') return { dataInline: true };
  const { contentType = '', contentLength } = deployment.state.blobs.get(blobId) ?? {};
  const headers = {
    'Content-Type': contentType,
    'Content-Length': String(contentLength),
    'Content-Encoding': 'identity',
  };
  return { putUrl: { ...storageUrl(deployment, request.rootUrl, blobId), headers } };
}

function finished(call: TaskclusterCall): StoredObject {
  const object = call.deployment.state.objects.get(param(call, 'name'));
  if (object === undefined || !object.isFinished || Date.parse(object.expires) < call.deployment.now()) {
    throw notFound('Object not found');
  }
  return object;
}
