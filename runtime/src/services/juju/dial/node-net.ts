/** Node's sockets, loaded by the first use: importing them would take milliseconds of every program's start. */
export function nodeNet(): typeof import('node:net') {
  return process.getBuiltinModule('node:net');
}
