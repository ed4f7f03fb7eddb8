import type { SecurityScheme, Session } from '../model.ts';
import { dataText, type Entry } from './data.ts';
import { docText, LINE_WIDTH } from './doc.ts';
import { blockComment } from './layout.ts';
import { identifier, propertyKey, quote } from './literal.ts';

/** The file `session.ts`: what makes a session of an API that nobody has written one for. */
export function sessionFile({ name, doc, servers, security, requires }: Session): string {
  const schemes = [...security].sort((a, b) => (a.name < b.name ? -1 : 1));
  const entries: Entry[] = [
    ['name', quote(name)],
    listEntry('servers', servers.map(quote)),
    [
      'security',
      { entries: schemes.map((scheme) => [propertyKey(scheme.name), schemeData(scheme)] as const) },
    ],
    listEntry(
      'requires',
      requires.map((names) => listOf(names.map(quote))),
    ),
  ];
  const comment = blockComment(docText(doc) ?? '', 0);
  const facts = name === 'facts' ? 'apiFacts' : 'facts';
  return [
    "import { defineApi, type MakeSession } from '@fairlead/runtime/openapi';",
    `const ${facts} = ${dataText({ entries }, 0, 0)} as const;`,
    `${comment}export const ${identifier(name)}: MakeSession<typeof ${facts}> = defineApi(${facts});`,
  ].join('\n\n');
}

function schemeData(scheme: SecurityScheme): { entries: Entry[] } {
  const entries: Entry[] = [['kind', quote(scheme.kind)]];
  if (scheme.kind === 'key') entries.push(['in', quote(scheme.in)], ['param', quote(scheme.param)]);
  return { entries };
}

/** A list on one line if it fits there, else an element a line. */
function listEntry(key: string, elements: readonly string[]): Entry {
  const line = listOf(elements);
  const fits = `  ${key}: ${line},`.length <= LINE_WIDTH;
  return [key, fits ? line : `[\n${elements.map((element) => `    ${element},\n`).join('')}  ]`];
}

function listOf(elements: readonly string[]): string {
  return `[${elements.join(', ')}]`;
}
