/**
 * Something isn't a macaroon, can't be written in a format, or doesn't verify. The message says which; it holds names of
 * fields and conditions, and neither signatures nor keys.
 */
export class MacaroonError extends Error {
  override get name(): string {
    return 'MacaroonError';
  }
}
