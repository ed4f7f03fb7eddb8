import type { Doc, HttpCall, Method, Result } from '../../model.ts';
import { type Claim, Names, schemaTypeName, spelledOut } from '../../names.ts';
import { bodyOf } from './bodies.ts';
import { branchOf } from './branch.ts';
import { docOf } from './doc.ts';
import { mediaOf } from './media.ts';
import type { NamedOperation } from './method-names.ts';
import { flagAt, member, placeOf, textAt, wordAt } from './node.ts';
import type { Operation, OperationReading } from './operations.ts';
import { callable, type Parameter, parametersOf, paramOf, queryOf } from './parameters.ts';
import { type Answer, answerOf } from './responses.ts';
import { routeOf, untold } from './routes.ts';
import type { Security } from './security.ts';
import { serversOf } from './servers.ts';
import { derivedClaim } from './type-names.ts';
import type { TypeNames } from './types.ts';
import { type Chosen, chosenBy, statusesAt } from './variants.ts';

/** What methods are read with. */
export interface MethodReading extends OperationReading {
  readonly security: Security;
  /** Where calls go by default. */
  readonly server: string | undefined;
}

/** A method whose references are keys, and the names of the types that it brings along. */
export interface Read {
  readonly method: Method;
  readonly claims: { readonly query?: Claim; readonly answers?: Claim; readonly errors?: Claim };
}

export function methodOf(named: NamedOperation, reading: MethodReading): Read {
  const { operation, variant, isStream, name } = named;
  const { node, verb, template, item } = operation;
  const whole = schemaTypeName(`${operation.class} ${name}`);
  const typeNames = typeNaming(named, whole);
  const all = parametersOf([item, node], reading);
  const route = routeOf(template, all, operation, reading);
  const param = (parameter: Parameter) => paramOf(parameter, reading, typeNames(parameter.name));
  const path = route
    .flatMap((part) => (typeof part === 'string' ? [] : [part.param]))
    .map((wire) =>
      param(all.find((one) => one.in === 'path' && one.name === wire) ?? untold(wire, operation)),
    );
  assertNames(path, operation);
  const chosen = chosenBy(variant, all);
  const query = queryOf(all, chosen.omitted, reading)
    .map(param)
    .map((each) => (chosen.required.has(each.wire) ? { ...each, required: true } : each));
  const body = bodyOf(node, reading, typeNames('Request'));
  const content = variant && member(variant, 'result') && mediaOf(variant, 'result');
  const names = {
    result: typeNames('Result'),
    error: (status: string) => typeNames(status === 'default' ? 'Error' : `${status.toLowerCase()}Error`),
  };
  const answer = answerOf(node, { verb, content, isStream }, reading, names);
  const hasErrors = answer.errors.length > 0;
  if (member(node, 'callbacks') !== undefined) {
    reading.warnings.add(node, 'callbacks are not generated; webhooks are');
  }
  const source = placeOf(variant ?? node);
  const safe = safeOf(named);
  const branch = content === undefined ? branchOf(node, path, answer.schema, reading.documents) : undefined;
  return {
    method: {
      name,
      doc: methodDoc(named, reading),
      path,
      ...(body !== undefined && { body }),
      query,
      result: answer.result,
      call: callOf(named, { route, chosen, answer, branch }, reading),
      ...(safe !== undefined && { safe }),
      ...(hasErrors && { errors: answer.errors }),
    },
    claims: {
      ...(query.length > 0 && { query: derivedClaim(source, `${whole}Query`, `${whole}QueryParameters`) }),
      ...(answer.isChosen && {
        answers: derivedClaim(source, `${whole}Answers`, `${whole}AnswersByMediaType`),
      }),
      ...(hasErrors && { errors: derivedClaim(source, `${whole}Errors`, `${whole}ErrorsByStatus`) }),
    },
  };
}

/** How a type is called that has no name: after the operation, or else after the class and the method. */
function typeNaming(
  { operation: { operationId }, variant }: NamedOperation,
  whole: string,
): (suffix: string) => TypeNames {
  return (suffix) => () => {
    const own = operationId === undefined || variant !== undefined ? whole : schemaTypeName(operationId);
    const words = spelledOut(suffix, (text) => text);
    return [...new Set([own, whole])].map((name) => schemaTypeName(`${name} ${words}`));
  };
}

/** Path parameters are arguments, and need names of their own. */
function assertNames(path: Method['path'], { node }: Operation): void {
  const names = new Names('path parameters');
  for (const { wire, name } of path) callable(node, () => names.claim(name, JSON.stringify(wire)));
}

interface Told {
  readonly route: HttpCall['route'];
  readonly chosen: Chosen;
  readonly answer: Answer;
  readonly branch: string | undefined;
}

function callOf(
  { operation, variant }: NamedOperation,
  { route, chosen: { fixed }, answer, branch }: Told,
  reading: MethodReading,
): HttpCall {
  const { node, document, verb } = operation;
  const blocking = wordAt(node, 'x-blocking', ['index', 'hash', 'event']);
  const options = wordAt(node, 'x-options', ['read', 'write']) ?? (blocking && 'read');
  const gives = LASTING.has(answer.result.kind)
    ? undefined
    : (blocking ?? (options === 'read' ? options : 'reply'));
  const server = serverOf(operation, reading);
  const requires = reading.security.of(node, document);
  const absent = statusesAt(variant, 'absent', answer.absent);
  const data = statusesAt(variant, 'data', answer.data);
  const owner = variant !== undefined && member(variant, 'first') !== undefined ? variant : node;
  const isFirst = flagAt(owner, owner === node ? 'x-first' : 'first');
  return {
    kind: 'http',
    verb,
    route,
    ...(gives !== undefined && { gives }),
    ...(options !== undefined && { options }),
    ...(fixed !== undefined && { fixed }),
    ...(data.length > 0 && { data }),
    ...(absent.length > 0 && { absent }),
    ...(isFirst && { first: true }),
    ...(branch !== undefined && { branch }),
    ...(answer.accept !== undefined && { accept: answer.accept }),
    ...(requires !== undefined && { requires }),
    ...(server !== undefined && { server }),
  };
}

/** What is no one value: there is nothing to give beside it, or to compare. */
const LASTING: ReadonlySet<Result['kind']> = new Set(['stream', 'lines', 'values', 'events']);

/** Whether a call may be repeated, where its verb doesn't tell. */
function safeOf({ operation: { node }, variant }: NamedOperation): boolean | undefined {
  if (variant !== undefined && member(variant, 'safe') !== undefined) return flagAt(variant, 'safe');
  return member(node, 'x-safe') === undefined ? undefined : flagAt(node, 'x-safe');
}

/** Where the calls of an operation go, if not where most go. */
function serverOf({ node, item, document }: Operation, reading: MethodReading): string | undefined {
  const servers = serversOf(node, reading) ?? serversOf(item, reading) ?? serversOf(document.node, reading);
  const server = servers?.[0];
  return server === reading.server ? undefined : server;
}

function methodDoc(operation: NamedOperation, { docs }: MethodReading): Doc {
  const {
    operation: { node, verb, template },
    variant,
    isStream,
    name,
    api,
  } = operation;
  const since = textAt(node, 'x-since');
  const until = textAt(node, 'x-until');
  const acl = textAt(node, 'x-acl');
  const safe = safeOf(operation);
  const facts = [
    `\`${verb.toUpperCase()} ${template.replaceAll('`', '')}\``,
    isStream === true ? 'the answer as it comes, bit by bit' : undefined,
    textAt(node, 'x-edition'),
    since && `since ${since}`,
    until && `until ${until}`,
    acl && `needs ${acl}`,
    safe === undefined ? undefined : safe ? 'safe to repeat' : 'never repeated',
  ].filter((fact) => fact !== undefined && fact !== '');
  const line = docs.get(api)?.methods.get(name) ?? (variant && textAt(variant, 'doc'));
  return docOf(node, [facts.join(' · ')], line);
}
