const longest = 200;

/** The beginning of what isn't JSON, as one short line; of a page, its title. */
export function excerpt(text: string): string {
  const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1];
  const prose = title ?? (/^\s*</.test(text) ? text.slice(0, 10 * longest).replace(/<[^>]*>/g, ' ') : text);
  const line = prose
    .slice(0, 10 * longest)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
