import { createRequire } from 'node:module';
import { WebSocket } from 'ws';

/** What of Canonical's own client a test uses. Its types need a browser, and so does its bakery. */
export interface Jujulib {
  connectAndLogin(url: string, options: object, credentials: object): Promise<Connected>;
}

export interface Connected {
  readonly conn: {
    readonly facades: Readonly<
      Record<string, Readonly<Record<string, (params: object) => Promise<unknown>>>>
    >;
    readonly info: { readonly serverVersion?: string; readonly controllerTag?: string };
  };
  logout(): void;
}

/** What its bakery tells whoever is to log somebody in. */
export interface Visit {
  readonly Info: { readonly VisitURL: string };
}

interface Loaded {
  readonly jujulib: Jujulib;
  /** What is given with a login: the classes of facades, and what opens a socket. */
  readonly options: object;
  /** The only version of its protocol that works is the first one. */
  readonly bakery: (visitPage: (error: Visit) => void) => object;
}

/** Loads it. A module without types is of the type that the test gives it. */
export async function loadJujulib(): Promise<Loaded> {
  const require = createRequire(import.meta.url);
  Object.assign(globalThis, { window: globalThis, XMLHttpRequest: require('xhr2') });
  const load = async (name: string): Promise<unknown> => await import(name);
  const facade = async (name: string) => {
    const module = (await load(`@canonical/jujulib/dist/api/facades/${name}/index.js`)) as {
      default: object;
    };
    return module.default;
  };
  const jujulib = (await load('@canonical/jujulib')) as Jujulib;
  const { Bakery } = require('@canonical/macaroon-bakery') as {
    Bakery: new (options: object) => object;
  };
  const facades = await Promise.all(['application', 'client', 'model-manager'].map(facade));
  return {
    jujulib,
    options: { facades, wsclass: WebSocket },
    bakery: (visitPage) => new Bakery({ protocolVersion: 1, visitPage }),
  };
}
