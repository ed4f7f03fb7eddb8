import type { ClassDeclarationStructure, OptionalKind } from 'ts-morph';
import type { Api, Doc, Method } from '../model.ts';
import type { Data } from './data.ts';
import { docLines, docText, LINE_WIDTH } from './doc.ts';
import { functionParameters, functionReturnType, functionStatement } from './function-call.ts';
import { httpStatement } from './http-call.ts';
import { blockComment } from './layout.ts';
import { identifier, quote } from './literal.ts';
import type { Shapes } from './shapes.ts';
import { type ClassContext, elementOf, httpParameters, httpReturnType, type Parameter } from './signature.ts';

type ClassStructure = OptionalKind<ClassDeclarationStructure>;

/** What a class is emitted with, and the shapes of its answers. */
export interface ClientContext extends ClassContext {
  readonly shapes: Shapes;
}

/** The class of an Api, but for its methods. */
export function clientClass(api: Api, context: ClassContext): ClassStructure {
  return {
    name: identifier(api.name),
    isExported: true,
    ...docs(api.doc, 0),
    ...(isOfFunctions(api) ? functionMembers(context) : httpMembers(api, context)),
  };
}

/** Whether the methods of a class are functions of Salt. */
function isOfFunctions({ methods, name }: Api): boolean {
  const kinds = new Set(methods.map(({ call }) => call.kind));
  if (kinds.size > 1) throw new Error(`${name} has requests and functions, and one class has one session`);
  return kinds.has('function');
}

function httpMembers({ endpoint }: Api, { uses }: ClassContext): Partial<ClassStructure> {
  const session = { name: 'session', type: uses.runtime('HttpSession') };
  return {
    properties: [{ name: '#http', isReadonly: true, type: uses.runtime('HttpEndpoint') }],
    ctors: [{ parameters: [session], statements: [`this.#http = session.endpoint(${quote(endpoint)});`] }],
  };
}

function functionMembers({ uses }: ClassContext): Partial<ClassStructure> {
  const session = uses.runtime('FunctionSession');
  return {
    properties: [{ name: '#salt', isReadonly: true, type: session }],
    ctors: [{ parameters: [{ name: 'session', type: session }], statements: ['this.#salt = session;'] }],
  };
}

/** A doc comment as structures have it, `indent` columns from the margin. */
export function docs(doc: Doc, indent: number): { docs?: string[] } {
  const text = docText(doc);
  if (text === undefined) return {};
  const { lines, isShort } = docLines(text, indent);
  return { docs: [isShort ? lines.join('') : `\n${lines.join('\n')}`] };
}

/**
 * The text of a class with the methods of an Api behind its other members: each is one call on its endpoint.
 *
 * They are not given to ts-morph, which takes half a millisecond for one: APIs have thousands.
 */
export function withMethods(text: string, api: Api, context: ClientContext): string {
  const methods = api.methods.map((method) => `\n${methodText(method, api, context)}`);
  return `${text.slice(0, text.lastIndexOf('}'))}${methods.join('')}}\n`;
}

function methodText(method: Method, api: Api, context: ClientContext): string {
  const { parameters, returnType, statement } = codeOf(method, api, context);
  const name = identifier(method.name);
  const texts = parameters.map(parameterText);
  const line = `  ${name}(${texts.join(', ')}): ${returnType} {`;
  const head =
    line.length <= LINE_WIDTH
      ? line
      : `  ${name}(\n${texts.map((text) => `    ${text},\n`).join('')}  ): ${returnType} {`;
  const comment = blockComment(docText(withErrors(method, context)) ?? '', 2);
  return `${comment}${head}\n${statement.replace(/^/gm, '    ')}\n  }\n`;
}

interface Code {
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
  return {
    parameters: httpParameters(method, call, context),
    returnType: httpReturnType(method, call, context),
    statement: httpStatement(method, call, shapeOf(method, api, context), context.uses),
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
