/**
 * Answers to every key with a pair whose value is half a KB, and holds whoever waits for another version: nothing ever
 * changes. `/held` tells how many wait.
 */
import { createServer } from 'node:http';
import { listen } from './listen.ts';

const index = '4711';
const headers = {
  'content-type': 'application/json',
  vary: 'Accept-Encoding',
  'x-consul-default-acl-policy': 'allow',
  'x-consul-index': index,
  'x-consul-knownleader': 'true',
  'x-consul-lastcontact': '0',
};
const value = Buffer.alloc(512, 'the value of a key, ').toString('base64');

let held = 0;

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  request.resume();
  request.on('end', () => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://loopback');
    if (searchParams.get('index') === index) {
      held += 1;
      response.on('close', () => {
        held -= 1;
      });
      return;
    }
    const key = pathname.slice('/v1/kv/'.length);
    const pair = {
      LockIndex: 0,
      Key: key,
      Flags: 0,
      Value: value,
      CreateIndex: 7,
      ModifyIndex: Number(index),
    };
    const body = pathname === '/held' ? String(held) : JSON.stringify([pair]);
    response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
  });
});

listen(server);
