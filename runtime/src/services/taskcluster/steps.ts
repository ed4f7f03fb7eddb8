import type { CallFacts, CallRecord } from '../../errors.ts';
import { type CallOptions, duration } from '../../options.ts';
import type { TaskclusterSession } from './session.ts';
import type { TransferOptions } from './transfer.ts';

/** The options of each of several calls that share the time of one. */
export function sharing({ signal, timeoutMs, retry, onRecord }: TransferOptions): () => CallOptions {
  const until = timeoutMs === undefined ? undefined : performance.now() + duration('timeoutMs', timeoutMs);
  return () => ({
    signal,
    retry,
    onRecord,
    ...(until !== undefined && { timeoutMs: Math.max(1, until - performance.now()) }),
  });
}

/** Makes a call and keeps what an error about its answer is made of. */
export async function withFacts<T>(
  session: TaskclusterSession,
  options: CallOptions,
  make: (options: CallOptions) => Promise<T>,
): Promise<{ readonly answer: T; readonly facts: CallFacts }> {
  const { onRecord = session.http.options.onRecord } = options;
  const records: CallRecord[] = [];
  const answer = await make({
    ...options,
    onRecord(record) {
      records.push(record);
      onRecord?.(record);
    },
  });
  const [record] = records;
  if (record === undefined) throw new Error('a call ended without a record');
  return { answer, facts: { call: `${record.method} ${new URL(record.url).pathname}`, record } };
}
