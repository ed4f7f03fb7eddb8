import type { Validator } from '../../validate.ts';
import { example } from '../core/example.ts';
import type { DescribedOperation } from '../core/openapi.ts';
import { isObject, resolved, type Schemas, schemaAt } from '../core/schemas.ts';
import { type Handler, json, type Reply } from '../core/service.ts';
import { read } from './blocking.ts';
import { jsonBody } from './decode.ts';
import type { ConsulCall } from './deployment.ts';
import { badRequest } from './errors.ts';

/** What isn't modelled: what is sent is checked, and what comes back is valid against the description. */
export function exampleOf(
  operation: DescribedOperation,
  schemas: Schemas,
  validator: Validator,
): Handler<ConsulCall> {
  const { input, output, verb } = operation;
  // What an agent keeps of the certificate authority always comes out of its cache.
  const headers = operation.route.startsWith('/v1/agent/connect/ca/') ? { 'X-Cache': 'HIT', Age: '0' } : {};
  const answer = ({ params }: ConsulCall): Reply =>
    output === undefined
      ? { headers }
      : json(example(schemas, schemaAt(schemas, output), { known: params }), 200, headers);
  const described = headersOf(operation, schemas);
  const onlyDescribed = (reply: Reply): Reply => {
    const entries = Object.entries(reply.headers ?? {});
    const kept = entries.filter(([name]) => !/^x-consul-/i.test(name) || described.has(name.toLowerCase()));
    return { ...reply, headers: Object.fromEntries(kept) };
  };
  return async (call) => {
    if (input !== undefined && call.request.body.length > 0) {
      const [problem] = validator.for(input)(jsonBody(call));
      if (problem !== undefined)
        throw badRequest(`Request decode failed: ${problem.pointer || 'the body'} ${problem.message}`);
    }
    if (verb !== 'GET') return answer(call);
    return onlyDescribed(await read(call, () => ({ index: 1, reply: answer(call) })));
  };
}

/** Not each read tells its index: the headers that are described for its answer, in lower case. */
function headersOf({ told }: DescribedOperation, schemas: Schemas): ReadonlySet<string> {
  const responses = isObject(told['responses']) ? told['responses'] : {};
  const answer = resolved(schemas, responses['200'] ?? {});
  const headers = isObject(answer) && isObject(answer['headers']) ? answer['headers'] : {};
  return new Set(Object.keys(headers).map((name) => name.toLowerCase()));
}
