import type { Transport } from '../../http/transport.ts';

const mostRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * A transport that follows the redirects of a GET: at most 5, and never from https to http. The answer that says
 * otherwise is given as it is.
 */
export function following(transport: Transport): Transport {
  return async (request) => {
    let { url } = request;
    for (let followed = 0; ; followed += 1) {
      const response = await transport({ ...request, url });
      const next = redirects.has(response.status) ? URL.parse(response.headers['location'] ?? '', url) : null;
      if (next === null || followed === mostRedirects || !mayFollow(url, next)) return response;
      await dismiss(response.body);
      url = next.href;
    }
  };
}

function mayFollow(from: string, to: URL): boolean {
  return to.protocol === 'https:' || (to.protocol === 'http:' && from.startsWith('http:'));
}

/** Leaves the connection free or closed. */
async function dismiss(body: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
  if (!(body instanceof Uint8Array)) await body[Symbol.asyncIterator]().return?.();
}
