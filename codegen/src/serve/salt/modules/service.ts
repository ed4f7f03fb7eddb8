import type { MinionCall, MinionFunction } from '../calls.ts';

export const serviceFunctions: Readonly<Record<string, MinionFunction>> = {
  'service.status': (call) => ({ value: services(call).get(nameOf(call)) ?? false }),
  'service.available': (call) => ({ value: services(call).has(nameOf(call)) }),
  'service.missing': (call) => ({ value: !services(call).has(nameOf(call)) }),
  'service.get_all': (call) => ({ value: [...services(call).keys()].sort() }),
  'service.start': (call) => turned(call, true),
  'service.restart': (call) => turned(call, true),
  'service.reload': (call) => turned(call, true),
  'service.stop': (call) => turned(call, false),
};

function nameOf({ named }: MinionCall): string {
  return String(named['name']);
}

function services({ master, minion }: MinionCall): Map<string, boolean> {
  const own = master.services.get(minion.id) ?? new Map(Object.entries(minion.services ?? {}));
  master.services.set(minion.id, own);
  return own;
}

/** A service that isn't there can't be turned on, nor off. */
function turned(call: MinionCall, on: boolean) {
  const own = services(call);
  const isThere = own.has(nameOf(call));
  if (isThere) own.set(nameOf(call), on);
  return { value: isThere, retcode: isThere ? 0 : 1 };
}
