import { adminLogin } from './admin.ts';
import { bakeryHeaders, basicAuth } from './headers.ts';
import type { LoginProvider } from './provider.ts';

/** The name that stands for nobody in particular. */
export const anonymousUsername = 'jujuanonymous';

/**
 * Logs in as nobody in particular, as controllers do with each other: `CrossController`, `CrossModelRelations`,
 * `CrossModelSecrets` and the watchers of what these tell are to be had, and nothing else.
 */
export function anonymousLogin(): LoginProvider {
  const tag = `user-${anonymousUsername}`;
  return {
    name: 'anonymous',
    async login(caller) {
      return { answer: await adminLogin(caller, { tag, password: '', nonce: '', macaroons: [] }), tag };
    },
    authHeaders: () => ({ ...bakeryHeaders, ...basicAuth(tag, '') }),
  };
}
