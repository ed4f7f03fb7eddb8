import { listAt, membersOf, type Node, objectAt, objectOf, textAt } from './node.ts';
import type { SchemaReading } from './schemas.ts';

/**
 * The absolute URLs that stand under `servers`, without a slash at their end; undefined when there is no such list. A
 * relative one depends on where a document was found, which only the user knows.
 */
export function serversOf(owner: Node, { warnings }: SchemaReading): readonly string[] | undefined {
  const list = listAt(owner, 'servers');
  if (list.length === 0) return undefined;
  return list.flatMap((element) => {
    const node = objectOf(element, 'a server');
    warnings.unknownKeys(node.value, node, 'server');
    const variables = new Map(
      membersOf(objectAt(node, 'variables')).map(([name, variable]) => [
        name,
        textAt(variable, 'default') ?? '',
      ]),
    );
    const url = (textAt(node, 'url') ?? '').replace(
      /\{([^{}]*)\}/g,
      (whole, name: string) => variables.get(name) ?? whole,
    );
    if (!/^[a-z][a-z\d+.-]*:/i.test(url)) return [];
    const parsed = URL.parse(url);
    if (
      parsed === null ||
      !['http:', 'https:'].includes(parsed.protocol) ||
      /[{}\s]/.test(url) ||
      parsed.username !== ''
    ) {
      warnings.add(node, `${JSON.stringify(url)} is no URL of HTTP and was ignored`);
      return [];
    }
    return [parsed.origin + parsed.pathname.replace(/\/+$/, '')];
  });
}
