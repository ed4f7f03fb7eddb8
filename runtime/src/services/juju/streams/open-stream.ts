import { isObject } from '../../../json/is-object.ts';
import type { WireError } from '../../../rpc/rpc-error.ts';
import { type Socket, SocketFailure } from '../../../rpc/socket.ts';
import { within } from '../../../time/limit.ts';
import { dischargeInfoOf, dischargeOf } from '../http/error-body.ts';
import type { DischargeInfo, StreamHost } from '../stream-host.ts';
import { Asked, parsed } from './asked.ts';
import { Inbox } from './inbox.ts';

/** Where a stream is. */
interface StreamAddress {
  /** Absolute, encoded: `/model/<uuid>/log`. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
}

/** How a stream is opened. */
export interface StreamOptions {
  /** An abort ends the stream at once: whoever waits for a message is told the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long the controller may take to say that the stream is there, once there is a connection for it, in milliseconds. Default
   * 60,000. Connecting and logging in have limits of their own.
   */
  readonly timeoutMs?: number | undefined;
}

/** A stream that the controller let us have. */
export interface OpenedStream {
  readonly socket: Socket;
  readonly inbox: Inbox;
  readonly asked: Asked;
}

/** Longer than the first message of a stream is, in bytes. */
const longestFirst = 4096;

/**
 * Opens a stream and waits for its first message, which is an error or an empty object. Where macaroons are asked for, they are
 * discharged and it is tried once more.
 *
 * With `start`, which sends something, the first message may as well be an answer to that, for which there is no limit of time.
 */
export async function openStream(
  host: StreamHost,
  address: StreamAddress,
  options: StreamOptions,
  start?: (socket: Socket) => void,
): Promise<OpenedStream> {
  const { signal } = options;
  signal?.throwIfAborted();
  const asked = new Asked(address.path);
  const first = await attempt(host, address, asked, options, start);
  if ('inbox' in first) return first;
  if (first.discharge === undefined) throw first.error;
  await host.discharge(first.discharge, signal);
  const second = await attempt(host, address, asked, options, start);
  if ('inbox' in second) return second;
  throw second.error;
}

/** Why there is no stream, and what may help. */
interface Refusal {
  readonly error: Error;
  readonly discharge: DischargeInfo | undefined;
}

async function attempt(
  host: StreamHost,
  { path, query }: StreamAddress,
  asked: Asked,
  { signal, timeoutMs = 60_000 }: StreamOptions,
  start: ((socket: Socket) => void) | undefined,
): Promise<OpenedStream | Refusal> {
  let socket: Socket;
  try {
    socket = await host.openSocket(path, query, signal);
  } catch (error) {
    if (!(error instanceof SocketFailure)) throw error;
    return { error: asked.broken(error), discharge: dischargeInfoOf(parsed(error.body ?? '')) };
  }
  const inbox = new Inbox(socket, signal);
  start?.(socket);
  try {
    const said = await within(
      refusalIn(inbox, asked, start !== undefined),
      start === undefined ? timeoutMs : Number.POSITIVE_INFINITY,
      signal,
      () => asked.late(timeoutMs),
    );
    if (said === undefined) return { socket, inbox, asked };
    socket.drop();
    return { error: asked.refused(said), discharge: dischargeOf(said) };
  } catch (error) {
    socket.drop();
    throw error;
  }
}

/** What the first message refuses with. */
async function refusalIn(inbox: Inbox, asked: Asked, started: boolean): Promise<WireError | undefined> {
  const first = await inbox.next();
  if (typeof first !== 'string') throw asked.lost(first, 'before its first message');
  const value = parsed(first);
  // A stream that was started may begin with what it is for, as long as it likes.
  if (started && isObject(value) && Object.keys(value).some((key) => key !== 'error')) {
    inbox.unread(first);
    return undefined;
  }
  if (Buffer.byteLength(first) > longestFirst) {
    throw asked.nonsense(`a first message of more than ${longestFirst} bytes`);
  }
  if (!isObject(value)) throw asked.nonsense('a first message that is no JSON object');
  return asked.errorIn(value);
}
