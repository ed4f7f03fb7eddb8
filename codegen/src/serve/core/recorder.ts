import type { IncomingHttpHeaders } from 'node:http';
import type { Match } from './router.ts';
import type { ReceivedRequest } from './service.ts';

/** A request as a test wants to look at it. */
export interface RecordedRequest {
  /** In upper case, as it was sent. */
  readonly verb: string;
  /** The request target, byte for byte. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Empty when it was larger than 64 KiB. */
  readonly body: Uint8Array;
  /** The length of what was sent as a body, in bytes. */
  readonly size: number;
  /** What it was for: absent when no operation was found. */
  readonly service?: string;
  /** As the reference calls it: `createTask`. */
  readonly method?: string;
  /** Decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** 0 while there is no answer, and for good when a fault left none. */
  status: number;
}

/** So many requests are remembered, and the older ones forgotten: a long-running stand-in must not grow. */
const maxRecorded = 10_000;
const maxBody = 64 * 1024;

export function record(into: RecordedRequest[], request: ReceivedRequest, match?: Match): RecordedRequest {
  const entry: RecordedRequest = {
    verb: request.method,
    url: request.url,
    headers: request.headers,
    body: request.body.length > maxBody ? new Uint8Array() : request.body,
    size: request.body.length,
    ...(match === undefined ? {} : { service: match.operation.service, method: match.operation.name }),
    params: match?.params ?? {},
    status: 0,
  };
  if (into.length >= maxRecorded) into.splice(0, maxRecorded / 10);
  into.push(entry);
  return entry;
}
