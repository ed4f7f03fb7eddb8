import { BlockingRead } from '../../http/blocking.ts';
import type { HttpEndpoint, HttpSession, Verb } from '../../http/endpoint.ts';
import { Pages } from '../../http/pages.ts';
import type { Path } from '../../http/path.ts';
import { Read } from '../../http/read.ts';
import { Reply } from '../../http/reply.ts';
import type { RequestOptions } from '../../options.ts';

/** A class that is constructed with a session, as generated ones are. */
export type ServiceClass<S> = new (session: HttpSession) => S;

/** A call that was made to see what it would ask for. */
interface CapturedCall {
  /** `queue/v1` */
  readonly endpoint: string;
  readonly path: Path;
  readonly query: object | undefined;
}

/**
 * What `call` would ask for, without asking: `service` is constructed with a session that writes down instead of
 * sending, so that the arguments are checked by the types of the method itself.
 *
 * @throws TypeError when it isn't exactly one GET
 */
export function captureGet<S>(service: ServiceClass<S>, call: (client: S) => unknown): CapturedCall {
  const captured: (CapturedCall & { readonly verb: Verb })[] = [];
  const session: HttpSession = {
    endpoint: (endpoint) =>
      capturingEndpoint((verb, path, options) => {
        captured.push({ verb, endpoint, path, query: options?.query });
      }),
  };
  call(new service(session));
  const [only] = captured;
  if (only === undefined || captured.length > 1 || only.verb !== 'get') {
    const made = captured.map(({ verb, path }) => `${verb.toUpperCase()} ${path.shown}`).join(' and ');
    throw new TypeError(
      `a URL is made of exactly one GET, and the function given called ${made || 'nothing'}`,
    );
  }
  return only;
}

function capturingEndpoint(
  capture: (verb: Verb, path: Path, options: RequestOptions | undefined) => void,
): HttpEndpoint {
  // Nobody ever answers: a promise of any type that stays open tells no lie.
  const never = new Promise<never>(() => undefined);
  const asked = (verb: Verb, path: Path, options?: RequestOptions) => {
    capture(verb, path, options);
    return new Reply<never>(never);
  };
  const nothing = (verb: Verb, path: Path, options?: RequestOptions): AsyncIterable<never> => {
    capture(verb, path, options);
    return { [Symbol.asyncIterator]: () => ({ next: () => never }) };
  };
  return {
    get: (path, options) => asked('get', path, options),
    head: (path, options) => asked('head', path, options),
    post: (path, options) => asked('post', path, options),
    put: (path, options) => asked('put', path, options),
    patch: (path, options) => asked('patch', path, options),
    delete: (path, options) => asked('delete', path, options),
    send: asked,
    text: asked,
    bytes: asked,
    location: asked,
    read: (path, options) => {
      capture(options?.verb ?? 'get', path, options);
      return new Read(() => never);
    },
    blocking: (by, path, options) => {
      capture(options?.verb ?? 'get', path, options);
      return new BlockingRead(() => never, by);
    },
    pages: (verb, path, options) => {
      capture(verb, path, options);
      return new Pages(() => never);
    },
    stream: (verb, path, options) => {
      capture(verb, path, options);
      return never;
    },
    lines: nothing,
    values: nothing,
    events: nothing,
  };
}
