import type { MinionFunction } from '../calls.ts';
import { cmdFunctions } from './cmd.ts';
import { grainsFunctions } from './grains.ts';
import { pillarFunctions } from './pillar.ts';
import { pkgFunctions } from './pkg.ts';
import { saltutilFunctions } from './saltutil.ts';
import { serviceFunctions } from './service.ts';
import { stateFunctions } from './state.ts';
import { sysFunctions } from './sys.ts';
import { testFunctions } from './test.ts';

/** What a minion really does. Others are called as they want to be, and return an example. */
export const minionFunctions: Readonly<Record<string, MinionFunction>> = {
  ...cmdFunctions,
  ...grainsFunctions,
  ...pillarFunctions,
  ...pkgFunctions,
  ...saltutilFunctions,
  ...serviceFunctions,
  ...stateFunctions,
  ...sysFunctions,
  ...testFunctions,
};
