/** What a user of Consul's config entries gets of them. Compiled, never run. */
import type { Config, ConsulTypes } from '@fairlead/consul';

type Same<T, V> = [T] extends [V] ? ([V] extends [T] ? true : false) : false;
function holds<_T extends true>(): void {}

declare const config: Config;
declare const kind: ConsulTypes.ConfigEntryKind;

// The kind that is asked for is the kind that comes back, one or many; of one, there may be none.
const one = config.read('service-defaults', 'web');
holds<Same<Awaited<typeof one>, ConsulTypes.ServiceConfigEntry | undefined>>();
const many = config.list('mesh');
holds<Same<Awaited<typeof many>, ConsulTypes.MeshConfigEntry[]>>();

// Of a kind that only turns out, any may come back.
const any = config.read(kind, 'web');
holds<Same<Awaited<typeof any>, ConsulTypes.ConfigEntry | undefined>>();
