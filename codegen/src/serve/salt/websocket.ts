import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { RequestHead } from '../core/service.ts';
import { eventText } from './bus.ts';
import type { Master } from './deployment.ts';

const opcodes = { text: 1, close: 8, ping: 9, pong: 10 } as const;

/** RFC 6455: what is appended to a key before it is hashed. */
const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Takes the handshake, and tells events once the client has said that it is there, each as it is `written`. */
export function openSocket(
  master: Master,
  head: RequestHead,
  socket: Duplex,
  isAllowed: () => boolean,
  written: (text: string) => string,
): void {
  const key = String(head.headers['sec-websocket-key'] ?? '');
  const accept = createHash('sha1')
    .update(key + magic)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  let received = Buffer.alloc(0);
  let isReady = false;
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (let frame = frameIn(received); frame !== undefined; frame = frameIn(received)) {
      received = received.subarray(frame.length);
      if (frame.opcode === opcodes.close) {
        socket.end(framed(opcodes.close, frame.payload));
      } else if (frame.opcode === opcodes.ping) {
        socket.write(framed(opcodes.pong, frame.payload));
      } else if (!isReady && frame.payload.toString() === 'websocket client ready') {
        isReady = true;
        void tell(master, head.signal, socket, isAllowed, written);
      }
    }
  });
}

/** An answer to a handshake that isn't taken. */
export function refuseSocket(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

async function tell(
  master: Master,
  signal: AbortSignal,
  socket: Duplex,
  isAllowed: () => boolean,
  written: (text: string) => string,
): Promise<void> {
  for await (const event of master.bus.listen(signal)) {
    if (!isAllowed()) break;
    socket.write(framed(opcodes.text, Buffer.from(written(eventText(event)))));
  }
  if (socket.writable) socket.end(framed(opcodes.close, Buffer.alloc(0)));
}

interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
  /** Of all of it, in bytes. */
  readonly length: number;
}

/** The first frame, when all of it is there. Clients mask theirs. */
function frameIn(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined;
  const [first = 0, second = 0] = bytes;
  const short = second & 0x7f;
  const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
  const isMasked = (second & 0x80) !== 0;
  const start = 2 + extended + (isMasked ? 4 : 0);
  if (bytes.length < start) return undefined;
  const size =
    extended === 0 ? short : extended === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < start + size) return undefined;
  const mask = bytes.subarray(start - 4, start);
  const payload = Buffer.from(bytes.subarray(start, start + size));
  if (isMasked) for (const [at, byte] of payload.entries()) payload[at] = byte ^ (mask[at % 4] ?? 0);
  return { opcode: first & 0x0f, payload, length: start + size };
}

function framed(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  if (length < 126) head[1] = length;
  else if (length < 65_536) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}
