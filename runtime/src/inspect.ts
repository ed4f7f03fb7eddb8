/**
 * The method that `inspect` and `console.log` ask for what to show. Taken from Node's registry of symbols, as it is
 * documented there, since importing `node:util` for it would slow the start of every program.
 */
export const inspectCustom: unique symbol = Symbol.for('nodejs.util.inspect.custom');
