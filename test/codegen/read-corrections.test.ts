import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { InputError } from '../../codegen/src/errors.ts';
import type { JsonValue } from '../../codegen/src/model.ts';
import { applyCorrections, parseCorrections } from '../../codegen/src/read/corrections.ts';
import type { Documents } from '../../codegen/src/read/documents.ts';

const documents: Documents = {
  origin: 'sample',
  files: new Map<string, JsonValue>([
    [
      'a.json',
      {
        entries: [
          { name: 'ping', tags: ['x', 'y'] },
          { name: 'get/all', 'a/b': 1 },
        ],
      },
    ],
    ['b.json', { same: true }],
  ]),
};

function correct(...entries: readonly JsonValue[]): JsonValue | undefined {
  return applyCorrections(documents, parseCorrections([...entries], 'corrections.yaml')).documents.files.get(
    'a.json',
  );
}

function refused(entry: JsonValue, expected: RegExp): void {
  assert.throws(
    () => correct(entry),
    (error) => error instanceof InputError && expected.test(error.message),
  );
}

const why = 'test';

suite('a correction', () => {
  test('sets what is missing, and replaces what is there', () => {
    assert.deepEqual(
      correct(
        { at: 'a.json#/entries/[name=ping]/x-safe', set: true, why },
        { at: 'a.json#/entries/0/tags/1', set: null, why },
        { at: 'a.json#/more', set: { of: 'it' }, why },
      ),
      {
        entries: [
          { name: 'ping', tags: ['x', null], 'x-safe': true },
          { name: 'get/all', 'a/b': 1 },
        ],
        more: { of: 'it' },
      },
    );
  });

  test('changes the same in several places, of which one at least has to be wrong', () => {
    const several = (at: string, set: JsonValue) =>
      applyCorrections(documents, parseCorrections([{ at, set, why }], 'corrections.yaml')).documents.files;
    assert.deepEqual(several('*.json#/same', false).get('b.json'), { same: false });
    assert.deepEqual(several('a.json#/entries/*/name', 'all').get('a.json'), {
      entries: [
        { name: 'all', tags: ['x', 'y'] },
        { name: 'all', 'a/b': 1 },
      ],
    });
    assert.deepEqual(several('a.json#/*/[name=ping]/tags/*', 'x').get('a.json'), {
      entries: [
        { name: 'ping', tags: ['x', 'x'] },
        { name: 'get/all', 'a/b': 1 },
      ],
    });
    assert.deepEqual(correct({ at: 'a.json#/entries/[name=ping]/tags/*', remove: true, why }), {
      entries: [
        { name: 'ping', tags: [] },
        { name: 'get/all', 'a/b': 1 },
      ],
    });
    refused({ at: 'a.json#/entries/*/gone', set: 1, why }, /no longer applies: there is no such place/);
    refused({ at: 'x*.json#/same', set: 1, why }, /no longer applies: there is no such file/);
    refused({ at: '*.json#/same', set: true, why }, /no longer applies: this value is already there/);
    refused({ at: '*#/../same', set: 1, why }, /no longer applies/);
  });

  test('removes a property or an element', () => {
    assert.deepEqual(
      correct(
        { at: 'a.json#/entries/[name=get~1all]/a~1b', remove: true, why },
        { at: 'a.json#/entries/0', remove: true, why },
      ),
      { entries: [{ name: 'get/all' }] },
    );
  });

  test('leaves the documents that it was given as they are', () => {
    const before = JSON.stringify([...documents.files]);
    const { touched } = applyCorrections(
      documents,
      parseCorrections([{ at: 'b.json#/same', set: false, why }], ''),
    );
    assert.equal(JSON.stringify([...documents.files]), before);
    assert.deepEqual([...touched], ['b.json']);
  });

  test('is refused when it no longer applies', () => {
    refused({ at: 'gone.json#/x', set: 1, why }, /"gone.json#\/x" no longer applies: there is no such file/);
    refused({ at: 'a.json#/entries/[name=gone]/x', set: 1, why }, /0 elements are \[name=gone\]/);
    refused({ at: 'a.json#/entries/7/x', set: 1, why }, /no element 7/);
    refused({ at: 'a.json#/entries/-/x', set: 1, why }, /no element -/);
    refused({ at: 'a.json#/gone/x', set: 1, why }, /there is no "gone"/);
    refused({ at: 'a.json#/gone', remove: true, why }, /there is no "gone"/);
    refused({ at: 'a.json#/entries/[name=ping]/name', set: 'ping', why }, /already there/);
    refused({ at: 'a.json#/entries/[name=ping]/tags', set: ['x', 'y'], why }, /already there/);
    refused({ at: 'a.json#/entries/0/name/x', set: 1, why }, /neither object nor array/);
    refused({ at: 'a.json#', set: 1, why }, /whole file/);
    refused({ at: 'a.json#entries', set: 1, why }, /has to start with "\/"/);
  });

  test('never reaches into a prototype', () => {
    refused({ at: 'a.json#/constructor/name', set: 1, why }, /there is no "constructor"/);
    refused({ at: 'a.json#/__proto__/polluted', set: 1, why }, /there is no "__proto__"/);
    assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
  });

  test('has to say where, what and why', () => {
    refused({ set: 1, why }, /#\/0: needs an "at"/);
    refused({ at: 'a.json#/x', set: 1 }, /needs a "why"/);
    refused({ at: 'a.json#/x', why }, /either "set" or "remove: true"/);
    refused({ at: 'a.json#/x', set: 1, remove: true, why }, /either "set" or "remove: true"/);
    refused({ at: 'a.json#/x', sett: 1, why }, /has no "sett"/);
    refused('text', /needs an "at"/);
    assert.throws(
      () => parseCorrections({}, 'corrections.yaml'),
      /corrections.yaml: not a list of corrections/,
    );
    assert.deepEqual(parseCorrections(null, ''), []);
  });
});
