import type { Shape } from '../json/shape.ts';
import { essenceOf } from './media-type.ts';

/** How an answer of a media type is read; JSON may have a shape. */
export type Form = 'json' | 'text' | 'bytes' | { readonly shape: Shape };

/** The forms in which an answer may come, by media type, or by a range of them such as `image/*`; the best first. */
export type Forms = Readonly<Record<string, Form>>;

/** The name that a form has whose answers have this media type. */
export function namedIn(forms: Forms, type: string): string | undefined {
  const essence = essenceOf(type);
  const [range] = essence.split('/');
  const names = Object.keys(forms);
  return (
    names.find((name) => essenceOf(name) === essence) ??
    names.find((name) => name === `${range}/*`) ??
    names.find((name) => name === '*/*')
  );
}
