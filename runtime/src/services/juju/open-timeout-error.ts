import { ConnectionError } from '../../errors.ts';

/**
 * The time for opening (`timeoutMs`), or that of a call that waited for it, was over: a controller was reached or not, and the
 * login wasn't done. Nothing was called. Where only reaching has a limit of its own (`dial.timeoutMs`), that is a
 * `DialTimeoutError`.
 */
export class OpenTimeoutError extends ConnectionError {
  override get name(): string {
    return 'OpenTimeoutError';
  }
}
