import { isObject } from '../../json/is-object.ts';
import type { JujuOptions } from './options.ts';
import { JujuSession } from './session.ts';
import { type StoreChoice, storedOptions } from './store/stored-options.ts';

/** Makes sessions. */
export interface Juju {
  /**
   * A session with a controller, or with a model of it. Nothing is connected to before `open()` or the first call.
   *
   * @throws TypeError when an option can't be used; says which and why
   */
  (options: JujuOptions): JujuSession;

  /**
   * A session with a controller that Juju's own client knows, as who is logged in there:
   * `juju.fromStore({ controller: 'prod', model: 'admin/default' })`. Its files are read now, and never written. `overrides` win.
   *
   * @throws StoreError when what is chosen isn't there, nobody is logged in, or a file isn't what it should be
   */
  fromStore(choice?: StoreChoice, overrides?: Partial<JujuOptions>): Promise<JujuSession>;

  /**
   * The same function with defaults of your own, which also win over the files of Juju's own client. Those of `dial`, `bakery`,
   * `http` and `ping` are had one by one: what a session doesn't say there is the default.
   */
  defaults(defaults: Partial<JujuOptions>): Juju;
}

/** Makes sessions with Juju: `juju({ addresses: ['10.0.0.1:17070'], caCert, model, login: passwordLogin({ user, password }) })`. */
export const juju: Juju = withDefaults({});

function withDefaults(own: Partial<JujuOptions>): Juju {
  const make = (options: JujuOptions) => new JujuSession(merged(own, options));
  return Object.assign(make, {
    fromStore: async (choice?: StoreChoice, overrides: Partial<JujuOptions> = {}) => {
      return new JujuSession(merged(await storedOptions(choice), merged(own, overrides)));
    },
    defaults: (further: Partial<JujuOptions>) => withDefaults(merged(own, further)),
  });
}

/** Only what is said otherwise is another, also within the options that are groups. */
function merged<B extends Partial<JujuOptions>, O extends Partial<JujuOptions>>(base: B, over: O): B & O {
  return {
    ...base,
    ...over,
    bakery: both(base.bakery, over.bakery),
    dial: both(base.dial, over.dial),
    http: both(base.http, over.http),
    ping: both(base.ping, over.ping),
  };
}

/** What is no object is left as it is, to be refused. */
function both<T extends object>(base: T | undefined, over: T | undefined): T | undefined {
  return isObject(base) && isObject(over) ? { ...base, ...over } : (over ?? base);
}
