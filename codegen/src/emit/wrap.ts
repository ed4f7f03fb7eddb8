/** Breaks lines that are wider than `width`, between words and never inside a fenced or indented block. */
export function wrapped(text: string, width: number): string[] {
  let fenced = false;
  return text.split('\n').flatMap((line) => {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
    return fenced || line.length <= width || line.startsWith('    ') ? [line] : broken(line, width);
  });
}

function broken(line: string, width: number): string[] {
  const indent = /^\s*(?:(?:[-*+]|\d+[.)])\s+)?/.exec(line)?.[0].length ?? 0;
  const lines: string[] = [];
  let current = line.slice(0, indent);
  for (const word of line.slice(indent).split(' ')) {
    const fits = current.trim() === '' || current.length + 1 + word.length <= width;
    if (!fits) lines.push(current);
    const gap = current.length === 0 || current.endsWith(' ') ? '' : ' ';
    current = fits ? current + gap + word : ' '.repeat(indent) + word;
  }
  return [...lines, current];
}
