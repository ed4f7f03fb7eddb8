import { kubernetesPortForward } from './kubernetes-port-forward.ts';
import type { Proxier, ProxierConfig, ProxierMaker } from './proxier.ts';

/** The kinds that are known. */
const known: ReadonlyMap<string, ProxierMaker> = new Map([
  ['kubernetes-port-forward', async (config) => kubernetesPortForward(config)],
]);

/**
 * The proxier that a configuration says.
 *
 * @param kinds further kinds, which win over those that are known
 * @throws TypeError when the kind is unknown, or something is missing
 */
export async function createProxier(
  { type, config = {} }: ProxierConfig,
  kinds: ReadonlyMap<string, ProxierMaker> = new Map(),
): Promise<Proxier> {
  const make = kinds.get(type) ?? known.get(type);
  if (make === undefined) {
    const names = [...known.keys(), ...kinds.keys()].join(', ');
    throw new TypeError(`no proxier of the kind ${JSON.stringify(type)}: known are ${names}`);
  }
  return make(config);
}
