import { setTimeout as pause } from 'node:timers/promises';
import { json, Refusal, type Reply } from '../core/service.ts';
import { type WireObject, wireText } from '../core/wire.ts';
import { demand } from './access.ts';
import type { LogLine } from './agent-state.ts';
import type { Consul, ConsulCall, Routes } from './deployment.ts';
import { badRequest, notFound } from './errors.ts';

const levels: readonly string[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];

export const streamRoutes: Routes = {
  'GET /agent/monitor': monitor,
  'GET /agent/metrics': (call) => {
    demandAgent(call, 'read');
    const accepts = call.request.headers.accept ?? '';
    const isText = call.request.query.get('format') === 'prometheus' || accepts.includes('openmetrics');
    if (isText)
      throw new Refusal(415, '', 'Prometheus is not enabled since its retention time is not positive');
    return json(metrics(call.consul));
  },
  'GET /agent/metrics/stream': (call) => {
    if (!call.consul.modern) throw notFound();
    demandAgent(call, 'read');
    return { headers: { 'content-type': 'application/json' }, stream: metricsStream(call) };
  },
};

/** Refuses a caller who may not look into this agent, or change it. */
export function demandAgent(call: ConsulCall, access: 'read' | 'write'): void {
  demand(call, 'agent', call.consul.settings.nodeName, access);
}

/** Says something that a monitor shows. */
export function log(consul: Consul, level: LogLine['level'], module: string, message: string): void {
  const line = { level, module, message, time: new Date(consul.clock.now()).toISOString() };
  for (const listen of [...consul.agent.log]) listen(line);
}

function monitor(call: ConsulCall): Reply {
  demandAgent(call, 'read');
  const { query } = call.request;
  const asked = (query.get('loglevel') || 'info').toUpperCase();
  const level = asked === 'ERR' ? 'ERROR' : asked;
  const least = levels.indexOf(level);
  if (least < 0) throw badRequest(`Unknown log level: ${query.get('loglevel')}`);
  return { stream: lines(call, least, query.has('logjson')) };
}

async function* lines(call: ConsulCall, least: number, isJson: boolean): AsyncIterable<string> {
  const { agent } = call.consul;
  const { signal } = call.request;
  const waiting: LogLine[] = [];
  let arrived = Promise.withResolvers<void>();
  const listen = (line: LogLine) => {
    if (levels.indexOf(line.level) < least) return;
    waiting.push(line);
    arrived.resolve();
  };
  const wake = () => arrived.resolve();
  agent.log.add(listen);
  signal.addEventListener('abort', wake);
  log(call.consul, 'INFO', 'agent', 'a monitor was attached');
  try {
    while (!signal.aborted) {
      for (const line of waiting.splice(0)) yield isJson ? jsonLine(line) : textLine(line);
      await arrived.promise;
      arrived = Promise.withResolvers<void>();
    }
  } finally {
    agent.log.delete(listen);
    signal.removeEventListener('abort', wake);
  }
}

function jsonLine({ level, module, message, time }: LogLine): string {
  const line = { '@level': level.toLowerCase(), '@message': message, '@module': module, '@timestamp': time };
  return `${JSON.stringify(line)}\n`;
}

function textLine({ level, module, message, time }: LogLine): string {
  return `${time} [${level}]${' '.repeat(6 - level.length)}${module}: ${message}\n`;
}

async function* metricsStream(call: ConsulCall): AsyncIterable<string> {
  const { signal } = call.request;
  while (!signal.aborted) {
    yield `${wireText(metrics(call.consul))}\n`;
    // The caller has gone: that is how this ends.
    await pause(call.consul.settings.metricsIntervalMs, undefined, { signal, ref: false }).catch(
      () => undefined,
    );
  }
}

function metrics(consul: Consul): WireObject {
  const { settings, state, clock } = consul;
  const sample = (Name: string, value: number) => ({
    Name,
    Count: 1,
    Rate: value / 10,
    Sum: value,
    Min: value,
    Max: value,
    Mean: value,
    Stddev: 0,
    Labels: {},
  });
  return {
    Timestamp: `${new Date(clock.now()).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`,
    Gauges: [
      { Name: 'consul.raft.applied_index', Value: state.index, Labels: {} },
      {
        Name: 'consul.state.services',
        Value: state.services.size,
        Labels: { datacenter: settings.datacenter },
      },
    ],
    Points: [],
    Counters: [sample('consul.http.requests', 1)],
    Samples: [sample('consul.kvs.apply', state.kv.size)],
  };
}
