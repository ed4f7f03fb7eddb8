import { isObject, type JsonObject } from '../../codegen/src/json/values.ts';
import { checkerOf, type Operation, objectAt, operationsOf, responseOf } from './consul-description.ts';

/** One answer of an agent, and what it was asked. */
export interface Observed {
  /** Upper case. */
  readonly method: string;
  /** Below `/v1`, without the query. */
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the body is JSON. */
  readonly json: boolean;
  /** `''` for none. */
  readonly body: unknown;
}

/** What the description says of what an agent does. */
export interface Agreement {
  operationOf(asked: Pick<Observed, 'method' | 'path'>): Operation | undefined;
  /** What is wrong between an answer and the description; empty when they agree. */
  disagreements(observed: Observed): readonly string[];
}

export function agreementWith(documents: ReadonlyMap<string, JsonObject>): Agreement {
  const operations = operationsOf(documents);
  const check = checkerOf(documents, 'answer');
  const operationOf = ({ method, path }: Pick<Observed, 'method' | 'path'>) =>
    operations.find(({ verb, matches }) => verb === method.toLowerCase() && matches(path));
  return {
    operationOf,
    disagreements(observed) {
      const operation = operationOf(observed);
      if (operation === undefined) return ['no operation'];
      const response = responseOf(documents, operation, observed.status);
      if (response === undefined) return [`no response for ${observed.status}`];
      const content = objectAt(response.value, 'content');
      const type = mediaTypeOf(content, observed);
      const empty = observed.body === '' && !observed.json;
      // An empty text is a text.
      if (empty)
        return observed.status === 200 && type === 'application/json' ? ['a body was described'] : [];
      if (type === undefined) return [`no content for ${contentTypeOf(observed)}`];
      const hidden = unknownHeaders(observed, response.value);
      if (!isObject(objectAt(content, type)['schema'])) return hidden;
      const at = { file: response.file, segments: [...response.segments, 'content', type, 'schema'] };
      return [...hidden, ...check(at, observed.body)];
    },
  };
}

function contentTypeOf({ headers }: Observed): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
}

/** The media type of a response that stands for a Content-Type. Whoever sends none sends text. */
function mediaTypeOf(content: object, observed: Observed): string | undefined {
  const sent = contentTypeOf(observed)?.split(';')[0] ?? (observed.json ? 'application/json' : 'text/plain');
  return Object.keys(content).find((type) => type === sent);
}

/** Headers that tell how fresh an answer is, and that its description doesn't name. */
function unknownHeaders({ headers, status }: Observed, response: JsonObject): readonly string[] {
  if (status !== 200) return [];
  const described = new Set(Object.keys(objectAt(response, 'headers')).map((name) => name.toLowerCase()));
  return Object.keys(headers)
    .filter((name) => /^(age|x-cache|x-consul-(?!default))/i.test(name) && !described.has(name.toLowerCase()))
    .map((name) => `the header ${name.toLowerCase()}`);
}
