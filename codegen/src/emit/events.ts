import type { FunctionDeclarationStructure, OptionalKind } from 'ts-morph';
import type { Doc, Event, KeyPart, Tag, Topic, Webhook } from '../model.ts';
import { keyConstantName, routingTypeName } from '../names.ts';
import type { ClientContext } from './client.ts';
import { dataLine } from './data.ts';
import { docLines, docText, LINE_WIDTH } from './doc.ts';
import { onePerLine } from './imports.ts';
import { blockComment } from './layout.ts';
import { identifier, quote } from './literal.ts';
import type { Statement } from './print.ts';
import { type ClassContext, named } from './signature.ts';
import { partsTypeName, routingDeclaration } from './types.ts';

type FunctionStructure = OptionalKind<FunctionDeclarationStructure>;
type EventOf<Source> = Event & { readonly source: Source };

/** What a file of events holds: functions that tell which messages are wanted, and webhooks. */
export function eventStatements(events: readonly Event[], context: ClientContext): Statement[] {
  const byKey = Map.groupBy(events.filter(isTopic), ({ source }) => source.keyName);
  return [
    ...[...byKey].flatMap(([keyName, sharing]) => topicStatements(keyName, sharing, context)),
    ...events.filter(isTag).map((event) => tagFunction(event, context)),
    ...events.filter(isWebhook).map((event) => webhookConstant(event, context)),
  ];
}

function isTopic(event: Event): event is EventOf<Topic> {
  return event.source.kind === 'topic';
}

function isTag(event: Event): event is EventOf<Tag> {
  return event.source.kind === 'tag';
}

function isWebhook(event: Event): event is EventOf<Webhook> {
  return event.source.kind === 'webhook';
}

/** The parts of a routing key as a type and as data, then the events that have it. */
function topicStatements(
  keyName: string,
  events: readonly EventOf<Topic>[],
  context: ClassContext,
): Statement[] {
  const keys = events.map(({ name, source }) => ({ name, key: source.key }));
  return [
    routingDeclaration(keyName, keys),
    ...events.slice(0, 1).map(({ source }) => keyDeclaration(source, context)),
    ...events.map((event) => topicFunction(event, context)),
  ];
}

function keyDeclaration({ key, keyName }: Topic, { uses }: ClassContext): string {
  const parts = key.map((part) => `  ${keyPart(part)},\n`).join('');
  const type = `readonly ${uses.runtime('KeyPart')}[]`;
  return `const ${identifier(keyConstantName(keyName))}: ${type} = [\n${parts}];`;
}

function topicFunction(
  { name, doc, payload, source }: EventOf<Topic>,
  context: ClassContext,
): FunctionStructure {
  const { uses } = context;
  const exchange = quote(source.exchange);
  const routing = routingTypeName(source.keyName);
  const type = `${uses.runtime('RoutingPattern')}<${routing}>`;
  const parameters = [{ name: 'key', type, hasQuestionToken: true }];
  const returnType = typeText(uses.runtime('Topic'), [named(payload, context), routing, exchange]);
  const signature = `export function ${name}(key?: ${type}): ${returnType} {`;
  return {
    name: identifier(name),
    isExported: true,
    ...docs(doc),
    parameters: signature.length > LINE_WIDTH ? onePerLine(parameters, '') : parameters,
    returnType,
    statements: [
      callText(`return ${uses.runtime('topic')}`, [exchange, keyConstantName(source.keyName), 'key']),
    ],
  };
}

function tagFunction({ name, doc, payload, source }: EventOf<Tag>, context: ClassContext): FunctionStructure {
  const { uses, namespace } = context;
  const hasParts = source.parts.length > 0;
  const type = `${namespace}${partsTypeName(name)}`;
  const parameters = hasParts ? [{ name: 'parts', type: uses.types(type), initializer: '{}' }] : [];
  const keys = hasParts ? [`keyof ${type}`] : [];
  const returnType = typeText(uses.runtime('Tag'), [named(payload, context), ...keys]);
  const signature = `export function ${name}(${hasParts ? `parts: ${type} = {}` : ''}): ${returnType} {`;
  return {
    name: identifier(name),
    isExported: true,
    ...docs(doc),
    parameters: signature.length > LINE_WIDTH ? onePerLine(parameters, '') : parameters,
    returnType,
    statements: [
      callText(`return ${uses.runtime('tag')}`, [quote(source.tag), ...(hasParts ? ['parts'] : [])]),
    ],
  };
}

/** A doc comment as structures have it. */
function docs(doc: Doc): { docs?: string[] } {
  const text = docText(doc);
  if (text === undefined) return {};
  const { lines, isShort } = docLines(text, 0);
  return { docs: [isShort ? lines.join('') : `\n${lines.join('\n')}`] };
}

function webhookConstant({ name, doc, payload, source }: EventOf<Webhook>, context: ClientContext): string {
  const type = `${context.uses.runtime('Webhook')}<${named(payload, context)}>`;
  const shape = context.shapes.of(payload, name);
  const args = [quote(source.name), ...(shape === undefined ? [] : [context.uses.shapes(dataLine(shape))])];
  const value = `${context.uses.runtime('webhook')}(${args.join(', ')})`;
  return `${blockComment(docText(doc) ?? '', 0)}export const ${identifier(name)}: ${type} = ${value};`;
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
