/** A secret, or a function that gives it when it is needed. */
export type SecretSource = string | (() => string | Promise<string>);

/** @throws TypeError when there is none */
export async function secretOf(name: string, source: SecretSource): Promise<string> {
  const secret: unknown = typeof source === 'function' ? await source() : source;
  if (typeof secret === 'string' && secret !== '') return secret;
  throw new TypeError(`${name} must be a text that isn't empty, or a function that gives one`);
}
