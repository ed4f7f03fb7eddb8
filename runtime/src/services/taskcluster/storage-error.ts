import type { ReadError } from '../../http/error-facts.ts';
import { excerpt } from '../../http/excerpt.ts';

/**
 * How storage words its errors: S3 and those who speak like it in XML, others in a few words. Of the XML only code
 * and message: the rest repeats the signature.
 */
export const readStorageError: ReadError = (status, headers, body) => {
  const target = headers['location'];
  if (status >= 300 && status < 400 && target !== undefined) {
    return {
      message: 'the data is somewhere else, and this redirect must not be followed',
      category: 'failed',
    };
  }
  if (typeof body !== 'string') return { message: 'the storage does not say why' };
  const code = element('Code', body);
  return { code, message: element('Message', body) ?? excerpt(body) };
};

function element(name: string, xml: string): string | undefined {
  return new RegExp(`<${name}>([^<]{1,200})</${name}>`).exec(xml)?.[1];
}
