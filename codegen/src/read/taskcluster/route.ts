import { InputError } from '../../errors.ts';
import type { HttpCall } from '../../model.ts';
import type { Place } from '../type-graph.ts';

export type Route = HttpCall['route'];

/** `/task/<taskId>/status` as literal text and parameters in turn. Its parameters have to be `args`, in order. */
export function routeOf(route: string, args: readonly string[], at: Place): Route {
  const parts = route
    .split(/(<[^<>]+>)/)
    .filter((text) => text !== '')
    .map((text) => (text.startsWith('<') && text.endsWith('>') ? { param: text.slice(1, -1) } : text));
  const details = { file: at.path, pointer: at.pointer };
  if (parts.some((part) => typeof part === 'string' && /[<>{}]/.test(part))) {
    throw new InputError(`the route ${JSON.stringify(route)} has a bracket without its other half`, {
      ...details,
      hint: 'Write parameters like <taskId>',
    });
  }
  const params = parts.flatMap((part) => (typeof part === 'string' ? [] : [part.param]));
  if (params.join('/') !== args.join('/')) {
    throw new InputError(
      `the route ${JSON.stringify(route)} has the parameters [${params.join(', ')}], but args are [${args.join(', ')}]`,
      { ...details, hint: 'Make both name the same, in the same order' },
    );
  }
  return parts;
}
