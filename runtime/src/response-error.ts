import { ResponseError } from './errors.ts';

/** The statuses that say no: RFC 9110 and those that others registered. */
type ClientStatus =
  | (400 | 401 | 402 | 403 | 404 | 405 | 406 | 407 | 408 | 409 | 410 | 411 | 412 | 413 | 414 | 415 | 416)
  | (417 | 418 | 421 | 422 | 423 | 424 | 425 | 426 | 428 | 429 | 431 | 451);
type ServerStatus = 500 | 501 | 502 | 503 | 504 | 505 | 506 | 507 | 508 | 510 | 511;
type RedirectStatus = 300 | 301 | 302 | 303 | 304 | 305 | 307 | 308;

type InRange = { '3XX': RedirectStatus; '4XX': ClientStatus; '5XX': ServerStatus };

/** The statuses that a key of a method's errors stands for: all that no narrower key has. */
type StatusOf<K, Keys> = K extends number
  ? K
  : K extends keyof InRange
    ? Exclude<InRange[K], Keys>
    : Exclude<InRange[keyof InRange], Keys | InRange[Extract<Keys, keyof InRange>]>;

/** A {@link ResponseError} whose body is as the service's description says, by its status. */
export type TypedResponseError<Errors> = {
  [K in keyof Errors]: ResponseError & {
    readonly status: StatusOf<K, keyof Errors>;
    readonly body: Errors[K];
  };
}[keyof Errors];

/**
 * Whether the service said no, with a body as its description says; `Errors` is the type of the method's errors.
 *
 * `if (isResponseError<PetsGetErrors>(error) && error.status === 404) console.log(error.body.pet)`
 *
 * The description is believed: the body of an answer that something between here and the service gave may be another.
 */
export function isResponseError<Errors = { readonly default: unknown }>(
  error: unknown,
): error is TypedResponseError<Errors> {
  return error instanceof ResponseError;
}
