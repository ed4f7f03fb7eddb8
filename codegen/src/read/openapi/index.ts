import type { Api, Event, JsonSchema, Method, Model, Result, Session } from '../../model.ts';
import { type Claim, kebabCase, sessionName, spelledOut } from '../../names.ts';
import type { Documents } from '../documents.ts';
import type { Reader, ReadSettings } from '../reader.ts';
import { docOf } from './doc.ts';
import { arrange, check, type Document, documentsIn, filesReferredTo, recognises } from './document.ts';
import { namedOperations } from './method-names.ts';
import { type MethodReading, methodOf, type Read } from './methods.ts';
import { listAt, objectAt, textAt, UncallableError } from './node.ts';
import { classOf, type Operation, operationsOf } from './operations.ts';
import { reduce } from './reduce.ts';
import { type Security, securityOf } from './security.ts';
import { serversOf } from './servers.ts';
import { type Settled, Types } from './types.ts';
import { Warnings } from './warnings.ts';
import { eventsOf, type Message, messagesOf } from './webhooks.ts';

/** OpenAPI 3.0 and 3.1: one document, or several that describe one API together. */
export const openapi: Reader = {
  format: 'openapi',
  recognises,
  arrange,
  check,
  reduce,
  read,
  filesReferredTo,
};

function read(documents: Documents, settings: ReadSettings): Model {
  const warnings = new Warnings();
  const found = documentsIn(documents, warnings);
  const schemas = { documents, settings, warnings };
  const servers = [...new Set(found.flatMap(({ node }) => serversOf(node, schemas) ?? []))];
  const security = securityOf(found, schemas);
  const types = new Types(schemas);
  const reading: MethodReading = { ...schemas, types, docs: settings.docs, security, server: servers[0] };

  const operations = operationsOf(found, schemas);
  warnOfSharedIds(operations, warnings);
  const classes = classesOf(operations, messagesOf(found, reading));
  const leftOut: UncallableError[] = [];
  const read = classes
    .map((one) => readClass(one, reading, leftOut))
    .filter(({ methods, events }) => methods.length + events.length > 0);
  if (read.length === 0 && leftOut[0] !== undefined) throw leftOut[0];
  const claims = read.flatMap(({ methods }) => methods.flatMap(({ claims }) => Object.values(claims)));
  const settled = types.settle(claims);
  const nameOf = new Map(claims.map((claim, index) => [claim, settled.others[index] ?? '']));
  return {
    apis: read.map((one) => apiOf(one, found, settings, settled, nameOf)),
    types: settled.types,
    session: sessionOf(found, servers, security, settings.sessionName),
    warnings: warnings.list(),
  };
}

/** What one class is made of. */
interface Class {
  readonly name: string;
  /** The tag: of those that mean the same class, the first in the alphabet. */
  readonly path: string;
  readonly operations: readonly Operation[];
  readonly messages: readonly Message[];
}

interface ReadClass extends Class {
  readonly methods: readonly Read[];
  readonly events: readonly Event[];
}

/** An `operationId` that two operations of a document have names neither: both are called in a longer way. */
function warnOfSharedIds(operations: readonly Operation[], warnings: Warnings): void {
  const byId = Map.groupBy(operations, ({ operationId, node }) => `${node.path}\n${operationId ?? ''}`);
  for (const [, same] of byId) {
    const [first, ...others] = same;
    if (first?.operationId === undefined || others.length === 0) continue;
    const message = `${same.length} operations have the operationId ${JSON.stringify(first.operationId)}`;
    for (const { node } of same) warnings.add(node, message);
  }
}

function classesOf(operations: readonly Operation[], messages: readonly Message[]): readonly Class[] {
  const classOfMessage = ({ tag, operation }: Message) => classOf(tag, operation);
  const byName = Map.groupBy(operations, (operation) => operation.class);
  const messagesByName = Map.groupBy(messages, classOfMessage);
  return [...new Set([...byName.keys(), ...messagesByName.keys()])].sort().map((name) => {
    const own = byName.get(name) ?? [];
    const sent = messagesByName.get(name) ?? [];
    const [path = name] = [...own, ...sent].map(({ tag }) => tag).sort();
    return { name, path, operations: own, messages: sent };
  });
}

function readClass(one: Class, reading: MethodReading, leftOut: UncallableError[]): ReadClass {
  const operations = namedOperations(one.path, one.operations, reading);
  const methods = operations.flatMap((operation) => {
    try {
      return [methodOf(operation, reading)];
    } catch (error) {
      if (!(error instanceof UncallableError)) throw error;
      const { verb, template } = operation.operation;
      reading.warnings.add(error.node, `${error.problem}: ${verb.toUpperCase()} ${template} was left out`);
      leftOut.push(error);
      return [];
    }
  });
  return {
    ...one,
    methods: methods.sort((a, b) => (a.method.name < b.method.name ? -1 : 1)),
    events: eventsOf(one.path, one.messages, reading),
  };
}

function apiOf(
  { name, path, methods, events }: ReadClass,
  documents: readonly Document[],
  { docs }: ReadSettings,
  { rename }: Settled,
  nameOf: ReadonlyMap<Claim, string>,
): Api {
  return {
    path,
    name,
    doc: tagDoc(path, documents, docs.get(path)?.about),
    endpoint: spelledOut(path, kebabCase),
    methods: methods.map(({ method, claims: { query, answers, errors } }) => ({
      ...renamed(method, rename),
      ...(query !== undefined && { queryType: nameOf.get(query) ?? '' }),
      ...(answers !== undefined && { answersType: nameOf.get(answers) ?? '' }),
      ...(errors !== undefined && { errorsType: nameOf.get(errors) ?? '' }),
    })),
    events: events.map((event) => ({ ...event, payload: rename(event.payload) })),
    types: [],
  };
}

/** A method in whose types keys became names. */
function renamed(method: Method, rename: (schema: JsonSchema) => JsonSchema): Method {
  const { path, query, body, result, errors } = method;
  const params = (list: Method['path']) =>
    list.map((param) => (param.schema === undefined ? param : { ...param, schema: rename(param.schema) }));
  return {
    ...method,
    path: params(path),
    query: params(query),
    ...(body !== undefined &&
      'type' in body.content && {
        body: { ...body, content: { ...body.content, type: rename(body.content.type) } },
      }),
    result: renamedResult(result, rename),
    ...(errors !== undefined && {
      errors: errors.map(({ status, type }) => ({ status, type: rename(type) })),
    }),
  };
}

function renamedResult<R extends Result>(result: R, rename: (schema: JsonSchema) => JsonSchema): R {
  if (result.kind === 'forms') {
    const forms = result.forms.map((form) => ({ ...form, result: renamedResult(form.result, rename) }));
    return { ...result, forms };
  }
  return 'type' in result ? { ...result, type: rename(result.type) } : result;
}

/** What the document says about a tag. */
function tagDoc(tag: string, documents: readonly Document[], line: string | undefined): Api['doc'] {
  const told = documents
    .flatMap(({ node }) => listAt(node, 'tags'))
    .find((candidate) => textAt(candidate, 'name') === tag);
  if (told !== undefined) return docOf(told, [], line);
  return { ...(line !== undefined && { text: line }), facts: [] };
}

function sessionOf(
  [first]: readonly Document[],
  servers: readonly string[],
  security: Security,
  given: string | undefined,
): Session {
  const info = first && objectAt(first.node, 'info');
  const title = first?.title ?? '';
  const version = info && textAt(info, 'version');
  return {
    name: sessionName(given ?? (info && textAt(info, 'x-name')) ?? title),
    doc:
      info === undefined
        ? { facts: [] }
        : docOf(info, [version === undefined ? title : `${title} ${version}`]),
    servers,
    security: security.schemes,
    requires: security.requires,
  };
}
