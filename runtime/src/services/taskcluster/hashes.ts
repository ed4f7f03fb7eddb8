import { nodeCrypto } from '../../auth/node-crypto.ts';
import { type CallFacts, ProtocolError } from '../../errors.ts';

/** Digests of data, in lower-case hexadecimal. */
export interface Hashes {
  readonly sha256: string;
  readonly sha512: string;
}

/** Counts and hashes data as it passes by. */
export class Digest {
  /** How much has passed by, in bytes. */
  length = 0;
  readonly #sha256 = nodeCrypto().createHash('sha256');
  readonly #sha512 = nodeCrypto().createHash('sha512');

  update(chunk: Uint8Array): void {
    this.length += chunk.byteLength;
    this.#sha256.update(chunk);
    this.#sha512.update(chunk);
  }

  /** The digests of all that has passed by. Nothing may pass by any more, and this is asked once. */
  hashes(): Hashes {
    return { sha256: this.#sha256.digest('hex'), sha512: this.#sha512.digest('hex') };
  }
}

/** The data that came can't be shown to be the data that was uploaded. It was given to nobody as complete. */
export class VerificationError extends ProtocolError {
  constructor(what: string, facts: CallFacts) {
    super(what, facts);
  }

  override get name(): string {
    return 'VerificationError';
  }
}

/** Other algorithms may stand next to these in what the service says; they prove nothing here. */
const algorithms = ['sha256', 'sha512'] as const;

/**
 * What is wrong with data whose digests are `actual` when the service says `expected` of it; `undefined` when there is
 * at least one digest that both know, and each of these agrees.
 */
export function hashComplaint(
  expected: Readonly<Record<string, string>>,
  actual: Hashes,
): string | undefined {
  const known = algorithms.filter((algorithm) => Object.hasOwn(expected, algorithm));
  if (known.length === 0) {
    const given = Object.keys(expected).join(', ') || 'no hash';
    return `the data can't be verified: the service knows ${given} of it, and none of ${algorithms.join(', ')}`;
  }
  const wrong = known.find((algorithm) => expected[algorithm] !== actual[algorithm]);
  if (wrong === undefined) return undefined;
  return `the data isn't what was uploaded: its ${wrong} is ${actual[wrong]}, and the service says ${expected[wrong]}`;
}
