import type {
  Api,
  Body,
  Doc,
  Event,
  JsonSchema,
  Method,
  Model,
  NamedType,
  Param,
  Result,
  RpcCall,
} from '../model.ts';
import { added, changed, compared, difference, type Finding, removed } from './finding.ts';
import type { Change } from './result.ts';
import { schemaChanges } from './schema-difference.ts';
import { sidesOf, type Users } from './sides.ts';

/** What changed for callers between two versions of a service, the breaking changes first. */
export function differenceOf(before: Described, after: Described): readonly Change[] {
  const changes = [
    ...compared(byPlace(before.apis), byPlace(after.apis), {
      added: ({ methods, events }, place) => [
        at(place, added(`the service, ${counted(methods, 'method')} and ${counted(events, 'event')}`)),
      ],
      removed: (_, place) => [at(place, removed('the service'))],
      changed: apiChanges,
    }),
    ...sharedTypeChanges(before, after),
  ];
  return [...changes.filter(({ breaking }) => breaking), ...changes.filter(({ breaking }) => !breaking)];
}

/** Classes, and the types that they share. */
export type Described = Pick<Model, 'apis' | 'types'>;

function sharedTypeChanges(before: Described, after: Described): readonly Change[] {
  // Where there was nothing before, or is nothing now, the services say so.
  if (before.types.length === 0 || after.types.length === 0) return [];
  return typeChanges(together(before), together(after), (name) => `types.${name}`);
}

/** All that uses the types that classes share, as if it were one class. */
function together({ apis, types }: Described): Users {
  return {
    methods: apis.flatMap(({ methods }) => methods),
    events: apis.flatMap(({ events }) => events),
    types,
  };
}

/** By what a change of it is called: services of two groups may have the same name. */
function byPlace(apis: readonly Api[]): ReadonlyMap<string, Api> {
  return new Map(apis.map((api) => [api.group === undefined ? api.path : `${api.group}/${api.path}`, api]));
}

function apiChanges(before: Api, after: Api, service: string): readonly Change[] {
  const place = (name: string) => `${service}.${name}`;
  return [
    ...(before.endpoint === after.endpoint
      ? []
      : [at(service, changed(`the endpoint, ${before.endpoint} → ${after.endpoint}`, true))]),
    ...difference('the versions', versionsText(before), versionsText(after), isLess(before, after)).map(
      (finding) => at(service, finding),
    ),
    ...compared(byKey(before.methods, 'name'), byKey(after.methods, 'name'), {
      added: (method) => [at(place(method.name), added(`the method ${routeText(method)}`))],
      removed: (method) => [at(place(method.name), removed(`the method ${routeText(method)}`))],
      changed: (was, is) => methodChanges(was, is).map((finding) => at(place(is.name), finding)),
    }),
    ...compared(byKey(before.events, 'name'), byKey(after.events, 'name'), {
      added: (event) => [at(place(event.name), added(`the event on ${sourceText(event)}`))],
      removed: (event) => [at(place(event.name), removed(`the event on ${sourceText(event)}`))],
      changed: (was, is) => eventChanges(was, is).map((finding) => at(place(is.name), finding)),
    }),
    ...typeChanges(before, after, place),
  ];
}

function versionsText({ versions = [] }: Pick<Api, 'versions'>): string {
  return versions.join(', ');
}

/** Whether a version is gone that there was. */
function isLess({ versions: before = [] }: Api, { versions: after = [] }: Api): boolean {
  return before.some((version) => !after.includes(version));
}

function typeChanges(before: Users, after: Users, place: (name: string) => string): readonly Change[] {
  const sides = sidesOf(before, after);
  return compared(byKey(before.types, 'name'), byKey(after.types, 'name'), {
    added: ({ name }) => [at(place(name), added('the type'))],
    removed: ({ name }) => [at(place(name), removed('the type'))],
    changed: (was: NamedType, is: NamedType) =>
      schemaChanges(was.schema, is.schema, sides.get(is.name) ?? BOTH).map(({ pointer, ...finding }) =>
        at(place(is.name + pointer), finding),
      ),
  });
}

const BOTH = { request: true, answer: true };

function methodChanges(before: Method, after: Method): readonly Finding[] {
  return [
    ...difference('the route', routeText(before), routeText(after), true),
    ...pathChanges(before, after),
    ...bodyChanges(before, after),
    // Whoever could do nothing with a result can't miss anything in one that says more.
    ...difference('the result', resultText(before.result), resultText(after.result), tells(before.result)),
    ...difference('the items of its pages', before.pages?.items, after.pages?.items, true),
    ...compared(byKey(before.query, 'wire'), byKey(after.query, 'wire'), {
      added: ({ wire, required }): Finding[] => [
        { ...added(`the query parameter ${wire}`), breaking: required },
      ],
      removed: ({ wire }) => [removed(`the query parameter ${wire}`)],
      changed: (was, is) => paramChanges(`the query parameter ${is.wire}`, was, is),
    }),
    ...(before.call.kind === 'rpc' && after.call.kind === 'rpc'
      ? facadeChanges(before.call, after.call)
      : standingChanges(before, after)),
    // A call that was allowed may be refused, unless none is any more.
    ...difference('its terms', terms(before), terms(after), terms(after) !== ''),
  ];
}

/** Where the route is another one, that says it all. */
function pathChanges(before: Method, after: Method): readonly Finding[] {
  const was = byKey(before.path, 'wire');
  return after.path.flatMap((is) =>
    paramChanges(`the path parameter ${is.wire}`, was.get(is.wire) ?? is, is),
  );
}

function paramChanges(noun: string, before: Param, after: Param): readonly Finding[] {
  const style = ({ in: place, style }: Param) =>
    [place, style].filter((word) => word !== undefined).join(', ');
  return [
    ...schemaChanges(schemaOf(before), schemaOf(after), { request: true, answer: false }).map(
      ({ pointer, what, ...finding }) => ({ ...finding, what: `${noun}${pointer}: ${what}` }),
    ),
    ...difference(`how ${noun} is written`, style(before), style(after), true),
    ...requirementChange(noun, before, after),
  ];
}

function schemaOf({ schema, type }: Param): JsonSchema {
  return schema ?? { type: type === 'date' ? 'string' : type };
}

function bodyChanges({ body: before, call }: Method, { body: after }: Method): readonly Finding[] {
  // Whether there must be arguments of a function, their type says.
  const isTold = call.kind !== 'http' || before === undefined || after === undefined;
  return [
    ...difference('the body', bodyText(before), bodyText(after), true),
    ...(isTold ? [] : requirementChange('the body', before, after)),
  ];
}

function requirementChange(
  noun: string,
  { required: before }: Pick<Param, 'required'>,
  { required: after }: Pick<Param, 'required'>,
): readonly Finding[] {
  if (before === after) return [];
  return [changed(`${noun}: ${after ? 'required, was optional' : 'optional, was required'}`, after)];
}

function facadeChanges(before: RpcCall, after: RpcCall): readonly Finding[] {
  const versions = (call: RpcCall) => versionsText(call) || 'all';
  const failing = ({ items, error }: RpcCall) =>
    [items, error].filter((word) => word !== undefined).join('.');
  return [
    ...difference('its versions', versions(before), versions(after), false),
    ...difference('where it says that it failed', failing(before), failing(after), true),
    ...difference('its watcher', before.watcher, after.watcher, true),
  ];
}

function tells({ kind }: Result): boolean {
  return kind !== 'void' && kind !== 'unknown';
}

function terms({ doc }: Method): string {
  return doc.facts.slice(1).join('; ');
}

function eventChanges(before: Event, after: Event): readonly Finding[] {
  return [
    ...difference(sourceNoun(after), sourceText(before), sourceText(after), true),
    ...difference('the routing key', keyText(before), keyText(after), true),
    ...difference('the message', typeText(before.payload), typeText(after.payload), true),
  ];
}

function standingChanges({ doc: before }: Method, { doc: after }: Method): readonly Finding[] {
  if ((before.deprecated === undefined) === (after.deprecated === undefined)) {
    return difference('its standing', standing(before), standing(after), false);
  }
  return [changed(after.deprecated === undefined ? 'no longer deprecated' : 'deprecated', false)];
}

/** What the first fact says beside the route: `stable`, `safe to repeat`. */
function standing({ facts }: Doc): string | undefined {
  return facts[0]?.split(' · ').slice(1).join(' · ');
}

function routeText({ call }: Method): string {
  if (call.kind === 'function') return call.fun;
  if (call.kind === 'rpc') return call.method;
  const route = call.route.map((part) => (typeof part === 'string' ? part : `{${part.param}}`));
  return `${call.verb.toUpperCase()} ${route.join('')}`;
}

function resultText(result: Result): string {
  return result.kind === 'json' ? typeText(result.type) : result.kind;
}

function bodyText(body: Body | undefined): string | undefined {
  if (body === undefined) return undefined;
  return 'type' in body.content ? typeText(body.content.type) : body.content.kind;
}

/** The name of a type, or those of several, or what it is where it has none. */
function typeText(type: JsonSchema): string {
  const names = type.anyOf?.map(({ $ref }) => $ref);
  const isChoice = names?.every((name) => name !== undefined) === true;
  return type.$ref ?? (isChoice ? names.join(' | ') : JSON.stringify(type));
}

function sourceNoun({ source }: Event): string {
  return { topic: 'the exchange', tag: 'the tag', webhook: 'the webhook' }[source.kind];
}

function sourceText({ source }: Event): string {
  if (source.kind === 'topic') return source.exchange;
  return source.kind === 'tag' ? source.tag : source.name;
}

function keyText({ source }: Event): string {
  if (source.kind !== 'topic') return '';
  return source.key
    .map(({ name, constant, multipleWords }) => constant ?? (multipleWords ? `<${name}…>` : `<${name}>`))
    .join('.');
}

function counted(list: readonly unknown[], noun: string): string {
  return `${list.length} ${noun}${list.length === 1 ? '' : 's'}`;
}

function at(place: string, finding: Finding): Change {
  return { at: place, ...finding };
}

function byKey<K extends string, T extends Readonly<Record<K, string>>>(
  list: readonly T[],
  key: K,
): ReadonlyMap<string, T> {
  return new Map(list.map((item) => [item[key], item]));
}
