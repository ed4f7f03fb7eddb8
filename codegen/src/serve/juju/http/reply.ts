import type { JsonValue } from '../../../model.ts';
import type { JsonObject } from '../../core/schemas.ts';
import type { Call, ReceivedRequest, Reply } from '../../core/service.ts';
import type { Controller, Identity } from '../controller.ts';
import { asFailure, type Failure, failureJson, statusOf } from '../failures.ts';
import { identifyRequest } from '../login/identify.ts';

export interface JujuCall extends Call {
  readonly controller: Controller;
}

/** One HTTP route. */
export type Route = (call: JujuCall) => Reply | Promise<Reply>;

/** By the name of the operation. */
export type Routes = Readonly<Record<string, Route>>;

/** Exactly what Juju's clients compare with. */
const type = { 'content-type': 'application/json' } as const;

export function answered(
  json: JsonValue,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return { status, headers: { ...type, ...headers }, json };
}

/** An error as most of the routes say it: `{ "error": { … } }`. */
export function refused(error: unknown): Reply {
  const failure = asFailure(error);
  return answered({ error: failureJson(failure) }, statusOf(failure), challenge(failure));
}

/** As those of charms say it: the words, the code and the rest side by side. */
export function refusedFlat(error: unknown): Reply {
  const failure = asFailure(error);
  const { message, code, info } = failure;
  const told: JsonObject = {
    error: message,
    ...(code !== '' && { 'error-code': code }),
    ...(info && { 'error-info': info }),
  };
  return answered(told, statusOf(failure), challenge(failure));
}

function challenge(failure: Failure): Readonly<Record<string, string>> {
  return statusOf(failure) === 401 ? { 'www-authenticate': 'Basic realm="juju"' } : {};
}

/** For those who have proved who they are only; what goes wrong is told as `refuse` does. */
export function guarded(
  route: (call: JujuCall, who: Identity) => Reply | Promise<Reply>,
  refuse: (error: unknown) => Reply = refused,
): Route {
  return async (call) => {
    try {
      const { headers, rootUrl } = call.request;
      return await route(call, await identifyRequest(call.controller, headers, rootUrl));
    } catch (error) {
      return refuse(error);
    }
  };
}

/** Of what was sent in a query, a form or as JSON. */
export function fieldsOf({ query, headers, body }: ReceivedRequest): URLSearchParams {
  const fields = new URLSearchParams(query);
  if (/^application\/x-www-form-urlencoded/.test(headers['content-type'] ?? '')) {
    for (const [name, value] of new URLSearchParams(Buffer.from(body).toString())) fields.append(name, value);
  }
  return fields;
}
