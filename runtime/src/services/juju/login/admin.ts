import type { Macaroon } from '../../../auth/macaroon/macaroon.ts';
import { excerpt } from '../../../http/excerpt.ts';
import type { DischargeInfo } from '../stream-host.ts';
import { LoginError } from './login-error.ts';
import type { LoginAnswer, LoginCaller } from './provider.ts';

/** Who wants to log in, in the words of `Admin.Login`. */
interface LoginRequest {
  /** Empty where the macaroons say it. */
  readonly tag: string;
  /** Empty where macaroons prove it. */
  readonly password: string;
  readonly nonce: string;
  readonly macaroons: readonly (readonly Macaroon[])[];
}

/** A controller that wants macaroons says so in an answer, and not as an error. */
interface Answer extends LoginAnswer {
  readonly 'discharge-required'?: unknown;
  readonly 'bakery-discharge-required'?: unknown;
  readonly 'discharge-required-error'?: string;
}

/** The newest macaroons that we understand, of which a controller makes its own depend. */
const bakeryVersion = 3;

/**
 * `Admin.Login` as every controller has it. Where the controller wants macaroons, the third parties that they name are
 * asked, and the login is made once more with all that is held then.
 */
export async function adminLogin(caller: LoginCaller, request: LoginRequest): Promise<LoginAnswer> {
  const first = await send(caller, request);
  const info = dischargeOf(first);
  if (info === undefined) return first;
  await caller.macaroons.discharge(info, caller.signal);
  const second = await send(caller, { ...request, macaroons: await caller.macaroons.held() });
  if (dischargeOf(second) === undefined) return second;
  const why: unknown = second['discharge-required-error'];
  throw new LoginError(
    'unauthorized',
    caller.url,
    `the controller asks for macaroons again although all third parties said yes${typeof why === 'string' && why !== '' ? `: ${excerpt(why)}` : ''}`,
  );
}

function send(caller: LoginCaller, { tag, password, nonce, macaroons }: LoginRequest): Promise<Answer> {
  return caller.call<Answer>(3, 'Login', {
    'auth-tag': tag,
    credentials: password,
    nonce,
    macaroons,
    'bakery-version': bakeryVersion,
    'cli-args': '',
    'user-data': '',
    'client-version': caller.clientVersion,
  });
}

/** What has to be discharged, in the form that has more in it where there are two. */
function dischargeOf(answer: Answer): DischargeInfo | undefined {
  const bakery = answer['bakery-discharge-required'] ?? undefined;
  const plain = answer['discharge-required'] ?? undefined;
  if (bakery === undefined && plain === undefined) return undefined;
  return {
    ...(bakery !== undefined && { 'bakery-macaroon': bakery }),
    ...(plain !== undefined && { macaroon: plain }),
  };
}
