import type { LoginAnswer, LoginProvider } from './provider.ts';
import { type SecretSource, secretOf } from './secret.ts';

/** What {@link sessionCookieLogin} takes. */
export interface SessionCookieLoginOptions {
  /** As it stands in a `Cookie` header: `jimm-browser-session=…`. */
  readonly cookie: SecretSource;
}

/** Logs in to JAAS with the cookie that a browser has been given there. It goes with the request that opens the connection. */
export function sessionCookieLogin({ cookie }: SessionCookieLoginOptions): LoginProvider {
  const headers = async () => ({ cookie: await secretOf('cookie', cookie) });
  return {
    name: 'session cookie',
    connectHeaders: headers,
    async login(caller) {
      return { answer: await caller.call<LoginAnswer>(4, 'LoginWithSessionCookie', {}) };
    },
    authHeaders: headers,
  };
}
