import {
  type CallFacts,
  ConnectionError,
  categoryOf,
  ProtocolError,
  ResponseError,
} from '../../../errors.ts';
import { shownHeaders } from '../../../http/mask.ts';
import { type RpcError, rpcErrorOf, type WireError } from '../../../rpc/rpc-error.ts';
import type { SocketEnd, SocketFailure } from '../../../rpc/socket.ts';
import { readJujuError, wireErrorOf } from '../http/error-body.ts';

/** What a stream was asked for by, and how its failures are told. */
export class Asked {
  readonly #path: string;
  readonly #startedAt = Date.now();
  readonly #began = performance.now();

  /** `path` without the query, which needn't be shown. */
  constructor(path: string) {
    this.#path = path;
  }

  /** The controller said no, in a message. */
  refused(said: WireError): RpcError {
    const { call, record } = this.#facts({ error: 'refused' });
    return rpcErrorOf(said, call, record);
  }

  /**
   * What a message says no with; `undefined` when it doesn't.
   *
   * @throws ProtocolError when it holds something else for an error
   */
  errorIn(message: Readonly<Record<string, unknown>>): WireError | undefined {
    const said = wireErrorOf(message);
    if (said === undefined && (message['error'] ?? '') !== '')
      throw this.nonsense('a message whose error is neither a text nor an object');
    return said;
  }

  /** What came makes no sense. */
  nonsense(what: string): ProtocolError {
    return new ProtocolError(what, this.#facts({ error: what }));
  }

  /** No socket, or none any more. */
  broken(failure: SocketFailure): ResponseError | ConnectionError {
    const { status, headers = {}, body: text = '', kind, message } = failure;
    if (kind !== 'handshake' || status === undefined) {
      const code = kind === 'timeout' || kind === 'reset' ? kind : 'connect';
      return new ConnectionError(code, message, this.#facts({ error: message }));
    }
    const body = parsed(text);
    const { category = categoryOf(status), code, message: said } = readJujuError(status, headers, body);
    const facts = this.#facts({ status, responseHeaders: shownHeaders(headers) });
    return new ResponseError({ status, category, code, message: said, headers, body }, facts);
  }

  /** It ended, and shouldn't have. `when`: `after 2 messages`. */
  lost(end: SocketEnd, when: string): ConnectionError {
    const { error } = end;
    const what = `lost ${when}: ${error?.message ?? endText(end)}`;
    const kind = error?.kind === 'timeout' ? 'timeout' : 'reset';
    return new ConnectionError(kind, what, this.#facts({ error: what }));
  }

  late(timeoutMs: number): ConnectionError {
    const what = `no answer within ${timeoutMs} ms`;
    return new ConnectionError('timeout', what, this.#facts({ error: what }));
  }

  #facts(outcome: {
    readonly status?: number;
    readonly error?: string;
    readonly responseHeaders?: Readonly<Record<string, string>>;
  }): CallFacts {
    const attempt = {
      startedAt: this.#startedAt,
      durationMs: performance.now() - this.#began,
      requestHeaders: {},
      ...outcome,
    };
    return {
      call: `GET ${this.#path}`,
      record: { method: 'GET', url: this.#path, attempts: [attempt] },
    };
  }
}

function endText({ code, reason = '', isOurs }: SocketEnd): string {
  if (isOurs) return 'it was closed here';
  if (code === undefined || code === 1006) return 'the connection broke off';
  return `the controller ended it with ${code}${reason === '' ? '' : ` (${JSON.stringify(reason)})`}`;
}

/** JSON, or what isn't JSON as its text. */
export function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}
