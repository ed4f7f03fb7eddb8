/** The facade of what a call makes when it answers with a type of this name. */
const BY_RESULT: ReadonlyMap<string, string> = new Map([
  ['AllWatcherId', 'AllWatcher'],
  ['EntitiesWatchResult', 'EntityWatcher'],
  ['NotifyWatchResult', 'NotifyWatcher'],
  ['OfferStatusWatchResult', 'OfferStatusWatcher'],
  ['RelationLifeSuspendedStatusWatchResult', 'RelationStatusWatcher'],
  ['RelationUnitsWatchResult', 'RelationUnitsWatcher'],
  ['RemoteRelationWatchResult', 'RemoteRelationWatcher'],
  ['SecretBackendRotateWatchResult', 'SecretBackendsRotateWatcher'],
  ['SecretRevisionWatchResult', 'SecretsRevisionWatcher'],
  ['SecretTriggerWatchResult', 'SecretsTriggerWatcher'],
  ['StringsWatchResult', 'StringsWatcher'],
  ['SummaryWatcherID', 'ModelSummaryWatcher'],
]);

/** Where the type doesn't tell, as watchers of several facades are made with the same one. */
const BY_METHOD: ReadonlyMap<string, string> = new Map([
  ['Controller.WatchAllModels', 'AllModelWatcher'],
  ['MigrationMinion.Watch', 'MigrationStatusWatcher'],
  ['StorageProvisioner.WatchFilesystemAttachments', 'FilesystemAttachmentsWatcher'],
  ['StorageProvisioner.WatchVolumeAttachmentPlans', 'VolumeAttachmentPlansWatcher'],
  ['StorageProvisioner.WatchVolumeAttachments', 'VolumeAttachmentsWatcher'],
]);

/** The facade of the watcher that a method makes, by the type that says so; undefined when it makes none. */
export function watcherOf(facade: string, method: string, result: string): string | undefined {
  return BY_METHOD.get(`${facade}.${method}`) ?? BY_RESULT.get(result);
}

/** Whether objects of a facade have an id: a watcher, of which a connection may have many. */
export function isIdentified(name: string, methods: ReadonlyMap<string, unknown>): boolean {
  return name.endsWith('Watcher') && methods.has('Next') && methods.has('Stop');
}
