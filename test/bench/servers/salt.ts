/**
 * A stream of events for whoever asks, as rest_cherrypy frames it: the line with the tag and that with the data are each
 * a chunk. Made beforehand, so that it is never what limits a client.
 */
import { createServer } from 'node:http';
import { listen } from './listen.ts';

const jid = '20261121191945861034';
const eventsABlock = 1_000;
const blocks = 250;

function event(number: number): string {
  const minion = `web${number}.example.com`;
  const tag = `salt/job/${jid}/ret/${minion}`;
  const data = {
    cmd: '_return',
    id: minion,
    success: true,
    return: { name: 'nginx', version: '1.26.3-3', changes: {}, comment: 'The package is installed.' },
    retcode: 0,
    jid,
    fun: 'pkg.info_installed',
    fun_args: ['nginx'],
    user: 'tester',
    _stamp: '2026-11-21T19:19:46.127000',
  };
  return `${chunk(`tag: ${tag}\n`)}${chunk(`data: ${JSON.stringify({ tag, data })}\n\n`)}`;
}

function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

const head = [
  'HTTP/1.1 200 OK',
  'content-type: text/event-stream;charset=utf-8',
  'cache-control: no-cache',
  'transfer-encoding: chunked',
  '',
  chunk('retry: 400\n'),
].join('\r\n');
const block = Buffer.from(Array.from({ length: eventsABlock }, (_, number) => event(number)).join(''));

const server = createServer((request, response) => {
  const { socket } = request;
  response.detachSocket(socket);
  let left = blocks;
  const more = () => {
    while (left > 0) {
      left -= 1;
      if (!socket.write(block)) return;
    }
    socket.end('0\r\n\r\n');
  };
  socket.on('drain', more);
  socket.write(head);
  more();
});

listen(server);
