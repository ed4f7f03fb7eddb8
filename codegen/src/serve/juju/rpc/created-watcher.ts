import type { JsonValue } from '../../../model.ts';
import { isObject } from '../../core/schemas.ts';
import type { MethodCall } from '../controller.ts';
import { parseTag } from '../tags.ts';
import { text } from '../values.ts';
import { union } from '../watchers.ts';

/** The facade of a watcher, by the type of the result that tells its id. */
const facades: Readonly<Record<string, string>> = {
  EntitiesWatchResult: 'EntityWatcher',
  NotifyWatchResult: 'NotifyWatcher',
  OfferStatusWatchResult: 'OfferStatusWatcher',
  RelationLifeSuspendedStatusWatchResult: 'RelationStatusWatcher',
  RelationUnitsWatchResult: 'RelationUnitsWatcher',
  RemoteRelationWatchResult: 'RemoteRelationWatcher',
  SecretBackendRotateWatchResult: 'SecretBackendsRotateWatcher',
  SecretRevisionWatchResult: 'SecretsRevisionWatcher',
  SecretTriggerWatchResult: 'SecretsTriggerWatcher',
  StringsWatchResult: 'StringsWatcher',
};

/** Those of storage tell their changes alike: the method says which it is. */
const ofStorage: Readonly<Record<string, string>> = {
  WatchFilesystemAttachments: 'FilesystemAttachmentsWatcher',
  WatchVolumeAttachmentPlans: 'VolumeAttachmentPlansWatcher',
  WatchVolumeAttachments: 'VolumeAttachmentsWatcher',
};

/**
 * A result with a watcher that was made for it, when `type` is one of those that tell one, alone or in a list of them. A
 * watcher of an entity is told when that changes.
 */
export function createdWatcher(
  call: MethodCall,
  type: string,
  result: JsonValue,
  item: JsonValue | undefined,
): JsonValue {
  const method = call.name.replace(/^.*\./, '');
  const single = type.replace(/Results$/, 'Result');
  const facade = single === 'MachineStorageIdsWatchResult' ? ofStorage[method] : facades[single];
  if (facade === undefined || !isObject(result)) return result;
  const tag = isObject(item) ? text(item, 'tag') : '';
  const isOfStrings = facade === 'StringsWatcher';
  const watcher = call.connection.watchers.add(
    facade,
    (emit) => (tag === '' ? () => {} : onChange(call, tag, () => emit(isOfStrings ? [tag] : {}))),
    isOfStrings ? union : undefined,
  );
  const id = Object.hasOwn(result, 'NotifyWatcherId') ? 'NotifyWatcherId' : 'watcher-id';
  return { ...result, [id]: watcher.id };
}

function onChange(call: MethodCall, tag: string, tell: () => void): () => void {
  const { kind, id } = parseTag(tag);
  const model = call.controller.models.get(call.connection.modelUuid);
  if (model === undefined) return () => {};
  return model.changes.listen((change) => {
    if (change.kind === kind && change.id === id) tell();
  });
}
