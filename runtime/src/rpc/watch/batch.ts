import { ProtocolError } from '../../errors.ts';
import type { FacadeHost, Ready } from '../host.ts';
import type { Outcome } from '../outcome.ts';
import { rpcErrorOf, wireErrorIn } from '../rpc-error.ts';
import type { Answered } from '../rpc-reply.ts';
import { chosenVersion } from '../versions.ts';
import type { WatcherName } from './changes.ts';
import { watcherIdOf, watcherKinds } from './kinds.ts';
import { RemoteWatcher } from './remote.ts';

/** A watcher that was created, and what the creating call told of it. */
export interface Created {
  readonly remote: RemoteWatcher;
  /** Absent where only `Next` tells it. */
  readonly first?: { readonly event: unknown };
}

/** A part of an answer that tells of one watcher, and what was asked for it. */
export interface WatcherPart {
  readonly part: unknown;
  readonly call: string;
}

export interface BatchSettings {
  readonly host: FacadeHost;
  readonly name: WatcherName;
  /** Makes the creating call on a connection. */
  readonly ask: (ready: Ready) => Promise<Answered<unknown>>;
  readonly partsOf: (answered: Answered<unknown>) => readonly WatcherPart[];
}

/**
 * The watchers that one call creates: it is made once a connection, however many of them go on there. Each of them is
 * known by its place in the answer.
 */
export class WatcherBatch {
  readonly host: FacadeHost;
  readonly #settings: BatchSettings;
  /** Those that nobody wants any more: what is created for them is stopped. */
  readonly #released = new Set<number>();
  #ready: Ready | undefined;
  #created: Promise<readonly Outcome<Created>[]> | undefined;
  /** Those on the latest connection, once they are created. */
  #there: readonly Outcome<Created>[] = [];

  constructor(settings: BatchSettings) {
    this.host = settings.host;
    this.#settings = settings;
  }

  /** What became of each watcher on this connection; a call that failed is made again. `answered`: it was made already. */
  createdOn(ready: Ready, answered?: Answered<unknown>): Promise<readonly Outcome<Created>[]> {
    if (this.#created !== undefined && this.#ready?.connection === ready.connection) return this.#created;
    this.#ready = ready;
    this.#there = [];
    const created = this.#create(ready, answered);
    this.#created = created;
    created.catch(() => {
      if (this.#created === created) this.#created = undefined;
    });
    return created;
  }

  /** Stops one of them. Where it is still being created, that isn't waited for. */
  async stop(index: number): Promise<void> {
    this.#released.add(index);
    const outcome = this.#there[index];
    if (outcome?.ok) await outcome.value.remote.stop();
  }

  async #create(ready: Ready, made: Answered<unknown> | undefined): Promise<readonly Outcome<Created>[]> {
    const { name, ask, partsOf } = this.#settings;
    const version = checkWatcher(name, ready);
    const answered = made ?? (await ask(ready));
    const created = partsOf(answered).map((part) => createdIn(part, name, version, answered));
    if (this.#ready === ready) this.#there = created;
    for (const [index, outcome] of created.entries()) {
      if (outcome.ok && this.#released.has(index)) outcome.value.remote.stop().catch(() => {});
    }
    return created;
  }
}

/**
 * The version in which watchers of this kind are used: looked at before anything is created that could not be watched.
 *
 * @throws UnsupportedError when there is none
 */
export function checkWatcher(name: WatcherName, ready: Ready): number {
  return chosenVersion(name, watcherKinds[name].versions, ready, `${name}.Next`);
}

function createdIn(
  { part, call }: WatcherPart,
  name: WatcherName,
  version: number,
  { ready, pending }: Answered<unknown>,
): Outcome<Created> {
  const said = wireErrorIn(part, 'error');
  if (said !== undefined) return { ok: false, error: rpcErrorOf(said, call, pending.record) };
  const id = watcherIdOf(part);
  if (id === undefined)
    throw new ProtocolError('an answer without the id of a watcher', { call, record: pending.record });
  const remote = new RemoteWatcher(ready.connection, name, version, id);
  const { first, event } = watcherKinds[name];
  return { ok: true, value: first ? { remote, first: { event: event(part) } } : { remote } };
}
