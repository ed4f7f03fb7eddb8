import type { JsonValue } from '../../../model.ts';
import { isObject, type JsonObject } from '../../core/schemas.ts';
import type { MinionCall, MinionFunction } from '../calls.ts';

export const pkgFunctions: Readonly<Record<string, MinionFunction>> = {
  'pkg.version': (call) => {
    const names = call.rest.map(String);
    const [only = '', ...more] = names;
    if (more.length === 0) return { value: versionOf(call, only) };
    return { value: Object.fromEntries(names.map((name) => [name, versionOf(call, name)])) };
  },
  'pkg.list_pkgs': (call) => {
    const sorted = [...installed(call)].sort(([a], [b]) => (a < b ? -1 : 1));
    const asList = call.named['versions_as_list'] === true;
    return {
      value: Object.fromEntries(sorted.map(([name, version]) => [name, asList ? [version] : version])),
    };
  },
  'pkg.latest_version': (call) => ({ value: versionOf(call, String(call.rest[0])) === '' ? '1.0-1' : '' }),
  'pkg.install': (call) => changed(call, wanted(call.named), (own, name) => own.set(name, '1.0-1')),
  'pkg.remove': (call) => changed(call, wanted(call.named), (own, name) => own.delete(name)),
  'pkg.purge': (call) => changed(call, wanted(call.named), (own, name) => own.delete(name)),
};

function installed({ master, minion }: MinionCall): Map<string, string> {
  const own = master.packages.get(minion.id) ?? new Map(Object.entries(minion.packages ?? {}));
  master.packages.set(minion.id, own);
  return own;
}

function versionOf(call: MinionCall, name: string): string {
  return installed(call).get(name) ?? '';
}

function wanted({ name, pkgs }: JsonObject): readonly string[] {
  const list: readonly JsonValue[] = Array.isArray(pkgs) ? pkgs : String(name ?? '').split(',');
  return list.flatMap((one) => (isObject(one) ? Object.keys(one) : [String(one)])).filter(Boolean);
}

/** Does something to each, and gives what is other than it was. */
function changed(
  call: MinionCall,
  names: readonly string[],
  act: (own: Map<string, string>, name: string) => void,
) {
  const own = installed(call);
  const changes = names.flatMap((name) => {
    const old = own.get(name) ?? '';
    if (old === '' || call.job.fun !== 'pkg.install') act(own, name);
    const now = own.get(name) ?? '';
    return old === now ? [] : [[name, { old, new: now }] as const];
  });
  return { value: Object.fromEntries(changes) };
}
