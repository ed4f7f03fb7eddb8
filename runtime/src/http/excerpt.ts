const longest = 200;

/** Whether a text is a page for people, such as a proxy's or the one to log in at. */
export function isPage(text: string): boolean {
  return /^\s*<(!doctype html|html)/i.test(text);
}

/** The title of a page; `undefined` when it has none. */
export function titleOf(page: string): string | undefined {
  const title = /<title[^<>]*>([^<]*)/i.exec(page)?.[1];
  return title === undefined || title.trim() === '' ? undefined : oneLine(title);
}

/** The beginning of what isn't JSON, as one short line; of a page, its title. */
export function excerpt(text: string): string {
  const head = text.slice(0, 10 * longest);
  if (!/^\s*</.test(text)) return oneLine(head);
  const words = titleOf(text) ?? oneLine(head.replace(/<[^>]*>/g, ' '));
  return words === '' ? 'a page without a text' : words;
}

function oneLine(text: string): string {
  const line = text
    .slice(0, 10 * longest)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
