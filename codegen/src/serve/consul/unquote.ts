const characters: ReadonlyMap<string, string> = new Map([
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
]);

/** The text that a quoted one means to Go (`strconv.Unquote`); `undefined` for one that it doesn't take. */
export function unquote(quoted: string): string | undefined {
  const inner = quoted.slice(1, -1);
  if (quoted.startsWith('`')) return inner.replaceAll('\r', '');
  // Octal and hexadecimal escapes are bytes, several of which may be one character.
  const bytes: Buffer[] = [];
  for (const [piece] of inner.matchAll(
    /[^\\]+|\\(?:x[\dA-Fa-f]{2}|u[\dA-Fa-f]{4}|U[\dA-Fa-f]{8}|[0-7]{3}|.|$)/gs,
  )) {
    const meant = piece.startsWith('\\') ? escaped(piece.slice(1)) : Buffer.from(piece);
    if (meant === undefined || piece.includes('\n')) return undefined;
    bytes.push(meant);
  }
  return Buffer.concat(bytes).toString();
}

function escaped(sequence: string): Buffer | undefined {
  const character = characters.get(sequence);
  if (character !== undefined) return Buffer.from(character);
  if (sequence.length < 3) return undefined;
  const isOctal = /^\d/.test(sequence);
  const code = Number.parseInt(isOctal ? sequence : sequence.slice(1), isOctal ? 8 : 16);
  if (isOctal || sequence.startsWith('x')) return code > 0xff ? undefined : Buffer.of(code);
  const isScalar = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isScalar ? Buffer.from(String.fromCodePoint(code)) : undefined;
}
