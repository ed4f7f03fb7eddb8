import { fileURLToPath } from 'node:url';
import * as client from '@fairlead/consul';
import type { Api, HttpCall, Method, Param } from '../../codegen/src/model.ts';
import { loadService } from '../../codegen/src/read/index.ts';

/** A generated method, and what the description says of it. */
export interface Generated {
  /** `Kv.get` */
  readonly name: string;
  /** `GET /kv/{key}` */
  readonly operation: string;
  readonly api: Api;
  readonly method: Method;
  readonly call: HttpCall;
}

const { apis } = await loadService(fileURLToPath(new URL('../../schemas/consul', import.meta.url)));

/** Every method of `@fairlead/consul`. */
export const generated: readonly Generated[] = apis.flatMap((api) =>
  api.methods.flatMap((method): Generated[] => {
    const { call } = method;
    if (call.kind !== 'http') return [];
    const route = call.route.map((part) => (typeof part === 'string' ? part : '{}')).join('');
    return [
      {
        name: `${api.name}.${method.name}`,
        operation: `${call.verb.toUpperCase()} ${route}`,
        api,
        method,
        call,
      },
    ];
  }),
);

/** The arguments of a call that says no more than it must, and what it says besides. */
export function argumentsOf(
  { method }: Generated,
  { query = [], options = {} }: { query?: readonly [string, unknown][]; options?: object } = {},
): readonly unknown[] {
  const required = method.query.filter((param) => param.required).map(pairOf);
  return [
    ...method.path.map(() => 'x'),
    ...(method.body === undefined ? [] : [method.body.content.kind === 'json' ? {} : 'text']),
    ...(method.query.length === 0 ? [] : [Object.fromEntries([...required, ...query])]),
    options,
  ];
}

function pairOf({ wire, schema }: Param): [string, unknown] {
  return [wire, schema?.type === 'array' ? ['x'] : schema?.type === 'boolean' ? true : '1'];
}

/** What a generated method gives, without waiting for it. */
export function callOf(
  session: client.ConsulSession,
  { api, method }: Generated,
  given: readonly unknown[],
): unknown {
  const made: object = Reflect.construct(Reflect.get(client, api.name), [session]);
  return Reflect.apply(Reflect.get(made, method.name), made, given);
}

/** An agent that answers one thing after the other, the last one again and again, and writes down what it was asked. */
export function agentSaying(...answers: readonly (client.TransportResponse | Error)[]) {
  const requests: client.TransportRequest[] = [];
  const transport: client.Transport = async (request) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)];
    requests.push(request);
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('nothing to say');
    return answer;
  };
  return { requests, transport, queries: () => requests.map(({ url }) => new URL(url).searchParams) };
}

/** An answer of JSON. */
export function saying(
  text: string,
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): client.TransportResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: new TextEncoder().encode(text),
  };
}
