import { type Category, ServiceError } from '../../../errors.ts';

/**
 * A login that the controller didn't refuse, and that is none all the same: its answer doesn't fit what was asked, or sends us
 * elsewhere without saying where that is.
 */
export class LoginError extends ServiceError {
  constructor(category: Category, url: string, what: string) {
    const call = 'Admin.Login';
    super(category, what, { call, record: { method: call, url, attempts: [] } });
  }

  override get name(): string {
    return 'LoginError';
  }
}
