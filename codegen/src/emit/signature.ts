import type { Body, HttpCall, JsonSchema, Method, Param, Result } from '../model.ts';
import type { RuntimeName } from '../names.ts';
import type { Uses } from './imports.ts';
import { alsoTaken, type InlineContext, inlineType } from './inline.ts';
import { identifier, quote } from './literal.ts';
import { resolved, type Scope } from './reference.ts';

export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly hasQuestionToken?: boolean;
  readonly initializer?: string;
}

/** What a class is emitted with. */
export interface ClassContext extends InlineContext {
  readonly uses: Uses;
  /** How the file names the types of queries: `types.`. */
  readonly namespace: string;
}

/** The parameters of a method that is a request: where it is, what you send, how you ask, how it goes. */
export function httpParameters(method: Method, call: HttpCall, context: ClassContext): Parameter[] {
  const { path, body, queryType } = method;
  const isQueryRequired = method.query.some(({ required }) => required);
  return [
    ...path.map((param) => ({ name: identifier(param.name), type: pathType(param, context) })),
    ...(body === undefined ? [] : [bodyParameter(body, isQueryRequired, context)]),
    ...(queryType === undefined
      ? []
      : [
          {
            name: 'query',
            type: context.uses.types(context.namespace + identifier(queryType)),
            ...(!isQueryRequired && { initializer: '{}' }),
          },
        ]),
    { name: 'options', type: context.uses.runtime(OPTIONS[call.options ?? 'call']), hasQuestionToken: true },
  ];
}

const OPTIONS = {
  call: 'CallOptions',
  read: 'ReadOptions',
  write: 'WriteOptions',
} as const satisfies Readonly<Record<string, RuntimeName>>;

/** Nothing may be left out before something that may not. */
function bodyParameter(body: Body, isQueryRequired: boolean, context: ClassContext): Parameter {
  const type = bodyType(body, context);
  if (body.required) return { name: 'body', type };
  return isQueryRequired
    ? { name: 'body', type: `${type} | undefined` }
    : { name: 'body', type, hasQuestionToken: true };
}

function bodyType({ content }: Body, context: ClassContext): string {
  switch (content.kind) {
    case 'bytes':
      return context.uses.runtime('Bytes');
    case 'text':
      return 'string';
    case 'json':
    case 'form':
    case 'multipart':
      return named(content.type, context);
  }
}

/** A value of a route as it is given, not as it is sent. */
function pathType({ type, schema }: Param, context: ClassContext): string {
  if (schema !== undefined) return [named(schema, context), ...alsoTaken(schema)].join(' | ');
  switch (type) {
    case 'string':
    case 'boolean':
      return type;
    case 'integer':
      return 'number | string';
    case 'date':
      return 'Date | string';
  }
}

/** The type of a schema, as `uses` will import it. */
export function named(schema: JsonSchema, context: ClassContext): string {
  return context.uses.types(inlineType(schema, context));
}

/** What a method that is a request gives. */
export function httpReturnType(method: Method, call: HttpCall, context: ClassContext): string {
  const { result, pages } = method;
  const { uses } = context;
  if (result.kind === 'stream') return `Promise<${uses.runtime('StreamedResponse')}>`;
  if (result.kind === 'lines') return 'AsyncIterable<string>';
  if (result.kind === 'values') return `AsyncIterable<${named(result.type, context)}>`;
  if (result.kind === 'events') return `AsyncIterable<${uses.runtime('ServerSentEvent')}>`;
  if (pages !== undefined) {
    return `${uses.runtime('Pages')}<${valueType(result, context)}, ${quote(pages.items)}>`;
  }
  const type = answerType(result, call, context);
  switch (call.gives) {
    case undefined:
      return `Promise<${type}>`;
    case 'reply':
      return `${uses.runtime('Reply')}<${type}>`;
    case 'read':
      return `${uses.runtime('Read')}<${type}>`;
    default:
      return `${uses.runtime('BlockingRead')}<${type}>`;
  }
}

/** With `undefined` where the service may say that there is none. */
function answerType(result: Result, { first = false, absent = [] }: HttpCall, context: ClassContext): string {
  const type =
    first && result.kind === 'json'
      ? named(elementOf(result.type, context.scope), context)
      : valueType(result, context);
  const isCertain = type === 'unknown' || type === 'void' || (!first && absent.length === 0);
  return isCertain ? type : `${type} | undefined`;
}

/** What a result is by itself. */
export function valueType(result: Result, context: ClassContext): string {
  switch (result.kind) {
    case 'json':
    case 'values':
      return named(result.type, context);
    case 'unknown':
    case 'void':
      return result.kind;
    case 'bytes':
      return 'Uint8Array';
    case 'text':
    case 'lines':
    case 'location':
      return 'string';
    case 'stream':
      return context.uses.runtime('StreamedResponse');
    case 'events':
      return context.uses.runtime('ServerSentEvent');
  }
}

/** The schema of the elements of a list. */
export function elementOf(list: JsonSchema, scope: Scope): JsonSchema {
  const schema = resolved(list, scope);
  const array = [schema, ...(schema?.anyOf ?? []), ...(schema?.oneOf ?? [])]
    .map((alternative) => resolved(alternative, scope))
    .find((alternative) => alternative?.items !== undefined);
  return array?.items ?? {};
}
