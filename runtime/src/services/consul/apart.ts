import type { Transport } from '../../http/transport.ts';

/** A question that the agent may hold: it asks for another version than one that was seen. */
const blocking = /[?&](?:index|hash)=/;

/**
 * A transport that sends what holds its connection, blocking queries and streams, over `holding`, and everything else over
 * `brief`: a call, or the renewal of a session, must never wait for the end of a watch.
 */
export function apart(brief: Transport, holding: Transport): Transport {
  const send: Transport = (request) =>
    request.stream === true || blocking.test(request.url) ? holding(request) : brief(request);
  const close = async () => {
    await Promise.all([brief.close?.(), holding.close?.()]);
  };
  return Object.assign(send, { close });
}
