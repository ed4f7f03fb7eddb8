import type { FunctionDeclarationStructure, OptionalKind } from 'ts-morph';
import type { Event, KeyPart, Topic } from '../model.ts';
import { keyConstantName, routingTypeName } from '../names.ts';
import { docs, qualified } from './client.ts';
import { LINE_WIDTH } from './doc.ts';
import { onePerLine, type RuntimeName } from './imports.ts';
import { identifier, quote } from './literal.ts';
import type { TypesByName } from './schema.ts';

/** What a file of events uses of the runtime. */
export const EVENTS_RUNTIME: ReadonlySet<RuntimeName> = new Set([
  'KeyPart',
  'RoutingPattern',
  'Topic',
  'topic',
]);

/** The parts of a routing key, as data. */
export function keyDeclaration({ key, keyName }: Topic): string {
  const parts = key.map((part) => `  ${keyPart(part)},\n`).join('');
  return `const ${identifier(keyConstantName(keyName))}: readonly KeyPart[] = [\n${parts}];`;
}

/** An event is a function that tells which of its messages are wanted. */
export function eventFunction(event: Event, types: TypesByName): OptionalKind<FunctionDeclarationStructure> {
  const { name, doc, payload, source } = event;
  const exchange = quote(source.exchange);
  const routing = routingTypeName(source.keyName);
  const parameters = [{ name: 'key', type: `RoutingPattern<${routing}>`, hasQuestionToken: true }];
  const returnType = typeText('Topic', [qualified(payload, types), routing, exchange]);
  const signature = `export function ${name}(key?: RoutingPattern<${routing}>): ${returnType} {`;
  return {
    name: identifier(name),
    isExported: true,
    ...docs(doc, 0),
    parameters: signature.length > LINE_WIDTH ? onePerLine(parameters, '') : parameters,
    returnType,
    statements: [callText('return topic', [exchange, keyConstantName(source.keyName), 'key'])],
  };
}

function fits(line: string, taken: number): boolean {
  return line.length + taken <= LINE_WIDTH;
}

/** ts-morph indents what follows the first line of a return type by itself. */
function typeText(name: string, args: readonly string[]): string {
  const line = `${name}<${args.join(', ')}>`;
  return fits(line, '): '.length + ' {'.length) ? line : `${name}<\n${args.join(',\n')}\n>`;
}

function callText(name: string, args: readonly string[]): string {
  const line = `${name}(${args.join(', ')});`;
  return fits(line, '  '.length) ? line : `${name}(\n  ${args.join(',\n  ')},\n);`;
}

function keyPart({ name, constant, multipleWords }: KeyPart): string {
  const facts = [
    `name: ${quote(name)}`,
    ...(constant === undefined ? [] : [`constant: ${quote(constant)}`]),
    ...(multipleWords ? ['multipleWords: true'] : []),
  ];
  return `{ ${facts.join(', ')} }`;
}
