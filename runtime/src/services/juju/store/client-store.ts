import { join } from 'node:path';
import { MacaroonJar } from '../../../auth/bakery/jar.ts';
import { MacaroonError } from '../../../auth/macaroon/error.ts';
import { inspectCustom } from '../../../inspect.ts';
import type { ProxierConfig } from '../dial/proxier.ts';
import { isTagId } from '../tags/tags.ts';
import { type StoreEnvironment, storeDirectory, textOf, yamlOf } from './files.ts';
import type { Part } from './part.ts';
import { StoreError } from './store-error.ts';

/** A controller that Juju's own client knows. */
export interface StoredController {
  readonly name: string;
  readonly uuid: string;
  /** `host:port`. */
  readonly addresses: readonly string[];
  /** What names were the last time. */
  readonly dnsCache: ReadonlyMap<string, readonly string[]>;
  /** The name that a public authority has certified. */
  readonly publicHostname: string | undefined;
  /** PEM. */
  readonly caCert: string | undefined;
  readonly cloud: string | undefined;
  readonly region: string | undefined;
  /** Of the cloud: `lxd`. */
  readonly type: string | undefined;
  readonly agentVersion: string | undefined;
  /** Users log in by opening a page. */
  readonly oidcLogin: boolean;
}

/** Who is logged in to a controller. Its secrets aren't shown by `inspect` or in JSON. */
export class StoredAccount {
  /** `undefined` where a session token says it. */
  readonly user: string | undefined;
  readonly lastKnownAccess: string | undefined;
  readonly #password: string | undefined;
  readonly #accessToken: string | undefined;

  constructor(part: Part) {
    this.user = part.text('user');
    this.lastKnownAccess = part.text('last-known-access');
    this.#password = part.text('password');
    this.#accessToken = part.text('access-token');
  }

  get password(): string | undefined {
    return this.#password;
  }

  /** A session token. */
  get accessToken(): string | undefined {
    return this.#accessToken;
  }
}

/** A model that Juju's own client knows. */
export interface StoredModel {
  /** With its owner: `admin/default`. */
  readonly name: string;
  readonly uuid: string;
  /** `iaas` or `caas`. */
  readonly type: string | undefined;
}

/** The files of Juju's own client: which controllers and models there are, and how to log in. They are only read. */
export class ClientStore {
  readonly directory: string;
  readonly #controllers: Part;
  readonly #accounts: Part;
  readonly #models: Part;

  private constructor(directory: string, controllers: Part, accounts: Part, models: Part) {
    this.directory = directory;
    this.#controllers = controllers;
    this.#accounts = accounts;
    this.#models = models;
  }

  /**
   * Reads `controllers.yaml`, `accounts.yaml` and `models.yaml`; a file that isn't there is an empty one.
   *
   * @param directory default `$JUJU_DATA`, `$XDG_DATA_HOME/juju` or `~/.local/share/juju`
   * @throws StoreError when a file can't be read, or isn't what it should be
   */
  static async read(directory?: string, env?: StoreEnvironment): Promise<ClientStore> {
    const place = directory ?? (await storeDirectory(env));
    const [controllers, accounts, models] = await Promise.all([
      yamlOf(join(place, 'controllers.yaml')),
      yamlOf(join(place, 'accounts.yaml')),
      yamlOf(join(place, 'models.yaml')),
    ]);
    return new ClientStore(place, controllers, accounts, models);
  }

  get controllerNames(): readonly string[] {
    return this.#controllers.part('controllers').names;
  }

  /** The name of the controller that `juju switch` chose. */
  get currentController(): string | undefined {
    return this.#controllers.text('current-controller');
  }

  /** @throws StoreError when there is no such controller; without a name, no current one */
  controller(name = this.currentController): StoredController {
    if (name === undefined) {
      throw this.#controllers.wrong(
        'is missing: name a controller, or choose one with juju switch',
        'current-controller',
      );
    }
    const all = this.#controllers.part('controllers');
    if (!all.has(name)) throw all.wrong(`is missing: ${known(all.names)}`, name);
    const part = all.part(name);
    const dnsCache = part.part('dns-cache');
    return {
      name,
      uuid: part.needed('uuid'),
      addresses: part.texts('api-endpoints'),
      dnsCache: new Map(dnsCache.names.map((host) => [host, dnsCache.texts(host)])),
      publicHostname: part.text('public-hostname'),
      caCert: part.text('ca-cert'),
      cloud: part.text('cloud'),
      region: part.text('region'),
      type: part.text('type'),
      agentVersion: part.text('agent-version'),
      oidcLogin: part.flag('oidc-login'),
    };
  }

  /** What is between here and a controller, for `createProxier`. Holds secrets. */
  proxyConfig(controller: string): ProxierConfig | undefined {
    const part = this.#controllers.part('controllers').part(controller);
    if (!part.has('proxy-config')) return undefined;
    const proxy = part.part('proxy-config');
    return { type: proxy.needed('type'), config: proxy.mapping('config') };
  }

  /** `undefined` when nobody is logged in. */
  account(controller: string): StoredAccount | undefined {
    const all = this.#accounts.part('controllers');
    return all.has(controller) ? new StoredAccount(all.part(controller)) : undefined;
  }

  modelNames(controller: string): readonly string[] {
    return this.#modelsOf(controller).part('models').names;
  }

  /** The name of the model that `juju switch` chose. */
  currentModel(controller: string): string | undefined {
    return this.#modelsOf(controller).text('current-model');
  }

  /**
   * A model by its name: `admin/default`, or `default` for one of the user who is logged in; by its UUID, whether it is known here
   * or not.
   *
   * @throws StoreError when there is no such model
   */
  model(controller: string, name: string): StoredModel {
    const all = this.#modelsOf(controller).part('models');
    const whole = this.#namesOf(controller, name).find((each) => all.has(each));
    if (whole !== undefined) {
      const part = all.part(whole);
      return { name: whole, uuid: part.needed('uuid'), type: part.text('type') };
    }
    if (isTagId('model', name)) return { name, uuid: name, type: undefined };
    throw all.wrong(`is missing: ${known(all.names)}; juju models refreshes the list`, name);
  }

  /**
   * The macaroons of a controller; `undefined` when there are none.
   *
   * @throws StoreError when their file isn't what it should be
   */
  async cookies(controller: string): Promise<MacaroonJar | undefined> {
    // A name that would lead elsewhere has no file.
    if (!/^[\w@+ -][\w@+. -]*$/.test(controller)) return undefined;
    const file = join(this.directory, 'cookies', `${controller}.json`);
    const text = await textOf(file);
    if (text === undefined || text.trim() === '') return undefined;
    try {
      return MacaroonJar.from(text);
    } catch (error) {
      if (!(error instanceof MacaroonError)) throw error;
      throw new StoreError(file, '', 'is no file of cookies');
    }
  }

  /** What a model may be called in the file. */
  #namesOf(controller: string, name: string): readonly string[] {
    const user = this.account(controller)?.user;
    const owned = name.includes('/') || user === undefined ? [] : [`${user.replace(/@local$/, '')}/${name}`];
    // Juju 4 writes the owner `alice@example.com` as `alice-example.com`.
    return [name, ...owned].flatMap((each) => [each, each.replace(/^([^/@]+)@([^/]+)\//, '$1-$2/')]);
  }

  #modelsOf(controller: string): Part {
    return this.#models.part('controllers').part(controller);
  }

  [inspectCustom](): string {
    return `ClientStore { directory: ${JSON.stringify(this.directory)} }`;
  }
}

function known(names: readonly string[]): string {
  return names.length === 0 ? 'there is none' : `there is ${names.slice(0, 20).join(', ')}`;
}
