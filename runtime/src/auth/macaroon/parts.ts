/** What a macaroon is made of, whatever format it came in. */
export interface MacaroonParts {
  /** 1 can hold texts only; 2 any bytes. */
  readonly version: 1 | 2;
  /** A hint, not covered by the signature; empty when there is none. */
  readonly location: string;
  readonly identifier: Uint8Array;
  readonly caveats: readonly Caveat[];
  /** 32 bytes. */
  readonly signature: Uint8Array;
}

/** What must hold for the macaroon to be good. */
export interface Caveat {
  /** Of a first party its condition, of a third party what tells it the condition. */
  readonly id: Uint8Array;
  /** Present when a third party is to discharge it: the key of the discharge, sealed for the verifier. */
  readonly verificationId?: Uint8Array | undefined;
  /** Where the third party is; empty when nobody says. */
  readonly location: string;
}

export const signatureBytes = 32;
