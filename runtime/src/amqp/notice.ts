import { channel } from 'node:diagnostics_channel';
import type { ProtocolError, ServiceError } from '../errors.ts';

/** What a listener did by itself, that its loop doesn't show. */
export type Notice =
  /**
   * Messages can come, from `queue`. `gap`: this is a new ephemeral queue after a lost connection; what was
   * published in between didn't reach it. A durable queue has no gap.
   */
  | { readonly kind: 'connected'; readonly queue: string; readonly gap: boolean }
  /** The connection is gone or could not be made; the next attempt is made in `retryInMs`. */
  | { readonly kind: 'disconnected'; readonly error: ServiceError; readonly retryInMs: number }
  /** A message that cannot be read was given back as rejected, without requeueing. */
  | {
      readonly kind: 'dropped';
      readonly error: ProtocolError;
      readonly exchange: string;
      readonly routingKey: string;
    };

const diagnostics = channel('fairlead:amqp');

/**
 * Tells `onNotice` and the diagnostics channel `fairlead:amqp`. Later, so that an observer that throws is an uncaught
 * exception of its own and doesn't stop the listener.
 */
export function notify(onNotice: ((notice: Notice) => void) | undefined, notice: Notice): void {
  diagnostics.publish(notice);
  if (onNotice !== undefined) process.nextTick(onNotice, notice);
}
