import type { Doc, Event, KeyPart } from '../../model.ts';
import { eventName, keyConstantName, Names, routingTypeName } from '../../names.ts';
import type { Documents } from '../documents.ts';
import { sharedKeyNames } from '../keys.ts';
import { named } from '../naming.ts';
import type { Place, Root } from '../type-graph.ts';
import type { EntryContext } from './methods.ts';
import type { ExchangeEntry, ExchangesReference, Found, RoutingKeyEntry } from './references.ts';
import { entrySchema } from './resolve.ts';

/** The schemas of the messages of a reference. */
export function eventRoots(documents: Documents, found: Found<ExchangesReference>): readonly Root[] {
  return entriesOf(found).map(({ entry, at }) => messageOf(documents, found.reference, entry, at));
}

export function eventsOf(found: Found<ExchangesReference>, context: EntryContext): readonly Event[] {
  const { documents, refTo, docs, service } = context;
  const { reference } = found;
  const names = new Names(`events of ${service}`);
  const events = entriesOf(found).map(({ entry, at }) => {
    const name = named(at.path, at.pointer, () =>
      names.claim(eventName(entry.name), `${at.path}#${at.pointer}`),
    );
    return { entry, at, name, key: entry.routingKey.map(keyPartOf) };
  });
  const shared = named(found.path, '/entries', () => sharedKeyNames(events, service));
  const keyNameOf = keyNaming(names, service);
  return events.map(({ entry, at, name, key }) => {
    const exchange = reference.exchangePrefix + entry.exchange;
    return {
      name,
      doc: docOf(entry, exchange, docs?.events.get(name)),
      payload: refTo(messageOf(documents, reference, entry, at)),
      source: { kind: 'topic', exchange, key, keyName: keyNameOf(shared.get(name) ?? name, at) },
    };
  });
}

/** Claims what a key is called in code, once for all events that share it. Its constant stands beside the events. */
function keyNaming(events: Names, service: string): (key: string, at: Place) => string {
  const interfaces = new Names(`routing keys of ${service}`);
  const claimed = new Set<string>();
  return (key, at) => {
    if (claimed.has(key)) return key;
    const source = `the routing key of ${at.path}#${at.pointer}`;
    named(at.path, at.pointer, () => {
      interfaces.claim(routingTypeName(key), source);
      events.claim(keyConstantName(key), source);
    });
    claimed.add(key);
    return key;
  };
}

function entriesOf({
  path,
  reference,
}: Found<ExchangesReference>): readonly { entry: ExchangeEntry; at: Place }[] {
  return reference.entries.map((entry, index) => ({ entry, at: { path, pointer: `/entries/${index}` } }));
}

function messageOf(
  documents: Documents,
  { serviceName }: ExchangesReference,
  { schema }: ExchangeEntry,
  at: Place,
): Root {
  const place = entrySchema(documents, serviceName, schema, { ...at, pointer: `${at.pointer}/schema` });
  return { ...place, view: 'answer' };
}

function keyPartOf({ name, multipleWords, required, constant, summary }: RoutingKeyEntry): KeyPart {
  return {
    name,
    doc: { ...(summary !== undefined && { text: summary }), facts: [] },
    multipleWords,
    required,
    ...(constant !== undefined && { constant }),
  };
}

function docOf(entry: ExchangeEntry, exchange: string, line: string | undefined): Doc {
  const key = entry.routingKey.map(({ name, constant }) => constant ?? `<${name}>`).join('.');
  const text = line ?? entry.description;
  return {
    ...(text !== undefined && { text }),
    facts: [`exchange \`${exchange}\``, `routing key \`${key}\``],
  };
}
