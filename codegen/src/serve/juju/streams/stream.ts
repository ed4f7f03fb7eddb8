import type { WebSocket } from 'ws';
import type { JsonValue } from '../../../model.ts';
import type { RequestHead } from '../../core/service.ts';
import type { Controller, Identity, Model } from '../controller.ts';
import { asFailure, Failure, failureJson } from '../failures.ts';
import { identifyRequest } from '../login/identify.ts';

/** A WebSocket on which a controller tells something, once it was said who wants to know. */
export interface Stream {
  readonly controller: Controller;
  readonly head: RequestHead;
  readonly socket: WebSocket;
  readonly who: Identity;
  /** Of the path; of the controller where there is none in it. */
  readonly model: Model;
  send(value: JsonValue): void;
}

/** What goes on on a stream, and whether somebody may begin it without having said who it is. */
export type Run = readonly [
  run: (stream: Stream) => void | Promise<void>,
  options?: { readonly isOpen?: boolean },
];

/** Begins a stream as all of them do: the first message is an error, or that there is none. */
export async function openStream(
  controller: Controller,
  uuid: string,
  head: RequestHead,
  socket: WebSocket,
  ...[run, options = {}]: Run
): Promise<void> {
  const send = (value: JsonValue) => {
    if (socket.readyState === socket.OPEN) socket.send(`${JSON.stringify(value)}\n`);
  };
  socket.on('error', () => socket.terminate());
  try {
    const who: Identity =
      options.isOpen === true
        ? { kind: 'anonymous' }
        : await identifyRequest(controller, head.headers, head.rootUrl);
    const model =
      uuid === ''
        ? [...controller.models.values()].find(({ isController }) => isController)
        : controller.models.get(uuid);
    if (model === undefined) throw new Failure(`unknown model: ${JSON.stringify(uuid)}`, 'model not found');
    const stream = { controller, head, socket, who, model, send };
    await run(stream);
  } catch (error) {
    send({ error: failureJson(asFailure(error)) });
    socket.close(1001);
  }
}
