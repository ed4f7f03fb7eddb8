import type { StandIn } from '@fairlead/codegen/serve';
import hawk from 'hawk';

/** What to call, with what: a body is sent as JSON, text as it is. */
export interface SignedRequest {
  readonly verb: string;
  /** After the root, with its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: those of the stand-in. */
  readonly credentials?: StandIn['credentials'];
}

/** Calls a stand-in, signed by the npm package `hawk`, redirects not followed. */
export async function callSigned(service: StandIn, request: SignedRequest): Promise<Response> {
  const { verb, path, body, headers } = request;
  const url = service.url + path;
  const { clientId, accessToken } = request.credentials ?? service.credentials;
  const credentials = { id: clientId, key: accessToken, algorithm: 'sha256' } as const;
  const { header } = hawk.client.header(url, verb, { credentials });
  const content = body === undefined ? {} : { 'content-type': 'application/json' };
  return await fetch(url, {
    method: verb,
    redirect: 'manual',
    headers: { authorization: header, ...content, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

/** The JSON of an answer, of the shape that a test then looks at. */
export async function jsonOf<T>(response: Response | Promise<Response>): Promise<T> {
  const value: unknown = await (await response).json();
  return value as T;
}
