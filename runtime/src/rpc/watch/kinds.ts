import { isObject } from '../../json/is-object.ts';
import type { Shape } from '../../json/shape.ts';
import type { WatcherName } from './changes.ts';
import { sortedDeltas } from './deltas.ts';

/** How one kind of watcher is used. */
export interface WatcherKind {
  /** Of its facade. */
  readonly versions: readonly number[];
  /** Whether the call that creates one tells its first event already; else that of `Next` is the first. */
  readonly first: boolean;
  /** The event in an answer. */
  readonly event: (answer: unknown) => unknown;
  /** What tells the changes of an event apart, of which only the last matters, where there is such a thing. */
  readonly key?: (change: unknown) => string;
  readonly shape?: Shape;
}

const time: Shape = 'time';

/** The shape of an answer whose changes hold a time at this path. */
function timeAt(...path: readonly string[]): Shape {
  const change = path.reduceRight<Shape>((inner, name) => ({ props: { [name]: () => inner } }), time);
  return { props: { changes: () => ({ items: () => change }) } };
}

const part = (answer: unknown, name: string): unknown => (isObject(answer) ? answer[name] : undefined);
const list = (name: string) => (answer: unknown) => {
  const changes = part(answer, name);
  // Go leaves out or says null for a list that is empty.
  return Array.isArray(changes) ? changes : [];
};
const object = (answer: unknown): unknown => part(answer, 'changes');
const by =
  (...names: readonly string[]) =>
  (change: unknown) =>
    JSON.stringify(names.map((name) => scalar(part(change, name))));

/** What else may come is no key, and may nest so deeply that it can't be written. */
const scalar = (value: unknown) => (typeof value === 'object' ? undefined : value);

const storage: WatcherKind = { versions: [2], first: true, event: list('changes') };

/** The watchers of Juju, by the facade that they are objects of. */
export const watcherKinds: Readonly<Record<WatcherName, WatcherKind>> = {
  NotifyWatcher: { versions: [1], first: true, event: () => undefined },
  StringsWatcher: { versions: [1], first: true, event: list('changes') },
  EntityWatcher: { versions: [2], first: true, event: list('changes') },
  RelationUnitsWatcher: { versions: [1], first: true, event: object },
  RemoteRelationWatcher: { versions: [1], first: true, event: object },
  RelationStatusWatcher: { versions: [1], first: true, event: list('changes'), key: by('key') },
  OfferStatusWatcher: {
    versions: [1],
    first: true,
    event: list('changes'),
    key: by('offer-name'),
    shape: timeAt('status', 'since'),
  },
  SecretsTriggerWatcher: {
    versions: [1],
    first: true,
    event: list('changes'),
    key: by('uri', 'revision'),
    shape: timeAt('next-trigger-time'),
  },
  SecretsRevisionWatcher: { versions: [1], first: true, event: list('changes'), key: by('uri') },
  SecretBackendsRotateWatcher: {
    versions: [1],
    first: true,
    event: list('changes'),
    key: by('id'),
    shape: timeAt('next-trigger-time'),
  },
  VolumeAttachmentsWatcher: storage,
  VolumeAttachmentPlansWatcher: { ...storage, versions: [1] },
  FilesystemAttachmentsWatcher: storage,
  MigrationStatusWatcher: { versions: [1], first: false, event: (answer) => answer },
  ModelSummaryWatcher: { versions: [1], first: false, event: list('models') },
  AllWatcher: { versions: [3], first: false, event: (answer) => sortedDeltas(list('deltas')(answer)) },
  AllModelWatcher: { versions: [4], first: false, event: (answer) => sortedDeltas(list('deltas')(answer)) },
};

/** The id of the watcher that a creating answer tells: the property has two names. */
export function watcherIdOf(answer: unknown): string | undefined {
  const id = part(answer, 'watcher-id') ?? part(answer, 'NotifyWatcherId');
  return typeof id === 'string' && id !== '' ? id : undefined;
}
