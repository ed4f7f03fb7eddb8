import { RpcError } from '../../../rpc/rpc-error.ts';
import { basicAuth } from './headers.ts';
import type { LoginAnswer, LoginCaller, LoginProvider } from './provider.ts';

/** What a user has to do to let a program in: open a page, and type a code there. */
export interface DeviceLogin {
  readonly userCode: string;
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
  const device = await caller.call<{ 'user-code': string; 'verification-uri': string }>(4, 'LoginDevice', {});
  await show({ userCode: device['user-code'], verificationUri: device['verification-uri'] });
  const given = await caller.call<{ 'session-token': string }>(4, 'GetDeviceSessionToken', {});
  return given['session-token'];
}
