import { gunzipSync, gzipSync } from 'node:zlib';
import type { Reply } from '../core/service.ts';
import type { Consul, ConsulCall, Routes } from './deployment.ts';
import { denied, failed } from './errors.ts';
import { freshness } from './headers.ts';
import { type KvEntry, nextIndex, touch } from './state.ts';

/* An archive of our own making, of keys alone, that is compressed like a real one. Nobody may rely on what is in it. */

export const snapshotRoutes: Routes = {
  'GET /snapshot': (call) => {
    demand(call, 'read');
    const headers = freshness(call, { index: call.consul.state.index });
    return { headers: { ...headers, 'content-type': 'application/x-gzip' }, stream: archive(call.consul) };
  },
  'PUT /snapshot': (call) => {
    demand(call, 'write');
    return restore(call);
  },
};

function demand({ consul, caller }: ConsulCall, access: 'read' | 'write'): void {
  if (!caller.may('acl', '', 'write')) throw denied(consul, caller, `snapshot:${access}`, '');
}

async function* archive({ state }: Consul): AsyncIterable<Uint8Array> {
  const lines = [...state.kv.values()].map(({ Value, Flags, Session: _, ...rest }) => {
    const line = { ...rest, Flags: String(Flags), Value: Buffer.from(Value).toString('base64') };
    return JSON.stringify(line);
  });
  yield gzipSync(lines.join('\n'));
}

function restore({ consul, request }: ConsulCall): Reply {
  const { state } = consul;
  const entries = entriesIn(request.body);
  const index = nextIndex(state);
  state.kv.clear();
  state.tombstones.clear();
  for (const entry of entries) state.kv.set(entry.Key, entry);
  touch(state, index, 'kv');
  return {};
}

function entriesIn(body: Uint8Array): readonly KvEntry[] {
  try {
    const text = gunzipSync(body, { maxOutputLength: 256 * 1024 * 1024 }).toString();
    return text === '' ? [] : text.split('\n').map(entryOf);
  } catch (error) {
    throw failed(`failed to decompress snapshot: ${error instanceof Error ? error.message : ''}`);
  }
}

function entryOf(line: string): KvEntry {
  const told: unknown = JSON.parse(line);
  const at = (name: string): unknown =>
    typeof told === 'object' && told !== null && Object.hasOwn(told, name)
      ? Reflect.get(told, name)
      : undefined;
  return {
    Key: String(at('Key')),
    Value: Buffer.from(String(at('Value')), 'base64'),
    Flags: BigInt(String(at('Flags'))),
    LockIndex: Number(at('LockIndex')),
    CreateIndex: Number(at('CreateIndex')),
    ModifyIndex: Number(at('ModifyIndex')),
  };
}
