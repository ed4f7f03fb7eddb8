import type { StandIn } from '@fairlead/codegen/serve';

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The answer as JSON; the one place where it gets a type. */
  json<T>(): T;
}

export type Ask = (method: string, path: string, body?: unknown, more?: RequestInit) => Promise<Answer>;

/** Asks a stand-in, with a body that is text or bytes as it is, and anything else as JSON. */
export function asker({ url }: Pick<StandIn, 'url'>, token?: string): Ask {
  return async (method, path, body, more = {}) => {
    const sent = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    const response = await fetch(`${url}/v1${path}`, {
      method,
      redirect: 'manual',
      headers: token === undefined ? {} : { 'x-consul-token': token },
      ...(body === undefined ? {} : { body: sent }),
      ...more,
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      json<T>() {
        return JSON.parse(text) as T;
      },
    };
  };
}

export function indexOf({ headers }: Answer): string {
  return headers.get('x-consul-index') ?? '';
}
