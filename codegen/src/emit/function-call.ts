import type { FunctionCall, Method } from '../model.ts';
import type { RuntimeName } from '../names.ts';
import { LINE_WIDTH } from './doc.ts';
import { quote } from './literal.ts';
import { type ClassContext, named, type Parameter, valueType } from './signature.ts';

/** What the functions of each client of Salt are called with, and what they give. */
const CLIENTS = {
  local: { call: 'LocalCall', options: 'LocalOptions', isTargeted: true },
  runner: { call: 'RunnerCall', options: 'RunnerOptions', isTargeted: false },
  wheel: { call: 'WheelCall', options: 'WheelOptions', isTargeted: false },
} as const satisfies Readonly<
  Record<FunctionCall['client'], { call: RuntimeName; options: RuntimeName; isTargeted: boolean }>
>;

/** The parameters of a method that is a function of Salt: on whom, with what, how it goes. */
export function functionParameters({ body }: Method, call: FunctionCall, context: ClassContext): Parameter[] {
  const { options, isTargeted } = CLIENTS[call.client];
  const args = body?.content.kind === 'json' ? named(body.content.type, context) : undefined;
  return [
    ...(isTargeted ? [{ name: 'target', type: context.uses.runtime('Target') }] : []),
    ...(args === undefined
      ? []
      : [{ name: 'args', type: args, ...(body?.required === false && { initializer: '{}' }) }]),
    ...(call.varargs ? [{ name: 'rest', type: 'readonly unknown[]', initializer: '[]' }] : []),
    { name: 'options', type: context.uses.runtime(options), hasQuestionToken: true },
  ];
}

export function functionReturnType({ result }: Method, call: FunctionCall, context: ClassContext): string {
  return `${context.uses.runtime(CLIENTS[call.client].call)}<${valueType(result, context)}>`;
}

/** Indented by four where it ends up. */
export function functionStatement({ body }: Method, { client, fun, varargs }: FunctionCall): string {
  const args = [
    quote(fun),
    ...(CLIENTS[client].isTargeted ? ['target'] : []),
    body === undefined ? '{}' : 'args',
    varargs ? '{ arg: rest, ...options }' : 'options',
  ];
  const line = `return this.#salt.${client}(${args.join(', ')});`;
  return line.length + 4 <= LINE_WIDTH ? line : `return this.#salt.${client}(\n  ${args.join(',\n  ')},\n);`;
}
