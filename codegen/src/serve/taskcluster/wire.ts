import { randomBytes } from 'node:crypto';
import type { JsonValue } from '../../model.ts';
import { jsonIn } from '../core/http.ts';
import { type Call, json, type Refusal, type Reply, type RequestHead } from '../core/service.ts';
import { iso } from './deployment.ts';

/** On each answer. */
export function headers({ headers: asked }: RequestHead, now: number): Readonly<Record<string, string>> {
  return {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE, OPTIONS',
    'access-control-allow-headers': 'X-Requested-With,Content-Type,Authorization,Accept,Origin,Cache-Control',
    'access-control-max-age': '900',
    'cache-control': 'no-store no-cache must-revalidate',
    date: new Date(now).toUTCString(),
    'x-for-request-id': identifier(),
    'x-for-trace-id': String(asked['x-taskcluster-trace-id'] ?? identifier()),
  };
}

/** `{code, message, requestInfo}`, the message with a few facts after a line; a route that isn't known has no code. */
export function refusal(error: Refusal, call: Call | undefined, now: number): Reply {
  const { status, message, headers: own } = error;
  if (status === 404 && call === undefined) return json({ error: message }, 404, own);
  const code = error.code === '' ? (codes[status] ?? 'UnknownError') : error.code;
  const time = iso(now);
  const method = call?.operation.name ?? 'unknown';
  const facts = [
    `* method:     ${method}`,
    `* errorCode:  ${code}`,
    `* statusCode: ${status}`,
    `* time:       ${time}`,
  ];
  return json(
    {
      code,
      message: `${message}\n\n---\n\n${facts.join('\n')}`,
      requestInfo: {
        method,
        params: { ...call?.params },
        payload: call === undefined ? {} : payloadOf(call),
        time,
      },
    },
    status,
    own,
  );
}

/** What was sent, although it may not have been accepted. */
function payloadOf({ body, request }: Call): JsonValue {
  if (body !== undefined || request.body.length === 0) return body ?? {};
  try {
    return jsonIn(request);
  } catch {
    return {};
  }
}

/** What a status is called when nothing more is known about it. */
const codes: Readonly<Record<number, string>> = {
  400: 'InvalidRequestArguments',
  401: 'AuthenticationFailed',
  403: 'InsufficientScopes',
  404: 'ResourceNotFound',
  409: 'RequestConflict',
  410: 'ResourceExpired',
  413: 'InputTooLarge',
  429: 'TooManyRequests',
  500: 'InternalServerError',
};

function identifier(): string {
  return randomBytes(16).toString('hex');
}
