/** A session is over before it was released: it wasn't renewed in time, or somebody ended it. */
export class SessionLostError extends Error {
  /** The ID of the session. */
  readonly session: string;

  constructor(session: string, why: string, cause?: unknown) {
    super(`the session ${session} is lost: ${why}`, cause === undefined ? undefined : { cause });
    this.session = session;
  }

  override get name(): string {
    return 'SessionLostError';
  }
}

/** A lock, or a slot of a semaphore, is no longer held, or may not be: what it guards must not be touched any more. */
export class LockLostError extends Error {
  /** The key of the lock, or the prefix of the semaphore. */
  readonly key: string;
  /** The ID of the session that held it. */
  readonly session: string;

  constructor(key: string, session: string, why: string, cause?: unknown) {
    super(`the lock ${JSON.stringify(key)} is lost: ${why}`, cause === undefined ? undefined : { cause });
    this.key = key;
    this.session = session;
  }

  override get name(): string {
    return 'LockLostError';
  }
}

/** There is something at the key that isn't such a lock, or it is still in use. */
export class LockConflictError extends Error {
  /** The key of the lock, or the prefix of the semaphore. */
  readonly key: string;

  constructor(key: string, why: string) {
    super(`${JSON.stringify(key)} ${why}`);
    this.key = key;
  }

  override get name(): string {
    return 'LockConflictError';
  }
}
