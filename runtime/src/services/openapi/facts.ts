/** What an OpenAPI document says about how its API is reached. Generated code holds it. */
export interface ApiFacts {
  /** `petstore` */
  readonly name: string;
  /** Absolute URLs without a slash at their end, the default first; empty when only the user knows. */
  readonly servers: readonly string[];
  /** What proves who calls, by name. */
  readonly security: SecurityFacts;
  /** What a call needs where its method doesn't say otherwise: alternatives of names that belong together. */
  readonly requires: readonly (readonly string[])[];
}

export type SecurityFacts = Readonly<Record<string, SecurityScheme>>;

/** One way to prove who calls. */
export type SecurityScheme =
  | { readonly kind: 'key'; readonly in: 'header' | 'query' | 'cookie'; readonly param: string }
  | { readonly kind: 'basic' }
  /** Also OAuth 2 and OpenID Connect: whoever calls brings the token. */
  | { readonly kind: 'bearer' };
