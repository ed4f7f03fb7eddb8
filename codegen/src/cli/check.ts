import { join } from 'node:path';
import { check } from '../generate.ts';
import type { Warning } from '../model.ts';
import { type Command, EXIT } from './command.ts';
import { shortest } from './project.ts';
import { TARGET_OPTIONS, targetsOf } from './targets.ts';
import { warningLines } from './warnings.ts';

export const checkCommand: Command = {
  usage: ['check [SERVICE…]', 'check FILE --out DIR'],
  about:
    'Tells whether what is generated is what `generate` would write; exits with 1 and lists the files when not.',
  options: TARGET_OPTIONS,
  async run(call) {
    const stale: { path: string; why: string }[] = [];
    const ignored: Warning[] = [];
    for (const target of targetsOf(call)) {
      const { out, written, removed, warnings } = await check(target, { progress: call.progress });
      ignored.push(...warnings);
      const place = shortest(call.cwd, out);
      stale.push(
        ...written.map((path) => ({ path: join(place, path), why: 'missing or out of date' })),
        ...removed.map((path) => ({ path: join(place, path), why: 'no longer generated' })),
      );
    }
    call.progress.end();
    for (const line of warningLines(ignored)) call.warn(line);
    const lines = stale.map(({ path, why }) => `${path}: ${why}`);
    const text = stale.length === 0 ? 'up to date' : [...lines, 'run: fairlead generate'].join('\n');
    call.result(text, { stale, warnings: ignored });
    return stale.length === 0 ? EXIT.ok : EXIT.stale;
  },
};
