/** What is wrong with the files of Juju's own client, or isn't in them. The message names file and key, and never a value that is secret. */
export class StoreError extends Error {
  readonly file: string;

  /** @param key where in the file: `controllers.prod.uuid`; empty for all of it */
  constructor(file: string, key: string, what: string) {
    super(key === '' ? `${file}: ${what}` : `${file}: ${key} ${what}`);
    this.file = file;
  }

  override get name(): string {
    return 'StoreError';
  }
}
