import type { SecurityScheme, Session } from '../model.ts';
import { dataText, type Entry } from './data.ts';
import { docText } from './doc.ts';
import { blockComment } from './layout.ts';
import { identifier, propertyKey, quote } from './literal.ts';

/** The file `session.ts`: what makes a session of an API that nobody has written one for. */
export function sessionFile({ name, doc, servers, security, requires }: Session): string {
  const schemes = [...security].sort((a, b) => (a.name < b.name ? -1 : 1));
  const entries: Entry[] = [
    ['name', quote(name)],
    ['servers', listOf(servers)],
    [
      'security',
      { entries: schemes.map((scheme) => [propertyKey(scheme.name), schemeData(scheme)] as const) },
    ],
    ['requires', `[${requires.map(listOf).join(', ')}]`],
  ];
  const comment = blockComment(docText(doc) ?? '', 0);
  return [
    "import { defineApi } from '@fairlead/runtime/openapi';",
    `${comment}export const ${identifier(name)} = defineApi(${dataText({ entries }, 0, 0)});`,
  ].join('\n\n');
}

function schemeData(scheme: SecurityScheme): { entries: Entry[] } {
  const entries: Entry[] = [['kind', quote(scheme.kind)]];
  if (scheme.kind === 'key') entries.push(['in', quote(scheme.in)], ['param', quote(scheme.param)]);
  return { entries };
}

function listOf(texts: readonly string[]): string {
  return `[${texts.map(quote).join(', ')}]`;
}
