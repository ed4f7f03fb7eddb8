import type { Duplex } from 'node:stream';

/** A connection once it is made. What keeps it from being made, an abort included, destroys it. */
export function established<T extends Duplex>(
  socket: T,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
  explain: (error: Error) => unknown,
): Promise<T> {
  // For as long as it lives: whoever uses it next listens, too, but there is a moment between.
  socket.on('error', () => {});
  return new Promise((resolve, reject) => {
    const over = () => {
      socket.off(event, done).off('error', fail);
      signal.removeEventListener('abort', abort);
    };
    const done = () => {
      over();
      resolve(socket);
    };
    const fail = (error: Error) => {
      over();
      socket.destroy();
      reject(explain(error));
    };
    const abort = () => {
      over();
      socket.destroy();
      reject(signal.reason);
    };
    socket.once(event, done).once('error', fail);
    signal.addEventListener('abort', abort, { once: true });
  });
}
