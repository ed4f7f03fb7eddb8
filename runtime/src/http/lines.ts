import { tooLarge } from './failure.ts';

/** The lines of a text that comes in pieces, each without its end; the last one also when nothing ends it. */
export async function* linesOf(
  pieces: AsyncIterable<Uint8Array>,
  maxLength: number,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let begun = '';
  for await (const piece of pieces) {
    const lines = decoder.decode(piece, { stream: true }).split('\n');
    for (const end of lines.splice(0, lines.length - 1)) {
      const line = begun + end;
      begun = '';
      yield line.endsWith('\r') ? line.slice(0, -1) : line;
    }
    begun += lines[0] ?? '';
    if (begun.length > maxLength) throw tooLarge(maxLength);
  }
  begun += decoder.decode();
  if (begun !== '') yield begun;
}
