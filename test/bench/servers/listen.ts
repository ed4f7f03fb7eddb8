import type { Server } from 'node:http';

/** Listens on loopback and tells where: a line on the standard output. */
export function listen(server: Server): void {
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    process.stdout.write(`http://127.0.0.1:${address.port}\n`);
  });
}
