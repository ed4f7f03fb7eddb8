import { after, suite, test } from 'node:test';
import { clients } from './clients.ts';
import { dischargers } from './dischargers.ts';
import { files } from './files.ts';
import { macaroons } from './macaroons.ts';
import type { Oracles } from './oracles.ts';

export function everything(oracles: Oracles): void {
  const { go, python } = oracles;
  suite('real macaroon bakeries', { timeout: 120_000 }, () => {
    after(async () => {
      await python?.[Symbol.asyncDispose]();
      await go[Symbol.asyncDispose]();
    });
    if (python === undefined) test('Python', { skip: "Debian's Python cannot be had here" });
    const each = python === undefined ? [go] : [go, python];
    for (const oracle of each) {
      macaroons(oracle);
      clients(oracle);
      dischargers(oracle);
    }
    files(go);
  });
}
