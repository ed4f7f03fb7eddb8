import { randomBytes } from 'node:crypto';
import type { JsonValue } from '../../model.ts';
import { isObject, type JsonObject } from '../core/schemas.ts';
import type { Master, Permission, Token, UserSetup } from './deployment.ts';
import { failures } from './failures.ts';
import { glob } from './targets.ts';

/** `token_expire` of the master. */
const tokenLifetimeMs = 12 * 3_600_000;

const everything: readonly Permission[] = ['.*', '@jobs', '@runner', '@wheel'];

/** Who calls: the one that a token was made for, or that a password proves. Throws where there is neither. */
export function callerOf(master: Master, chunk: JsonObject): Token {
  const { token, eauth } = chunk;
  if (token === undefined && eauth === undefined) throw failures.noCredentials();
  const found = token === undefined ? authenticate(master, chunk) : tokenCalled(master, token);
  if (found !== undefined) return found;
  const isOfMaster = /^(runner|wheel)/.test(String(chunk['client']));
  throw isOfMaster && token === undefined
    ? failures.unproven(String(chunk['username']))
    : failures.unauthenticated();
}

/** As long as it lives. */
export function tokenCalled(master: Master, token: JsonValue): Token | undefined {
  const found = master.tokens.get(String(token));
  if (found === undefined || found.expire > master.clock.now()) return found;
  master.tokens.delete(found.token);
  return undefined;
}

/** A new token for who brings the right password; it isn't kept. */
export function authenticate(master: Master, given: JsonObject): Token | undefined {
  const { username, password, eauth, token_expire: seconds } = given;
  const isKnown =
    typeof username === 'string' &&
    master.settings.users.some((user) => {
      const backend = user.eauth ?? 'sharedsecret';
      if (backend !== eauth) return false;
      return backend === 'auto' || (user.username === username && user.password === password);
    });
  if (!isKnown) return undefined;
  const start = master.clock.now();
  const lifetime = typeof seconds === 'number' ? seconds * 1000 : tokenLifetimeMs;
  const token = randomBytes(32).toString('hex');
  return { token, name: username, eauth: String(eauth), start, expire: start + lifetime };
}

/** Makes a token good for as long as it lives; those that are over are forgotten. */
export function keepToken(master: Master, token: Token): Token {
  for (const { token: old } of master.tokens.values()) tokenCalled(master, old);
  master.tokens.set(token.token, token);
  return token;
}

/** What somebody may run, as a login tells it: nothing is an empty object. */
export function permissionsOf({ settings }: Master, { name, eauth }: Token): readonly Permission[] {
  const isTheirs = (user: UserSetup) => user.username === name && (user.eauth ?? 'sharedsecret') === eauth;
  const user = settings.users.find(isTheirs);
  return user === undefined ? [] : (user.permissions ?? everything);
}

/** Of functions on minions, each must be allowed, by itself or on all of these minions. */
export function mayOnMinions(
  master: Master,
  token: Token,
  functions: readonly string[],
  minions: readonly string[],
): boolean {
  const permissions = permissionsOf(master, token);
  return functions.every(
    (fun) =>
      permissions.some((one) => typeof one === 'string' && !one.startsWith('@') && isWhole(one, fun)) ||
      (minions.length > 0 &&
        minions.every((id) =>
          permissions.some(
            (one) =>
              isObject(one) &&
              Object.entries(one).some(
                ([tgt, own]) =>
                  !tgt.startsWith('@') && glob(tgt).test(id) && own.some((fn) => isWhole(fn, fun)),
              ),
          ),
        )),
  );
}

/** Of a function of the master: `@runner`, `{ '@runner': ['jobs.*'] }`, or `@jobs` for a module of that name. */
export function mayOnMaster(master: Master, token: Token, client: 'runner' | 'wheel', fun: string): boolean {
  const module = fun.replace(/\..*/, '');
  return permissionsOf(master, token).some((one) => {
    if (typeof one === 'string') return one === `@${client}` || one === `@${module}`;
    return [`@${client}`, `@${module}`].some((key) => {
      const own = one[key] ?? [];
      return own.some((pattern) => isWhole(pattern, fun) || isWhole(`${module}.${pattern}`, fun));
    });
  });
}

function isWhole(pattern: string, fun: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(fun);
  } catch {
    return false;
  }
}
