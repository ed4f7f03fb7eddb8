import type { RecordedRequest } from './recorded.ts';
import type { Match } from './router.ts';
import type { Asked, ReceivedRequest, RequestHead } from './service.ts';

/** So many requests are remembered, and the older ones forgotten: a long-running stand-in must not grow. */
const maxRecorded = 10_000;
const maxBody = 64 * 1024;

/** What is asked for on a connection, with the headers and the target that it began with. */
export function recordCall(into: RecordedRequest[], began: RequestHead, asked: Asked): RecordedRequest {
  const { service, method, params, body } = asked;
  return keep(into, {
    verb: 'CALL',
    url: began.url,
    headers: began.headers,
    body: body.length > maxBody ? new Uint8Array() : body,
    size: body.length,
    service,
    method,
    params,
    status: 0,
  });
}

export function record(into: RecordedRequest[], request: ReceivedRequest, match?: Match): RecordedRequest {
  return keep(into, {
    verb: request.method,
    url: request.url,
    headers: request.headers,
    body: request.body.length > maxBody ? new Uint8Array() : request.body,
    size: request.body.length,
    ...(match === undefined ? {} : { service: match.operation.service, method: match.operation.name }),
    params: match?.params ?? {},
    status: 0,
  });
}

function keep(into: RecordedRequest[], entry: RecordedRequest): RecordedRequest {
  if (into.length >= maxRecorded) into.splice(0, maxRecorded / 10);
  into.push(entry);
  return entry;
}
