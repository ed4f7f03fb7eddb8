import { type Environment, optionsFromEnvironment } from './environment.ts';
import type { SaltOptions } from './options.ts';
import { SaltSession } from './session.ts';

/** Makes sessions. `O` is what there is to give: all of the options, of which those with a default may be left out. */
export interface Salt<O = SaltOptions> {
  /**
   * A session with an API of Salt. Nothing is connected to before the first call.
   *
   * @throws TypeError when an option can't be used; says which and why
   */
  (options: O): SaltSession;

  /**
   * A session with what the environment says: `SALTAPI_URL`, `SALTAPI_USER`, `SALTAPI_PASS` and `SALTAPI_EAUTH`. An empty
   * variable is as good as none. `overrides` win.
   *
   * @param environment default `process.env`
   * @throws TypeError when there is no address, or only a part of the credentials
   */
  fromEnv(overrides?: Partial<SaltOptions>, environment?: Environment): SaltSession;

  /**
   * The same function with defaults of your own, which also win over the environment. Export it from one module for
   * defaults that a whole program shares: nothing else changes, also not `salt` itself.
   */
  defaults<D extends Partial<SaltOptions>>(defaults: D): Salt<Omit<O, keyof D> & Partial<SaltOptions>>;
}

/** Makes sessions with Salt's API: `salt({ url, username, password, eauth })`. */
export const salt: Salt = withDefaults({});

function withDefaults<O extends Partial<SaltOptions>>(own: Partial<SaltOptions>): Salt<O> {
  // What O demands is checked again at run time, as not everybody has a compiler: hence the missing url is ''.
  const make = (options: O) => new SaltSession({ url: '', ...own, ...options });
  return Object.assign(make, {
    fromEnv: (overrides: Partial<SaltOptions> = {}, environment: Environment = process.env) =>
      new SaltSession(optionsFromEnvironment({ ...own, ...overrides }, environment)),
    defaults: (further: Partial<SaltOptions>) => withDefaults({ ...own, ...further }),
  });
}
