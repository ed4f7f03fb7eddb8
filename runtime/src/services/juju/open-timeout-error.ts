import { ConnectionError } from '../../errors.ts';

/**
 * The time for opening (`timeoutMs`) was over: a controller was reached or not, and the login wasn't done. Where only the
 * former has a limit of its own (`dial.timeoutMs`), that is a `DialTimeoutError`.
 */
export class OpenTimeoutError extends ConnectionError {
  override get name(): string {
    return 'OpenTimeoutError';
  }
}
