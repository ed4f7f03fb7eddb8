import type { Validator } from '../../validate.ts';
import { example } from '../core/example.ts';
import { type Schemas, schemaAt } from '../core/schemas.ts';
import { type Handler, json, type Operation, type Reply } from '../core/service.ts';
import { read } from './blocking.ts';
import { jsonBody } from './decode.ts';
import type { ConsulCall } from './deployment.ts';
import { badRequest } from './errors.ts';

/** What isn't modelled: what is sent is checked, and what comes back is valid against the description. */
export function exampleOf(operation: Operation, schemas: Schemas, validator: Validator): Handler<ConsulCall> {
  const { input, output, verb } = operation;
  // What an agent keeps of the certificate authority always comes out of its cache.
  const headers = operation.route.startsWith('/v1/agent/connect/ca/') ? { 'X-Cache': 'HIT', Age: '0' } : {};
  const answer = ({ params }: ConsulCall): Reply =>
    output === undefined
      ? { headers }
      : json(example(schemas, schemaAt(schemas, output), { known: params }), 200, headers);
  return (call) => {
    if (input !== undefined && call.request.body.length > 0) {
      const [problem] = validator.for(input)(jsonBody(call));
      if (problem !== undefined)
        throw badRequest(`Request decode failed: ${problem.pointer || 'the body'} ${problem.message}`);
    }
    return verb === 'GET' ? read(call, () => ({ index: 1, reply: answer(call) })) : answer(call);
  };
}
