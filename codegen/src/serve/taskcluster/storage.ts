import { json, type ReceivedRequest, type Reply, text } from '../core/service.ts';
import type { Deployment } from './deployment.ts';
import { iso } from './deployment.ts';
import { type Blob, slugid } from './state.ts';

/* Where the deployment keeps files: what a cloud's object storage with signed URLs is to a real one. */

/** Keeps a file, or the place for one that is still to be uploaded. */
export function createBlob(deployment: Deployment, blob: Blob): string {
  const blobId = slugid();
  deployment.state.blobs.set(blobId, blob);
  return blobId;
}

/** A URL to put or get a file at, and the moment until which it is good. */
export function storageUrl(
  deployment: Deployment,
  rootUrl: string,
  blobId: string,
): { readonly url: string; readonly expires: string } {
  const expires = iso(deployment.now() + deployment.settings.storageUrlTtlMs);
  return { url: `${rootUrl}/storage/${blobId}?expires=${encodeURIComponent(expires)}`, expires };
}

/** Answers requests to those URLs; `undefined` for any other. */
export function serveStorage(deployment: Deployment, request: ReceivedRequest): Reply | undefined {
  const blobId = /^\/storage\/([^/]+)$/.exec(request.path)?.[1];
  if (blobId === undefined) return undefined;
  const { blobs } = deployment.state;
  const blob = blobs.get(blobId);
  if (blob === undefined) return text('There is no such file\n', 404);
  if (Date.parse(request.query.get('expires') ?? '') < deployment.now())
    return text('The URL has expired\n', 403);

  if (request.verb === 'PUT') {
    const problem = mismatch(blob, request);
    if (problem !== undefined) return text(`${problem}\n`, 403);
    const contentEncoding = request.headers['content-encoding'] ?? 'identity';
    blobs.set(blobId, { ...blob, contentEncoding, data: request.body });
    return { status: 200 };
  }
  if (request.verb !== 'GET') return json({ error: 'Not found' }, 404);
  if (blob.data === undefined) return text('The file was not uploaded\n', 404);
  const encoding = blob.contentEncoding ?? 'identity';
  return {
    status: 200,
    headers: {
      'content-type': blob.contentType,
      ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
    },
    data: blob.data,
  };
}

/** The headers are part of what the URL was made for, as with any signed upload. */
function mismatch(blob: Blob, { headers, body }: ReceivedRequest): string | undefined {
  if (headers['content-type'] !== blob.contentType) return `The content-type must be ${blob.contentType}`;
  if (blob.contentEncoding !== undefined && headers['content-encoding'] !== blob.contentEncoding) {
    return `The content-encoding must be ${blob.contentEncoding}`;
  }
  if (blob.contentLength !== undefined && body.length !== blob.contentLength) {
    return `The content-length must be ${blob.contentLength}`;
  }
  return undefined;
}
