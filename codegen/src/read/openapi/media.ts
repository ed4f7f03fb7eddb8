import { member, membersOf, type Node, type ObjectNode, objectAt, objectOf, refuse } from './node.ts';

/** What a body is, by its media type. `any` tells nothing. */
export type MediaKind = 'json' | 'form' | 'multipart' | 'text' | 'bytes' | 'events' | 'values' | 'any';

export interface Media {
  /** As it goes into a header. */
  readonly type: string;
  readonly kind: MediaKind;
  readonly node: ObjectNode;
  readonly schema: Node | undefined;
}

const TOKEN = String.raw`[\w!#$&^.+*-]+`;
const MEDIA_TYPE = new RegExp(
  String.raw`^(?<essence>${TOKEN}/${TOKEN})(?<parameters>(\s*;\s*${TOKEN}=("[\w\s.;:/=+-]*"|${TOKEN}))*)\s*;?$`,
);

/** What stands under `content`, or under another key, sorted by media type. */
export function mediaOf(owner: Node, key = 'content'): readonly Media[] {
  return membersOf(objectAt(owner, key)).map(([written, found]) => {
    const { essence, parameters = '' } = MEDIA_TYPE.exec(written === '*' ? '*/*' : written)?.groups ?? {};
    if (essence === undefined) {
      return refuse(
        found,
        `${JSON.stringify(written)} is not a media type`,
        'Write it like application/json',
      );
    }
    const node = objectOf(found, 'a media type');
    const type = essence.toLowerCase();
    // That JSON is UTF-8 goes without saying.
    const isPlain = /^\s*(;\s*charset=("?)utf-8\2\s*)?;?$/i.test(parameters);
    return {
      type: isPlain ? type : `${type}${parameters}`,
      kind: kindOf(type),
      node,
      schema: schemaOf(node),
    };
  });
}

/** An empty one is written as `null` by some: it tells nothing. */
function schemaOf(node: Node): Node | undefined {
  const found = member(node, 'itemSchema') ?? member(node, 'schema');
  return found?.value === null ? undefined : found;
}

const TEXTUAL =
  /^text\/|[/+](xml|yaml|x-yaml|javascript|ecmascript|graphql|toml|csv|sql|jwt)$|^application\/(openmetrics-text|x-sh)$/;

function kindOf(type: string): MediaKind {
  if (/^application\/(x-ndjson|ndjson|jsonl|x-jsonlines|jsonlines|json-seq|stream\+json)$/.test(type))
    return 'values';
  if (/[/+]json$/.test(type) || type === 'application/json5') return 'json';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type.startsWith('multipart/')) return 'multipart';
  if (type === 'text/event-stream') return 'events';
  if (type === '*/*' || type === 'application/*') return 'any';
  return TEXTUAL.test(type) ? 'text' : 'bytes';
}

/** The media type that a kind usually has, which goes without saying. */
export const USUAL: Readonly<Partial<Record<MediaKind, string>>> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  multipart: 'multipart/form-data',
  text: 'text/plain',
  bytes: 'application/octet-stream',
  events: 'text/event-stream',
  values: 'application/x-ndjson',
};

/** Those of the kinds that are listed, in that order; of one kind the usual one first. */
export function inOrder<M extends Media>(media: readonly M[], order: readonly MediaKind[]): readonly M[] {
  const rank = ({ kind, type }: Media) => order.indexOf(kind) * 2 + (USUAL[kind] === type ? 0 : 1);
  return media.filter(({ kind }) => order.includes(kind)).toSorted((a, b) => rank(a) - rank(b));
}

/** The one that is liked best. */
export function preferred(media: readonly Media[], order: readonly MediaKind[]): Media | undefined {
  return inOrder(media, order)[0];
}
