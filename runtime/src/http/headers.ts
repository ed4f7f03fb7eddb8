export type Headers = Readonly<Record<string, string>>;

/** Headers as Node and undici give them, with one text a name. */
export function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const texts: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === 'string') texts[name] = value;
    else if (value !== undefined) texts[name] = value.join(', ');
  }
  return texts;
}

/** With names in lower case, so that a later header replaces an earlier one whatever its spelling. */
export function lowerCase(headers: Headers): Headers {
  const lowered: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (typeof value !== 'string') {
      throw new TypeError(`the value of the header ${name} is ${typeof value}, and must be a string`);
    }
    lowered[name.toLowerCase()] = value;
  }
  return lowered;
}
