import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ProtocolError } from '../../runtime/src/errors.ts';
import type { Forms } from '../../runtime/src/http/forms.ts';
import { path } from '../../runtime/src/http/path.ts';
import type { RequestOptions } from '../../runtime/src/options.ts';
import { endpointOn, rejection } from '../servers/endpoint.ts';
import { reply, WireServer } from '../servers/wire.ts';

const report = path`/report`;
const forms: Forms = {
  'application/json': { shape: { props: { n: () => 'bigint' } } },
  'text/csv': 'text',
  'image/*': 'bytes',
};

/** What is made of an answer, and what was asked for. */
async function told(type: string | undefined, body: string, options: RequestOptions) {
  const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
  await using server = await WireServer.start(reply(200, body, headers));
  const value = await endpointOn(server).get<unknown>(report, options);
  return [server.requests[0]?.headers['accept'], value];
}

describe('an answer in one of several forms', () => {
  test('is asked for as the first of them, unless the caller says otherwise', async () => {
    assert.deepEqual(await told('application/json; charset=utf-8', '{"n":1}', { forms }), [
      'application/json',
      { n: 1n },
    ]);
    assert.deepEqual(await told('text/csv; header=present', 'a,b', { forms, accept: 'text/csv' }), [
      'text/csv',
      'a,b',
    ]);
    const image = await told('image/png', 'PNG', { forms, accept: 'image/*' });
    assert.deepEqual(image, ['image/*', new TextEncoder().encode('PNG')]);
  });

  test('is read as its media type says where several are asked for', async () => {
    const accept = 'application/json, text/csv';
    assert.deepEqual(await told('text/csv', '1', { forms, accept }), [accept, '1']);
    assert.deepEqual(await told('application/json', '{"n":1}', { forms, accept }), [accept, { n: 1n }]);
  });

  test('may have another media type that is read in the same way, or none that is known', async () => {
    const star: Forms = {
      'application/json': 'json',
      'application/vnd.star+json': forms['application/json'] ?? 'json',
    };
    const accept = 'application/vnd.star+json';
    assert.deepEqual(await told('application/json', '{"n":1}', { forms: star, accept }), [accept, { n: 1n }]);
    assert.deepEqual(await told('application/hal+json', '{"n":1}', { forms }), [
      'application/json',
      { n: 1n },
    ]);
    assert.deepEqual(await told(undefined, '{"n":1}', { forms }), ['application/json', { n: 1n }]);
    assert.deepEqual(await told('application/csv', 'a', { forms, accept: 'text/csv' }), ['text/csv', 'a']);
  });

  test('is no answer in a form that was not asked for, and the error says how to ask for that', async () => {
    const csv = await rejection(told('text/csv', '1', { forms }), ProtocolError);
    assert.equal(
      csv.message,
      "GET /api/queue/v1/report: 200 with text/csv, where application/json was asked for; accept: 'text/csv' asks for that",
    );
    const json = await rejection(
      told('application/problem+json', '{}', { forms, accept: 'text/csv' }),
      ProtocolError,
    );
    assert.match(json.message, /200 with application\/problem\+json, where text\/csv was asked for$/);
  });

  test('can’t be asked for in a form that nobody knows', async () => {
    await assert.rejects(told('text/csv', '1', { forms, accept: 'text/html' }), {
      name: 'TypeError',
      message: 'accept must be one of application/json, text/csv, image/*, not "text/html"',
    });
  });
});
