import type { CallRecord } from '../../errors.ts';
import { RpcError } from '../../rpc/rpc-error.ts';
import type { HostPort } from './host-ports.ts';

/** Where a controller says that the model is. */
export interface Redirect {
  /** The addresses of the other controller: a list a machine. */
  readonly servers: readonly (readonly HostPort[])[];
  /** PEM of the authority that signed its certificates; empty: the authorities that the system trusts. */
  readonly caCert: string;
  /**
   * Whether the controller that said so is only the door to others (JAAS). Otherwise the model was migrated, and whatever
   * knows it by its old controller should learn of that.
   */
  readonly followRedirect: boolean;
  /** `controller-<uuid>` of the other controller, when it was said. */
  readonly controllerTag: string | undefined;
  /** What the other controller is called by users, when it was said. */
  readonly controllerAlias: string | undefined;
}

/** The model is at another controller: see {@link JujuOptions.onRedirect} for following. */
export class RedirectError extends RpcError implements Redirect {
  readonly servers: Redirect['servers'];
  readonly caCert: string;
  readonly followRedirect: boolean;
  readonly controllerTag: string | undefined;
  readonly controllerAlias: string | undefined;

  constructor(redirect: Redirect, said: string, record: CallRecord) {
    super({ message: said, code: redirectCode }, 'Admin.Login', record);
    this.servers = redirect.servers;
    this.caCert = redirect.caCert;
    this.followRedirect = redirect.followRedirect;
    this.controllerTag = redirect.controllerTag;
    this.controllerAlias = redirect.controllerAlias;
  }

  override get name(): string {
    return 'RedirectError';
  }
}

const redirectCode = 'redirection required';

/** Whether the service said that the model is elsewhere. */
export function isRedirect(error: unknown): error is RpcError {
  return error instanceof RpcError && error.code === redirectCode;
}
