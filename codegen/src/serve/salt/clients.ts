import type { JsonValue } from '../../model.ts';
import { isObject, type JsonObject } from '../core/schemas.ts';
import { mayOnMinions } from './credentials.ts';
import type { Job, Master, Order, Token } from './deployment.ts';
import { failures } from './failures.ts';
import { nextJid } from './jids.ts';
import { publish, returnEvent } from './jobs.ts';
import { startOnMaster } from './master-functions.ts';
import { targeted } from './targets.ts';

/** In the order in which rest_cherrypy names them. */
export const clientNames = [
  'local',
  'local_async',
  'local_batch',
  'local_subset',
  'runner',
  'runner_async',
  'ssh',
  'wheel',
  'wheel_async',
] as const;

export type ClientName = (typeof clientNames)[number];

export function isClientName(name: string): name is ClientName {
  return clientNames.some((known) => known === name);
}

/** The client that a chunk names: one that there is, and that the master allows. */
export function clientOf({ settings }: Master, chunk: JsonObject): ClientName {
  const { client } = chunk;
  const name = typeof client === 'string' ? client : 'None';
  if (!isClientName(name)) throw failures.unknownClient(name);
  if (!settings.enabledClients.includes(name)) throw failures.disabledClient(name);
  return name;
}

/** Runs a chunk: one element of the answer, or of a batch one a minion. */
export async function runChunk(
  master: Master,
  token: Token,
  client: ClientName,
  chunk: JsonObject,
): Promise<readonly JsonValue[]> {
  switch (client) {
    case 'local':
      return [
        await local(master, orderOf(master, token, chunk, 'LocalClient.cmd'), chunk['full_return'] === true),
      ];
    case 'local_async': {
      const job = publish(master, orderOf(master, token, chunk, 'LocalClient.run_job'));
      return [job === undefined ? {} : { jid: job.jid, minions: job.minions }];
    }
    case 'local_subset':
      return [await subset(master, orderOf(master, token, chunk, 'LocalClient.cmd_subset'), chunk)];
    case 'local_batch':
      return await batch(master, orderOf(master, token, chunk, 'LocalClient.cmd_batch'), chunk);
    case 'runner': {
      demandFunction(client, chunk);
      const { tag, data } = await startOnMaster(master, token, 'runner', chunk);
      const ended = await data;
      return [chunk['full_return'] === true ? { tag: `${tag}/ret`, data: ended } : (ended['return'] ?? null)];
    }
    case 'wheel': {
      demandFunction(client, chunk);
      const { tag, data } = await startOnMaster(master, token, 'wheel', chunk, true);
      const { fun_args: _, ...told } = await data;
      return [{ tag, data: { ...told, tag } }];
    }
    case 'runner_async': {
      const { tag, jid } = await startOnMaster(master, token, 'runner', chunk);
      return [{ tag, jid }];
    }
    case 'wheel_async': {
      await startOnMaster(master, token, 'wheel', chunk);
      // The job gets another id than the one that is told.
      const jid = nextJid(master);
      return [{ tag: `salt/wheel/${jid}`, jid }];
    }
    case 'ssh':
      // Its roster has nobody.
      return [{}];
  }
}

function demandFunction(client: string, chunk: JsonObject): void {
  if (chunk['fun'] === undefined) throw failures.invalid(`${client} takes at least 1 argument (0 given)`);
}

/** What a chunk orders, if its user may. `method` is what Python complains of when something is missing. */
function orderOf(master: Master, token: Token, chunk: JsonObject, method: string): Order {
  const { tgt, fun, arg, kwarg, tgt_type: tgtType = 'glob', ret, jid, delimiter } = chunk;
  if (tgt === undefined || fun === undefined) {
    const missing = [...(tgt === undefined ? ["'tgt'"] : []), ...(fun === undefined ? ["'fun'"] : [])];
    const many = missing.length > 1 ? 's' : '';
    throw failures.unexpected(
      `${method}() missing ${missing.length} required positional argument${many}: ${missing.join(' and ')}`,
    );
  }
  const list = arg === undefined ? [] : Array.isArray(arg) ? arg : [arg];
  const named = isObject(kwarg) && Object.keys(kwarg).length > 0 ? [{ __kwarg__: true, ...kwarg }] : [];
  const functions = Array.isArray(fun) ? fun.map(String) : String(fun);
  const order: Order = {
    fun: functions,
    arg: [...list, ...named],
    tgt,
    tgtType: String(tgtType),
    user: token.name,
    ret: typeof ret === 'string' ? ret : '',
    ...(typeof jid === 'string' && jid !== '' ? { jid } : {}),
    ...(typeof delimiter === 'string' ? { delimiter } : {}),
  };
  const minions = targeted(master, order.tgt, order.tgtType, order.delimiter);
  if (!mayOnMinions(master, token, [functions].flat(), minions)) throw failures.unauthorized();
  return order;
}

/** By minion. A silent one is `false`, or a text when it was named; rest_tornado has those only that returned. */
async function local(master: Master, order: Order, full: boolean): Promise<JsonValue> {
  const job = publish(master, order);
  if (job === undefined) return {};
  await job.done;
  const isTornado = master.settings.netapi === 'tornado';
  const told = job.minions.filter((id) => !isTornado || job.returned.has(id));
  return Object.fromEntries(told.map((id) => [id, returnOf(job, id, full)]));
}

function returnOf(job: Job, id: string, full: boolean): JsonValue {
  const returned = job.returned.get(id);
  if (returned?.unserializable) throw failures.unserializable('Constant');
  if (returned === undefined) {
    if (job.tgtType !== 'list') return false;
    const ret = noReturn(job.jid);
    return full ? { out: 'no_return', ret, retcode: 1 } : ret;
  }
  const { value, retcode, out } = returned;
  return full ? { ret: value, ...(out === undefined ? {} : { out }), retcode, jid: job.jid } : value;
}

function noReturn(jid: string): string {
  return [
    'Minion did not return. [No response]',
    'The minions may not have all finished running and any remaining minions will return upon completion. To look up the return data for this job later, run the following command:',
    '',
    `salt-run jobs.lookup_jid ${jid}`,
  ].join('\n');
}

/** Of those that answer and have the function, the first so many: the real one chooses by chance. */
async function subset(master: Master, order: Order, chunk: JsonObject): Promise<JsonValue> {
  const { subset: count = chunk['sub'] ?? 3, full_return: full } = chunk;
  const tgt = answering(master, order).slice(0, Number(count));
  if (tgt.length === 0) return {};
  return await local(master, { ...order, tgt, tgtType: 'list' }, full === true);
}

/**
 * So many at a time, each group as a job of its own; silent ones were found out before. With `raw` an element is the event
 * of a return, and `failhard` doesn't see, until 3008, that one failed.
 */
async function batch(master: Master, order: Order, chunk: JsonObject): Promise<readonly JsonValue[]> {
  const ids = answering(master, order);
  const size = batchSize(chunk['batch'] ?? '10%', ids.length);
  const isRaw = chunk['raw'] === true;
  const elements: JsonValue[] = [];
  for (let at = 0; at < ids.length; at += size) {
    const job = publish(master, { ...order, tgt: ids.slice(at, at + size), tgtType: 'list' });
    if (job === undefined) break;
    await job.done;
    for (const [id, returned] of job.returned) {
      const value = returnOf(job, id, false);
      elements.push(isRaw ? returnEvent(job, id, returned) : { [id]: value });
    }
    const hasFailed = [...job.returned.values()].some(({ retcode }) => retcode !== 0);
    if (chunk['failhard'] === true && !isRaw && hasFailed) break;
  }
  return elements;
}

function answering(master: Master, { tgt, tgtType, delimiter }: Order): readonly string[] {
  return targeted(master, tgt, tgtType, delimiter).filter((id) => {
    const minion = master.minions.get(id);
    return minion !== undefined && minion.silent !== true && master.keys.get(id) === 'minions';
  });
}

function batchSize(batch: JsonValue, count: number): number {
  const text = String(batch);
  const size = text.endsWith('%') ? (Number(text.slice(0, -1)) / 100) * count : Number(text);
  if (Number.isNaN(size)) throw failures.invalid(`Invalid batch specification '${text}'`);
  return Math.max(1, Math.floor(size));
}
