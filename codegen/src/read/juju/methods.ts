import type { Doc, Method, Result, RpcCall } from '../../model.ts';
import { camelCase, methodName, type Names } from '../../names.ts';
import type { ClassDocs } from '../docs.ts';
import { named } from '../naming.ts';
import { answerOf } from './answers.ts';
import { distinct, type MergedFacade, type MethodEntry } from './merge.ts';
import type { Root, Types } from './types.ts';

/** What the types of a method are made of. */
export interface MethodRoots {
  readonly params?: Root;
  readonly result?: Root;
}

export function rootsOf(entries: readonly MethodEntry[]): MethodRoots {
  const schemas = (side: 'Params' | 'Result') =>
    distinct(entries.flatMap(({ method }) => method.properties?.[side] ?? []));
  const [params, result] = [schemas('Params'), schemas('Result')];
  return {
    ...(params.length > 0 && { params: { view: 'request', schemas: params } }),
    ...(result.length > 0 && { result: { view: 'answer', schemas: result } }),
  };
}

export interface MethodContext {
  readonly facade: MergedFacade;
  /** Ascending. */
  readonly versions: readonly number[];
  readonly types: Types;
  readonly names: Names;
  readonly docs: ClassDocs | undefined;
}

export function methodOf(wire: string, entries: readonly MethodEntry[], context: MethodContext): Method {
  const { types, names, docs } = context;
  const { source = '' } = entries[0] ?? {};
  const [file = '', pointer = ''] = source.split('#');
  const name = named(file, pointer, () =>
    names.claim(methodName(camelCase(wire)), `${source}/Schema/properties/${wire}`),
  );
  const { params, result } = rootsOf(entries);
  const call = callOf(wire, entries, context);
  const text = docs?.methods.get(name) ?? entries.map(({ method }) => method.description).find(Boolean);
  return {
    name,
    doc: docOf(wire, entries, call, context, text),
    path: [],
    query: [],
    ...(params !== undefined && {
      body: { content: { kind: 'json', type: types.of(params) }, required: true },
    }),
    result: result === undefined ? NOTHING : { kind: 'json', type: types.of(result) },
    call,
  };
}

const NOTHING: Result = { kind: 'void' };

function callOf(wire: string, entries: readonly MethodEntry[], { facade, versions }: MethodContext): RpcCall {
  const having = versionsOf(entries);
  return {
    kind: 'rpc',
    method: wire,
    ...(having.length < versions.length && { versions: having }),
    ...answerOf(wire, entries, facade),
  };
}

function versionsOf(entries: readonly MethodEntry[]): readonly number[] {
  return [...new Set(entries.map(({ facade }) => facade.Version))].sort((a, b) => a - b);
}

function docOf(
  wire: string,
  entries: readonly MethodEntry[],
  { items, watcher }: RpcCall,
  { facade, versions }: MethodContext,
  text: string | undefined,
): Doc {
  const having = versionsOf(entries);
  const missing = missingIn(entries, facade);
  const fact = [
    `\`${facade.name}.${wire}\``,
    ...(versions.length > 1 ? [`version${having.length === 1 ? '' : 's'} ${having.join(', ')}`] : []),
    ...(missing.length > 0 ? [`not in ${missing.join(', ')}`] : []),
    ...(items === undefined ? [] : ['fails item by item: see `outcomes()`']),
    ...(watcher === undefined
      ? []
      : [`gives a watcher, \`${watcher}\`: see \`${items === undefined ? 'watch' : 'watchers'}()\``]),
  ];
  return { ...(text !== undefined && { text }), facts: [fact.join(' · ')] };
}

/** The releases whose facade has a version that has the method elsewhere, and yet not the method. */
function missingIn(entries: readonly MethodEntry[], { entries: all }: MergedFacade): readonly string[] {
  const having = new Set(entries.map(({ facade }) => facade.Version));
  const present = new Set(entries.map(({ source }) => source));
  return all.flatMap(({ facade, release, source }) =>
    release !== undefined && having.has(facade.Version) && !present.has(source) ? [release] : [],
  );
}
