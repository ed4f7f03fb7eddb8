import type { WebSocket } from 'ws';
import type { FaultRule } from '../../core/fault-rule.ts';
import { isObject } from '../../core/schemas.ts';
import type { RequestHead, Upgrade } from '../../core/service.ts';
import type { Connection, Controller, Methods } from '../controller.ts';
import { asFailure, Failure, statusOf } from '../failures.ts';
import { createWatchers } from '../watchers.ts';
import { answer } from './dispatch.ts';
import { Nonsense, refusalText, replyText, requestIn } from './message.ts';

/** How long an agent, or somebody without a name, may say nothing before it is cut off, in milliseconds. */
const patienceMs = 3 * 60_000;
/** The same with JAAS, whoever it is. */
const jaasPatienceMs = 90_000;

/** Speaks RPC on a WebSocket until that has ended. */
export function converse(
  controller: Controller,
  methods: Methods,
  modelUuid: string,
  head: RequestHead,
  upgrade: Upgrade,
  socket: WebSocket,
): void {
  let cancelCut = () => {};
  const connection: Connection = {
    modelUuid,
    headers: head.headers,
    rootUrl: head.rootUrl,
    identity: undefined,
    device: undefined,
    watchers: createWatchers(() => {
      controller.nextWatcher += 1;
      return String(controller.nextWatcher);
    }),
    signal: head.signal,
    alive() {
      cancelCut();
      const { jaas } = controller.settings;
      if (connection.identity?.kind === 'user' && jaas === undefined) return;
      cancelCut = controller.clock.after(jaas === undefined ? patienceMs : jaasPatienceMs, () =>
        socket.terminate(),
      );
    },
    send(text) {
      if (socket.readyState === socket.OPEN) socket.send(text);
    },
    close(code, reason) {
      connection.watchers.clear();
      // Whoever waits for them is told so first.
      setImmediate(() => socket.close(code, reason));
    },
    drop: () => socket.terminate(),
    reset: () => upgrade.reset(),
  };
  controller.connections.add(connection);
  socket.on('message', (data) => {
    void receive(String(data)).catch(() => socket.terminate());
  });
  // Whoever breaks a connection has gone, and that is all there is to it.
  socket.on('error', () => socket.terminate());
  socket.on('close', () => {
    cancelCut();
    controller.connections.delete(connection);
    connection.watchers.clear();
  });

  async function receive(text: string): Promise<void> {
    const request = requestIn(text);
    if (request === undefined) return;
    // Juju 4 knows the first protocol no more.
    if (request.isFirst && controller.settings.release !== '3.6')
      throw new Nonsense('a request has a number');
    const { facade, method, version, id } = request;
    const { recorded, fault } = upgrade.ask({
      service: facade,
      method,
      params: { version: String(version), ...(id !== '' && { id }) },
      body: Buffer.from(JSON.stringify(request.params ?? {})),
    });
    if (fault?.delayMs !== undefined) await sleep(fault.delayMs);
    if (fault?.hang === true) return;
    if (fault?.reset === true) return connection.reset();
    if (fault?.close !== undefined) return connection.close(fault.close);
    try {
      const refused = refusalIn(fault);
      if (refused !== undefined) throw refused;
      const reply = replyText(request, await answer(controller, connection, methods, request));
      recorded.status = 200;
      if (fault?.truncate === true) truncate(reply);
      else connection.send(reply);
    } catch (error) {
      const failure = asFailure(error);
      recorded.status = statusOf(failure);
      connection.send(refusalText(request, failure));
    }
  }

  /** Half of a frame, and then nothing. */
  function truncate(text: string): void {
    const payload = Buffer.from(text);
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(payload.length));
    const frame = Buffer.concat([Buffer.of(0x81, 127), length, payload.subarray(0, payload.length >> 1)]);
    const raw = upgrade.incoming.socket;
    raw.write(frame, () => raw.destroy());
  }
}

function refusalIn(fault: FaultRule | undefined): Failure | undefined {
  if (fault?.error !== undefined) {
    const { message, code, info } = fault.error;
    return new Failure(message, code, isObject(info) ? info : undefined);
  }
  if (fault?.status === undefined) return undefined;
  return new Failure(
    typeof fault.body === 'string' ? fault.body : `The stand-in was told to answer ${fault.status}`,
  );
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
