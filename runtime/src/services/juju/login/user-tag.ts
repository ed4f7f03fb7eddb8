import { parseTag, tags } from '../tags/tags.ts';

/** Who calls: a user by name, or an agent by its tag. */
export type Who =
  | {
      /** `admin`, `alice@local`. One with another domain, whom an identity provider knows, has macaroons and no password. */
      readonly user: string;
      readonly tag?: undefined;
    }
  | {
      /** Of an agent: `machine-0`, `unit-mysql-0`. */
      readonly tag: string;
      readonly user?: undefined;
    };

/** @throws TypeError when it is nobody's name */
export function tagOf(who: Who): string {
  if (who.tag === undefined) {
    if (typeof who.user === 'string') return tags.user(who.user);
    throw new TypeError(
      'who logs in is missing: give user, such as admin, or the tag of an agent, such as machine-0',
    );
  }
  parseTag(who.tag);
  return who.tag;
}

/** Whether somebody else than the controller knows the user: such a one is known by macaroons only. */
export function isExternal(user: string): boolean {
  return user.includes('@') && !user.endsWith('@local');
}
