import { setImmediate } from 'node:timers/promises';
import type { Api, Model, Warning } from './model.ts';
import { type Progress, silent } from './progress.ts';
import { Stamp } from './stamp.ts';
import { inputs, read, type Target } from './target.ts';
import { apply, type Plan, plan } from './write.ts';

export interface GenerateOptions {
  /** Told what is being done. Default: nobody. */
  readonly progress?: Progress;
  /** When it is aborted before the first file is written, none is. */
  readonly signal?: AbortSignal;
}

/** What a target consists of, and what was done about it. */
export interface Generated extends Facts {
  readonly name: string;
  readonly out: string;
  /** Relative to `out`. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

/** What was generated, which doesn't change unless something else does. */
interface Facts extends Counts {
  /** What was ignored in the input, and where. */
  readonly warnings: readonly Warning[];
}

interface Counts {
  /** Those with at least one method. */
  readonly apis: number;
  readonly methods: number;
  readonly events: number;
  readonly files: number;
}

/** Reads, checks and corrects the input, emits all files, and writes those that differ. */
export async function generate(target: Target, options: GenerateOptions = {}): Promise<Generated> {
  return run(target, options, apply);
}

/** Tells which files {@link generate} would write and remove, and touches none. */
export async function check(target: Target, options: GenerateOptions = {}): Promise<Generated> {
  return run(target, options, () => {});
}

async function run(
  target: Target,
  { progress = silent, signal }: GenerateOptions,
  write: (planned: Plan) => void,
): Promise<Generated> {
  const { name, out, source, importExtension = '.js' } = target;
  const stamp = new Stamp<Facts>(out, inputs(target), { source, importExtension });
  const known = stamp.read();
  if (known !== undefined) return { name, out, ...known, written: [], removed: [] };

  progress.stage(`${name}: reading`);
  const { model, session, alsoRead } = await read(target);

  progress.stage(`${name}: generating`);
  // Loads the libraries that print, which take longer than all the rest.
  const { emitFiles } = await import('./emit/files.ts');
  const onApi = (api: Api): void => progress.detail(api.path);
  const files = await emitFiles(model, { session, importExtension, onApi });

  // Whoever pressed Ctrl-C while we were busy has not been heard yet.
  await setImmediate();
  signal?.throwIfAborted();
  const planned = plan(out, files);
  write(planned);
  const facts = { ...count(model, files.size), warnings: model.warnings };
  if (isDone(plan(out, files))) stamp.save(facts, alsoRead);
  return { name, out, ...facts, written: [...planned.write.keys()].sort(), removed: planned.remove };
}

function isDone({ write, remove }: Plan): boolean {
  return write.size + remove.length === 0;
}

function count({ apis }: Model, files: number): Counts {
  return {
    apis: apis.filter(({ methods }) => methods.length > 0).length,
    methods: apis.flatMap(({ methods }) => methods).length,
    events: apis.flatMap(({ events }) => events).length,
    files,
  };
}
