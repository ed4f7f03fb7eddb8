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

/** RFC 9110, 5.6.2 and 5.5; beyond ASCII it would be up to each side what the bytes mean. */
const headerName = /^[\w!#$%&'*+.^`|~-]+$/;
const headerValue = /^[\t\x20-\x7e]*$/;

/**
 * With names in lower case, so that a later header replaces an earlier one whatever its spelling.
 *
 * @throws TypeError on what can't be sent as a header; doesn't show the value
 */
export function lowerCase(headers: Headers): Headers {
  const lowered: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (!headerName.test(name)) throw new TypeError(`${JSON.stringify(name)} is no name for a header`);
    if (typeof value !== 'string') {
      throw new TypeError(`the value of the header ${name} is ${typeof value}, and must be a string`);
    }
    if (!headerValue.test(value)) {
      throw new TypeError(`the value of the header ${name} must be one line of printable ASCII`);
    }
    lowered[name.toLowerCase()] = value;
  }
  return lowered;
}
