let loaded: typeof import('node:crypto') | undefined;

/** Node's cryptography, loaded by the first use: importing it would take milliseconds of every program's start. */
export function nodeCrypto(): typeof import('node:crypto') {
  loaded ??= process.getBuiltinModule('node:crypto');
  return loaded;
}
