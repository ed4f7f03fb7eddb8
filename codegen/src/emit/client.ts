import type { Api, Doc, Method } from '../model.ts';
import type { Data, Entry } from './data.ts';
import { docText, LINE_WIDTH } from './doc.ts';
import { functionParameters, functionReturnType, functionStatement } from './function-call.ts';
import { httpStatement } from './http-call.ts';
import { blockComment } from './layout.ts';
import { identifier, quote } from './literal.ts';
import { rpcParameters, rpcReturnType, rpcStatement, versionAliases } from './rpc-call.ts';
import type { Shapes } from './shapes.ts';
import {
  type ClassContext,
  elementOf,
  httpParameters,
  httpReturnType,
  type Parameter,
  typeParameter,
} from './signature.ts';

/** What a class is emitted with, and the shapes of its answers. */
export interface ClientContext extends ClassContext {
  readonly shapes: Shapes;
}

/**
 * The text of the class of an Api: each method is one call on its endpoint.
 *
 * Text of our own and not of ts-morph, which takes half a millisecond for a method: APIs have thousands.
 */
export function clientClass(api: Api, context: ClientContext): string {
  const members = [
    MEMBERS[kindOf(api)](api, context),
    ...api.methods.map((method) => methodText(method, api, context)),
  ];
  const comment = blockComment(docText(api.doc) ?? '', 0);
  const text = `${comment}export class ${identifier(api.name)} {\n${members.join('\n')}}\n`;
  return [text, ...versionAliases(api)].join('\n');
}

/** The kind of all methods of a class. */
function kindOf({ methods, name }: Api): Method['call']['kind'] {
  const [kind = 'http', ...others] = new Set(methods.map(({ call }) => call.kind));
  if (others.length > 0) throw new Error(`${name} has calls of several kinds, and one class has one session`);
  return kind;
}

/** What a class has of its own, by the kind of its methods. */
const MEMBERS = {
  http: httpMembers,
  function: functionMembers,
  rpc: rpcMembers,
} as const satisfies Readonly<Record<Method['call']['kind'], (api: Api, context: ClassContext) => string>>;

function httpMembers({ endpoint }: Api, { uses }: ClassContext): string {
  const field = `  readonly #http: ${uses.runtime('HttpEndpoint')};\n`;
  const set = `this.#http = session.endpoint(${quote(endpoint)});`;
  return `${field}\n${constructorText(uses.runtime('HttpSession'), set)}`;
}

function functionMembers(_: Api, { uses }: ClassContext): string {
  const session = uses.runtime('FunctionSession');
  return `  readonly #salt: ${session};\n\n${constructorText(session, 'this.#salt = session;')}`;
}

function rpcMembers({ name, endpoint, versions = [], identified }: Api, { uses }: ClassContext): string {
  const known = `  /** The versions that this class knows. */\n  static readonly versions: readonly number[] = [${versions.join(', ')}];\n`;
  const field = `  readonly #facade: ${uses.runtime('RpcFacade')};\n`;
  const args = [quote(endpoint), `${identifier(name)}.versions`, ...(identified === true ? ['id'] : [])];
  const set = `this.#facade = session.facade(${args.join(', ')});`;
  const more = identified === true ? ['id: string'] : [];
  return `${known}${field}\n${constructorText(uses.runtime('RpcSession'), set, more)}`;
}

function constructorText(session: string, statement: string, more: readonly string[] = []): string {
  const parameters = [`session: ${session}`, ...more].join(', ');
  return `  constructor(${parameters}) {\n    ${statement}\n  }\n`;
}

function methodText(method: Method, api: Api, context: ClientContext): string {
  const { typeParameter: generic, parameters, returnType, statement } = codeOf(method, api, context);
  const name = identifier(method.name) + typeParameterText(method.name, generic);
  const texts = parameters.map(parameterText);
  const line = `  ${name}(${texts.join(', ')}): ${returnType} {`;
  const head =
    line.length <= LINE_WIDTH
      ? line
      : `  ${name}(\n${texts.map((text) => `    ${text},\n`).join('')}  ): ${returnType} {`;
  const comment = blockComment(docText(withErrors(method, context)) ?? '', 2);
  return `${comment}${head}\n${statement.replace(/^/gm, '    ')}\n  }\n`;
}

function typeParameterText(name: string, parameter: string | undefined): string {
  if (parameter === undefined) return '';
  const isShort = name.length + parameter.length + '  <>('.length <= LINE_WIDTH;
  return isShort ? `<${parameter}>` : `<\n    ${parameter},\n  >`;
}

interface Code {
  readonly typeParameter?: string | undefined;
  readonly parameters: Parameter[];
  readonly returnType: string;
  readonly statement: string;
}

function codeOf(method: Method, api: Api, context: ClientContext): Code {
  const { call } = method;
  if (call.kind === 'function') {
    return {
      parameters: functionParameters(method, call, context),
      returnType: functionReturnType(method, call, context),
      statement: functionStatement(method, call),
    };
  }
  if (call.kind === 'rpc') {
    return {
      parameters: rpcParameters(method, context),
      returnType: rpcReturnType(method, call, context),
      statement: rpcStatement(method, call, shapeOf(method, api, context), context.uses),
    };
  }
  return {
    typeParameter: typeParameter(method, call, context),
    parameters: httpParameters(method, call, context),
    returnType: httpReturnType(method, call, context),
    statement: httpStatement(method, call, readingOf(method, api, context), context.uses),
  };
}

/** The shape of what a method gives: of an element where that is all it gives of a list. */
function shapeOf(
  { name, result, call }: Method,
  api: Api,
  { shapes, scope }: ClientContext,
): Data | undefined {
  if (result.kind !== 'json' && result.kind !== 'values') return undefined;
  const isElement = call.kind === 'http' && call.first === true;
  return shapes.of(isElement ? elementOf(result.type, scope) : result.type, `${api.name}.${name}`);
}

/** How an answer is read. */
function readingOf(method: Method, api: Api, context: ClientContext): Entry[] {
  const { result } = method;
  if (result.kind !== 'forms') {
    const shape = shapeOf(method, api, context);
    return shape === undefined ? [] : [['shape', shape]];
  }
  const forms = result.forms.map((form): Entry => {
    const { kind } = form.result;
    const name = `${api.name}.${method.name} ${form.mediaType}`;
    const shape = kind === 'json' ? context.shapes.of(form.result.type, name) : undefined;
    if (shape !== undefined) return [quote(form.mediaType), { entries: [['shape', shape]] }];
    return [quote(form.mediaType), quote(kind === 'unknown' ? 'json' : kind)];
  });
  return [['forms', { entries: forms }]];
}

/** What a method throws an error with, by status: a fact like others. */
function withErrors({ doc, errors = [], errorsType }: Method, { namespace }: ClassContext): Doc {
  if (errorsType === undefined) return doc;
  const statuses = errors.map(({ status }) => status).join(', ');
  return { ...doc, facts: [...doc.facts, `errors: \`${namespace}${errorsType}\` (${statuses})`] };
}

function parameterText({ name, type, hasQuestionToken, initializer }: Parameter): string {
  const preset = initializer === undefined ? '' : ` = ${initializer}`;
  return `${name}${hasQuestionToken === true ? '?' : ''}: ${type}${preset}`;
}
