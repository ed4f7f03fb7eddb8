import type { SecurityFacts, SecurityScheme } from './facts.ts';

/** A value, or a function that gives it. It is called for each attempt, so it should keep what takes long to get. */
export type Given<T> = T | (() => T | Promise<T>);

export interface BasicCredentials {
  /** Without a colon. */
  readonly username: string;
  readonly password: string;
}

/** What a scheme wants: a key or token as text, or a name with a password. */
export type Credential<S extends SecurityScheme = SecurityScheme> = S extends { readonly kind: 'basic' }
  ? Given<BasicCredentials>
  : Given<string>;

/** Credentials by the names that the API's description has for them. */
export type Credentials<S extends SecurityFacts> = {
  readonly [N in keyof S]?: Credential<S[N]> | undefined;
};

/** A scheme, and what was given for it. */
export interface Proof {
  readonly name: string;
  readonly scheme: SecurityScheme;
  readonly given: unknown;
}

/**
 * What was given, by name.
 *
 * @throws TypeError on a name that the API doesn't know, or what can't be a credential; never shows a value
 */
export function proofsOf(credentials: object, security: SecurityFacts): ReadonlyMap<string, Proof> {
  const proofs = new Map<string, Proof>();
  const all: [string, unknown][] = Object.entries(credentials);
  for (const [name, given] of all) {
    if (given === undefined) continue;
    const scheme = Object.hasOwn(security, name) ? security[name] : undefined;
    if (scheme === undefined) {
      const known = Object.keys(security).join(', ') || 'none';
      throw new TypeError(`credentials: this API knows no "${name}", only: ${known}`);
    }
    const proof = { name, scheme, given };
    if (typeof given !== 'function') checkCredential(proof, given);
    proofs.set(name, proof);
  }
  return proofs;
}

/** What a proof is now. */
export async function presentCredential(proof: Proof): Promise<string | BasicCredentials> {
  return checkCredential(proof, isFunction(proof.given) ? await proof.given() : proof.given);
}

function checkCredential({ name, scheme }: Proof, value: unknown): string | BasicCredentials {
  if (scheme.kind === 'basic') {
    if (isBasic(value)) return value;
    throw new TypeError(
      `credentials.${name} must be a username without a colon and a password, both without control characters`,
    );
  }
  const allowed = scheme.kind === 'key' ? allowedKey[scheme.in] : token;
  if (typeof value === 'string' && allowed.test(value)) return value;
  throw new TypeError(`credentials.${name} must be a text that is not empty, and that fits where it is sent`);
}

/** RFC 6750, 2.1, and whatever else is printable: not all tokens keep to it. */
const token = /^[\x21-\x7e]+$/;
const allowedKey = {
  header: /^[\x20-\x7e]+$/,
  query: /^\P{Cc}+$/u,
  /** RFC 6265, 4.1.1. */
  cookie: /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/,
};

function isBasic(value: unknown): value is BasicCredentials {
  if (typeof value !== 'object' || value === null) return false;
  if (!('username' in value && 'password' in value)) return false;
  const { username, password } = value;
  return (
    typeof username === 'string' &&
    typeof password === 'string' &&
    /^[^:\p{Cc}]*$/u.test(username) &&
    /^\P{Cc}*$/u.test(password)
  );
}

function isFunction(value: unknown): value is () => unknown {
  return typeof value === 'function';
}
