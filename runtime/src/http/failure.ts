import { type FailureKind, TransportFailure } from './transport.ts';

/** How far an attempt had come when it failed. */
interface Progress {
  /** For the message: `tc.example.com:8080`. */
  readonly host: string;
  /** There was a connection, so that some of the request may have arrived. */
  readonly connected: boolean;
  /** The headers of the answer had come. */
  readonly answered: boolean;
  /** The request was on a connection that had served another one, and nothing had come back on it. */
  readonly stale: boolean;
}

/** What an error of the system or of an HTTP library means. The library's error itself holds headers, so it is dropped. */
export function failureOf(error: unknown, progress: Progress): TransportFailure {
  const code = codeOf(error);
  const kind = kindOf(code, progress);
  return new TransportFailure(kind, code, `${sentences[kind]} ${progress.host} (${code})`, progress.stale);
}

export function timeoutFailure(host: string, timeoutMs: number | undefined): TransportFailure {
  return new TransportFailure(
    'timeout',
    'ETIMEDOUT',
    `no answer from ${host} within ${Math.round(timeoutMs ?? 0)} ms`,
  );
}

export function tooLarge(maxBytes: number): TransportFailure {
  return new TransportFailure('too-large', 'ERR_TOO_LARGE', `the answer is longer than ${maxBytes} bytes`);
}

const sentences: Record<FailureKind, string> = {
  connect: 'no connection to',
  certificate: 'no trust in the certificate of',
  reset: 'the connection broke before an answer came from',
  truncated: 'the answer broke off from',
  timeout: 'no answer in time from',
  'too-large': 'the answer is too long from',
  protocol: 'no readable HTTP answer from',
};

/** The innermost code: got wraps what went wrong, and undici's parser has a name only. */
function codeOf(error: unknown): string {
  let code = error instanceof Error ? error.name : 'unknown';
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') code = at.code;
  }
  return code;
}

const unreadable = /^HPE_|^HTTPParserError|^UND_ERR_HEADERS_OVERFLOW/;
/** Of zlib, zstd and brotli; what merely ends too early has another one. */
const undecodable = /^Z_(?!BUF_ERROR)|^ZSTD_|^ERR__ERROR_/;
const untrusted = /CERT|^UNABLE_TO_/;

/** By how far it had come, since the codes of a system tell too little of that: a POST must not be sent twice. */
function kindOf(code: string, { connected, answered }: Progress): FailureKind {
  if (unreadable.test(code)) return 'protocol';
  if (answered) return undecodable.test(code) ? 'protocol' : 'truncated';
  if (connected) return 'reset';
  return untrusted.test(code) ? 'certificate' : 'connect';
}
