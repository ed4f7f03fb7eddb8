import type { ErrorFacts, ReadError } from '../../http/endpoint.ts';
import { excerpt, isPage } from '../../http/excerpt.ts';
import { shownLocation } from '../../http/mask.ts';
import { explained, meaningOf } from './words.ts';

/**
 * How Salt words its errors: `{ return: text }` from rest_wsgi and rest_tornado, a page of CherryPy's with the text in its
 * first paragraph, or a bare text. The status says little: rest_wsgi answers 500 to a wrong password, and rest_cherrypy
 * 401 to a lack of rights. So the text decides, where it is a known one.
 */
export const readSaltError: ReadError = (status, { location }, body): ErrorFacts => {
  const text = textOf(body);
  const meaning = text === undefined ? undefined : meaningOf(text);
  if (text !== undefined && meaning !== undefined) {
    const { code, category, lasting } = meaning;
    return { code, category, lasting, message: explained(text, meaning) };
  }
  if (status < 400 && location?.endsWith('/login') === true) {
    const message = 'a redirect to the login, which says that the token is not accepted';
    return { code: 'Unauthenticated', category: 'unauthorized', message };
  }
  if (status < 400 && location !== undefined) {
    return { message: `a redirect to ${shownLocation(location)}, which is not followed: is the url right?` };
  }
  return { message: hinted(status, text ?? 'the answer does not say why') };
};

function hinted(status: number, text: string): string {
  switch (status) {
    case 413:
      return `${text} (rest_cherrypy takes no more than max_request_body_size, 1,048,576 bytes unless configured)`;
    case 504:
      return `${text} (the master had no answer in time: start() runs the call as a job, without waiting)`;
    default:
      return text;
  }
}

/** What an answer says in words. */
function textOf(body: unknown): string | undefined {
  if (typeof body === 'object' && body !== null) {
    const said: unknown = Reflect.get(body, 'return');
    return typeof said === 'string' && said.trim() !== '' ? excerpt(said) : undefined;
  }
  if (typeof body !== 'string' || body.trim() === '') return undefined;
  return isPage(body) ? (paragraphOf(body) ?? excerpt(body)) : excerpt(body);
}

/** The first paragraph of a page with something in it. */
function paragraphOf(page: string): string | undefined {
  const paragraph = /<p[^<>]*>([^<]+)<\/p>/i.exec(page)?.[1];
  return paragraph === undefined || paragraph.trim() === '' ? undefined : excerpt(unescaped(paragraph));
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos));/gi,
    (whole, decimal, hex, name) => {
      if (typeof name === 'string') return entities[name.toLowerCase()] ?? whole;
      const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
