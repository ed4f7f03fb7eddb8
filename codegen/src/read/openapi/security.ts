import type { HttpCall, SecurityScheme } from '../../model.ts';
import { docOf } from './doc.ts';
import type { Document } from './document.ts';
import {
  listAt,
  member,
  membersOf,
  type Node,
  type ObjectNode,
  objectAt,
  objectOf,
  placeOf,
  refuse,
  textAt,
  wordAt,
} from './node.ts';
import { isHeaderName } from './parameters.ts';
import { followed } from './references.ts';
import type { SchemaReading } from './schemas.ts';

/** Alternatives of names that belong together. */
export type Requires = NonNullable<HttpCall['requires']>;

/** What proves who calls, and what of it calls need. */
export interface Security {
  /** Sorted by name. */
  readonly schemes: readonly SecurityScheme[];
  /** Of most calls. */
  readonly requires: Requires;
  /** Of an operation, where that differs. */
  readonly of: (operation: Node, document: Document) => Requires | undefined;
}

const TYPES = ['apiKey', 'http', 'oauth2', 'openIdConnect', 'mutualTLS'] as const;

export function securityOf(documents: readonly Document[], reading: SchemaReading): Security {
  const schemes = new Map<string, SecurityScheme | undefined>();
  const places = new Map<string, Node>();
  for (const { node } of documents) {
    const components = objectAt(node, 'components');
    for (const [name, found] of membersOf(components && objectAt(components, 'securitySchemes'))) {
      const scheme = schemeOf(name, followed(reading.documents, found, 'a security scheme'), reading);
      const before = schemes.get(name);
      if (before !== undefined && JSON.stringify(before) !== JSON.stringify(scheme)) {
        refuse(
          found,
          `the security scheme ${JSON.stringify(name)} is another one at ${placeOf(places.get(name) ?? found)}`,
          'Rename one',
        );
      }
      schemes.set(name, scheme);
      places.set(name, found);
    }
  }
  const known = (owner: Node): Requires | undefined =>
    member(owner, 'security') === undefined ? undefined : requiresOf(owner, schemes, reading);
  const [requires = []] = documents.flatMap(({ node }) => {
    const own = known(node);
    return own === undefined ? [] : [own];
  });
  return {
    schemes: [...schemes].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, scheme]) => scheme ?? []),
    requires,
    of: (operation, document) => {
      const own = known(operation) ?? known(document.node) ?? requires;
      if (JSON.stringify(own) === JSON.stringify(requires)) return undefined;
      return own.length === 0 ? [[]] : own;
    },
  };
}

function requiresOf(
  owner: Node,
  schemes: ReadonlyMap<string, SecurityScheme | undefined>,
  { warnings }: SchemaReading,
): Requires {
  return listAt(owner, 'security').map((alternative) =>
    membersOf(objectOf(alternative, 'an alternative of security')).flatMap(([name]) => {
      if (schemes.get(name) !== undefined) return [name];
      if (!schemes.has(name)) {
        warnings.add(
          alternative,
          `there is no security scheme called ${JSON.stringify(name)}, which was ignored`,
        );
      }
      return [];
    }),
  );
}

/** Undefined for what proves itself below HTTP. */
function schemeOf(name: string, node: ObjectNode, { warnings }: SchemaReading): SecurityScheme | undefined {
  warnings.unknownKeys(node.value, node, 'securityScheme');
  const type = wordAt(node, 'type', TYPES);
  const doc = docOf(node);
  switch (type) {
    case 'apiKey': {
      const place = wordAt(node, 'in', ['header', 'query', 'cookie']);
      const param = textAt(node, 'name');
      if (place === undefined || param === undefined || param === '') {
        return refuse(node, 'a key without a name or a place', 'Write name, and in: header, query or cookie');
      }
      if (place !== 'query' && !isHeaderName(param)) {
        return refuse(
          node,
          `${JSON.stringify(param)} is no name of a ${place}`,
          'Use letters, digits and "-"',
        );
      }
      return { name, doc, kind: 'key', in: place, param };
    }
    case 'http': {
      const scheme = textAt(node, 'scheme')?.toLowerCase();
      if (scheme === 'basic') return { name, doc, kind: 'basic' };
      if (scheme === 'bearer') return { name, doc, kind: 'bearer' };
      warnings.add(
        node,
        `the scheme ${JSON.stringify(scheme ?? '')} of HTTP authentication is not known and was ignored`,
      );
      return undefined;
    }
    case 'oauth2':
    case 'openIdConnect':
      return { name, doc, kind: 'bearer' };
    case 'mutualTLS':
      warnings.add(node, 'certificates belong to the connection: the security scheme was ignored');
      return undefined;
    default:
      return refuse(node, 'a security scheme without a type', `Write one of ${TYPES.join(', ')}`);
  }
}
