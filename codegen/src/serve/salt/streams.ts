import type { RequestHead } from '../core/service.ts';
import { eventText } from './bus.ts';
import type { Master } from './deployment.ts';

/**
 * The event bus as server-sent events, with a line `tag` of Salt's own. The first line has no empty one behind it, so
 * that it belongs to the first event. Ends, without a word, when the caller may not listen any more.
 */
export function eventStream(
  master: Master,
  { signal }: RequestHead,
  isAllowed: () => boolean,
): AsyncIterable<string> {
  const events = master.bus.listen(signal);
  return (async function* () {
    yield 'retry: 400\n';
    for await (const event of events) {
      if (!isAllowed()) return;
      yield `tag: ${event.tag}\ndata: ${eventText(event)}\n\n`;
    }
  })();
}
