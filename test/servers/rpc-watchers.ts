import type { Peer, RpcServer, WireRequest } from './rpc-server.ts';

interface Held {
  readonly request: WireRequest;
  readonly peer: Peer;
}

/** Watchers of one connection or of several, as Juju has them: ids, questions that are held, stopping. */
export class Watchers {
  /** Those that live, by id. */
  readonly #live = new Map<string, { readonly events: unknown[]; held: Held | undefined }>();
  /** The ids of those that were stopped, in order. */
  readonly stopped: string[] = [];
  #made = 0;
  /** Whether `Stop` is answered. */
  deaf = false;

  /** A new one, which gives these events first. */
  create(...events: readonly unknown[]): string {
    this.#made += 1;
    const id = String(this.#made);
    this.#live.set(id, { events: [...events], held: undefined });
    return id;
  }

  get live(): readonly string[] {
    return [...this.#live.keys()];
  }

  /** How many questions are held. */
  get held(): number {
    return [...this.#live.values()].filter(({ held }) => held !== undefined).length;
  }

  /** An event of one of them. */
  tell(id: string, event: unknown): void {
    const watcher = this.#live.get(id);
    if (watcher === undefined) throw new Error(`there is no watcher ${id}`);
    if (watcher.held === undefined) {
      watcher.events.push(event);
    } else {
      const { peer, request } = watcher.held;
      watcher.held = undefined;
      peer.answer(request, event);
    }
  }

  /** The service ends one of them by itself. */
  end(id: string): void {
    const held = this.#live.get(id)?.held;
    this.#live.delete(id);
    held?.peer.refuse(held.request, 'watcher has been stopped', 'stopped');
  }

  /** All die with their connection. */
  clear(): void {
    this.#live.clear();
  }

  /** Whether it was a question of a watcher, which is answered or held then. */
  takes(request: WireRequest, peer: Peer): boolean {
    const { id = '', request: method } = request;
    if (method === 'Next') this.#next(id, request, peer);
    else if (method === 'Stop') this.#stop(id, request, peer);
    else return false;
    return true;
  }

  #next(id: string, request: WireRequest, peer: Peer): void {
    const watcher = this.#live.get(id);
    if (watcher === undefined) peer.refuse(request, 'unknown watcher id', 'not found');
    else if (watcher.events.length > 0) peer.answer(request, watcher.events.shift());
    else watcher.held = { request, peer };
  }

  #stop(id: string, request: WireRequest, peer: Peer): void {
    if (this.deaf) return;
    this.stopped.push(id);
    if (this.#live.has(id)) {
      this.end(id);
      peer.answer(request);
    } else {
      peer.refuse(request, 'unknown watcher id', 'not found');
    }
  }
}

/** Answers what watchers are asked, and creates one for whatever else is asked. */
export function watching(
  watchers: Watchers,
  created: (request: WireRequest) => unknown,
): RpcServer['answering'] {
  return (request, peer) => {
    if (!watchers.takes(request, peer)) peer.answer(request, created(request));
  };
}
