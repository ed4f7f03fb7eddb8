import { InputError } from '../../errors.ts';
import type { Doc, Method, Param, Result, TypeRef } from '../../model.ts';
import { methodName, Names, queryTypeName } from '../../names.ts';
import type { ClassDocs } from '../docs.ts';
import type { Documents } from '../documents.ts';
import { named } from '../naming.ts';
import type { Place, ResolveRef, Root } from '../type-graph.ts';
import { PAGING_TOKEN, pagingOf } from './paging.ts';
import { paramOf } from './parameters.ts';
import type { ApiEntry, ApiReference, Found } from './references.ts';
import { entrySchema } from './resolve.ts';
import { type Route, routeOf } from './route.ts';
import { scopeFacts } from './scopes.ts';

/** What an entry is read with. */
export interface EntryContext {
  readonly documents: Documents;
  readonly service: string;
  readonly resolve: ResolveRef;
  readonly refTo: (root: Root) => TypeRef;
  readonly docs: ClassDocs | undefined;
}

/** The `output` of what isn't JSON. */
const BLOB = 'blob';

/** The schemas that the methods of a reference send and answer. */
export function methodRoots(documents: Documents, found: Found<ApiReference>): readonly Root[] {
  return entriesOf(found).flatMap(({ entry, at }) =>
    [inputOf(documents, found.reference, entry, at), outputOf(documents, found.reference, entry, at)].filter(
      (root) => root !== undefined,
    ),
  );
}

export function methodsOf(
  found: Found<ApiReference>,
  typeNames: Names,
  context: EntryContext,
): readonly Method[] {
  const names = new Names(`methods of ${context.service}`);
  return entriesOf(found).map(({ entry, at }) => {
    const name = named(at.path, at.pointer, () =>
      names.claim(methodName(entry.name), `${at.path}#${at.pointer}`),
    );
    return methodOf(entry, name, at, typeNames, { found, ...context });
  });
}

function entriesOf({ path, reference }: Found<ApiReference>): readonly { entry: ApiEntry; at: Place }[] {
  return reference.entries.map((entry, index) => ({ entry, at: { path, pointer: `/entries/${index}` } }));
}

function methodOf(
  entry: ApiEntry,
  name: string,
  at: Place,
  typeNames: Names,
  context: EntryContext & { readonly found: Found<ApiReference> },
): Method {
  const { documents, refTo, resolve, docs } = context;
  const { reference } = context.found;
  const route = routeOf(entry.route, entry.args, { ...at, pointer: `${at.pointer}/route` });
  const input = inputOf(documents, reference, entry, at);
  const output = outputOf(documents, reference, entry, at);
  const query = paramsOf(entry.query ?? [], { required: false }, new Set(), at);
  const pages =
    output !== undefined && entry.query?.includes(PAGING_TOKEN) === true
      ? pagingOf(documents, output, resolve, entry['x-items'], at)
      : undefined;
  const queryType = queryTypeName(name);
  return {
    name,
    doc: docOf(entry, route, docs?.methods.get(name)),
    path: paramsOf(entry.args, { required: true }, secretsOf(entry, at), at),
    ...(input !== undefined && {
      body: { content: { kind: 'json', type: refTo(input) }, required: true },
    }),
    query,
    ...(query.length > 0 && {
      queryType: named(at.path, at.pointer, () => typeNames.claim(queryType, `the query of ${name}`)),
    }),
    result: resultOf(entry, output === undefined ? undefined : refTo(output)),
    call: { kind: 'http', verb: entry.method, route },
    ...(pages !== undefined && { pages }),
    ...(entry['x-safe'] === true && { safe: true }),
  };
}

function inputOf(
  documents: Documents,
  { serviceName }: ApiReference,
  { input }: ApiEntry,
  at: Place,
): Root | undefined {
  if (input === undefined) return undefined;
  const place = entrySchema(documents, serviceName, input, { ...at, pointer: `${at.pointer}/input` });
  return { ...place, view: 'request' };
}

function outputOf(
  documents: Documents,
  { serviceName }: ApiReference,
  { output }: ApiEntry,
  at: Place,
): Root | undefined {
  if (output === undefined || output === BLOB) return undefined;
  const place = entrySchema(documents, serviceName, output, { ...at, pointer: `${at.pointer}/output` });
  return { ...place, view: 'answer' };
}

function resultOf(entry: ApiEntry, output: TypeRef | undefined): Result {
  const { 'x-result': corrected } = entry;
  if (corrected !== undefined) return { kind: corrected };
  if (entry.output === BLOB) return { kind: 'bytes' };
  if (output !== undefined) return { kind: 'json', type: output };
  return { kind: entry.method === 'get' ? 'unknown' : 'void' };
}

function paramsOf(
  wires: readonly string[],
  { required }: { readonly required: boolean },
  secrets: ReadonlySet<string>,
  at: Place,
): readonly Param[] {
  const names = new Names('parameters');
  return wires.map((wire) => {
    const param = named(at.path, at.pointer, () => paramOf(wire, { required, secret: secrets.has(wire) }));
    named(at.path, at.pointer, () => names.claim(param.name, JSON.stringify(wire)));
    return param;
  });
}

function secretsOf(entry: ApiEntry, at: Place): ReadonlySet<string> {
  const secrets = entry['x-secret'] ?? [];
  const unknown = secrets.find((secret) => !entry.args.includes(secret));
  if (unknown === undefined) return new Set(secrets);
  throw new InputError(`x-secret names ${JSON.stringify(unknown)}, which is no parameter of the route`, {
    file: at.path,
    pointer: at.pointer,
    hint: 'Correct the correction',
  });
}

function docOf(entry: ApiEntry, route: Route, line: string | undefined): Doc {
  const template = route.map((part) => (typeof part === 'string' ? part : `{${part.param}}`)).join('');
  const text = line ?? entry.description;
  return {
    ...(text !== undefined && { text }),
    facts: [
      [
        `\`${entry.method.toUpperCase()} ${template}\``,
        entry.stability,
        ...(entry['x-safe'] === true ? ['safe to repeat'] : []),
      ].join(' · '),
      ...(entry.scopes === undefined ? [] : scopeFacts(entry.scopes)),
    ],
    ...(entry.stability === 'deprecated' && { deprecated: '' }),
  };
}
