/** The generator as a library: what the command `fairlead` does, for scripts. */
export type { ImportExtension } from './emit/imports.ts';
export { InputError } from './errors.ts';
export { check, type Generated, type GenerateOptions, generate } from './generate.ts';
export type { Warning } from './model.ts';
export type { Progress } from './progress.ts';
export { type Change, formatDifference, type SyncOptions, type SyncResult, sync } from './sync/index.ts';
export type { FileSource, ServiceSource, Target } from './target.ts';
export { WriteError } from './write.ts';
