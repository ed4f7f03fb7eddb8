import type { Operation } from './service.ts';

/** An operation, and what the path said for its parameters (decoded). */
export interface Match {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
}

export interface Router {
  /** `path` without query, still encoded. `malformed` when a parameter holds a broken percent escape. */
  find(verb: string, path: string): Match | 'malformed' | undefined;
  /** The verbs with which an operation is found for the path. */
  verbs(path: string): readonly string[];
}

interface Route {
  readonly operation: Operation;
  readonly names: readonly string[];
  /** Ends with all that is left of the path. */
  readonly takesRest: boolean;
  /** Each parameter is one segment. */
  readonly strict: RegExp;
  /** A splat is one segment or more. */
  readonly lenient: RegExp;
}

/**
 * Finds the operation that serves a path.
 *
 * Text wins over a parameter at the same place, and a parameter of one segment over one that swallows several,
 * so that `/purge-cache/list` isn't taken for a cache called `list`. A trailing slash makes no difference.
 */
export function createRouter(operations: readonly Operation[], splats: ReadonlySet<string>): Router {
  const byVerb = new Map<string, Route[]>();
  for (const operation of [...operations].sort(bySpecificity)) {
    const routes = byVerb.get(operation.verb) ?? [];
    byVerb.set(operation.verb, routes);
    routes.push(compile(operation, splats));
  }

  /** As far as a parameter is one segment or, if `form` is lenient, may be several. */
  function findAs(form: 'strict' | 'lenient', verb: string, path: string): Match | 'malformed' | undefined {
    const target = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
    for (const route of byVerb.get(verb) ?? []) {
      const found = route[form].exec(route.takesRest ? path : target);
      if (found === null) continue;
      const params = decode(route.names, found.slice(1));
      return params === undefined ? 'malformed' : { operation: route.operation, params };
    }
    return undefined;
  }

  return {
    find(verb, path) {
      // A proxy would resolve these before any route is looked for.
      if (/\/\.{1,2}(\/|$)/.test(path)) return undefined;
      return findAs('strict', verb, path) ?? findAs('lenient', verb, path);
    },
    verbs(path) {
      const own = (form: 'strict' | 'lenient') =>
        [...byVerb.keys()].filter((verb) => findAs(form, verb, path) !== undefined);
      const strict = own('strict');
      return strict.length > 0 ? strict : own('lenient');
    },
  };
}

function compile(operation: Operation, splats: ReadonlySet<string>): Route {
  const names: string[] = [];
  const expression = (lenient: boolean) =>
    new RegExp(
      `^${operation.route
        .replace(/(?<=.)\/$/, '')
        .split(/(<[^>]+>)/)
        .map((part) => {
          if (!part.startsWith('<')) return escaped(part);
          const takesRest = part.endsWith('*>');
          const name = part.slice(1, takesRest ? -2 : -1);
          if (lenient) names.push(name);
          if (takesRest) return '(.*)';
          return lenient && splats.has(name) ? '(.+)' : '([^/]+)';
        })
        .join('')}$`,
    );
  return {
    operation,
    names,
    takesRest: operation.route.endsWith('*>'),
    strict: expression(false),
    lenient: expression(true),
  };
}

function decode(names: readonly string[], values: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    try {
      params[name] = decodeURIComponent(values[index] ?? '');
    } catch {
      return undefined;
    }
  }
  return params;
}

/** Segment by segment: text before a parameter; then the longer route first. */
function bySpecificity(a: Operation, b: Operation): number {
  const left = a.route.split('/');
  const right = b.route.split('/');
  for (const [index, segment] of left.entries()) {
    const other = right[index];
    if (other === undefined) break;
    const difference = Number(segment.startsWith('<')) - Number(other.startsWith('<'));
    if (difference !== 0) return difference;
  }
  return right.length - left.length;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
