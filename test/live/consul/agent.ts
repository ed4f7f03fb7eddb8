import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { Acl, Agent, type ConsulSession, consul, gotTransport, ServiceError } from '@fairlead/consul';
import { Observer } from './observer.ts';

/** A running agent, and all that the tests need to be guests of it. */
export class LiveAgent {
  readonly session: ConsulSession;
  readonly observer: Observer;
  /** `1.16.6` */
  readonly version: string;
  /** The name of the agent's node. */
  readonly node: string;
  /** What everything that is made here begins with. */
  readonly prefix: string = `fairlead-${randomUUID().slice(0, 8)}`;
  readonly #cleanUps: (() => PromiseLike<unknown>)[] = [];

  constructor(session: ConsulSession, observer: Observer, version: string, node: string) {
    this.session = session;
    this.observer = observer;
    this.version = version;
    this.node = node;
  }

  /** A name for something that is made here. */
  name(what: string): string {
    return `${this.prefix}-${what}`;
  }

  /** A key for something that is made here. */
  key(what: string): string {
    return `${this.prefix}/${what}`;
  }

  isAtLeast(version: string): boolean {
    return compareVersions(this.version, version) >= 0;
  }

  /** Skips the test unless the agent is new enough. */
  skipsBefore(context: TestContext, version: string, what: string): boolean {
    if (this.isAtLeast(version)) return false;
    context.skip(`${what} came with Consul ${version}, and this is ${this.version}`);
    return true;
  }

  /** Done at the end, last things first, whatever the tests came to. */
  atEnd(cleanUp: () => PromiseLike<unknown>): void {
    this.#cleanUps.push(cleanUp);
  }

  /** Removes all that was made here. @throws AggregateError when something is left */
  async cleanUp(): Promise<void> {
    const failures: unknown[] = [];
    for (const cleanUp of this.#cleanUps.toReversed()) {
      try {
        await cleanUp();
      } catch (error) {
        // What a test removed itself is gone.
        if (
          !(
            error instanceof ServiceError && /not found|unknown|cannot find|non-existent/i.test(error.message)
          )
        ) {
          failures.push(error);
        }
      }
    }
    await this.session.close();
    if (failures.length > 0)
      throw new AggregateError(failures, 'not all that was made here could be removed');
  }
}

/** The agent that the environment names; a text says why there is none. */
export async function connect(): Promise<LiveAgent | string> {
  const address = process.env['CONSUL_HTTP_ADDR'];
  if (!process.env['CONSUL_HTTP_TOKEN'] && !process.env['CONSUL_HTTP_TOKEN_FILE']) {
    return 'CONSUL_HTTP_ADDR is set, but neither CONSUL_HTTP_TOKEN nor CONSUL_HTTP_TOKEN_FILE: give a management token';
  }
  const observer = await Observer.create();
  const session = consul.fromEnv({ transport: observer.watching(gotTransport({ maxSockets: 200 })) });
  try {
    const { Policies } = await new Acl(session).readOwnToken({ retry: false });
    if (Policies?.some(({ Name }) => Name === 'global-management') !== true) {
      return `the token for ${address} is no management token`;
    }
    const { Config } = await new Agent(session).self();
    return new LiveAgent(session, observer, Config.Version, Config.NodeName);
  } catch (error) {
    if (error instanceof ServiceError) return `the agent at ${address} can't be used: ${error.message}`;
    throw error;
  }
}

function compareVersions(one: string, other: string): number {
  const [ours, theirs] = [one, other].map((version) => version.split(/[.+-]/).map(Number));
  for (const [index, part] of (theirs ?? []).entries()) {
    const difference = (ours?.[index] ?? 0) - part;
    if (difference !== 0) return difference;
  }
  return 0;
}
