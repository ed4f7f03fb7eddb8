import { type Environment, optionsFromEnvironment } from './environment.ts';
import type { TaskclusterOptions } from './options.ts';
import { TaskclusterSession } from './session.ts';

/** Makes sessions. `O` is what there is to give: all of the options, of which those with a default may be left out. */
export interface Taskcluster<O = TaskclusterOptions> {
  /**
   * A session with a deployment. Nothing is connected to before the first call.
   *
   * @throws TypeError when an option can't be used; says which and why
   */
  (options: O): TaskclusterSession;

  /**
   * A session with what the environment says: `TASKCLUSTER_ROOT_URL`, `TASKCLUSTER_CLIENT_ID`,
   * `TASKCLUSTER_ACCESS_TOKEN`, `TASKCLUSTER_CERTIFICATE` and, where the proxy of a task signs its calls,
   * `TASKCLUSTER_PROXY_URL`, which calls then go to; they are signed here only when there is a client id as well.
   * An empty variable is as good as none. `overrides` win, a `rootUrl` among them also over the proxy.
   *
   * @param environment default `process.env`
   * @throws TypeError when there is no address, or only half of the credentials
   */
  fromEnv(overrides?: Partial<TaskclusterOptions>, environment?: Environment): TaskclusterSession;

  /**
   * The same function with defaults of your own, which also win over the environment. Export it from one module for
   * defaults that a whole program shares: nothing else changes, also not `taskcluster` itself.
   */
  defaults<D extends Partial<TaskclusterOptions>>(
    defaults: D,
  ): Taskcluster<Omit<O, keyof D> & Partial<TaskclusterOptions>>;
}

/** Makes sessions with deployments of Taskcluster: `taskcluster({ rootUrl, credentials })`. */
export const taskcluster: Taskcluster = withDefaults({});

function withDefaults<O extends Partial<TaskclusterOptions>>(
  own: Partial<TaskclusterOptions>,
): Taskcluster<O> {
  // What O demands is checked again at run time, as not everybody has a compiler: hence the missing rootUrl is ''.
  const make = (options: O) => new TaskclusterSession({ rootUrl: '', ...own, ...options });
  return Object.assign(make, {
    fromEnv: (overrides: Partial<TaskclusterOptions> = {}, environment: Environment = process.env) =>
      new TaskclusterSession(optionsFromEnvironment({ ...own, ...overrides }, environment)),
    defaults: (further: Partial<TaskclusterOptions>) => withDefaults({ ...own, ...further }),
  });
}
