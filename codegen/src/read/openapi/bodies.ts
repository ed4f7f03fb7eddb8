import type { Body } from '../../model.ts';
import { type Media, type MediaKind, mediaOf, preferred, USUAL } from './media.ts';
import { flagAt, member, type Node } from './node.ts';
import type { OperationReading } from './operations.ts';
import { followed } from './references.ts';
import { isBinary, isText } from './shape.ts';
import type { TypeNames } from './types.ts';

/** What we would rather send, the best first. */
const ORDER: readonly MediaKind[] = ['json', 'any', 'form', 'multipart', 'bytes', 'text', 'values', 'events'];

/** What an operation sends; undefined when that is nothing. `names` are for a schema that has none. */
export function bodyOf(operation: Node, reading: OperationReading, names: TypeNames): Body | undefined {
  const found = member(operation, 'requestBody');
  if (found === undefined) return undefined;
  const node = followed(reading.documents, found, 'a request body');
  reading.warnings.unknownKeys(node.value, node, 'requestBody');
  const media = preferred(mediaOf(node), ORDER);
  if (media === undefined) return undefined;
  reading.warnings.unknownKeys(media.node.value, media.node, 'mediaType');
  const content = contentOf(media, reading, names);
  if (media.kind === 'multipart' && member(media.node, 'encoding') !== undefined) {
    reading.warnings.add(media.node, 'the encoding of the parts of a form is not followed');
  }
  return {
    content,
    ...(USUAL[content.kind] !== media.type && media.kind !== 'any' && { mediaType: media.type }),
    required: flagAt(node, 'required'),
  };
}

function contentOf(media: Media, reading: OperationReading, names: TypeNames): Body['content'] {
  const { kind, schema } = media;
  const type = () => (schema === undefined ? {} : reading.types.use(schema, 'request', names));
  switch (kind) {
    case 'json':
    case 'form':
    case 'multipart':
      return { kind, type: type() };
    case 'any':
      if (schema === undefined || isBinary(schema, reading.documents)) return { kind: 'bytes' };
      return isText(schema, reading.documents) ? { kind: 'text' } : { kind: 'json', type: type() };
    case 'bytes':
      return { kind: 'bytes' };
    default:
      return { kind: 'text' };
  }
}
