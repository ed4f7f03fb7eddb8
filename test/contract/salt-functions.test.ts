import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { isArray, isObject, type JsonObject } from '../../codegen/src/json/values.ts';
import type { JsonValue } from '../../codegen/src/model.ts';
import { resultChecker, saltService } from './salt-results.ts';

const recordings = new URL('../recordings/', import.meta.url);
const service = await saltService();
const classes = service.model.apis.filter(({ group }) => group !== undefined);

suite('the functions of Salt', () => {
  test('are all there, and nothing is said about one that is not', () => {
    const counts = ['modules', 'runners', 'wheel'].map((group) => {
      const own = classes.filter((api) => api.group === group);
      return [group, own.length, own.flatMap(({ methods }) => methods).length];
    });
    assert.deepEqual(counts, [
      ['modules', 174, 2156],
      ['runners', 34, 202],
      ['wheel', 6, 32],
    ]);
    assert.deepEqual(service.model.warnings, []);
  });

  test('have a sentence each in the modules that people use most', () => {
    const described = classes.filter(({ doc }) => doc.text !== undefined);
    const silent = described.flatMap(({ group, path, methods }) =>
      methods.flatMap(({ name, doc }) => (doc.text === undefined ? [`${group}/${path}.${name}`] : [])),
    );
    assert.equal(described.length, 36);
    assert.deepEqual(silent, []);
  });

  test('return what is said about them, as far as it was recorded', async () => {
    const results = returned();
    assert.ok(results.length >= 20, `only ${results.length} results`);
    const check = await resultChecker(service.model.apis);
    const wrong = results.map(
      ({ client, fun, value }) => check(client, fun, value) ?? [`no ${client} ${fun}`],
    );
    assert.deepEqual(wrong.flat(), []);
  });
});

/** What a function was recorded to return, where it could be called and nothing went wrong. */
function returned(): readonly { readonly client: string; readonly fun: string; readonly value: JsonValue }[] {
  const exchanges = readdirSync(recordings)
    .filter((file) => file.startsWith('salt-'))
    .flatMap((file): { request: JsonValue; body: JsonValue }[] =>
      JSON.parse(readFileSync(new URL(file, recordings), 'utf8')),
    );
  return exchanges.flatMap(({ request, body }) => {
    const answers = isObject(body) ? body['return'] : undefined;
    if (!isArray(request) || !isArray(answers) || answers.length !== request.length) return [];
    return request.flatMap((chunk, index) => resultsIn(isObject(chunk) ? chunk : {}, answers[index] ?? null));
  });
}

function resultsIn({ client, fun, full_return: full }: JsonObject, answer: JsonValue) {
  if (client !== 'local' && client !== 'runner' && client !== 'wheel') return [];
  if (typeof fun !== 'string' || full === true) return [];
  const one = (value: JsonValue) => [{ client, fun, value }];
  if (client === 'runner') return one(answer);
  if (!isObject(answer)) return [];
  if (client === 'wheel') {
    const { data } = answer;
    return isObject(data) && data['success'] === true ? one(data['return'] ?? null) : [];
  }
  // A text says why not, and false stands for a minion that is silent.
  return Object.values(answer).flatMap((value) =>
    typeof value === 'string' || value === false ? [] : one(value),
  );
}
