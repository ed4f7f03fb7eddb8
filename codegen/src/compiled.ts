import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Keeps what Node made of the libraries that print code, which is half of their cost, for the next run.
 *
 * Under the `node_modules` that we are installed in, where nobody else may write, and not in the folder for temporary
 * files that Node would take: what lies there could be anybody's code.
 */
export function rememberCompiled(): void {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const modules = join(folder, 'node_modules');
    // A folder that can't be written to is no reason to fail, and Node doesn't.
    if (existsSync(join(modules, 'ts-morph'))) {
      enableCompileCache(join(modules, '.cache', 'fairlead-compiled'));
      return;
    }
  }
}
