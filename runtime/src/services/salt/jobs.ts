import { ProtocolError } from '../../errors.ts';
import { isObject } from '../../json/is-object.ts';
import type { CallOptions } from '../../options.ts';
import type { Clock } from '../../time/clock.ts';
import type { JobOptions } from './call-options.ts';
import { type Chunk, functionOf, nameOf } from './chunk.ts';
import { NetapiError } from './errors.ts';
import type { SaltEvent } from './event.ts';
import { type EventFeed, Waiting } from './event-feed.ts';
import { Follower } from './follower.ts';
import { httpOptions } from './http-options.ts';
import { JobLookup } from './job-lookup.ts';
import { LocalJob } from './local-job.ts';
import type { Lowstate, Sent } from './lowstate.ts';
import { MasterJob } from './master-job.ts';
import { netapis } from './netapi.ts';
import type { Returned } from './read-minions.ts';
import { factsOf, objectIn, type Perform } from './step.ts';

interface JobsParts {
  readonly lowstate: Lowstate;
  readonly perform: Perform;
  readonly feed: EventFeed;
  readonly clock: Clock;
}

type Options = CallOptions & JobOptions;

const defaultTimeoutMs = 300_000;

/** Starts jobs, and follows them. */
export class Jobs {
  readonly #parts: JobsParts;
  readonly #following = new Set<Follower>();
  readonly #claimed = new WeakSet<SaltEvent>();

  constructor(parts: JobsParts) {
    this.#parts = parts;
  }

  /** Follows none of them any more. */
  close(): void {
    for (const follower of this.#following) follower.close();
  }

  async startLocal<T>(chunk: Chunk, options: Options): Promise<LocalJob<T>> {
    const started = await this.#start(chunk, options);
    const { jid = '', minions = [] } = objectIn(chunk, started.sent);
    const expected = Array.isArray(minions) ? minions.filter((each) => typeof each === 'string') : [];
    if (typeof jid !== 'string') throw noJob(chunk, started.sent);
    const read = ({ parts, data }: SaltEvent) => {
      const { jid: of, minion } = parts;
      if (of !== jid || minion === undefined || !isObject(data)) return undefined;
      return { id: minion, value: data['return'], retcode: data['retcode'], success: data['success'] };
    };
    const follower = this.#follow(started, expected, options, read, this.#asking(jid, options));
    return new LocalJob({
      jid,
      minions: expected,
      fun: functionOf(chunk),
      name: nameOf(chunk),
      record: started.sent.record,
      follower,
    });
  }

  async startMaster<T>(chunk: Chunk, options: Options): Promise<MasterJob<T>> {
    const started = await this.#start(chunk, options);
    const { jid } = objectIn(chunk, started.sent);
    if (typeof jid !== 'string') throw noJob(chunk, started.sent);
    const isOurs =
      chunk.client === 'wheel_async' ? this.#claim(chunk) : ({ parts }: SaltEvent) => parts['jid'] === jid;
    const read = (event: SaltEvent) => {
      const { parts, data } = event;
      if (parts['minion'] !== undefined || !isObject(data) || !isOurs(event)) return undefined;
      return { id: master, value: data['return'], retcode: undefined, success: data['success'] };
    };
    const ask = this.#asking(jid, options);
    const askMaster = async (signal: AbortSignal) => {
      if (chunk.client !== 'wheel_async') return asMaster(await ask(signal));
      if (started.leave !== undefined) return [];
      throw new NetapiError(
        'what a wheel function that was started returns is told by events only: call it without start()',
      );
    };
    const follower = this.#follow(started, [master], options, read, askMaster);
    const facts = factsOf(chunk, started.sent);
    const { jobTimeoutMs: timeoutMs = defaultTimeoutMs } = options;
    return new MasterJob({ jid, chunk, facts, follower, timeoutMs });
  }

  /**
   * A wheel function that is started gets a jid from the API and runs under another one, which only its events tell: the
   * first that are about the same function with the same arguments, and are nobody else's, are ours.
   */
  #claim({ fun, arg, kwarg = {} }: Chunk): (event: SaltEvent) => boolean {
    // As they are on the wire.
    const named: object = JSON.parse(JSON.stringify(kwarg));
    const given = [...(Array.isArray(arg) ? arg : []), ...(Object.keys(named).length > 0 ? [named] : [])];
    let isDone = false;
    return (event) => {
      const { data, tag } = event;
      if (isDone || !tag.startsWith('salt/wheel/') || !isObject(data) || this.#claimed.has(event))
        return false;
      const { fun: called, fun_args: args = given } = data;
      isDone = called === `wheel.${String(fun)}` && isSame(args, given);
      if (isDone) this.#claimed.add(event);
      return isDone;
    };
  }

  /** The stream of events is open before anything is started, so that nothing is missed. */
  async #start(chunk: Chunk, options: Options): Promise<Started> {
    const { lowstate, feed } = this.#parts;
    const { name, events } = netapis[await lowstate.netapi()];
    const { follow = events ? 'events' : 'polling' } = options;
    if (follow === 'polling') {
      return {
        sent: await lowstate.send([chunk], httpOptions(options)),
        waiting: undefined,
        leave: undefined,
      };
    }
    if (!events) throw new NetapiError(`${name} has no events: follow the job by polling`);
    const waiting = new Waiting();
    const leave = await feed.join(waiting);
    try {
      return { sent: await lowstate.send([chunk], httpOptions(options)), waiting, leave };
    } catch (error) {
      leave();
      throw error;
    }
  }

  #asking(jid: string, options: Options): (signal: AbortSignal) => Promise<readonly Returned[]> {
    const lookup = new JobLookup(this.#parts.perform, jid);
    return (signal) => lookup.returned({ ...httpOptions(options), signal });
  }

  #follow(
    { waiting, leave }: Started,
    expected: readonly string[],
    options: Options,
    read: (event: SaltEvent) => Returned | undefined,
    ask: (signal: AbortSignal) => Promise<readonly Returned[]>,
  ): Follower {
    const follower: Follower = new Follower({
      expected,
      read,
      ask,
      clock: this.#parts.clock,
      pollMs: options.pollMs ?? (leave === undefined ? 2_000 : 15_000),
      timeoutMs: options.jobTimeoutMs ?? defaultTimeoutMs,
      signal: options.signal,
      hasEvents: leave !== undefined,
      onEnd: () => {
        this.#following.delete(follower);
        leave?.();
      },
    });
    this.#following.add(follower);
    waiting?.hand(follower);
    follower.begin();
    return follower;
  }
}

interface Started {
  readonly sent: Sent;
  readonly waiting: Waiting | undefined;
  readonly leave: (() => void) | undefined;
}

const master = 'master';

/** The master keeps its own jobs under a name that depends on the master's. */
function asMaster(returned: readonly Returned[]): readonly Returned[] {
  return returned.map((each) => ({ ...each, id: master }));
}

function noJob(chunk: Chunk, sent: Sent): ProtocolError {
  return new ProtocolError('a job without an id', factsOf(chunk, sent));
}

/** Not imported, which takes milliseconds of every program's start: hardly any follows wheel functions. */
function isSame(one: unknown, other: unknown): boolean {
  return process.getBuiltinModule('node:util').isDeepStrictEqual(one, other);
}
