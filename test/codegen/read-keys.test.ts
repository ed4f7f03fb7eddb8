import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { routingTypeName } from '../../codegen/src/names.ts';
import { sharedKeyNames } from '../../codegen/src/read/keys.ts';

/** An event whose key has the parts of `key`, one a letter. */
const event = (name: string, key: string) => ({
  name,
  key: [...key].map((part) => ({ name: part, doc: { facts: [] }, multipleWords: false, required: true })),
});

const named = (events: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    sharedKeyNames(
      Object.entries(events).map(([name, key]) => event(name, key)),
      'queue',
    ),
  );

describe('the name of a routing key that events share', () => {
  test('is what the names of the events begin with, or else the service', () => {
    assert.deepEqual(
      named({ taskMade: 'ab', taskGone: 'ab', artifactMade: 'c', groupGone: 'c', ping: 'd' }),
      {
        taskMade: 'task',
        taskGone: 'task',
        artifactMade: 'queue',
        groupGone: 'queue',
      },
    );
  });

  test('is that of the first event in the alphabet when another key would be called the same', () => {
    assert.deepEqual(named({ taskMade: 'a', ping: 'a', groupMade: 'b', artifactMade: 'b' }), {
      taskMade: 'ping',
      ping: 'ping',
      groupMade: 'artifactMade',
      artifactMade: 'artifactMade',
    });
  });

  test('is never that of an event with another key', () => {
    assert.deepEqual(named({ task: 'a', taskMade: 'b', taskGone: 'b' }), {
      taskMade: 'taskGone',
      taskGone: 'taskGone',
    });
    assert.deepEqual(named({ task: 'a', taskGone: 'a' }), { task: 'task', taskGone: 'task' });
  });

  test('tells keys apart by what is bound, not by what is said about it', () => {
    const { name, key } = event('taskMade', 'ab');
    const described = key.map((part) => ({
      ...part,
      doc: { text: 'Which one.', facts: [] },
      required: false,
    }));
    const constant = key.map((part) => ({ ...part, constant: 'primary' }));
    const long = key.map((part) => ({ ...part, multipleWords: true }));
    const names = (other: typeof key) =>
      sharedKeyNames(
        [
          { name, key },
          { name: 'taskGone', key: other },
        ],
        'queue',
      ).size;
    assert.equal(names(described), 2);
    assert.equal(names(constant), 0);
    assert.equal(names(long), 0);
  });

  test('does not depend on the order of the events, and no two keys have the same', () => {
    const word = fc.constantFrom('Task', 'Group', 'Made', 'Gone');
    const name = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => `x${words.join('')}`);
    const events = fc
      .uniqueArray(fc.record({ name, key: fc.constantFrom('a', 'b', 'c', 'd') }), {
        selector: (each) => each.name,
        maxLength: 12,
      })
      .map((all) => all.map((each) => event(each.name, each.key)));
    const twoOrders = events.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(twoOrders, ([all, shuffled]) => {
        const names = sharedKeyNames(all, 'queue');
        assert.deepEqual(new Map([...names].sort()), new Map([...sharedKeyNames(shuffled, 'queue')].sort()));
        const keyOf = new Map<string, string>();
        for (const { name: own, key } of all) {
          const type = routingTypeName(names.get(own) ?? own);
          const parts = key.map((part) => part.name).join();
          assert.equal(keyOf.get(type) ?? parts, parts, type);
          keyOf.set(type, parts);
        }
      }),
      { seed: 20_251, numRuns: 2000 },
    );
  });
});
