import type {
  ClassDeclarationStructure,
  MethodDeclarationStructure,
  OptionalKind,
  ParameterDeclarationStructure,
} from 'ts-morph';
import type { Api, Doc, Method, Param, TypeRef } from '../model.ts';
import { className } from '../names.ts';
import { docLines, docText, LINE_WIDTH } from './doc.ts';
import { onePerLine, type RuntimeName } from './imports.ts';
import { identifier, quote, templateText } from './literal.ts';
import { referenceType, type TypesByName } from './schema.ts';

type ClassStructure = OptionalKind<ClassDeclarationStructure>;
type MethodStructure = OptionalKind<MethodDeclarationStructure>;
type ParameterStructure = OptionalKind<ParameterDeclarationStructure>;

/** The class of an Api: a method is one call on its endpoint. */
export function clientClass(api: Api, types: TypesByName): ClassStructure {
  return {
    name: identifier(className(api.path)),
    isExported: true,
    ...docs(api.doc, 0),
    properties: [{ name: '#http', isReadonly: true, type: 'HttpEndpoint' }],
    ctors: [
      {
        parameters: [{ name: 'session', type: 'HttpSession' }],
        statements: [`this.#http = session.endpoint(${quote(api.endpoint)});`],
      },
    ],
    methods: api.methods.map((method) => methodStructure(method, types)),
  };
}

/** What the class of an Api uses of the runtime. */
export function clientRuntime(api: Api): ReadonlySet<RuntimeName> {
  const used = new Set<RuntimeName>(['HttpEndpoint', 'HttpSession']);
  for (const method of api.methods) {
    used.add('CallOptions').add('path');
    if (method.pages !== undefined) used.add('Pages').add('byToken');
    if (method.path.some((param) => param.secret)) used.add('secret');
  }
  return used;
}

/** Whether the class of an Api names any of its types. */
export function clientUsesTypes(api: Api): boolean {
  return api.methods.some(
    ({ body, queryType, result }) => body !== undefined || queryType !== undefined || result.kind === 'json',
  );
}

/** A doc comment as structures have it, `indent` columns from the margin. */
export function docs(doc: Doc, indent: number): { docs?: string[] } {
  const text = docText(doc);
  if (text === undefined) return {};
  const { lines, isShort } = docLines(text, indent);
  return { docs: [isShort ? lines.join('') : `\n${lines.join('\n')}`] };
}

function methodStructure(method: Method, types: TypesByName): MethodStructure {
  const parameters = parameterStructures(method, types);
  const returnType = resultType(method, types);
  const signature = `  ${method.name}(${parameters.map(parameterText).join(', ')}): ${returnType} {`;
  return {
    name: identifier(method.name),
    ...docs(method.doc, 2),
    parameters: signature.length > LINE_WIDTH ? onePerLine(parameters, '') : parameters,
    returnType,
    statements: [statement(method)],
  };
}

function parameterStructures(method: Method, types: TypesByName): ParameterStructure[] {
  const { path, body, queryType } = method;
  const parameters: ParameterStructure[] = path.map((param) => ({
    name: identifier(param.name),
    type: paramType(param),
  }));
  if (body !== undefined) parameters.push({ name: 'body', type: qualified(body, types) });
  if (queryType !== undefined) {
    const isRequired = method.query.some((param) => param.required);
    parameters.push({
      name: 'query',
      type: `types.${identifier(queryType)}`,
      ...(!isRequired && { initializer: '{}' }),
    });
  }
  return [...parameters, { name: 'options', type: 'CallOptions', hasQuestionToken: true }];
}

function parameterText({ name, type, hasQuestionToken, initializer }: ParameterStructure): string {
  return `${name}${hasQuestionToken === true ? '?' : ''}: ${String(type)}${initializer === undefined ? '' : ' = {}'}`;
}

function paramType({ type }: Param): string {
  switch (type) {
    case 'string':
      return 'string';
    case 'integer':
      return 'number | string';
    case 'boolean':
      return 'boolean';
    case 'date':
      return 'Date | string';
  }
}

/** A type of the Api as the other files name it: `types.Task`, `types.Task['priority']`. */
export function qualified({ $ref }: TypeRef, types: TypesByName): string {
  return referenceType($ref, types, 'types.');
}

function resultType(method: Method, types: TypesByName): string {
  const { result, pages } = method;
  switch (result.kind) {
    case 'json': {
      const type = qualified(result.type, types);
      return pages === undefined ? `Promise<${type}>` : `Pages<${type}, ${quote(pages.items)}>`;
    }
    case 'unknown':
      return 'Promise<unknown>';
    case 'void':
      return 'Promise<void>';
    case 'bytes':
      return 'Promise<Uint8Array>';
    case 'text':
    case 'location':
      return 'Promise<string>';
  }
}

function statement(method: Method): string {
  const { verb } = method.call;
  const route = routeText(method);
  const options = optionsText(method);
  if (method.pages !== undefined) {
    const { items, key } = method.pages;
    return call('pages', [quote(verb), route, options, `byToken(${quote(items)}, ${quote(key)})`]);
  }
  switch (method.result.kind) {
    case 'json':
    case 'unknown':
      return call(verb, [route, options]);
    case 'void':
      return call('send', [quote(verb), route, options]);
    case 'text':
    case 'bytes':
    case 'location':
      return call(method.result.kind, [quote(verb), route, options]);
  }
}

/** Indented by four where it ends up. */
function call(name: string, args: readonly string[]): string {
  const line = `return this.#http.${name}(${args.join(', ')});`;
  return line.length + 4 <= LINE_WIDTH ? line : `return this.#http.${name}(\n  ${args.join(',\n  ')},\n);`;
}

function routeText({ call: { route }, path }: Method): string {
  const params = new Map(path.map((param) => [param.wire, param]));
  const parts = route.map((part) => {
    if (typeof part === 'string') return templateText(part);
    const param = params.get(part.param);
    if (param === undefined)
      throw new Error(`the route has a parameter ${JSON.stringify(part.param)} that is none`);
    return `\${${param.secret ? `secret(${param.name})` : param.name}}`;
  });
  return `path\`${parts.join('')}\``;
}

function optionsText({ body, queryType, safe }: Method): string {
  const parts = [
    ...(body === undefined ? [] : ['body']),
    ...(queryType === undefined ? [] : ['query']),
    ...(safe ? ['safe: true'] : []),
  ];
  return parts.length === 0 ? 'options' : `{ ${[...parts, '...options'].join(', ')} }`;
}
