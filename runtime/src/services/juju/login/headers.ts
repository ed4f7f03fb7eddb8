import { slicesText } from '../../../auth/bakery/jar.ts';
import { hex } from '../../../auth/macaroon/bytes.ts';
import type { HeldMacaroons } from './provider.ts';

type Headers = Readonly<Record<string, string>>;

/** Says that macaroons of the newest kind are understood; without it a controller answers in an older way. */
export const bakeryHeaders: Headers = { 'bakery-protocol-version': '3' };

export function basicAuth(user: string, password: string): Headers {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** The macaroons that are held, each with its discharges, as the cookies that a controller looks for. */
export async function cookiesOf(macaroons: HeldMacaroons): Promise<Headers> {
  const cookies = (await macaroons.held()).flatMap((each) => {
    const [primary] = each;
    return primary === undefined ? [] : `macaroon-${hex(primary.signature)}=${slicesText(each)}`;
  });
  return cookies.length === 0 ? {} : { cookie: cookies.join('; ') };
}
