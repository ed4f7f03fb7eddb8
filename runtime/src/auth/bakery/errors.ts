import { type Category, categoryOf, ServiceError } from '../../errors.ts';
import { masked } from '../../mask.ts';
import type { SendAnswer } from './send.ts';
import { refusalOf } from './wire.ts';

/** A third party said no, or gave something that is no discharge; or a service wants ever new ones. */
export class DischargeError extends ServiceError {
  /** The third party's own code: `permission denied`; `undefined` when it gave none. */
  readonly code: string | undefined;
  /** Where the third party is. */
  readonly location: string;

  constructor(category: Category, what: string, location: string, code?: string) {
    super(category, what, factsOf(location));
    this.code = code;
    this.location = location;
  }

  override get name(): string {
    return 'DischargeError';
  }
}

/** A third party wants to know who asks, and couldn't be told. */
export class InteractionError extends ServiceError {
  /** Where the third party is. */
  readonly location: string;
  readonly #kind: string | undefined;

  constructor(what: string, location: string, kind?: string, cause?: unknown) {
    super('unauthorized', kind === undefined ? what : `${kind}: ${what}`, factsOf(location, cause));
    this.location = location;
    this.#kind = kind;
  }

  override get name(): string {
    return 'InteractionError';
  }

  /** How it was tried: `browser-window`, as the message says, too; `undefined` when there was no shared way. */
  get kind(): string | undefined {
    return this.#kind;
  }
}

function factsOf(location: string, cause?: unknown) {
  return { call: `discharge by ${location}`, record: { method: 'POST', url: location, attempts: [] }, cause };
}

const longestMessage = 500;

/** What an answer that says no says, in one clause; `secrets` are what was sent to it. */
export function clauseOf(answer: SendAnswer, secrets: readonly string[] = []): string {
  const refusal = refusalOf(answer);
  if (refusal === undefined) return `status ${answer.status}, without the body of a bakery's error`;
  const code = refusal.code === '' ? '' : `${refusal.code}: `;
  const hidden = masked(`${code}${refusal.message}`, secrets);
  return hidden.length > longestMessage ? `${hidden.slice(0, longestMessage)}…` : hidden;
}

/** By the bakery's own codes, or by the status. */
export function categoryOfAnswer(answer: SendAnswer): Category {
  switch (refusalOf(answer)?.code) {
    case 'bad request':
      return 'invalid';
    case 'permission denied':
    case 'forbidden':
      return 'forbidden';
    case 'not found':
      return 'not-found';
    default:
      return categoryOf(answer.status);
  }
}
