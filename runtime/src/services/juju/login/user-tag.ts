import { parseTag, tags } from '../tags/tags.ts';

/** Who calls: a user by name, or an agent by its tag. */
export type Who =
  | {
      /** `admin`, `alice@local`; with another domain a user whom an identity provider knows. */
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
  if (who.tag === undefined) return tags.user(who.user);
  parseTag(who.tag);
  return who.tag;
}

/** Whether somebody else than the controller knows the user: such a one is known by macaroons only. */
export function isExternal(user: string): boolean {
  return user.includes('@') && !user.endsWith('@local');
}
