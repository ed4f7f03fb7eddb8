import { InputError } from '../errors.ts';
import type { JsonSchema } from '../model.ts';
import { alternativesOf } from './schema.ts';
import type { TypeGraph } from './type-graph.ts';

/** How many references may lead from one to the next before there is a schema. Real references need 2. */
const MAX_CHAIN = 100;

/** Those that have to be followed before it is known what the schema is: not those of a property or an element. */
function immediateRefsIn(schema: JsonSchema): readonly string[] {
  const inner = alternativesOf(schema).flatMap(immediateRefsIn);
  return schema.$ref === undefined ? inner : [schema.$ref, ...inner];
}

/** Refuses a schema that is only itself again (`A: { $ref: A }`), and chains that no compiler would follow. */
export function assertNoEndlessAlias({ targets, units }: TypeGraph): void {
  const lengths = new Map<string, number>();
  const refuse = (key: string, problem: string, hint: string): never => {
    const { path = '', pointer = '' } = units.get(targets.get(key)?.unit ?? '') ?? {};
    throw new InputError(problem, { file: path, pointer, hint });
  };
  for (const start of targets.keys()) {
    const path = [{ key: start, open: [...immediate(targets, start)], length: 0 }];
    const onPath = new Set([start]);
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const next = last.open.pop();
      if (next === undefined) {
        path.pop();
        onPath.delete(last.key);
        lengths.set(last.key, last.length);
        const before = path.at(-1);
        if (before !== undefined) before.length = Math.max(before.length, last.length + 1);
        if (last.length > MAX_CHAIN) {
          refuse(
            last.key,
            `leads through more than ${MAX_CHAIN} references`,
            'Refer to the schema at the end directly',
          );
        }
        continue;
      }
      if (onPath.has(next))
        refuse(next, 'refers to nothing but itself', 'Say what the schema is at one place');
      const known = lengths.get(next);
      if (known !== undefined) {
        last.length = Math.max(last.length, known + 1);
      } else {
        onPath.add(next);
        path.push({ key: next, open: [...immediate(targets, next)], length: 0 });
      }
    }
  }
}

function immediate(targets: TypeGraph['targets'], key: string): readonly string[] {
  return immediateRefsIn(targets.get(key)?.schema ?? {});
}
