import type { WholeReader } from './call.ts';
import { type Form, type Forms, namedIn } from './forms.ts';
import { isJsonType } from './media-type.ts';
import { readAs, readJson } from './readers.ts';

/**
 * Reads an answer as its media type says, which must be read in the same way as one of those that were asked for. What
 * says nothing that is known is read as the first of these.
 *
 * @throws TypeError when what is asked for is none of the forms
 */
export function readForm<T>(forms: Forms, accept: string): WholeReader<T> {
  const asked = accept.split(', ').flatMap((type) => (Object.hasOwn(forms, type) ? (forms[type] ?? []) : []));
  const [first] = asked;
  if (first === undefined) {
    const known = Object.keys(forms).join(', ');
    throw new TypeError(`accept must be one of ${known}, not ${JSON.stringify(accept)}`);
  }
  return {
    stream: false,
    read(answer, context) {
      const type = answer.headers['content-type'] ?? '';
      const name = namedIn(forms, type);
      const came = name === undefined ? (isJsonType(type) ? 'json' : first) : forms[name];
      const form = asked.find((one) => one === came) ?? asked.find((one) => isAlike(one, came));
      if (form !== undefined) return readerOf<T>(form).read(answer, context);
      const advice = name === undefined ? '' : `; accept: '${name}' asks for that`;
      throw context.nonsense(`${answer.status} with ${type}, where ${accept} was asked for${advice}`);
    },
  };
}

function isAlike(form: Form, other: Form | undefined): boolean {
  return kindOf(form) === kindOf(other);
}

function kindOf(form: Form | undefined): string | undefined {
  return typeof form === 'object' ? 'json' : form;
}

function readerOf<T>(form: Form): WholeReader<T> {
  if (typeof form === 'object') return readJson<T>(form.shape);
  return form === 'json' ? readJson<T>() : readAs<T>(form);
}
