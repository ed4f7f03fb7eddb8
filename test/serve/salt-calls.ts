import type { SaltCredentials, StandIn } from '@fairlead/codegen/serve';

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** As JSON; `undefined` where it is none. */
  readonly value: unknown;
}

export interface Ask {
  (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** An answer that has no end by itself. */
  stream(path: string, signal?: AbortSignal): Promise<Response>;
}

/** Asks a stand-in, with a body that is text as it is, and anything else as JSON. */
export function asker({ url }: StandIn<SaltCredentials>, token?: string): Ask {
  const proof: Record<string, string> = token === undefined ? {} : { 'x-auth-token': token };
  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...proof,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, value: parsed(text) };
  };
  const stream = async (path: string, signal?: AbortSignal) =>
    await fetch(url + path, { headers: proof, ...(signal === undefined ? {} : { signal }) });
  return Object.assign(ask, { stream });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
