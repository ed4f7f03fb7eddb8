import type { JsonValue } from '../../model.ts';
import { example } from './example.ts';
import { isListOf, type ListPlace, listPlace } from './lists.ts';
import { page } from './pages.ts';
import { isObject, type JsonObject, resolved, schemaAt } from './schemas.ts';
import {
  type Call,
  type Handler,
  json,
  type Operation,
  Refusal,
  type Reply,
  type Service,
} from './service.ts';

/**
 * What an operation does that the service doesn't model: it follows from the shape of its route.
 *
 * - PUT or POST with a body to `/things/<id>` stores the body there; where there is a PUT, a POST only changes;
 * - GET gets what was stored, in the shape of its own answer, and says 404 when nothing was;
 * - DELETE removes it;
 * - GET of `/things`, or of any part of the route before its last parameters, lists what was stored;
 * - anything else is answered with an example that is valid against the schema of the answer, three of them in a list.
 */
export interface Generic {
  readonly handle: Handler<Call>;
  reset(): void;
}

type Source = Pick<Service, 'operations' | 'schemas' | 'validator'>;
type Params = Readonly<Record<string, string>>;

interface Stored {
  /** The operation's route with the values of its parameters: what a thing is known by. */
  readonly key: string;
  readonly route: string;
  readonly params: Params;
  readonly body: JsonObject;
}

/** What an answer of which nothing is known lists: enough to page through. */
const examplesInAList = [undefined, undefined, undefined];

export function createGeneric({ operations, schemas, validator }: Source, pageSize: number): Generic {
  const store = new Map<string, Stored>();
  const creators = operations.filter(isCreator);
  const kept = new Set(creators.map(({ route }) => route));
  const replaced = new Set(creators.filter(({ verb }) => verb === 'PUT').map(({ route }) => route));
  const listed = new Map(
    operations.map((operation) => [
      operation,
      creators.find((creator) => isListOf(operation, creator))?.route,
    ]),
  );

  function handle(call: Call): Reply {
    const { operation, params } = call;
    if (kept.has(operation.route)) return thing(call);
    const place = listPlace(schemas, operation);
    if (place === undefined) return answer(operation, params, {});
    const route = listed.get(operation);
    return list(call, place, route === undefined ? examplesInAList : storedUnder(route, params));
  }

  function thing({ operation, params, body }: Call): Reply {
    const { route, verb } = operation;
    const key = route.replace(/<([^>]+)>/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
    const known = store.get(key);
    const creates = isCreator(operation) && (verb === 'PUT' || !replaced.has(route));
    if (known === undefined && !creates) throw new Refusal(404, '', `nothing was put at ${key}`);
    if (verb === 'DELETE') store.delete(key);
    const merged = { ...known?.body, ...(isObject(body) ? body : {}) };
    if (isCreator(operation)) store.set(key, { key, route, params, body: merged });
    return answer(operation, params, merged);
  }

  function storedUnder(route: string, params: Params): readonly Stored[] {
    const isUnder = (stored: Stored) =>
      stored.route === route &&
      Object.entries(params).every(([name, value]) => stored.params[name] === value);
    return [...store.values()].filter(isUnder).sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  function list(call: Call, place: ListPlace, entries: readonly (Stored | undefined)[]): Reply {
    const { operation, params, request } = call;
    const all = entries.map((entry, variant) => listItem(place.item, params, entry, variant));
    // A list of groups has each of them once, however many things they hold.
    const distinct = [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
    if (place.name === undefined || operation.output === undefined) return json(distinct);

    const { limit, token, key } = asked(request.query, operation);
    const { items, next } = page(distinct, { limit, token, pageSize });
    const around = example(schemas, schemaAt(schemas, operation.output), { known: params });
    const { [key]: _, ...rest } = isObject(around) ? around : {};
    return json({ ...rest, [place.name]: items, ...(next === undefined ? {} : { [key]: next }) });
  }

  function listItem(path: string, params: Params, stored: Stored | undefined, variant: number): JsonValue {
    const schema = resolved(schemas, schemaAt(schemas, path));
    if (stored === undefined) return example(schemas, schema, { known: params, variant });
    // A list of names holds the first parameter that the list's own route doesn't have.
    const name = Object.entries(stored.params).find(([own]) => !Object.hasOwn(params, own))?.[1];
    if (isObject(schema) && schema['type'] === 'string' && name !== undefined) return name;
    return shaped(path, stored.params, stored.body);
  }

  function answer({ output }: Operation, params: Params, body: JsonObject): Reply {
    return json(output === undefined ? {} : shaped(output, params, body));
  }

  /** An example of the schema at `path`, with as much of `body` in it as the schema allows. */
  function shaped(path: string, params: Params, body: JsonObject): JsonValue {
    const plainest = example(schemas, schemaAt(schemas, path), { known: params });
    if (!isObject(plainest)) return plainest;
    const validate = validator.for(path);
    let result: JsonObject = plainest;
    for (const [name, value] of Object.entries(body)) {
      const candidate = { ...result, [name]: value };
      if (validate(candidate).length === 0) result = candidate;
    }
    return result;
  }

  return { handle, reset: () => store.clear() };
}

/** A body that is put where its own route says: the route ends with the thing's name. */
function isCreator({ verb, input, route }: Operation): boolean {
  return (verb === 'PUT' || verb === 'POST') && input !== undefined && route.endsWith('>');
}

/** What the query says of pages; a list that doesn't come in pages is one page of all there is. */
function asked(query: URLSearchParams, { pages }: Operation) {
  if (pages === undefined) return { limit: 'Infinity', token: null, key: '' };
  return { limit: query.get('limit'), token: query.get(pages.key), key: pages.key };
}
