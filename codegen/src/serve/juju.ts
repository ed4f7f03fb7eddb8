import type { WebSocket } from 'ws';
import { createValidator } from '../validate.ts';
import type { RequestHead, Service, Upgrade } from './core/service.ts';
import { operationKey } from './core/service.ts';
import { act } from './juju/acts.ts';
import { createControl, type JujuControl } from './juju/control.ts';
import type { Controller, Ending, Settings } from './juju/controller.ts';
import { allMethods } from './juju/facades/index.ts';
import { Failure } from './juju/failures.ts';
import { httpOperations, httpRoutes } from './juju/http/operations.ts';
import { answered, type JujuCall, refused } from './juju/http/reply.ts';
import { converse } from './juju/rpc/connection.ts';
import { startController, stopController } from './juju/start.ts';
import { runCommands } from './juju/streams/commands.ts';
import { tellLog } from './juju/streams/log.ts';
import { openStream, type Run } from './juju/streams/stream.ts';

/** What there is on a WebSocket that doesn't speak RPC. */
const runs: Readonly<Record<Exclude<Place['kind'], 'api'>, Run>> = {
  log: [tellLog],
  commands: [runCommands, { isOpen: true }],
  // What is sent is read, and nobody wants to know it again.
  logsink: [({ send }) => send({})],
};

/** The largest charm, resource or tool, in bytes. */
const maxBodyBytes = 500 * 1024 * 1024;

export interface Juju {
  readonly service: Service<JujuCall>;
  readonly control: JujuControl;
  /** As it is since it was started, or reset. */
  readonly controller: () => Controller;
}

/** A controller with its models. What there is to call is what `settings` were made of. */
export async function juju(settings: Settings): Promise<Juju> {
  const { WebSocketServer } = await import('ws');
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 0 });
  const operations = httpOperations(settings.release);
  let controller = startController(settings);
  const control = createControl(() => controller);

  const service: Service<JujuCall> = {
    name: 'juju',
    operations,
    calls: settings.facades.flatMap(({ name, methods }) =>
      [...methods.keys()].map((method) => ({ service: name, name: method })),
    ),
    splats: new Set(),
    schemas: new Map(),
    validator: await createValidator(new Map()),
    maxBodyBytes,
    handlers: new Map(
      operations.map((operation) => [
        operationKey(operation),
        httpRoutes[operation.name] ?? (() => notWebSocket()),
      ]),
    ),
    admit: async (call) => ({ ...call, controller }),
    elsewhere: async (_, verbs) => (verbs.length > 0 ? methodNotAllowed() : undefined),
    refusal: ({ status, message }) =>
      status === 404
        ? { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, data: '404 page not found\n' }
        : { ...refused(new Failure(message)), status },
    headers: () => ({}),
    ...(settings.certificates && { tls: settings.certificates }),
    upgrade(head, _, upgrade) {
      void accept(head, upgrade);
    },
    reset() {
      stopController(controller);
      controller = startController(settings);
    },
    advance: (milliseconds) => controller.clock.advance(milliseconds),
    act: (told) => act(control, told),
    close() {
      stopController(controller);
      sockets.close();
    },
  };

  /** Takes a WebSocket, unless it is to go wrong. */
  async function accept(head: RequestHead, upgrade: Upgrade): Promise<void> {
    const { incoming, rest } = upgrade;
    const place = placeOf(head.path);
    if (place === undefined) {
      upgrade.refuse({
        status: 404,
        headers: { 'content-type': 'text/plain' },
        data: '404 page not found\n',
      });
      return;
    }
    const fault = upgrade.fault();
    if (fault?.delayMs !== undefined) await new Promise((done) => setTimeout(done, fault.delayMs).unref());
    if (fault?.hang === true || incoming.socket.destroyed) return;
    if (fault?.reset === true) {
      upgrade.reset();
      return;
    }
    if (fault?.status !== undefined) {
      const { status, body } = fault;
      upgrade.refuse(
        typeof body === 'string'
          ? { status, data: body }
          : answered(body ?? { error: {} }, status, fault.headers),
      );
      return;
    }
    sockets.handleUpgrade(incoming, incoming.socket, rest, (socket) => {
      upgrade.recorded.status = 101;
      if (fault?.close !== undefined) socket.close(fault.close);
      else begin(place, head, upgrade, socket);
    });
  }

  function begin({ kind, uuid }: Place, head: RequestHead, upgrade: Upgrade, socket: WebSocket): void {
    if (kind === 'api') {
      converse(controller, allMethods, uuid, head, upgrade, socket);
      return;
    }
    const { streams } = controller;
    const stream: Ending = {
      close: (code, reason) => socket.close(code, reason),
      drop: () => socket.terminate(),
      reset: () => upgrade.reset(),
    };
    streams.add(stream);
    socket.once('close', () => streams.delete(stream));
    void openStream(controller, uuid, head, socket, ...runs[kind]);
  }

  return { service, control, controller: () => controller };
}

interface Place {
  readonly kind: 'api' | 'log' | 'commands' | 'logsink';
  readonly uuid: string;
}

function placeOf(path: string): Place | undefined {
  if (path === '/') return { kind: 'api', uuid: '' };
  if (path === '/migrate/logtransfer') return { kind: 'logsink', uuid: '' };
  const [, uuid = '', word] = /^(?:\/model\/([^/]+))?\/(api|log|commands|logsink)\/?$/.exec(path) ?? [];
  const kind = (['api', 'log', 'commands', 'logsink'] as const).find((one) => one === word);
  return kind === undefined ? undefined : { kind, uuid };
}

/** What a WebSocket library of Go says to who wants none. */
function notWebSocket() {
  return { status: 400, headers: { 'content-type': 'text/plain; charset=utf-8' }, data: 'Bad Request\n' };
}

function methodNotAllowed() {
  return answered({ error: { message: 'unsupported method', code: 'method not allowed' } }, 405);
}
