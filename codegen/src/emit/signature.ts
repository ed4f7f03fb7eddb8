import type { Body, HttpCall, JsonSchema, Method, Param, Result } from '../model.ts';
import type { RuntimeName } from '../names.ts';
import type { Uses } from './imports.ts';
import { type InlineContext, inlineType } from './inline.ts';
import { identifier, propertyKey, quote } from './literal.ts';
import { resolved, type Scope } from './reference.ts';

/** The one type parameter that a method may have: the value that says which branch of a union it gives. */
const BRANCH = 'Branch';

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
  const branch = branchOf(method, call, context.scope);
  const isQueryRequired = method.query.some(({ required }) => required);
  return [
    ...path.map((param) => ({
      name: identifier(param.name),
      type: param === branch?.param ? BRANCH : pathType(param, context),
    })),
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
    { name: 'options', type: optionsType(method, call, context), hasQuestionToken: true },
  ];
}

/**
 * `Branch extends types.Kind` of a method that gives a branch of a union, `A extends …` of one whose caller chooses the media
 * type of what comes.
 */
export function typeParameter(method: Method, call: HttpCall, context: ClassContext): string | undefined {
  const branch = branchOf(method, call, context.scope);
  if (branch !== undefined) return `${BRANCH} extends ${pathType(branch.param, context)}`;
  const { answersType, result } = method;
  if (answersType === undefined || result.kind !== 'forms') return undefined;
  const [first] = result.forms;
  const types = context.uses.types(`${context.namespace}${identifier(answersType)}`);
  return `A extends keyof ${types} = ${quote(first?.mediaType ?? '')}`;
}

function optionsType({ answersType }: Method, { options }: HttpCall, { uses }: ClassContext): string {
  const accept = answersType === undefined ? undefined : `${uses.runtime('AcceptOptions')}<A>`;
  if (options === undefined) return accept ?? uses.runtime('CallOptions');
  const own = uses.runtime(OPTIONS[options]);
  return accept === undefined ? own : `${own} & ${accept}`;
}

/** What tells which branch of a union a method gives, or each item of a list. */
function branchOf({ path, result }: Method, call: HttpCall, scope: Scope) {
  const param = path.find(({ wire }) => wire === call.branch);
  if (param === undefined || result.kind !== 'json') return undefined;
  const items = resolved(result.type, scope)?.items;
  const union = items ?? result.type;
  const property = resolved(union, scope)?.discriminator?.property;
  return property === undefined ? undefined : { param, union, property, isList: items !== undefined };
}

const OPTIONS = {
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
  if (schema !== undefined) return named(schema, context);
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
  const type = answerType(method, call, context);
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

/** The branches of a union that a parameter asks for. */
function branchType(method: Method, call: HttpCall, context: ClassContext): string | undefined {
  const branch = branchOf(method, call, context.scope);
  if (branch === undefined) return undefined;
  const { union, property, isList } = branch;
  const type = `Extract<${named(union, context)}, { ${propertyKey(property)}: ${BRANCH} }>`;
  return isList && call.first !== true ? `${type}[]` : type;
}

/** With `undefined` where the service may say that there is none. */
function answerType(method: Method, call: HttpCall, context: ClassContext): string {
  const { first = false, absent = [] } = call;
  const type = branchType(method, call, context) ?? wholeType(method, first, context);
  const isCertain = type === 'unknown' || type === 'void' || (!first && absent.length === 0);
  return isCertain ? type : `${type} | undefined`;
}

/** What there is when there is something. */
function wholeType({ result, answersType }: Method, first: boolean, context: ClassContext): string {
  if (answersType !== undefined)
    return `${context.uses.types(`${context.namespace}${identifier(answersType)}`)}[A]`;
  return first && result.kind === 'json'
    ? named(elementOf(result.type, context.scope), context)
    : valueType(result, context);
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
    case 'forms': {
      const types = new Set(result.forms.map((form) => valueType(form.result, context)));
      return types.has('unknown') ? 'unknown' : [...types].join(' | ');
    }
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
