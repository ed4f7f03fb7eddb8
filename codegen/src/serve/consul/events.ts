import { json, type Reply } from '../core/service.ts';
import type { WireObject } from '../core/wire.ts';
import { demand } from './access.ts';
import { untilChanged } from './blocking.ts';
import type { ConsulCall, Routes } from './deployment.ts';
import { badRequest } from './errors.ts';
import { newId, type UserEvent, wake } from './state.ts';

/** So many events an agent remembers. */
const maxEvents = 256;

export const eventRoutes: Routes = {
  'PUT /event/fire/<name*>': fire,
  'GET /event/list': async (call) => {
    const known = BigInt(call.request.query.get('index') || '0');
    if (known > 0n) await untilChanged(call, () => indexOf(seenBy(call)) !== known);
    const events = seenBy(call);
    return json(events.map(shown), 200, { 'X-Consul-Index': String(indexOf(events)) });
  },
};

function fire(call: ConsulCall): Reply {
  const { consul, request, params } = call;
  const { events } = consul.state;
  const name = params['name'] ?? '';
  if (name === '') throw badRequest('Missing name');
  demand(call, 'event', name, 'write');
  const { query } = request;
  const event: UserEvent = {
    ID: newId(),
    Name: name,
    Payload: request.body,
    NodeFilter: query.get('node') ?? '',
    ServiceFilter: query.get('service') ?? '',
    TagFilter: query.get('tag') ?? '',
    LTime: (events.at(-1)?.LTime ?? 1) + 1,
  };
  if (reaches(call, event)) {
    events.push(event);
    if (events.length > maxEvents) events.shift();
    wake(consul.state);
  }
  // Whoever fires an event is told of it before it has a place in time.
  return json(shown({ ...event, LTime: 0 }));
}

/** Whether an event is meant for this agent. */
function reaches({ consul }: ConsulCall, { NodeFilter, ServiceFilter, TagFilter }: UserEvent): boolean {
  if (NodeFilter !== '' && !new RegExp(NodeFilter).test(consul.settings.nodeName)) return false;
  if (ServiceFilter === '') return true;
  return [...consul.agent.services.values()].some(
    ({ Service, Tags }) =>
      new RegExp(ServiceFilter).test(Service) &&
      (TagFilter === '' || Tags.some((tag) => new RegExp(TagFilter).test(tag))),
  );
}

function seenBy({ consul, caller, request }: ConsulCall): readonly UserEvent[] {
  const name = request.query.get('name') ?? '';
  return consul.state.events.filter(
    (event) => (name === '' || event.Name === name) && caller.may('event', event.Name, 'read'),
  );
}

/** The halves of the newest event's ID, one against the other: it says that there is another one, and not which is newer. */
function indexOf(events: readonly UserEvent[]): bigint {
  const last = events.at(-1);
  if (last === undefined) return 1n;
  const digits = last.ID.replaceAll('-', '');
  const index = BigInt(`0x${digits.slice(0, 16)}`) ^ BigInt(`0x${digits.slice(16)}`);
  return index === 0n ? 1n : index;
}

function shown({ Payload, ...event }: UserEvent): WireObject {
  const { ID, Name, NodeFilter, ServiceFilter, TagFilter, LTime } = event;
  return {
    ID,
    Name,
    Payload: Payload.length === 0 ? null : Buffer.from(Payload).toString('base64'),
    NodeFilter,
    ServiceFilter,
    TagFilter,
    Version: 1,
    LTime,
  };
}
