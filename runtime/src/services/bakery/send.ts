import type { Send, SendRequest } from '../../auth/bakery/send.ts';
import { collect, textOf } from '../../http/bytes.ts';
import { errorOfFailure } from '../../http/failure-error.ts';
import { shownLocation, withoutQuery } from '../../http/mask.ts';
import { type Transport, TransportFailure } from '../../http/transport.ts';
import type { ResolvedOptions } from '../../options.ts';

/**
 * How a bakery reaches others over a transport of ours. What keeps it from its work is told as the error of what was asked.
 *
 * @param loginTimeoutMs how long the answer to a patient request may take. Default: as long as its signal lets it
 */
export function sendOver(transport: Transport, options: ResolvedOptions, loginTimeoutMs?: number): Send {
  const { maxResponseBytes: maxBytes, attemptTimeoutMs } = options;
  return explaining(async ({ isPatient = false, isSecret: _, ...request }) => {
    const timeoutMs = isPatient ? loginTimeoutMs : attemptTimeoutMs;
    const answer = await transport({ ...request, maxBytes, timeoutMs });
    const body = answer.body instanceof Uint8Array ? answer.body : await collect(answer.body, maxBytes);
    return { status: answer.status, headers: answer.headers, text: textOf(body) };
  });
}

function explaining(send: Send): Send {
  return async (request) => {
    try {
      return await send(request);
    } catch (error) {
      throw error instanceof TransportFailure ? explained(error, request) : error;
    }
  };
}

function explained(failure: TransportFailure, { method, url, isSecret }: SendRequest) {
  const { origin, pathname, search } = new URL(url);
  const shown = isSecret ? shownLocation(url) : withoutQuery(`${origin}${pathname}${search}`);
  const record = { method, url: shown, attempts: [] };
  const facts = { call: `${method} ${shown}`, record, cause: failure };
  return errorOfFailure(failure, facts);
}
