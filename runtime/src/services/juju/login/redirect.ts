import { isObject } from '../../../json/is-object.ts';
import type { RpcConnection } from '../../../rpc/connection.ts';
import { RpcError } from '../../../rpc/rpc-error.ts';
import { wordsOf } from '../hints.ts';
import { hostPortsOf } from '../host-ports.ts';
import { RedirectError } from '../redirect.ts';
import { LoginError } from './login-error.ts';
import { isControllerTag } from './read-answer.ts';

/**
 * What a refused login says of where to go. A controller from which the model was migrated says it in the error; one that is
 * the door to others is asked for it, on the same connection.
 *
 * @throws LoginError when it doesn't say
 */
export async function redirectOf(
  refusal: RpcError,
  connection: RpcConnection,
  signal: AbortSignal,
): Promise<RedirectError> {
  const told = 'servers' in refusal.info || 'ca-cert' in refusal.info;
  const said: unknown = told
    ? refusal.info
    : await connection
        .call({ facade: 'Admin', version: 3, method: 'RedirectInfo', signal })
        .catch((error: unknown) => {
          throw error instanceof RpcError ? nowhere(connection.url, error) : error;
        });
  const info = isObject(said) ? said : {};
  const text = (name: string) => {
    const value = info[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  // A door says where to go, and not as whom to take who is there: macaroons are kept under that.
  const controllerTag = told ? text('controller-tag') : undefined;
  return new RedirectError(
    {
      servers: hostPortsOf(info['servers']),
      caCert: text('ca-cert') ?? '',
      followRedirect: !told,
      controllerTag: isControllerTag(controllerTag) ? controllerTag : undefined,
      controllerAlias: text('controller-alias'),
    },
    wordsOf(refusal),
    refusal.record,
  );
}

function nowhere(url: string, { said }: RpcError): LoginError {
  return new LoginError('failed', url, `${url} says that the model is elsewhere, and not where: ${said}`);
}
