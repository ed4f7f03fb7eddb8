/** What a user of a Consul session may and may not write. Compiled, never run. */
import type {
  Change,
  ConsulOptions,
  ConsulSession,
  LockOptions,
  ReadOptions,
  SemaphoreOptions,
  WatchOptions,
  WriteOptions,
} from '../../runtime/src/services/consul/index.ts';

/** Whether a value of type `V` may be given where `T` is wanted. */
type Accepts<T, V> = [V] extends [T] ? true : false;
function holds<_T extends true>(): void {}
function fails<_T extends false>(): void {}

// Everything may be left out, and `undefined` is as good as that.
holds<Accepts<ConsulOptions, Record<never, never>>>();
holds<Accepts<ConsulOptions, { address: string; token: undefined }>>();
fails<Accepts<ConsulOptions, { scheme: 'ftp' }>>();

// What the agent's cache takes isn't checked with all servers: `consistent` and `cached` exclude each other.
holds<Accepts<ReadOptions, { consistency: 'consistent' }>>();
holds<Accepts<ReadOptions, { consistency: 'consistent'; cached: false }>>();
holds<Accepts<ReadOptions, { consistency: 'stale'; cached: true }>>();
holds<Accepts<ReadOptions, { cached: { maxAgeSeconds: number } }>>();
fails<Accepts<ReadOptions, { consistency: 'consistent'; cached: true }>>();
fails<Accepts<ReadOptions, { consistency: 'consistent'; cached: { maxAgeSeconds: number } }>>();
fails<Accepts<ReadOptions, { consistency: 'strong' }>>();
holds<Accepts<ReadOptions, { consistency: 'stale'; maxStaleMs: number }>>();

// One cluster is read, or a group of them.
holds<Accepts<ReadOptions, { peer: string; cached: true }>>();
holds<Accepts<ReadOptions, { samenessGroup: string; consistency: 'stale'; datacenter: string }>>();
holds<Accepts<ReadOptions, { peer: undefined; samenessGroup: undefined }>>();
fails<Accepts<ReadOptions, { peer: string; samenessGroup: string }>>();
fails<Accepts<ReadOptions, { consistency: 'consistent'; cached: true; peer: string }>>();

// What changes something is always done by the leader.
holds<Accepts<WriteOptions, { datacenter: string; token: string }>>();
fails<Accepts<keyof WriteOptions, 'consistency'>>();
fails<Accepts<keyof WriteOptions, 'cached'>>();
fails<Accepts<keyof WriteOptions, 'maxStaleMs'>>();

// A watch begins from a version, which isn't a number: it may be above 2^53.
holds<Accepts<WatchOptions, { from: bigint }>>();
holds<Accepts<WatchOptions, { from: string; rate: false; retry: false }>>();
fails<Accepts<WatchOptions, { from: number }>>();

// Indexes are exact, and may be missing.
type Index = Change<string>['meta']['index'];
holds<Accepts<Index, bigint | undefined>>();
fails<Accepts<bigint, Index>>();

// A lock that is waited for is there, one that is tried may not be.
type Held = Awaited<ReturnType<ConsulSession['lock']>>;
type Tried = Awaited<ReturnType<ConsulSession['tryLock']>>;
holds<Accepts<Tried, Held | undefined>>();
fails<Accepts<Held, Tried>>();
holds<Accepts<LockOptions, { value: Uint8Array; sessionOptions: { ttlMs: number } }>>();
fails<Accepts<SemaphoreOptions, Record<never, never>>>();
