import type { JsonValue } from '../../model.ts';
import type { Problem } from '../../validate.ts';
import { jsonIn } from '../core/http.ts';
import { type Schemas, schemaAt, withDefaults } from '../core/schemas.ts';
import { type Call, operationKey, Refusal } from '../core/service.ts';
import { callerOf, demand, realmOf } from './access.ts';
import { authenticate, signedPartsOf } from './authenticate.ts';
import type { Deployment, TaskclusterCall } from './deployment.ts';
import { renderScopes, type ScopeTemplate, type ScopeValues, scopeParameters } from './scopes.ts';
import { slugidPattern } from './state.ts';

/** What is known about a method beside its operation. */
export interface Rules {
  readonly template: ScopeTemplate | undefined;
  readonly scopeValues: ((call: TaskclusterCall) => ScopeValues) | undefined;
}

/**
 * Lets a call in, in the order of the real services: who calls; whether they may, as far as the path tells; the
 * path, the query and the body; whether they may, when that follows from what the body or the task says.
 */
export async function admit(
  call: Call,
  rules: Rules,
  deployment: Deployment,
  schemas: Schemas,
): Promise<TaskclusterCall> {
  const { template, scopeValues } = rules;
  const isProtected = template !== undefined;
  const authentication = isProtected
    ? await authenticate(signedPartsOf(call.request), realmOf(deployment))
    : undefined;
  const caller = authentication === undefined ? { scopes: [] } : callerOf(authentication);
  const isEarly =
    isProtected &&
    scopeValues === undefined &&
    [...scopeParameters(template)].every((name) => name in call.params);
  if (isEarly) demand(caller, renderScopes(template, call.params));

  checkParams(call);
  checkQuery(call);
  const admitted = { ...call, body: bodyIn(call, deployment, schemas), deployment, caller };
  if (isProtected && !isEarly)
    demand(caller, renderScopes(template, scopeValues?.(admitted) ?? ownValues(admitted)));
  return admitted;
}

function ownValues({ body, params }: Call): ScopeValues {
  return { ...(typeof body === 'object' ? body : {}), ...params };
}

const numeric = /^[0-9]+$/;

const paramPatterns: Readonly<Record<string, RegExp>> = {
  taskId: slugidPattern,
  taskGroupId: slugidPattern,
  runId: numeric,
  provisionerId: /^[a-zA-Z0-9-_]{1,38}$/,
  workerGroup: /^[a-zA-Z0-9-_]{1,38}$/,
  workerId: /^[a-zA-Z0-9-_]{1,38}$/,
};

const queryPatterns: Readonly<Record<string, RegExp>> = {
  limit: numeric,
  continuationToken: /^[\w+/=-]+$/,
};

function checkParams({ params }: Call): void {
  for (const [name, value] of Object.entries(params)) {
    const pattern = paramPatterns[name];
    if (pattern !== undefined && !pattern.test(value)) throw badArgument(name, value, pattern);
  }
}

function checkQuery({ operation, request }: Call): void {
  for (const [name, value] of request.query) {
    if (name === 'bewit') continue;
    if (!operation.query.includes(name)) {
      throw new Refusal(
        400,
        'InvalidRequestArguments',
        `Query-string parameter ${JSON.stringify(name)} is not known here`,
      );
    }
    const pattern = queryPatterns[name];
    if (pattern !== undefined && !pattern.test(value)) throw badArgument(name, value, pattern);
  }
  // The real services accept it, and then can't make an answer that is valid.
  if (request.query.get('limit') === '0')
    throw new Refusal(500, 'InternalServerError', 'Internal Server Error');
}

function badArgument(name: string, value: string, pattern: RegExp): Refusal {
  const message = `Parameter ${JSON.stringify(name)} is ${JSON.stringify(value)}, which does not match ${pattern}`;
  return new Refusal(400, 'InvalidRequestArguments', message);
}

function bodyIn(call: Call, { validator }: Deployment, schemas: Schemas): JsonValue | undefined {
  const { input } = call.operation;
  if (input === undefined) return undefined;
  const type = call.request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new Refusal(
      400,
      'MalformedPayload',
      `The content-type must be application/json, not ${type ?? 'absent'}`,
    );
  }
  const value = payloadOf(call);
  const body = withDefaults(schemas, schemaAt(schemas, input), value);
  const problems = validator.for(input)(body);
  if (problems.length === 0) return body;
  const list = problems.map((problem) => `  * data${problem.pointer} ${sentence(problem)}`);
  throw new Refusal(
    400,
    'InputValidationError',
    [`The payload of ${operationKey(call.operation)} is not valid against ${input}:`, ...list].join('\n'),
  );
}

/** Names what the validator only counts: which property has no place, which values there are. */
function sentence({ message, params }: Problem): string {
  const { additionalProperty, allowedValues } = params;
  const told = additionalProperty ?? allowedValues;
  return told === undefined ? message : `${message}: ${JSON.stringify(told)}`;
}

function payloadOf({ request }: Call): JsonValue {
  try {
    return jsonIn(request);
  } catch (error) {
    throw new Refusal(
      400,
      'MalformedPayload',
      `Failed to parse JSON: ${error instanceof Error ? error.message : ''}`,
    );
  }
}
