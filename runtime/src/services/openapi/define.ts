import type { ApiFacts } from './facts.ts';
import { type ApiOptions, ApiSession, type OptionsOf } from './session.ts';

/** Makes sessions of an API. What has a default may be left out, and where that is everything, all of it. */
export type MakeSession<F extends ApiFacts> = (
  ...options: F['servers'] extends readonly [] ? [options: OptionsOf<F>] : [options?: OptionsOf<F>]
) => ApiSession<F>;

/**
 * The function that makes sessions of an API: `petstore({ credentials: { api_key } })`. For generated code.
 *
 * It throws a `TypeError` when an option can't be used, or nobody says where the API is.
 */
export function defineApi<const F extends ApiFacts>(facts: F): MakeSession<F> {
  return (options: ApiOptions<F> = {}) => new ApiSession(facts, options);
}
