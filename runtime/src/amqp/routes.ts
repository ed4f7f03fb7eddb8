const prefix = 'route.';

/**
 * The custom routes of a message: the `CC` entries of its headers that start with `route.`, without that prefix.
 * In the order of the header.
 */
export function routesOf(headers: object | undefined): readonly string[] {
  const copies = headers !== undefined && 'CC' in headers ? headers.CC : undefined;
  if (!Array.isArray(copies)) return [];
  return copies
    .filter((entry): entry is string => typeof entry === 'string' && entry.startsWith(prefix))
    .map((entry) => entry.slice(prefix.length));
}
