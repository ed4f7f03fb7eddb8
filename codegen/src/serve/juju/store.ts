import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JujuFacts } from './stand-in.ts';

/** Whom a client of this store is, and where. */
interface Stored extends Pick<JujuFacts, 'addresses' | 'caCert' | 'controllerUuid' | 'models'> {
  readonly name: string;
  readonly version: string;
  readonly username: string;
  readonly password: string;
  /** The name of the model that is meant where none is named. */
  readonly model: string;
}

/** Writes what Juju's own client keeps of controllers, accounts and models, for one controller. JSON is YAML, too. */
export async function writeStore(folder: string, stored: Stored): Promise<void> {
  const { name, username, password, models, caCert } = stored;
  const owned = (model: string) => `${username}/${model}`;
  const files = {
    'controllers.yaml': {
      controllers: {
        [name]: {
          uuid: stored.controllerUuid,
          'api-endpoints': stored.addresses,
          ...(caCert !== undefined && { 'ca-cert': caCert }),
          cloud: 'localhost',
          region: 'localhost',
          type: 'lxd',
          'agent-version': stored.version,
        },
      },
      'current-controller': name,
    },
    'accounts.yaml': {
      controllers: { [name]: { user: username, password, 'last-known-access': 'superuser' } },
    },
    'models.yaml': {
      controllers: {
        [name]: {
          models: Object.fromEntries(
            Object.entries(models).map(([model, uuid]) => [owned(model), { uuid, type: 'iaas' }]),
          ),
          'current-model': owned(stored.model),
        },
      },
    },
  };
  await mkdir(folder, { recursive: true });
  for (const [file, content] of Object.entries(files))
    await writeFile(join(folder, file), `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
}
