/** What is known of an entity that changed; which properties there are depends on its kind. */
export type DeltaEntity = Readonly<Record<string, unknown>>;

export type DeltaKind =
  | 'action'
  | 'annotation'
  | 'application'
  | 'applicationOffer'
  | 'block'
  | 'branch'
  | 'charm'
  | 'machine'
  | 'model'
  | 'relation'
  | 'remoteApplication'
  | 'unit'
  | (string & {});

/** A change of an entity of a model. */
export type Delta = readonly [kind: DeltaKind, change: 'change' | 'remove', entity: DeltaEntity];

export interface RelationUnitsChange {
  /** Units whose settings changed, by name. */
  readonly changed: Readonly<Record<string, { readonly version: number }>> | null;
  /** Versions of the settings of applications, by name. */
  readonly 'app-changed'?: Readonly<Record<string, number>>;
  /** Names of units that left. */
  readonly departed?: readonly string[];
}

export interface RemoteRelationUnitChange {
  readonly 'unit-id': number;
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface RemoteRelationChange {
  readonly 'relation-token': string;
  readonly 'application-token': string;
  readonly life: string;
  readonly suspended?: boolean;
  readonly 'suspended-reason'?: string;
  readonly 'force-cleanup'?: boolean;
  readonly 'application-settings'?: Readonly<Record<string, unknown>>;
  readonly 'changed-units'?: readonly RemoteRelationUnitChange[];
  readonly 'departed-units'?: readonly number[];
  readonly 'unit-count': number | null;
  readonly macaroons?: readonly unknown[];
  readonly 'bakery-version'?: number;
}

export interface RelationStatusChange {
  readonly key: string;
  readonly life: string;
  readonly suspended: boolean;
  readonly 'suspended-reason': string;
}

export interface OfferStatusChange {
  readonly 'offer-name': string;
  readonly status: {
    readonly status: string;
    readonly info: string;
    readonly data?: Readonly<Record<string, unknown>>;
    /** RFC 3339. */
    readonly since?: string | null;
  };
}

export interface SecretTriggerChange {
  readonly uri: string;
  readonly revision?: number;
  /** RFC 3339. Absent: none is due. */
  readonly 'next-trigger-time'?: string;
}

export interface SecretRevisionChange {
  readonly uri: string;
  readonly revision: number;
}

export interface SecretBackendRotateChange {
  readonly id: string;
  readonly 'backend-name': string;
  /** RFC 3339. Absent: none is due. */
  readonly 'next-trigger-time'?: string;
}

export interface MachineStorageId {
  readonly 'machine-tag': string;
  readonly 'attachment-tag': string;
}

export interface MigrationStatus {
  readonly 'migration-id': string;
  readonly attempt: number;
  readonly phase: string;
  readonly 'source-api-addrs': readonly string[] | null;
  readonly 'source-ca-cert': string;
  readonly 'target-api-addrs': readonly string[] | null;
  readonly 'target-ca-cert': string;
}

/** A summary of a model, or `removed`. */
export interface ModelSummary {
  readonly uuid: string;
  readonly removed?: boolean;
  readonly controller?: string;
  readonly name?: string;
  readonly admins?: readonly string[];
  readonly cloud?: string;
  readonly region?: string;
  readonly credential?: string;
  readonly size?: {
    readonly machines?: number;
    readonly containers?: number;
    readonly applications?: number;
    readonly units?: number;
    readonly relations?: number;
  };
  readonly status?: string;
  readonly messages?: readonly { readonly agent: string; readonly message: string }[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What each kind of watcher tells, by the facade that it is an object of. */
export interface WatcherChanges {
  /** Something changed: nothing is told of what. */
  NotifyWatcher: undefined;
  /** Names or ids of what changed. */
  StringsWatcher: readonly string[];
  RelationUnitsWatcher: RelationUnitsChange;
  RemoteRelationWatcher: RemoteRelationChange;
  RelationStatusWatcher: readonly RelationStatusChange[];
  OfferStatusWatcher: readonly OfferStatusChange[];
  /** Tags of what changed. */
  EntityWatcher: readonly string[];
  MigrationStatusWatcher: MigrationStatus;
  ModelSummaryWatcher: readonly ModelSummary[];
  SecretsTriggerWatcher: readonly SecretTriggerChange[];
  SecretsRevisionWatcher: readonly SecretRevisionChange[];
  SecretBackendsRotateWatcher: readonly SecretBackendRotateChange[];
  VolumeAttachmentsWatcher: readonly MachineStorageId[];
  VolumeAttachmentPlansWatcher: readonly MachineStorageId[];
  FilesystemAttachmentsWatcher: readonly MachineStorageId[];
  AllWatcher: readonly Delta[];
  AllModelWatcher: readonly Delta[];
}

export type WatcherName = keyof WatcherChanges;

/** What a watcher of this kind tells at a time. */
export type WatcherChange<W extends WatcherName> = WatcherChanges[W];
