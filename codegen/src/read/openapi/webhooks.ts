import type { Event, Param, Tag, Webhook } from '../../model.ts';
import { camelCase, eventName, paramName, schemaTypeName, settleNames, spelledOut } from '../../names.ts';
import { named } from '../naming.ts';
import { docOf } from './doc.ts';
import type { Document } from './document.ts';
import { mediaOf, preferred } from './media.ts';
import {
  member,
  membersOf,
  type Node,
  type ObjectNode,
  objectAt,
  objectOf,
  placeOf,
  refuse,
  textAt,
} from './node.ts';
import { type OperationReading, tagOf } from './operations.ts';
import { parametersOf, paramOf } from './parameters.ts';
import { followed } from './references.ts';

/** A message that a service sends. */
export interface Message {
  /** As the document calls it. */
  readonly key: string;
  readonly item: ObjectNode;
  readonly verb: string;
  /** What stands under the verb: what is sent. */
  readonly operation: ObjectNode;
  readonly tag: string;
  readonly document: Document;
}

/** Everything under `webhooks`, sorted by name. */
export function messagesOf(documents: readonly Document[], reading: OperationReading): readonly Message[] {
  return documents.flatMap((document) =>
    membersOf(objectAt(document.node, 'webhooks')).flatMap(([key, found]): readonly Message[] => {
      const item = followed(reading.documents, found, 'a webhook');
      reading.warnings.unknownKeys(item.value, item, 'pathItem');
      return ['post', 'put', 'patch', 'get', 'delete'].flatMap((verb): readonly Message[] => {
        const sent = member(item, verb);
        if (sent === undefined) return [];
        const operation = objectOf(sent, 'an operation');
        reading.warnings.unknownKeys(operation.value, operation, 'operation');
        return [{ key, item, verb, operation, tag: tagOf(operation, document), document }];
      });
    }),
  );
}

/** The events of one class. References are keys. */
export function eventsOf(
  path: string,
  messages: readonly Message[],
  reading: OperationReading,
): readonly Event[] {
  const [first] = messages;
  const claims = messages.map(({ key, item, verb, operation }) => {
    const given = textAt(operation, 'x-name') ?? textAt(item, 'x-name');
    const own = given ?? key;
    const id = given === undefined ? (textAt(operation, 'operationId') ?? own) : own;
    return {
      candidates: [own, id, `${own} ${verb}`].map((name) => eventName(spelledOut(name, camelCase))),
      rank: given === undefined ? 1 : 0,
      source: placeOf(operation),
    };
  });
  const names = named(first?.item.path ?? '', first?.item.pointer ?? '', () =>
    settleNames(claims, `events of ${path}`),
  );
  return messages
    .map((message, index) => eventOf(message, names[index] ?? '', path, reading))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function eventOf(
  { key, item, operation }: Message,
  name: string,
  path: string,
  reading: OperationReading,
): Event {
  const body = member(operation, 'requestBody');
  const media =
    body && preferred(mediaOf(followed(reading.documents, body, 'a request body')), ['json', 'any', 'form']);
  const candidates = () => [`${schemaTypeName(name)}Event`, `${schemaTypeName(`${path} ${name}`)}Event`];
  const source = sourceOf(key, item, operation, reading);
  const fact = source.kind === 'tag' ? `tag \`${source.tag}\`` : `webhook \`${key.replaceAll('`', '')}\``;
  return {
    name,
    doc: docOf(operation, [fact], reading.docs.get(path)?.events.get(name)),
    payload: media?.schema === undefined ? {} : reading.types.use(media.schema, 'answer', candidates),
    source,
  };
}

function sourceOf(
  key: string,
  item: ObjectNode,
  operation: ObjectNode,
  reading: OperationReading,
): Tag | Webhook {
  const owner = member(operation, 'x-tag') === undefined ? item : operation;
  const tag = textAt(owner, 'x-tag');
  if (tag === undefined) return { kind: 'webhook', name: key };
  return { kind: 'tag', tag, parts: partsOf(tag, owner, [item, operation], reading) };
}

function partsOf(
  tag: string,
  at: Node,
  owners: readonly Node[],
  reading: OperationReading,
): readonly Param[] {
  const wires = [...tag.matchAll(/\{([^{}]*)\}/g)].map(([, wire = '']) => wire);
  if (
    new Set(wires).size < wires.length ||
    wires.includes('') ||
    /[{}]/.test(tag.replace(/\{[^{}]*\}/g, ''))
  ) {
    refuse(
      at,
      `the tag ${JSON.stringify(tag)} is more than text and parts`,
      'Write each part once, like {jid}',
    );
  }
  const told = parametersOf(owners, reading);
  return wires.map((wire) => {
    const parameter = told.find((one) => one.in === 'path' && one.name === wire);
    if (parameter !== undefined) return paramOf(parameter, reading, () => [schemaTypeName(wire)]);
    const name = named(at.path, at.pointer, () => paramName(wire));
    return { wire, name, type: 'string', required: true, secret: false, doc: { facts: [] } };
  });
}
