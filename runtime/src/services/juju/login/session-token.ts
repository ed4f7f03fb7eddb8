import { RpcError } from '../../../rpc/rpc-error.ts';
import { basicAuth } from './headers.ts';
import { LoginError } from './login-error.ts';
import type { LoginAnswer, LoginCaller, LoginProvider } from './provider.ts';

/** What a user has to do to let a program in: open a page, and type a code there. */
export interface DeviceLogin {
  /** As the page asks for it. */
  readonly userCode: string;
  /** Of the page, at `https://` or `http://`. */
  readonly verificationUri: string;
}

/** What {@link sessionTokenLogin} takes. */
export interface SessionTokenLoginOptions {
  /** A token of an earlier login. Default: none, so that the user is asked. */
  readonly token?: string | undefined;
  /** Tells the user what to do. Without it a token that isn't good any more fails the login. */
  readonly show?: ((device: DeviceLogin) => void | Promise<void>) | undefined;
  /** Given each new token, which is good for later logins: keep it as a password is kept. */
  readonly save?: ((token: string) => void | Promise<void>) | undefined;
}

/**
 * Logs in to JAAS with a token, and where there is none that is good any more has the user open a page and type a code there
 * (the device flow of OAuth 2.0, RFC 8628): `sessionTokenLogin({ show: ({ userCode, verificationUri }) => … })`.
 */
export function sessionTokenLogin(options: SessionTokenLoginOptions = {}): LoginProvider {
  const { show, save } = options;
  let token = options.token ?? '';
  const login = (caller: LoginCaller) =>
    caller.call<LoginAnswer>(4, 'LoginWithSessionToken', { 'session-token': token });
  return {
    name: 'session token',
    async login(caller) {
      try {
        return { answer: await login(caller) };
      } catch (error) {
        if (show === undefined || !(error instanceof RpcError) || error.code !== 'session token invalid') {
          throw error;
        }
      }
      token = await askUser(caller, show);
      await save?.(token);
      return { answer: await login(caller) };
    },
    authHeaders() {
      if (token === '') throw new TypeError('there is no session token yet: log in first');
      return basicAuth('', token);
    },
  };
}

/** Both calls belong to one connection, over which the controller knows which code it waits for. */
async function askUser(
  caller: LoginCaller,
  show: NonNullable<SessionTokenLoginOptions['show']>,
): Promise<string> {
  const device = await answerOf(caller, 'LoginDevice', ['user-code', 'verification-uri']);
  const page = URL.parse(device['verification-uri']);
  // Most likely a browser is told to open it, and a controller could name a file or a program.
  if (page === null || !/^https?:$/.test(page.protocol)) {
    throw new LoginError(
      'failed',
      caller.url,
      'LoginDevice is answered with a verification-uri that is no page to open',
    );
  }
  await show({ userCode: device['user-code'], verificationUri: page.href });
  const given = await answerOf(caller, 'GetDeviceSessionToken', ['session-token']);
  return given['session-token'];
}

/** An answer that holds these texts. */
async function answerOf<N extends string>(
  caller: LoginCaller,
  method: string,
  names: readonly N[],
): Promise<Readonly<Record<N, string>>> {
  const answer = await caller.call<Readonly<Record<N, string>>>(4, method, {});
  const missing = names.find((name) => typeof answer[name] !== 'string' || answer[name] === '');
  if (missing === undefined) return answer;
  throw new LoginError('failed', caller.url, `${method} is answered without a ${missing}`);
}
