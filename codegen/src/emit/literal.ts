import { escapeInvisible } from '../invisible.ts';
import { isIdentifier } from '../names.ts';

/** A string as a literal in single quotes. */
export function quote(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${escapeInvisible(inner)}'`;
}

/** Text as it stands between the placeholders of a template literal. */
export function templateText(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return escapeInvisible(inner.replaceAll('`', '\\`').replaceAll('${', '\\${'));
}

/** A property's name. `__proto__` is quoted, although a type may do without, so that nobody has to wonder. */
export function propertyKey(name: string): string {
  return isIdentifier(name) && name !== '__proto__' ? name : quote(name);
}

/** A name that goes into code as it is. The reader has made it; whether it did is checked where it would matter. */
export function identifier(name: string): string {
  if (!isIdentifier(name))
    throw new Error(`${JSON.stringify(name)} is no identifier, yet the model names a thing so`);
  return name;
}
