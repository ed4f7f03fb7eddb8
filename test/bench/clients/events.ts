/**
 * Reads a stream of Salt's events in one of several ways and tells what one took, in microseconds:
 * `node events.ts <contender> <url>`.
 *
 * All know the tag and what the event says, parsed.
 */
import { salt, saltEvents } from '@fairlead/salt';
import { runtimesOwn, type Undici } from './libraries.ts';

const warmUp = 20_000;
const measured = 200_000;

type Listen = (url: string) => AsyncIterable<unknown>;

const contenders: Readonly<Record<string, Listen>> = {
  'fairlead-got': (url) => fairlead(url, 'got'),
  'fairlead-undici': (url) => fairlead(url, 'undici'),
  bare,
};

function fairlead(url: string, transport: 'got' | 'undici'): AsyncIterable<unknown> {
  const session = salt({ url, netapi: 'cherrypy', token: 'c0ffee', transport });
  return session.listen(saltEvents.jobReturned());
}

/** What can hardly be left out: the bytes as undici gives them, cut at empty lines. */
async function* bare(url: string): AsyncGenerator<unknown, void, undefined> {
  const undici: Undici = await runtimesOwn('undici');
  const { body } = await undici.request(`${url}/events`, {});
  const decoder = new TextDecoder();
  let begun = '';
  for await (const piece of body) {
    const blocks = `${begun}${decoder.decode(piece, { stream: true })}`.split('\n\n');
    begun = blocks.pop() ?? '';
    for (const block of blocks) yield JSON.parse(block.slice(block.indexOf('\ndata: ') + '\ndata: '.length));
  }
}

const [name = '', url = ''] = process.argv.slice(2);
const listen = contenders[name];
if (listen === undefined) throw new Error(`no contender '${name}'`);

let seen = 0;
let before = process.cpuUsage();
let began = performance.now();
for await (const event of listen(url)) {
  seen += 1;
  if (seen === 1 && !JSON.stringify(event).includes('nginx')) throw new Error(`${name} gave a wrong event`);
  if (seen === warmUp) {
    before = process.cpuUsage();
    began = performance.now();
  }
  if (seen === warmUp + measured) break;
}
const { user, system } = process.cpuUsage(before);
const wall = (performance.now() - began) * 1_000;
process.stdout.write(JSON.stringify({ cpu: (user + system) / measured, wall: wall / measured }));
process.exit();
