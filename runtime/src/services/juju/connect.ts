import { ConnectionError } from '../../errors.ts';
import { isObject } from '../../json/is-object.ts';
import { RpcConnection } from '../../rpc/connection.ts';
import type { Ready } from '../../rpc/host.ts';
import { type Socket, SocketFailure } from '../../rpc/socket.ts';
import { within } from '../../time/limit.ts';
import { cookieUrl, parseAddress } from './dial/address.ts';
import { certificatesIn } from './dial/cert-pool.ts';
import { dial } from './dial/dial.ts';
import type { DialFailure, Dialled } from './dial/options.ts';
import type { Proxier } from './dial/proxier.ts';
import { explainedLogin } from './hints.ts';
import { usableAddresses } from './host-ports.ts';
import { LoginError } from './login/login-error.ts';
import { macaroonLogin } from './login/macaroons.ts';
import type { HeldMacaroons, LoginProvider } from './login/provider.ts';
import { alwaysOffered, type LoggedIn, readAnswer } from './login/read-answer.ts';
import { redirectOf } from './login/redirect.ts';
import { isRedirect, RedirectError } from './redirect.ts';
import type { Settings } from './settings.ts';
import { parseTag } from './tags/tags.ts';

/** A connection over which somebody has logged in. */
export interface Connected extends Ready {
  readonly dialled: Dialled;
  /** What this client said that it is. */
  readonly clientVersion: string;
  /** The URL that the controller's macaroons are kept under. */
  readonly cookieUrl: string;
  readonly macaroons: HeldMacaroons;
  /** `undefined` where nobody logs in. */
  readonly provider: LoginProvider | undefined;
  readonly login: LoggedIn | undefined;
}

/** A controller, and how to get in. */
interface Target {
  readonly addresses: readonly string[];
  readonly caCert?: string | undefined;
  readonly serverName?: string | undefined;
  readonly controllerUuid?: string | undefined;
  readonly provider: LoginProvider | undefined;
  readonly proxier?: Proxier | undefined;
}

/** What a session lends for an opening. */
export interface Opening {
  readonly signal: AbortSignal;
  /** Where to connect, in place of what the options say: the near end of a tunnel that runs already. */
  readonly tunnel: string | undefined;
  /** What this client said that it is when it was last connected. */
  readonly clientVersion: string | undefined;
  /** The macaroons of the controller that was reached. */
  macaroonsOf(dialled: Dialled, cookieUrl: string): HeldMacaroons;
  /** Told what goes on, so that an opening that takes too long can say what took so long. */
  onProgress(doing: string, failure?: DialFailure): void;
}

/** The version whose facades this client was made for. */
const ownVersion = '4.0.15';

/** A door leads to a controller; doors that lead to doors are none. */
const mostRedirects = 3;

/** Reaches a controller and logs in, at another one where the first says so. Nothing is left open when that fails. */
export async function connect(settings: Settings, opening: Opening): Promise<Connected> {
  const { onRedirect = ({ followRedirect }: RedirectError) => followRedirect } = settings;
  const decide = async (redirect: RedirectError) => await onRedirect(redirect);
  const { tunnel } = opening;
  let target: Target =
    tunnel === undefined ? settings : { ...settings, addresses: [tunnel], proxier: undefined };
  for (let redirects = 0; ; redirects += 1) {
    try {
      return await reach(target, settings, opening);
    } catch (error) {
      if (!(error instanceof RedirectError) || redirects >= mostRedirects) throw error;
      const follows = within(decide(error), Number.POSITIVE_INFINITY, opening.signal, () => error);
      if (!(await follows)) throw error;
      target = redirected(error);
    }
  }
}

/** The password is the first controller's, and no business of the second's. */
function redirected(redirect: RedirectError): Target {
  const { servers, caCert, controllerTag } = redirect;
  const addresses = usableAddresses(servers).filter(isAddress);
  if (addresses.length === 0) throw redirect;
  if (caCert !== '' && !areCertificates(caCert)) {
    const { url } = redirect.record;
    const what = `${url} says that the model is elsewhere, and its ca-cert for there is no certificate`;
    throw new LoginError('failed', url, what);
  }
  return {
    addresses,
    ...(caCert !== '' && { caCert }),
    ...(controllerTag !== undefined && { controllerUuid: parseTag(controllerTag, 'controller').id }),
    provider: macaroonLogin(),
  };
}

async function reach(target: Target, settings: Settings, opening: Opening): Promise<Connected> {
  const { addresses, caCert, serverName, proxier, provider } = target;
  const { signal } = opening;
  const path = settings.model === undefined ? '/api' : `/model/${settings.model}/api`;
  const clientVersion = settings.clientVersion ?? opening.clientVersion ?? ownVersion;
  const headers = await provider?.connectHeaders?.();
  opening.onProgress('no controller was reached');
  const dialled = await dial({
    ...settings.dial,
    addresses,
    path,
    caCert,
    serverName,
    proxier,
    headers,
    clientVersion,
    clock: settings.clock,
    signal,
    onFailure: (failure) => {
      opening.onProgress('no controller was reached', failure);
      settings.dial?.onFailure?.(failure);
    },
  });
  const url = cookieUrl(target, dialled.address);
  const macaroons = opening.macaroonsOf(dialled, url);
  const log = (socket: Socket, version: string) =>
    logIn(
      socket,
      { dialled, clientVersion: version, cookieUrl: url, macaroons, provider },
      settings,
      opening,
    );
  try {
    const connected = await log(dialled.socket, clientVersion);
    const { login } = connected;
    // Controllers let a client of another major version call next to nothing; which one it is a login tells.
    if (login === undefined || settings.clientVersion !== undefined) return connected;
    if (majorOf(login.serverVersion) === majorOf(clientVersion)) return connected;
    await connected.connection.close();
    const further = { ...headers, 'X-Juju-ClientVersion': login.serverVersion };
    return await log(await dialled.open(path, { headers: further, signal }), login.serverVersion);
  } catch (error) {
    // What went wrong first tells more.
    await dialled.proxy?.stop().catch(() => {});
    throw error instanceof SocketFailure ? lostConnection(error, dialled.url) : error;
  }
}

function lostConnection(failure: SocketFailure, url: string): ConnectionError {
  const record = { method: 'GET', url, attempts: [] };
  return new ConnectionError('connect', failure.message, { call: `dial ${url}`, record, cause: failure });
}

type Reached = Omit<Connected, keyof Ready | 'login'>;

async function logIn(
  socket: Socket,
  reached: Reached,
  { model, clock }: Settings,
  { signal, onProgress }: Opening,
): Promise<Connected> {
  const { dialled, provider, clientVersion, macaroons } = reached;
  const { url } = dialled;
  const connection = new RpcConnection(socket, { url, clock });
  try {
    if (provider === undefined) return { ...reached, connection, offered: alwaysOffered, login: undefined };
    onProgress(`the login (${provider.name}) took too long`);
    const loggingIn = provider.login({
      call: async <T>(version: number, method: string, params: object) => {
        const answer = await connection.call<T>({ facade: 'Admin', version, method, params, signal });
        if (isObject(answer)) return answer;
        throw new LoginError('failed', url, `${method} is answered with something that is no object`);
      },
      macaroons,
      url,
      clientVersion,
      signal,
    });
    const outcome = await within(loggingIn, Number.POSITIVE_INFINITY, signal, () => undefined);
    const login = readAnswer(outcome, { url, model });
    const { facades: offered, serverVersion } = login;
    return { ...reached, connection, offered, serverVersion, login };
  } catch (error) {
    const said: unknown = isRedirect(error)
      ? await redirectOf(error, connection, signal).catch((failure: unknown) => failure)
      : explainedLogin(error);
    // A peer that talked nonsense is not waited for either.
    if (signal.aborted || connection.broken.aborted) connection.break('opening was given up');
    await connection.close();
    throw said;
  }
}

/** What another server says may be anything. */
function areCertificates(pem: string): boolean {
  try {
    return certificatesIn(pem).length > 0;
  } catch {
    return false;
  }
}

function isAddress(text: string): boolean {
  try {
    return parseAddress(text).text !== '';
  } catch {
    return false;
  }
}

function majorOf(version: string): string {
  return version.replace(/\..*$/, '');
}
