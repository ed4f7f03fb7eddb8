/** What a user of a Salt session may and may not write. Compiled, never run. */
import { tag } from '../../runtime/src/http/tag.ts';
import type {
  EventOf,
  LocalBatchOptions,
  LocalCall,
  LocalOptions,
  LocalSubsetOptions,
  MinionResult,
  SaltEvent,
  SaltSession,
  Target,
} from '../../runtime/src/services/salt/index.ts';

/** Whether a value of type `V` may be given where `T` is wanted. */
type Accepts<T, V> = [V] extends [T] ? true : false;
type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;
function holds<_T extends true>(): void {}
function fails<_T extends false>(): void {}

// A target is chosen in one way.
holds<Accepts<Target, string>>();
holds<Accepts<Target, { grain: string }>>();
holds<Accepts<Target, { list: readonly string[] }>>();
fails<Accepts<Target, { grain: string; glob: string }>>();
fails<Accepts<Target, { list: string }>>();
fails<Accepts<Target, { expr_form: string }>>();
fails<Accepts<Target, Record<never, never>>>();

// The options are those of the client, each with its unit.
holds<Accepts<LocalBatchOptions, { batch: 3 } | { batch: '10%' }>>();
fails<Accepts<LocalBatchOptions, { batch: '3' }>>();
fails<Accepts<LocalBatchOptions, Record<never, never>>>();
fails<Accepts<keyof LocalBatchOptions, 'delimiter'>>();
fails<Accepts<keyof LocalSubsetOptions, 'jid'>>();
fails<Accepts<keyof LocalOptions, 'timeout'>>();

// What a minion returned is there only when it did it.
type Ping = MinionResult<boolean>;
holds<Same<Extract<Ping, { kind: 'ok' }>['value'], boolean>>();
holds<Same<Extract<Ping, { kind: 'failed' }>['value'], unknown>>();
fails<Accepts<keyof Extract<Ping, { kind: 'no-answer' }>, 'value'>>();

// An event has the type and the parts of its tag; a text is any event.
const jobReturned = tag<{ return: unknown }, 'jid' | 'minion'>('salt/job/{jid}/ret/{minion}');
holds<Same<EventOf<typeof jobReturned>, SaltEvent<{ return: unknown }, 'jid' | 'minion'>>>();
holds<Same<EventOf<string>, SaltEvent>>();

/** Calls that go together keep their types, in their order. */
export async function together(
  session: SaltSession,
  ping: LocalCall<boolean>,
): Promise<string[] | undefined> {
  const [pong, up] = await session.run([ping, session.runner<string[]>('manage.up')]);
  if (pong.status === 'fulfilled')
    holds<Same<ReturnType<typeof pong.value.throwIfFailed>, ReadonlyMap<string, boolean>>>();
  return up.status === 'fulfilled' ? up.value : undefined;
}
