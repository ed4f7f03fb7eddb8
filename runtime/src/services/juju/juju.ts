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

  /** The same function with defaults of your own, which also win over the files of Juju's own client. */
  defaults(defaults: Partial<JujuOptions>): Juju;
}

/** Makes sessions with Juju: `juju({ addresses: ['10.0.0.1:17070'], caCert, model, login: passwordLogin({ user, password }) })`. */
export const juju: Juju = withDefaults({});

function withDefaults(own: Partial<JujuOptions>): Juju {
  const make = (options: JujuOptions) => new JujuSession({ ...own, ...options });
  return Object.assign(make, {
    fromStore: async (choice?: StoreChoice, overrides: Partial<JujuOptions> = {}) => {
      return new JujuSession(withOwn(await storedOptions(choice), { ...own, ...overrides }));
    },
    defaults: (further: Partial<JujuOptions>) => withDefaults({ ...own, ...further }),
  });
}

/** Of what the files know, too, only what is said otherwise is another. */
function withOwn(stored: JujuOptions, own: Partial<JujuOptions>): JujuOptions {
  return {
    ...stored,
    ...own,
    dial: { ...stored.dial, ...own.dial },
    bakery: { ...stored.bakery, ...own.bakery },
  };
}
