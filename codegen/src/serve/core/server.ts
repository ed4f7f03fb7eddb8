import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { inspect } from 'node:util';
import type { JsonValue } from '../../model.ts';
import { control, controlPrefix } from './control.ts';
import type { FaultRule } from './fault-rule.ts';
import { createFaults, type Fault } from './faults.ts';
import { createGeneric } from './generic.ts';
import { headOf, readBody, send } from './http.ts';
import type { RecordedRequest } from './recorded.ts';
import { record, recordCall } from './recorder.ts';
import { createRouter, type Match } from './router.ts';
import {
  BodyTooLarge,
  type Call,
  type Operation,
  operationKey,
  type ReceivedRequest,
  Refusal,
  type Reply,
  type RequestHead,
  type Service,
} from './service.ts';
import { plainJson, type WireObject } from './wire.ts';

/** A stand-in that is listening. */
export interface Server {
  /** Where: `http://127.0.0.1:4711`. */
  readonly url: string;
  /** The requests it got, oldest first; the last 10,000. */
  readonly requests: readonly RecordedRequest[];
  /** Makes something go wrong. */
  fail(rule: FaultRule): Fault;
  /** Moves the service's clock so many milliseconds forward. Throws a `RangeError` where it has none. */
  advance(milliseconds: number): void;
  /** Forgets what was put, the requests and the faults. */
  reset(): void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
  /** One line, without the credentials. */
  [inspect.custom](): string;
}

export interface ServerOptions {
  /** 0 by default: one that is free. */
  readonly port?: number;
  /** The largest page, and the size of a page for which no limit was given. */
  readonly pageSize: number;
  /** The largest body for which no operation sets the limit, in bytes. */
  readonly maxUploadBytes: number;
  /** What the control routes tell about the service that is at a URL. */
  readonly about: (url: string) => WireObject;
}

/** Serves on 127.0.0.1, and nowhere else: a stand-in trusts whoever reaches it. */
export async function startServer<C extends Call>(
  service: Service<C>,
  options: ServerOptions,
): Promise<Server> {
  const requests: RecordedRequest[] = [];
  const faults = createFaults([...service.operations, ...(service.calls ?? [])]);
  const generic = createGeneric(service, options.pageSize);
  const router = createRouter(service.operations, service.splats);
  const { tls } = service;
  const listener: RequestListener = (incoming, outgoing) => {
    serve(incoming, outgoing).catch((error: unknown) =>
      outgoing.destroy(error instanceof Error ? error : undefined),
    );
  };
  const server =
    tls === undefined
      ? createServer(listener)
      : (await import('node:https')).createServer({ key: tls.key, cert: tls.cert }, listener);

  // Below TLS, where there is that: only there a connection can be reset.
  const connections = new Map<number | undefined, Socket>();
  server.on('connection', (socket: Socket) => {
    const { remotePort } = socket;
    connections.set(remotePort, socket);
    socket.once('close', () => connections.delete(remotePort));
  });
  const reset = ({ socket }: IncomingMessage) =>
    (connections.get(socket.remotePort) ?? socket).resetAndDestroy();

  const { upgrade } = service;
  if (upgrade !== undefined) {
    server.on('upgrade', (incoming, socket: Duplex, rest: Buffer) => {
      // Whoever breaks a connection has gone, and that is all there is to it.
      socket.on('error', () => socket.destroy());
      const head = headOf(incoming, goneSignal(socket));
      const match = router.find(head.verb, head.path);
      const found = match === 'malformed' ? undefined : match;
      const recorded = record(requests, { ...head, body: new Uint8Array() }, found);
      upgrade(head, socket, {
        incoming,
        rest,
        recorded,
        refuse(reply) {
          recorded.status = reply.status ?? 200;
          refuseUpgrade(incoming, socket, head, reply);
        },
        reset: () => reset(incoming),
        fault: () => faults.take(recorded),
        ask(asked) {
          const call = recordCall(requests, head, asked);
          return { recorded: call, fault: faults.take(call) };
        },
      });
    });
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const head = headOf(incoming, goneSignal(outgoing));
    const match = router.find(head.verb, head.path);
    const found = match === 'malformed' ? undefined : match;
    const isControl = head.path.startsWith(controlPrefix);
    const early = isControl ? undefined : service.early?.(head, found?.operation);
    if (early !== undefined) {
      record(requests, { ...head, body: new Uint8Array() }, found).status = early.status ?? 200;
      return send(outgoing, head, early, { ...service.headers(head), ...early.headers });
    }
    const limit = found === undefined ? options.maxUploadBytes : maxBodyBytes(found.operation);
    const body = await readBody(incoming, limit);
    const request: ReceivedRequest = { ...head, body: body ?? new Uint8Array() };
    if (isControl)
      return send(
        outgoing,
        request,
        await control({ ...self, about: options.about(self.url), act }, request),
        {},
      );

    const recorded = record(requests, request, found);
    const fault = faults.take(recorded);
    if (fault?.delayMs !== undefined) await sleep(fault.delayMs);
    if (fault?.hang === true) return;
    if (fault?.reset === true) {
      reset(incoming);
      return;
    }

    const reply = await (fault?.status === undefined
      ? answer(request, match, body === undefined)
      : faultReply(fault, fault.status, request, found));
    recorded.status = reply.status ?? 200;
    const headers = { ...service.headers(request), ...reply.headers, ...fault?.headers };
    if (body === undefined) headers['connection'] = 'close';
    send(outgoing, request, reply, headers, fault?.truncate === true);
  }

  async function answer(
    request: ReceivedRequest,
    match: Match | 'malformed' | undefined,
    tooLarge: boolean,
  ): Promise<Reply> {
    let call: Call | undefined;
    try {
      if (match === 'malformed') throw new Refusal(400, '', 'The path has a broken percent escape');
      if (match === undefined) {
        const elsewhere = tooLarge ? undefined : await service.elsewhere(request, router.verbs(request.path));
        if (elsewhere !== undefined) return elsewhere;
        throw new Refusal(404, '', 'Not found');
      }
      call = { ...match, request, body: undefined };
      if (tooLarge) throw new BodyTooLarge(maxBodyBytes(match.operation));
      const admitted = await service.admit(call);
      call = admitted;
      const handler = service.handlers.get(operationKey(match.operation));
      return checked(call, await (handler === undefined ? generic.handle(call) : handler(admitted)));
    } catch (error) {
      return service.refusal(asRefusal(error), request, call);
    }
  }

  function act(told: JsonValue): JsonValue {
    if (service.act === undefined)
      throw new RangeError(`${service.name} has nothing that could be made happen`);
    return service.act(told);
  }

  function maxBodyBytes(operation: Operation): number {
    return operation.maxBodyBytes ?? service.maxBodyBytes;
  }

  /** An answer that isn't valid is a defect of the stand-in, and a service wouldn't send it either. */
  function checked(call: Call, reply: Reply): Reply {
    const { output } = call.operation;
    const isSuccess = (reply.status ?? 200) < 400;
    if (output === undefined || reply.json === undefined || !isSuccess) return reply;
    const [problem] = service.validator.for(output)(plainJson(reply.json));
    if (problem === undefined) return reply;
    throw new Error(
      `the answer of ${operationKey(call.operation)} is not valid: ${problem.pointer} ${problem.message}`,
    );
  }

  function faultReply(
    fault: FaultRule,
    status: number,
    request: ReceivedRequest,
    match: Match | undefined,
  ): Reply {
    const { body } = fault;
    if (typeof body === 'string') return { status, data: body };
    if (body !== undefined) return { status, json: body };
    const call = match === undefined ? undefined : { ...match, request, body: undefined };
    return service.refusal(
      new Refusal(status, '', `The stand-in was told to answer ${status}`),
      request,
      call,
    );
  }

  // A client that keeps a connection shouldn't find it closed just as it sends the next request.
  server.keepAliveTimeout = 60_000;
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const close = async () => {
    if (!server.listening) return;
    service.close?.();
    const closed = once(server, 'close');
    server.close();
    // Those too that became something else, and those whose handshake never ends.
    for (const socket of connections.values()) socket.destroy();
    await closed;
  };
  const self: Server = {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    fail: (rule) => faults.add(rule),
    advance(milliseconds) {
      if (!(milliseconds >= 0)) throw new RangeError(`a clock can't be moved ${milliseconds} ms forward`);
      if (service.advance === undefined) throw new RangeError(`${service.name} has no clock to move`);
      service.advance(milliseconds);
    },
    reset() {
      requests.length = 0;
      faults.clear();
      generic.reset();
      service.reset();
    },
    close,
    [Symbol.asyncDispose]: close,
    [inspect.custom]: () => `${service.name} at ${self.url}`,
  };
  return self;
}

/** Answers a request for another protocol as any other request. */
function refuseUpgrade(incoming: IncomingMessage, socket: Duplex, head: RequestHead, reply: Reply): void {
  const outgoing = new ServerResponse(incoming);
  outgoing.shouldKeepAlive = false;
  outgoing.assignSocket(incoming.socket);
  outgoing.once('finish', () => socket.end());
  send(outgoing, head, reply, { ...reply.headers });
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  return new Refusal(500, '', error instanceof Error ? error.message : String(error));
}

/** Aborted when the answer was sent, or can't be any more. */
function goneSignal(outgoing: ServerResponse | Duplex): AbortSignal {
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  return gone.signal;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
