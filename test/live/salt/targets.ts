import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Target } from '@fairlead/salt';
import { Test } from '@fairlead/salt/modules/test';
import { minion } from './configuration.ts';
import type { Live } from './live.ts';

/** What means the one minion, and what nobody. */
const pairs: readonly (readonly [Target, Target])[] = [
  ['light*', 'dark*'],
  [{ glob: '*' }, { glob: 'x*' }],
  [{ pcre: 'light(house|ship)' }, { pcre: 'dark.+' }],
  [{ list: [minion] }, { list: ['nobody'] }],
  [{ grain: 'coast:n*' }, { grain: 'coast:s*' }],
  [{ grainPcre: 'coast:n.rth' }, { grainPcre: 'coast:s.uth' }],
  [{ pillar: 'role:b*' }, { pillar: 'role:x*' }],
  [{ pillarPcre: 'role:beac.n' }, { pillarPcre: 'role:x.+' }],
  [{ pillarExact: 'role:beacon' }, { pillarExact: 'role:b*' }],
  [{ nodegroup: 'lights' }, { compound: 'not N@lights' }],
  [{ compound: 'G@coast:north and light*' }, { compound: 'G@coast:north and not light*' }],
  [{ ipcidr: '127.0.0.0/8' }, { ipcidr: '203.0.113.0/24' }],
];

export function targets(live: Live): void {
  test('every way to choose minions chooses them', async () => {
    const asked = new Test(live.session);
    for (const [here, nowhere] of pairs) {
      const some = await asked.ping(here);
      assert.deepEqual([...some.ok], [[minion, true]], JSON.stringify(here));
      const none = await asked.ping(nowhere, { timeoutSeconds: 1, gatherJobTimeoutSeconds: 1 });
      assert.equal(none.ok.size, 0, JSON.stringify(nowhere));
    }
  });

  test('levels of a target are separated as told', async () => {
    const results = await new Test(live.session).ping({ grain: 'coast|north' }, { delimiter: '|' });
    assert.equal(results.ok.size, 1);
    const some = new Test(live.session).ping({ grain: 'coast|north' }, { delimiter: '|' });
    assert.equal((await some.subset(1)).ok.size, 1);
  });

  test('a range needs a server of ranges, without which it means nobody', async () => {
    const results = await new Test(live.session).ping({ range: '%lights' }, { timeoutSeconds: 1 });
    assert.equal(results.ok.size, 0);
  });
}
