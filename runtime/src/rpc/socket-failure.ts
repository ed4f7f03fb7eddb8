import { masked, secretsIn } from '../mask.ts';

/**
 * `connect`: no connection (refused, unknown host); `certificate`: its certificate isn't trusted; `handshake`: the
 * server didn't want a WebSocket; `timeout`: the handshake took too long; `reset`: the connection broke; `protocol`: what
 * came is no WebSocket message, or is too long.
 */
export type SocketFailureKind = 'connect' | 'certificate' | 'handshake' | 'timeout' | 'reset' | 'protocol';

/** What a server answered in place of opening a WebSocket. */
export interface HandshakeAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As text; of a long one the first 64 KiB. */
  readonly body: string;
}

/** A WebSocket that couldn't be opened, or that broke. */
export class SocketFailure extends Error {
  readonly kind: SocketFailureKind;
  readonly #code: string | undefined;
  readonly #answer: HandshakeAnswer | undefined;

  constructor(kind: SocketFailureKind, message: string, code?: string, answer?: HandshakeAnswer) {
    super(message);
    this.kind = kind;
    this.#code = code;
    this.#answer = answer;
  }

  // On the prototype, so that inspect() doesn't show it next to the data.
  override get name(): string {
    return 'SocketFailure';
  }

  /** That of the system or of TLS (`ECONNREFUSED`), where there is one: the message has it, too. */
  get code(): string | undefined {
    return this.#code;
  }

  /** The status of the answer to a handshake that was refused. */
  get status(): number | undefined {
    return this.#answer?.status;
  }

  /** The headers of that answer. Not shown by inspect(): they may hold cookies. */
  get headers(): Readonly<Record<string, string>> | undefined {
    return this.#answer?.headers;
  }

  /** The body of that answer, of which the message has the beginning. */
  get body(): string | undefined {
    return this.#answer?.body;
  }
}

/** Of a body, in characters. */
const longestExcerpt = 200;

/** What a server means that answers a handshake with something else. `sent` are the headers, which the answer may repeat. */
export function refusedHandshake(
  host: string,
  answer: HandshakeAnswer,
  sent: Readonly<Record<string, string>>,
): SocketFailure {
  const what = `${host} answered ${answer.status} in place of opening a WebSocket`;
  const said = excerptOf(masked(answer.body, secretsIn(sent, sent)));
  return new SocketFailure('handshake', said === '' ? what : `${what}: ${said}`, undefined, answer);
}

/** The beginning of a text, on one line. */
function excerptOf(text: string): string {
  const line = text.replace(/[\p{C}\p{Z}\uFFFD]+/gu, ' ').trim();
  return line.length > longestExcerpt ? `${line.slice(0, longestExcerpt)}…` : line;
}

const untrusted = /CERT|^UNABLE_TO_/;

/** What an error of the system, of TLS or of the library means before there is a WebSocket. Holds nothing of the error. */
export function openingFailure(error: unknown, host: string): SocketFailure {
  if (error instanceof SocketFailure) return error;
  const code = codeOf(error);
  if (code !== undefined && untrusted.test(code))
    return new SocketFailure('certificate', `no trust in the certificate of ${host} (${code})`, code);
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return new SocketFailure(
      'reset',
      `${host} broke the connection before it was a WebSocket (${code})`,
      code,
    );
  // Codes of the parser of HTTP begin so.
  if (code === undefined || code.startsWith('HPE_')) {
    const shown = code === undefined ? '' : ` (${code})`;
    return new SocketFailure('handshake', `${host} didn't answer as a WebSocket server does${shown}`, code);
  }
  return new SocketFailure('connect', `no connection to ${host} (${code})`, code);
}

/** The same of a WebSocket that was open. */
export function breakingFailure(error: unknown, host: string): SocketFailure {
  const code = codeOf(error);
  const shown = code === undefined ? '' : ` (${code})`;
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH')
    return new SocketFailure('protocol', `${host} sent a message that is longer than may be${shown}`, code);
  if (code?.startsWith('WS_ERR_'))
    return new SocketFailure('protocol', `${host} sent what isn't a WebSocket message${shown}`, code);
  return new SocketFailure('reset', `the connection to ${host} broke${shown}`, code);
}

/** The innermost: an AggregateError of several addresses has that of the first. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? code : undefined;
}
