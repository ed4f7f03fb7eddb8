import type { HttpCall } from '../../model.ts';
import { leaveOut } from './node.ts';
import type { Operation, OperationReading } from './operations.ts';
import { type Parameter, prefixOf } from './parameters.ts';

/** Literal text and parameters in turn. A parameter may stand once. */
export function routeOf(
  template: string,
  all: readonly Parameter[],
  { node }: Operation,
  reading: OperationReading,
): HttpCall['route'] {
  const { warnings } = reading;
  const parts = template.split(/(\{[^{}]*\})/).filter((text) => text !== '');
  const wires = new Set<string>();
  const route = parts.flatMap((text): HttpCall['route'] => {
    if (!text.startsWith('{') || !text.endsWith('}')) {
      if (!/[{}?#\\]/.test(text)) return [escaped(text)];
      return leaveOut(
        node,
        `the path ${JSON.stringify(template)} is more than text and parameters`,
        'Write parameters like {petId}, and those of a query under "parameters"',
      );
    }
    const wire = text.slice(1, -1);
    if (wire === '' || wires.has(wire)) {
      return leaveOut(
        node,
        `the path ${JSON.stringify(template)} has a parameter without a name, or twice`,
        'Write each parameter once, like {petId}',
      );
    }
    wires.add(wire);
    const told = all.find((one) => one.in === 'path' && one.name === wire);
    if (told === undefined)
      warnings.add(
        node,
        `nothing is told about the parameter ${JSON.stringify(wire)} of its path: taken for a text`,
      );
    const prefix = told === undefined ? '' : prefixOf(told, reading);
    return prefix === '' ? [{ param: wire }] : [prefix, { param: wire }];
  });
  for (const { name, in: place, node: at } of all) {
    if (place === 'path' && !wires.has(name))
      warnings.add(at, `the path has no parameter ${JSON.stringify(name)}, which was ignored`);
  }
  return joined(route);
}

/** As it stands in a URL. What is escaped already stays. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/%(?![\dA-F]{2})|[^\w\-.~!$&'()*+,;=:@/%]/giu, (one) => encodeURIComponent(one));
}

/** Literal texts that follow each other as one. */
function joined(route: HttpCall['route']): HttpCall['route'] {
  const result: HttpCall['route'][number][] = [];
  for (const part of route) {
    const last = result.at(-1);
    if (typeof part === 'string' && typeof last === 'string') result[result.length - 1] = last + part;
    else result.push(part);
  }
  return result;
}

/** A parameter of a route of which the document tells nothing. */
export function untold(wire: string, { node }: Operation): Parameter {
  return { name: wire, in: 'path', node: { path: node.path, pointer: node.pointer, value: {} } };
}
