import { createProxier } from '../dial/create-proxier.ts';
import { macaroonLogin } from '../login/macaroons.ts';
import { passwordLogin } from '../login/password.ts';
import type { LoginProvider } from '../login/provider.ts';
import { type DeviceLogin, sessionTokenLogin } from '../login/session-token.ts';
import { isExternal } from '../login/user-tag.ts';
import type { JujuOptions } from '../options.ts';
import { ClientStore, type StoredAccount, type StoredController } from './client-store.ts';
import type { StoreEnvironment } from './files.ts';
import { StoreError } from './store-error.ts';

/** Which of what Juju's own client knows to take. */
export interface StoreChoice {
  /** Default: the one that `juju switch` chose. */
  readonly controller?: string | undefined;
  /**
   * `admin/default`, `default` for one of the user who is logged in, or a UUID; `false` for the controller itself. Default: the
   * one that `juju switch` chose, and the controller itself where it chose none.
   */
  readonly model?: string | false | undefined;
  /** Where the files are. Default `$JUJU_DATA`, `$XDG_DATA_HOME/juju` or `~/.local/share/juju`. */
  readonly directory?: string | undefined;
  /** Who logs in, in place of the account in the files. */
  readonly login?: LoginProvider | undefined;
  /** Tells the user what to do where a session token isn't good any more. */
  readonly show?: ((device: DeviceLogin) => void | Promise<void>) | undefined;
}

/**
 * Options of `juju()` from the files of Juju's own client. The files are only read: macaroons and tokens that are had later aren't
 * written back.
 *
 * @throws StoreError when what is chosen isn't there, nobody is logged in, or a file isn't what it should be
 */
export async function storedOptions(choice: StoreChoice = {}, env?: StoreEnvironment): Promise<JujuOptions> {
  const store = await ClientStore.read(choice.directory, env);
  const controller = store.controller(choice.controller);
  const { name, uuid, addresses, caCert, publicHostname } = controller;
  if (addresses.length === 0) {
    throw new StoreError(
      `${store.directory}/controllers.yaml`,
      `controllers.${name}.api-endpoints`,
      'is empty',
    );
  }
  const model = modelOf(store, name, choice.model);
  const proxy = store.proxyConfig(name);
  const cookies = await store.cookies(name);
  return {
    addresses,
    controllerUuid: uuid,
    login: choice.login ?? loginOf(store, controller, choice.show),
    dial: { dnsCache: dnsCacheOf(controller) },
    ...(caCert !== undefined && { caCert }),
    ...(publicHostname !== undefined && { serverName: publicHostname }),
    ...(model !== undefined && { model }),
    ...(cookies !== undefined && { bakery: { cookies } }),
    ...(proxy !== undefined && { proxier: await createProxier(proxy) }),
  };
}

function modelOf(store: ClientStore, controller: string, model: StoreChoice['model']): string | undefined {
  if (model === false) return undefined;
  const name = model ?? store.currentModel(controller);
  return name === undefined ? undefined : store.model(controller, name).uuid;
}

function loginOf(
  store: ClientStore,
  { name, oidcLogin }: StoredController,
  show: StoreChoice['show'],
): LoginProvider {
  const account = store.account(name);
  if (account === undefined) {
    const file = `${store.directory}/accounts.yaml`;
    throw new StoreError(file, `controllers.${name}`, 'is missing: log in with juju login, or give a login');
  }
  const { user, password, accessToken } = account;
  if (oidcLogin || accessToken !== undefined) return tokenLogin(account, show);
  if (user === undefined) return macaroonLogin();
  return password === undefined || isExternal(user)
    ? macaroonLogin({ user })
    : passwordLogin({ user, password });
}

function tokenLogin({ accessToken: token }: StoredAccount, show: StoreChoice['show']): LoginProvider {
  return sessionTokenLogin({ ...(token !== undefined && { token }), ...(show !== undefined && { show }) });
}

/** What the file knows, and what is learnt for as long as the session lives. */
function dnsCacheOf({ dnsCache }: StoredController) {
  const known = new Map(dnsCache);
  return {
    lookup: (host: string) => known.get(host) ?? [],
    add: (host: string, ips: readonly string[]) => void known.set(host, ips),
  };
}
