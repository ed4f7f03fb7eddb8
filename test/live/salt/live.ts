import {
  gotTransport,
  type MinionResult,
  type MinionResults,
  type SaltOptions,
  type SaltSession,
  salt,
} from '@fairlead/salt';
import { filePassword, minion, sharedSecret } from './configuration.ts';
import { Observer } from './observer.ts';
import type { Programs } from './programs.ts';
import { type Salt, startSalt } from './server.ts';

/** Running servers, and all that the tests need to use them. */
export class Live implements AsyncDisposable {
  readonly servers: Salt;
  readonly observer: Observer;
  /** Of `tester`, who may do anything, with rest_cherrypy. */
  readonly session: SaltSession;

  private constructor(servers: Salt, observer: Observer) {
    this.servers = servers;
    this.observer = observer;
    this.session = this.as('tester', { netapi: 'cherrypy' });
  }

  static async start(programs: Programs): Promise<Live> {
    const [observer, servers] = await Promise.all([Observer.create(), startSalt(programs)]);
    return new Live(servers, observer);
  }

  /** A session of a user: `tester` may do anything, `limited` the functions of `test`, `filer` anything, by the file. */
  as(user: 'tester' | 'limited' | 'filer', options: Partial<SaltOptions> = {}): SaltSession {
    const { cherrypy, tornado, wsgi } = this.servers;
    const places = {
      [cherrypy]: 'rest-cherrypy',
      [tornado]: 'rest-tornado',
      [wsgi]: 'rest-wsgi',
    } as const;
    const isFiler = user === 'filer';
    return salt({
      url: cherrypy,
      username: user,
      password: isFiler ? filePassword : sharedSecret,
      eauth: isFiler ? 'file' : 'sharedsecret',
      transport: this.observer.watching(gotTransport(), places),
      retry: false,
      ...options,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session.close();
    await this.servers[Symbol.asyncDispose]();
  }
}

/** What became of a call on the one minion that there is. */
export function ours<T>(results: MinionResults<T>): MinionResult<T> {
  const result = results.get(minion);
  if (result !== undefined) return result;
  throw new Error(`nothing about ${minion}, but about ${JSON.stringify([...results.keys()])}`);
}

/** What the one minion returned. */
export function returned<T>(results: MinionResults<T>): T {
  const result = ours(results);
  if (result.kind === 'ok') return result.value;
  throw new Error(result.message);
}
