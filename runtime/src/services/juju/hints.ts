import type { Ready } from '../../rpc/host.ts';
import { RpcError } from '../../rpc/rpc-error.ts';

/** What to do about a call of a facade that the controller doesn't know, or doesn't let this login have. */
export function explainedCall(error: unknown, facade: string, { offered, serverVersion }: Ready): unknown {
  if (!(error instanceof RpcError)) return error;
  const versions = offered.get(facade) ?? [];
  const unknown =
    error.code === 'not implemented' || (error.code === 'not supported' && versions.length === 0);
  if (!unknown) return error;
  const offers =
    versions.length === 0
      ? `no ${facade} to this login; those to a model and to the controller only are offered others`
      : `${facade} in version ${versions.join(', ')}`;
  return withHint(error, `the controller (${serverVersion ?? 'of an unknown version'}) offers ${offers}`);
}

/** What to do about a login of a kind that the controller doesn't know. */
export function explainedLogin(error: unknown): unknown {
  if (!(error instanceof RpcError)) return error;
  const { code, call } = error;
  if (code !== 'not implemented' && code !== 'not supported') return error;
  const hint =
    call === 'Admin.Login'
      ? 'JAAS wants sessionTokenLogin, clientCredentialsLogin or sessionCookieLogin'
      : 'only JAAS knows this kind of login: give passwordLogin or macaroonLogin to a controller';
  return withHint(error, hint);
}

/** What to do about a user that the controller doesn't know, where it may be no user's name. */
export function explainedUser(error: unknown, user: string | undefined): unknown {
  if (!(error instanceof RpcError) || error.category !== 'unauthorized' || !user?.startsWith('user-'))
    return error;
  return withHint(error, `user is a name and no tag: did you mean ${user.slice('user-'.length)}?`);
}

function withHint(error: RpcError, hint: string): RpcError {
  const { code = '', info, call, record } = error;
  return new RpcError({ message: `${wordsOf(error)} (${hint})`, code, info }, call, record);
}

/** What the service said, without the code. */
export function wordsOf({ code, said }: RpcError): string {
  return code !== undefined && said.startsWith(`${code}: `) ? said.slice(code.length + 2) : said;
}
