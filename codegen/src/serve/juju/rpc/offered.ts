import type { Connection, Controller, Identity } from '../controller.ts';
import { type Failure, notSupported } from '../failures.ts';
import type { Facade } from '../schema/facades.ts';

/** What only a login to the controller itself may call. */
const ofController = new Set([
  'AllModelWatcher',
  'ApplicationOffers',
  'Cloud',
  'Controller',
  'CrossController',
  'MigrationTarget',
  'ModelManager',
  'ModelSummaryWatcher',
  'ModelUpgrader',
  'SecretBackends',
  'UserManager',
]);

/** What both kinds of login may call. */
const common = new Set(['Pinger', 'Bundle', 'NotifyWatcher', 'ModelConfig', 'SSHServer']);

const anonymous = new Set([
  'CrossController',
  'CrossModelRelations',
  'CrossModelSecrets',
  'NotifyWatcher',
  'OfferStatusWatcher',
  'RelationStatusWatcher',
  'RelationUnitsWatcher',
  'RemoteRelationWatcher',
  'SecretsRevisionWatcher',
  'StringsWatcher',
]);

/** Why somebody who has logged in may not call a facade at all, or `undefined`. */
export function whyNot(
  { settings }: Controller,
  connection: Pick<Connection, 'modelUuid'>,
  identity: Identity,
  name: string,
): Failure | undefined {
  if (identity.kind === 'anonymous' && !anonymous.has(name) && name !== 'Pinger')
    return notSupported(`facade ${JSON.stringify(name)} not supported for anonymous API connections`);
  const isCommon = common.has(name) || (name === 'HighAvailability' && settings.release === '3.6');
  if (isCommon) return undefined;
  const isToController = connection.modelUuid === '';
  if (ofController.has(name) === isToController) return undefined;
  const kind = isToController ? 'controller' : 'model';
  return notSupported(`facade ${JSON.stringify(name)} not supported for ${kind} API connection`);
}

/** What a login tells that there is to call. */
export function offered(
  controller: Controller,
  connection: Pick<Connection, 'modelUuid'>,
  identity: Identity,
): readonly { readonly name: string; readonly versions: readonly number[] }[] {
  const versions = new Map<string, number[]>();
  for (const facade of controller.settings.facades) {
    if (facade.name === 'Admin' || whyNot(controller, connection, identity, facade.name) !== undefined)
      continue;
    versions.set(facade.name, [...(versions.get(facade.name) ?? []), facade.version]);
  }
  return [...versions]
    .map(([name, known]) => ({
      name,
      versions: controller.settings.offers[name] ?? known.sort((a, b) => a - b),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A version of a facade, and who has it under which versions. */
export function facadesNamed(facades: readonly Facade[], name: string): readonly Facade[] {
  return facades.filter((facade) => facade.name === name);
}
