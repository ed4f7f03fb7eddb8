import type { StreamHost } from '../stream-host.ts';
import { parsed } from './asked.ts';
import { type LogFilters, logQuery } from './log-query.ts';
import { type LogRecord, logRecordOf } from './log-record.ts';
import { loopOver } from './loop.ts';
import { openStream, type StreamOptions } from './open-stream.ts';
import { endedWith, messagesOf, modelPath, queryText } from './stream.ts';

export type { LogFilters, LogLevel } from './log-query.ts';
export type { LogRecord } from './log-record.ts';

/** What {@link debugLog} takes. */
export interface DebugLogOptions extends LogFilters, StreamOptions {}

/**
 * The log of the session's model; of a session with the controller only, that of the controller's own model.
 *
 * Each loop opens a stream of its own. It ends after `maxLines`, and with `noTail` when what there is has come; otherwise it
 * goes on until it is left or aborted, and throws a ConnectionError when the controller goes away before. To go on from there,
 * give the last record's `timestamp` as `startTime`. The controller waits while nobody takes its lines.
 *
 * Controllers drop the connection when all is said that `noTail` asked for, so that a connection that is lost without a word
 * can't be told from the end.
 *
 * @throws TypeError at once when a filter isn't what it should be. The loop throws an RpcError when the controller says no,
 *   ResponseError, ConnectionError and ProtocolError as a call would, and the signal's own reason
 */
export function debugLog(host: StreamHost, options: DebugLogOptions = {}): AsyncIterable<LogRecord> {
  const address = {
    path: host.model === undefined ? '/log' : modelPath(host, '/log'),
    query: queryText(logQuery(options)),
  };
  const { noTail, maxLines, signal, timeoutMs } = options;
  const isDue = noTail === true ? endedWith(1000, 1005, 1006) : endedWith();
  async function* records(until: AbortSignal): AsyncGenerator<LogRecord, undefined, undefined> {
    const opened = await openStream(host, address, { signal: until, timeoutMs });
    let count = 0;
    for await (const message of messagesOf(opened, isDue)) {
      const record = logRecordOf(parsed(message));
      if (record === undefined) throw opened.asked.nonsense('a message that is no line of a log');
      yield record;
      count += 1;
      if (count === maxLines) break;
    }
  }
  return { [Symbol.asyncIterator]: () => loopOver(records, signal) };
}
