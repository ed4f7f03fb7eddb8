import { type CallFacts, type Category, ServiceError } from '../../errors.ts';

/** A function that runs on the master, or the request for one on minions, failed: the answer is 200, and says so. */
export class SaltFunctionError extends ServiceError {
  /** `jobs.lookup_jid` */
  readonly fun: string;
  readonly #returned: unknown;

  constructor(fun: string, category: Category, what: string, returned: unknown, facts: CallFacts) {
    super(category, what, facts);
    this.fun = fun;
    this.#returned = returned;
  }

  override get name(): string {
    return 'SaltFunctionError';
  }

  /** What came back, most often a text with a traceback. Not shown by inspect(): it may hold secrets. */
  get returned(): unknown {
    return this.#returned;
  }
}

/** The netapi of this address can't do what was asked; another one can. Nothing was sent. */
export class NetapiError extends Error {
  override get name(): string {
    return 'NetapiError';
  }
}
