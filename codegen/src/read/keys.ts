import type { KeyPart } from '../model.ts';
import { commonName } from '../names.ts';

/** An event, by its name, and its routing key. */
interface Keyed {
  readonly name: string;
  readonly key: readonly KeyPart[];
}

/**
 * The names of the routing keys that several events of a service have, by event. Any other key is called like its
 * event. They depend on which events there are, and not on their order: where a common name is wanted for two keys,
 * or is that of an event with another key, the first event in the alphabet gives its own name instead.
 */
export function sharedKeyNames(events: readonly Keyed[], service: string): ReadonlyMap<string, string> {
  const groups = [...Map.groupBy(events, ({ key }) => keyIdentity(key)).values()]
    .filter((group) => group.length > 1)
    .map((group) => group.map(({ name }) => name).sort())
    .map((names) => ({ names, common: commonName(names, service) }));
  const wanted = Map.groupBy(groups, ({ common }) => common);
  const all = new Set(events.map(({ name }) => name));
  return new Map(
    groups.flatMap(({ names, common }) => {
      const isOwn = wanted.get(common)?.length === 1 && (names.includes(common) || !all.has(common));
      const [first = common] = names;
      return names.map((name) => [name, isOwn ? common : first] as const);
    }),
  );
}

/** Equal for keys that are read and bound alike, whatever is said about their parts. */
export function keyIdentity(key: readonly KeyPart[]): string {
  return JSON.stringify(key.map(({ name, constant, multipleWords }) => [name, constant, multipleWords]));
}
