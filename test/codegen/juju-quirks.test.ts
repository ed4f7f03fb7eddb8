import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import type { Api, JsonSchema, Model } from '../../codegen/src/model.ts';
import { schemaTypeName } from '../../codegen/src/names.ts';
import { loadService } from '../../codegen/src/read/index.ts';
import type { FacadeSchema } from '../../codegen/src/read/juju/facades.ts';
import {
  alternatives,
  type Described,
  type DescribedProperty,
  described,
  mayBeNull,
  placesOf,
  properties,
  property,
  Sides,
  stored,
} from './juju-stored.ts';

let model: Model;
let sides: Sides;

before(async () => {
  ({ model } = await loadService(stored));
  sides = new Sides(model);
});

suite('of the facades of Juju that are stored', () => {
  test('all are read, in all versions', () => {
    const pairs = new Set(described.map(({ facade }) => `${facade.Name} ${facade.Version}`));
    assert.equal(pairs.size, 143);
    assert.equal(model.apis.length, 119);
    assert.deepEqual(model.warnings, []);
    assert.deepEqual(
      model.apis.flatMap(({ path, versions = [] }) => versions.map((version) => `${path} ${version}`)).sort(),
      [...pairs].sort(),
    );
  });

  test('every file has as many facades and methods as upstream says', () => {
    const counts = [...Map.groupBy(described, ({ file }) => file)].map(([file, facades]) => [
      file,
      facades.length,
      facades.flatMap(({ facade }) => Object.keys(facade.Schema.properties ?? {})).length,
    ]);
    assert.deepEqual(counts, [
      ['3.3.0-all', 119, 806],
      ['3.6.28-client', 33, 215],
      ['4.0.15-agent', 33, 263],
      ['4.0.15-client', 29, 192],
    ]);
  });

  test('every method of every version is there', () => {
    for (const { facade, file } of described) {
      const api = apiOf(facade.Name);
      for (const method of Object.keys(facade.Schema.properties ?? {})) {
        const call = api.methods
          .map((each) => each.call)
          .find((each) => 'method' in each && each.method === method);
        assert.ok(call?.kind === 'rpc', `${file} ${facade.Name}.${method}`);
        const { versions = api.versions ?? [] } = call;
        assert.ok(versions.includes(facade.Version), `${file} ${facade.Name}.${method} ${facade.Version}`);
      }
    }
    assert.equal(model.apis.flatMap(({ methods }) => methods).length, 822);
  });

  test('every facade that people and tools use has a sentence of our own, and so has each of its methods', () => {
    const client = described.filter(({ file }) => file.endsWith('-client'));
    assert.equal(client.length, 33 + 29);
    for (const { facade } of client) {
      const { doc, methods } = apiOf(facade.Name);
      assert.notEqual(doc.text, undefined, facade.Name);
      for (const wire of Object.keys(facade.Schema.properties ?? {})) {
        const found = methods.find(({ call }) => call.kind === 'rpc' && call.method === wire);
        assert.match(found?.doc.text ?? '', /^[A-Z].*[.]$/s, `${facade.Name}.${wire}`);
      }
    }
  });

  test('the lists that fail item by item are found, and the single errors', () => {
    const counts = [...Map.groupBy(described, ({ file }) => file)].map(([file, facades]) => {
      const calls = facades.flatMap(callsOf);
      return [
        file,
        calls.filter(({ items }) => items !== undefined).length,
        calls.filter(({ items, error }) => items === undefined && error !== undefined).length,
      ];
    });
    assert.deepEqual(counts, [
      ['3.3.0-all', 509, 137],
      ['3.6.28-client', 131, 24],
      ['4.0.15-agent', 183, 45],
      // Upstream has 126: two more say it in a way of their own, `Annotations.Get` and `Application.DeployFromRepository`.
      ['4.0.15-client', 124, 16],
    ]);
  });
});

suite('where the description of Juju is not what goes over the wire', () => {
  test('1: what embeds a struct has no property that is called like it', () => {
    const found = placesOf(properties.filter(isGhost));
    assert.deepEqual(found, GHOSTS);
    for (const { type, name } of properties.filter(isGhost)) {
      for (const schema of sides.both(type)) {
        assert.equal(property(schema, name), undefined, `${type}.${name}`);
        assert.ok(!schema.required?.includes(name), `${type}.${name}`);
      }
    }
  });

  test('1: what only looks like such a property stays', () => {
    for (const place of [
      'ApplicationStorageGetResult.Error',
      'CAASUnitTerminationResult.Error',
      'CloudInfo.CloudDetails',
      'ContainerConfig.UpdateBehavior',
      'DeployFromRepositoryArg.Cons',
      'DeployFromRepositoryResult.Info',
      'ListCloudInfo.CloudDetails',
      'UnitRefreshResult.Error',
    ]) {
      const [type = '', name = ''] = place.split('.');
      assert.notEqual(property(sides.both(type)[0], name), undefined, place);
    }
  });

  test('2: a version is a text, wherever it stands, and a macaroon anything', () => {
    const versions = properties.filter(
      ({ schema }) => refersTo(schema, 'Number') || refersTo(schema, 'Binary'),
    );
    assert.ok(versions.length >= 20, String(versions.length));
    for (const { type, name } of versions.filter((each) => !isGhost(each))) {
      for (const schema of sides.both(type)) {
        if (type === 'Binary') continue;
        assert.ok(
          alternatives(property(schema, name)).every(
            (each) => each.type === 'string' || each.type === 'null',
          ),
          `${type}.${name}`,
        );
      }
    }
    const names = model.types.map(({ name }) => name);
    assert.ok(!names.includes('NumberType') && !names.includes('Binary'));
    const { description, ...macaroon } = typeOf('Macaroon');
    assert.deepEqual(macaroon, {});
  });

  test('3: a delta is a list of three', () => {
    const { prefixItems = [] } = typeOf('Delta');
    const [kind = {}, change = {}, entity = {}] = prefixItems;
    assert.equal(prefixItems.length, 3);
    assert.deepEqual(
      [kind.enum?.length, kind.open, change.enum, entity],
      [12, true, ['change', 'remove'], {}],
    );
  });

  test('4: a list of integers is bytes, or one of the few that are what they say', () => {
    const lists = properties.filter(
      ({ schema }) => schema.type === 'array' && schema.items?.type === 'integer',
    );
    assert.deepEqual(placesOf(lists), [...BYTES, ...INTEGERS].sort());
    for (const { type, name } of lists) {
      for (const schema of sides.both(type)) {
        const value = alternatives(property(schema, name))[0];
        const isBytes = BYTES.includes(`${type}.${name}`);
        assert.equal(value?.as ?? value?.items?.type, isBytes ? 'bytes' : 'integer', `${type}.${name}`);
      }
    }
  });

  test('5: an interface of Go is any JSON, and no object', () => {
    const found = properties.filter(({ schema }) => schema.additionalProperties === true);
    assert.ok(found.length > 20, String(found.length));
    for (const { type, name } of found.filter((each) => each.type !== 'Delta')) {
      for (const schema of sides.both(type)) assertAnything(property(schema, name), `${type}.${name}`);
    }
    const maps = properties.filter(
      ({ schema }) => innermost(schema) !== schema && isAnything(innermost(schema)),
    );
    for (const { type, name } of maps) {
      for (const schema of sides.both(type)) {
        assertAnything(innermostOf(alternatives(property(schema, name))[0]), `${type}.${name}`);
      }
    }
  });

  test('6: two types of one name are told apart', () => {
    assert.deepEqual(Object.keys(typeOf('Constraints').properties ?? {}), ['Attributes', 'Count', 'Type']);
    assert.deepEqual(Object.keys(typeOf('Directive').properties ?? {}), ['Count', 'Pool', 'Size']);
    const ref = (type: string, name: string) => innermostOf(property(sides.request(type), name))?.$ref;
    assert.equal(ref('ApplicationDeploy', 'storage'), 'Directive');
    assert.equal(ref('ApplicationDeploy', 'devices'), 'Constraints');
    assert.equal(ref('DeployFromRepositoryArg', 'storage'), 'Directive');
    assert.equal(ref('DeployFromRepositoryArg', 'Storage'), 'Directive');
    assert.equal(ref('DeployFromRepositoryArg', 'Devices'), 'Constraints');
    assert.equal(ref('AddMachineParams', 'disks'), 'Directive');
  });

  test('7: what is really empty stays an empty object', () => {
    const empty = described.flatMap(({ facade }) =>
      Object.entries(facade.Schema.definitions ?? {})
        .filter(([, { properties: own }]) => own === undefined)
        .map(([name]) => name),
    );
    assert.deepEqual([...new Set(empty)].sort(), ['Macaroon', 'ModelTag', 'StorageFilter']);
    for (const name of ['ModelTag', 'StorageFilter']) {
      assert.deepEqual(typeOf(name), { type: 'object', properties: {}, additionalProperties: false });
    }
  });

  test('8: integers that may be large are bigint in an answer, and either in a request', () => {
    const large = placesOf(
      properties.filter(({ type, name }) =>
        sides.both(type).some((schema) => isLarge(innermostOf(alternatives(property(schema, name))[0]))),
      ),
    );
    assert.deepEqual(large, LARGE);
    for (const { type, name, schema } of properties) {
      // A correction that stands for several places must not hit another one that is called like them.
      const { type: kind } = innermost(schema);
      if (large.includes(`${type}.${name}`)) assert.equal(kind, 'integer', `${type}.${name}`);
    }
    for (const place of large) {
      const [type = '', name = ''] = place.split('.');
      const kind = (schema: JsonSchema | undefined) =>
        innermostOf(alternatives(property(schema, name))[0])?.as;
      const [answer, request] = [sides.answer(type), sides.request(type)];
      if (answer !== undefined) assert.equal(kind(answer), 'bigint', place);
      if (request !== undefined) assert.equal(kind(request), 'integer', place);
    }
  });

  test('9: a list, a map or bytes that is always written may be null in an answer', () => {
    const written = properties.filter(
      ({ schema, required }) =>
        required && (schema.type === 'array' || schema.patternProperties !== undefined),
    );
    assert.ok(written.length > 600, String(written.length));
    for (const { type, name } of written) {
      const answer = sides.answer(type);
      if (answer !== undefined) assert.ok(mayBeNull(property(answer, name)), `${type}.${name}`);
    }
  });

  test('9: an error that is always written may be null', () => {
    const errors = properties.filter(({ schema, required }) => required && refersTo(schema, 'Error'));
    assert.ok(errors.length > 5, String(errors.length));
    for (const { type, name } of errors) {
      const answer = sides.answer(type);
      if (answer !== undefined) assert.ok(mayBeNull(property(answer, name)), `${type}.${name}`);
    }
  });

  test('9: a pointer that is always written may be null', () => {
    for (const place of POINTERS) {
      const [type = '', name = ''] = place.split('.');
      assert.ok(mayBeNull(property(sides.answer(type), name)), place);
    }
    const others = properties.filter(
      ({ type, name, schema }) =>
        schema.$ref !== undefined &&
        !refersTo(schema, 'Error') &&
        !POINTERS.includes(`${type}.${name}`) &&
        mayBeNull(property(sides.answer(type), name)),
    );
    assert.deepEqual(placesOf(others), []);
  });

  test('9: what a request requires is no list, map, flag or time, unless it is all that it requires', () => {
    for (const { type, name, schema } of properties) {
      const request = sides.request(type);
      if (request === undefined || request === sides.answer(type)) continue;
      const { required = [] } = request;
      const isOptional =
        schema.type === 'boolean' || schema.format === 'date-time' || schema.patternProperties !== undefined;
      if (isOptional && required.length > 1) assert.ok(!required.includes(name), `${type}.${name}`);
    }
  });

  test('9: what need not be said may be left out of a request, and is there in an answer', () => {
    for (const place of OPTIONAL) {
      const [type = '', name = ''] = place.split('.');
      const [answer, request] = [sides.answer(type), sides.request(type)];
      assert.ok(request !== undefined && property(request, name) !== undefined, place);
      assert.ok(!request.required?.includes(name), place);
      if (answer !== undefined) assert.ok(answer.required?.includes(name), place);
    }
  });

  test('10: a time is a text, and not there when it was never set', () => {
    const times = properties.filter(({ schema }) => schema.format !== undefined);
    assert.equal(placesOf(times).length, 47);
    for (const { type, name } of times) {
      const answer = sides.answer(type);
      if (answer === undefined) continue;
      const [time] = alternatives(property(answer, name));
      assert.deepEqual([time?.type, time?.as], ['string', 'time'], `${type}.${name}`);
      assert.ok(!answer.required?.includes(name), `${type}.${name}`);
    }
    const { result } = methodOf('MigrationTarget', 'latestLogTime');
    assert.deepEqual('type' in result && result.type.as, 'time');
  });

  test('11: a map has texts as its keys', () => {
    const maps = properties.filter(({ schema }) => schema.patternProperties !== undefined);
    assert.ok(maps.length > 200, String(maps.length));
    for (const { type, name } of maps) {
      for (const schema of sides.both(type)) {
        const map = alternatives(property(schema, name)).find((each) => each.type === 'object');
        assert.equal(typeof map?.additionalProperties, 'object', `${type}.${name}`);
      }
    }
  });

  test('12: who may call is told where upstream tells it, and nothing that upstream wrote is stored', () => {
    for (const { file, facade } of described) {
      assert.equal(facade.AvailableTo !== undefined, file.startsWith('3.'), `${file} ${facade.Name}`);
      assert.equal(facade.Description, undefined);
      for (const method of Object.values(facade.Schema.properties ?? {}))
        assert.equal(method.description, undefined);
    }
    assert.ok(apiOf('Application').doc.facts.some((fact) => fact.startsWith('open to `')));
  });

  test('13: every watcher has a class', () => {
    const watchers = model.apis.filter(({ identified }) => identified === true);
    assert.deepEqual(
      watchers.map(({ path }) => path),
      WATCHERS,
    );
    const made = new Set(
      model.apis.flatMap(({ methods }) =>
        methods.flatMap(({ call }) => (call.kind === 'rpc' ? (call.watcher ?? []) : [])),
      ),
    );
    // Nothing that is described makes this one any more.
    const unused = ['EntityWatcher'];
    assert.deepEqual(
      [...made].sort(),
      WATCHERS.filter((name) => !unused.includes(name)),
    );
  });

  test('13: whatever answers with the id of a watcher says of which', () => {
    for (const { facade } of described) {
      if (WATCHERS.includes(facade.Name)) continue;
      for (const [method, { properties: sent }] of Object.entries(facade.Schema.properties ?? {})) {
        const names = namesBelow(sent?.Result, facade.Schema.definitions ?? {});
        const makes = names.has('watcher-id') || names.has('NotifyWatcherId');
        const call = apiOf(facade.Name).methods.find(
          (each) => 'method' in each.call && each.call.method === method,
        )?.call;
        assert.equal(call?.kind === 'rpc' && call.watcher !== undefined, makes, `${facade.Name}.${method}`);
      }
    }
  });

  test('14: the id of a watcher is no parameter of its methods', () => {
    for (const name of WATCHERS) {
      const { methods, identified } = apiOf(name);
      assert.equal(identified, true);
      assert.deepEqual(
        methods.map((method) => [method.name, method.body]),
        [
          ['next', undefined],
          ['stop', undefined],
        ],
      );
    }
  });

  test('15: one version with two contents is one class', () => {
    const [older, newer] = ['3.6.28-client', '4.0.15-client'].map(
      (wanted) =>
        new Map(
          described
            .filter(({ file }) => file === wanted)
            .map(({ facade: { Name, Version, Schema } }) => [`${Name} ${Version}`, JSON.stringify(Schema)]),
        ),
    );
    const both = [...(older?.keys() ?? [])].filter((key) => newer?.has(key));
    assert.equal(both.length, 19);
    assert.deepEqual(
      both.filter((key) => older?.get(key) !== newer?.get(key)),
      [
        'Action 7',
        'Application 22',
        'Charms 7',
        'Client 8',
        'CredentialManager 1',
        'Spaces 6',
        'Storage 7',
        'Subnets 5',
      ],
    );
  });

  test('15: a type of several contents has the properties of all, and says where they are', () => {
    const bodies = new Map<string, Map<string, string>>();
    for (const { file, facade } of described) {
      for (const [name, definition] of Object.entries(facade.Schema.definitions ?? {})) {
        const own = bodies.get(name) ?? new Map<string, string>();
        bodies.set(name, own.set(JSON.stringify(definition), file));
      }
    }
    const differing = [...bodies].filter(([, own]) => own.size > 1).map(([name]) => name);
    assert.deepEqual(differing.sort(), MERGED);
    for (const { type, name, ...each } of properties.filter((one) => MERGED.includes(one.type))) {
      if (isGhost({ type, name, ...each }) || type === 'Constraints') continue;
      for (const schema of sides.both(type)) assert.ok(property(schema, name), `${type}.${name}`);
    }
    assert.equal(property(typeOf('ModelInfo'), 'qualifier')?.description, 'In 4.0.15.');
    assert.equal(property(typeOf('ModelInfo'), 'owner-tag')?.description, 'In 3.3.0 and 3.6.28.');
    assert.ok(!typeOf('ModelInfo').required?.includes('qualifier'));
  });
});

function apiOf(facade: string): Api {
  const found = model.apis.find(({ path }) => path === facade);
  assert.ok(found, facade);
  return found;
}

function methodOf(facade: string, name: string) {
  const found = apiOf(facade).methods.find((method) => method.name === name);
  assert.ok(found, `${facade}.${name}`);
  return found;
}

function typeOf(definition: string): JsonSchema {
  const found = model.types.find(({ name }) => name === schemaTypeName(definition));
  assert.ok(found, definition);
  return found.schema;
}

function callsOf({ facade }: Described) {
  const own = new Set(Object.keys(facade.Schema.properties ?? {}));
  return apiOf(facade.Name).methods.flatMap(({ call }) =>
    call.kind === 'rpc' && own.has(call.method) ? [call] : [],
  );
}

/** The rule of the reader, written down once more. */
function isGhost({ facade, type, name, schema }: DescribedProperty): boolean {
  const definitions = facade.Schema.definitions ?? {};
  const embedded = refersTo(schema, name) ? definitions[name]?.properties : undefined;
  const own = definitions[type]?.properties ?? {};
  return (
    /^[A-Z]/.test(name) && embedded !== undefined && Object.keys(embedded).every((field) => field in own)
  );
}

function refersTo({ $ref }: FacadeSchema, name: string): boolean {
  return $ref === `#/definitions/${name}`;
}

/** What a list of lists, or a map of lists, holds in the end. */
function innermost(schema: FacadeSchema): FacadeSchema {
  const inner = schema.items ?? schema.patternProperties?.['.*'];
  return inner === undefined ? schema : innermost(inner);
}

function innermostOf(schema: JsonSchema | undefined): JsonSchema | undefined {
  const inner =
    schema?.items ??
    (typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined);
  return inner === undefined || schema?.properties !== undefined
    ? schema
    : innermostOf(alternatives(inner)[0]);
}

function isAnything({ additionalProperties }: FacadeSchema): boolean {
  return additionalProperties === true;
}

function assertAnything(schema: JsonSchema | undefined, place: string): void {
  const { description, ...rest } = schema ?? { type: 'null' };
  assert.deepEqual(rest, {}, place);
}

function isLarge(schema: JsonSchema | undefined): boolean {
  return schema?.as === 'bigint' || schema?.as === 'integer';
}

/** The names of the properties of an answer, and of each item of its list. */
function namesBelow(
  schema: FacadeSchema | undefined,
  definitions: Readonly<Record<string, FacadeSchema>>,
): ReadonlySet<string> {
  const own = definitions[schema?.$ref?.replace('#/definitions/', '') ?? '']?.properties ?? {};
  const items = Object.values(own).flatMap((each) => [...namesBelow(each.items, definitions)]);
  return new Set([...Object.keys(own), ...items]);
}

const GHOSTS: readonly string[] = [
  'AddPendingResourcesArgsV2.Entity',
  'AddPendingResourcesResult.ErrorResult',
  'AddSecretBackendArg.SecretBackend',
  'ApplicationOfferAdminDetails.ApplicationOfferDetails',
  'ApplicationOfferAdminDetailsV5.ApplicationOfferDetailsV5',
  'Binary.Number',
  'CharmResourceResult.CharmResource',
  'CharmResourceResult.ErrorResult',
  'ConsumeApplicationArg.ApplicationOfferDetails',
  'ConsumeApplicationArgV5.ApplicationOfferDetailsV5',
  'ConsumeOfferDetailsResult.ConsumeOfferDetails',
  'CreateSecretArg.UpsertSecretArg',
  'FilesystemAttachmentDetails.FilesystemAttachmentInfo',
  'HostPort.Address',
  'LogForwardingSetLastSentParam.LogForwardingID',
  'ModelSLA.ModelSLAInfo',
  'PayloadResult.Entity',
  'ProvisioningInfo.ProvisioningNetworkTopology',
  'Resource.CharmResource',
  'ResourcesResult.ErrorResult',
  'SetPayloadStatusArg.Entity',
  'SubnetV2.Subnet',
  'SubnetV3.Subnet',
  'SubnetV3.SubnetV2',
  'UnitResourceResult.ErrorResult',
  'UnitResources.Entity',
  'UnitResourcesResult.ErrorResult',
  'UpdateSecretArg.UpsertSecretArg',
  'UpdateUserSecretArg.UpsertSecretArg',
  'VolumeAttachmentDetails.VolumeAttachmentInfo',
];
const BYTES: readonly string[] = [
  'AddUserResult.secret-key',
  'ApplicationMetricCredential.metrics-credentials',
  'BytesResult.result',
  'CAASUnitIntroduction.agent-conf',
  'CharmResource.fingerprint',
  'CharmResourceResult.fingerprint',
  'ModelSLA.creds',
  'Resource.fingerprint',
  'SerializedModel.bytes',
];
const INTEGERS: readonly string[] = [
  'DeleteSecretArg.revisions',
  'FacadeVersions.versions',
  'RelationIds.relation-ids',
  'RemoteRelationChangeEvent.departed-units',
  'SecretRevisionArg.revisions',
  'SecretRevisionIDsResult.revisions',
];
const LARGE: readonly string[] = [
  'ActionPruneArgs.max-history-time',
  'AddSecretBackendArg.token-rotate-interval',
  'BackupsMetadataResult.size',
  'BlockDevice.Size',
  'CharmResource.size',
  'CharmResourceResult.size',
  'CharmStorage.minimum-size',
  'CloudImageMetadata.root-storage-size',
  'DestroyApplicationParams.max-wait',
  'DestroyConsumedApplicationParams.max-wait',
  'DestroyControllerArgs.max-wait',
  'DestroyControllerArgs.model-timeout',
  'DestroyMachinesParams.max-wait',
  'DestroyModelParams.max-wait',
  'DestroyModelParams.timeout',
  'DestroyRelation.max-wait',
  'DestroyUnitParams.max-wait',
  'Directive.Size',
  'FilesystemInfo.size',
  'FilesystemParams.size',
  'FilesystemParamsV5.size',
  'HardwareCharacteristics.mem',
  'HardwareCharacteristics.root-disk',
  'InstanceType.memory',
  'InstanceType.root-disk',
  'KubernetesFilesystemInfo.size',
  'KubernetesFilesystemParams.size',
  'KubernetesVolumeInfo.size',
  'KubernetesVolumeParams.size',
  'LogForwardingGetLastSentResult.record-id',
  'LogForwardingGetLastSentResult.record-timestamp',
  'LogForwardingSetLastSentParam.record-id',
  'LogForwardingSetLastSentParam.record-timestamp',
  'MachineHardware.mem',
  'MachineHardware.root-disk',
  'RemoveStorageInstance.max-wait',
  'Resource.size',
  'RetryStrategy.max-retry-time',
  'RetryStrategy.min-retry-time',
  'RunParams.timeout',
  'SecretBackend.token-rotate-interval',
  'SerializedModelResourceRevision.size',
  'SingularClaim.duration',
  'StatusHistoryFilter.delta',
  'StatusHistoryPruneArgs.max-history-time',
  'StorageConstraints.size',
  'StorageDetachmentParams.max-wait',
  'StorageDirectives.size',
  'Tools.size',
  'UndertakerModelInfo.destroy-timeout',
  'UnitResources.download-progress',
  'UpdateSecretBackendArg.token-rotate-interval',
  'Value.mem',
  'Value.root-disk',
  'VolumeInfo.size',
  'VolumeParams.size',
];
/** Pointers of Go that aren't left out when there is nothing behind them. */
const POINTERS: readonly string[] = [
  'DashboardConnectionInfo.proxy-connection',
  'DashboardConnectionInfo.ssh-connection',
  'ExternalControllerInfoResult.result',
  'GoalStateResult.result',
  'KubernetesProvisioningInfoResult.result',
  'ModelInfo.agent-version',
  'ModelInfo.sla',
  'ModelSummary.agent-version',
  'ModelSummary.sla',
  'PayloadResult.payload',
  'ProvisioningInfoResult.result',
  'RemoteRelationChangeEvent.unit-count',
];
/** What upstream requires, and a request need not say. */
const OPTIONAL: readonly string[] = [
  'Action.tag',
  'AddApplicationOffer.application-description',
  'AddMachineParams.container-type',
  'AddMachineParams.instance-id',
  'AddMachineParams.nonce',
  'AddMachineParams.parent-id',
  'AddUser.display-name',
  'ApplicationDeploy.channel',
  'ApplicationDeploy.config-yaml',
  'ApplicationGet.branch',
  'ApplicationSetCharm.channel',
  'ApplicationSetCharm.generation',
  'ApplicationSetCharmV2.channel',
  'ApplicationSetCharmV2.generation',
  'ApplicationUnset.branch',
  'BundleChangesParams.bundleURL',
  'ConfigSet.config-yaml',
  'ConfigSet.generation',
  'ConsumeApplicationArg.application-description',
  'ConsumeApplicationArgV5.application-description',
  'DeleteSecretArg.label',
  'DeleteSecretArg.uri',
  'DeployFromRepositoryArg.ApplicationName',
  'DeployFromRepositoryArg.ConfigYAML',
  'EndpointFilterAttributes.interface',
  'EndpointFilterAttributes.name',
  'EndpointFilterAttributes.role',
  'ExternalControllerInfo.controller-alias',
  'GrantRevokeUserSecretArg.label',
  'GrantRevokeUserSecretArg.uri',
  'OfferFilter.application-description',
  'OfferFilter.application-name',
  'OfferFilter.application-user',
  'OfferFilter.offer-name',
  'RelationSuspendedArg.message',
  'RunParams.timeout',
  'ScaleApplicationParams.scale',
  'ScaleApplicationParamsV2.scale',
  'UpdateSecretBackendArg.token-rotate-interval',
  'UpdateUserSecretArg.existing-label',
  'UpdateUserSecretArg.uri',
  'UpgradeModelParams.target-version',
];
const WATCHERS: readonly string[] = [
  'AllModelWatcher',
  'AllWatcher',
  'EntityWatcher',
  'FilesystemAttachmentsWatcher',
  'MigrationStatusWatcher',
  'ModelSummaryWatcher',
  'NotifyWatcher',
  'OfferStatusWatcher',
  'RelationStatusWatcher',
  'RelationUnitsWatcher',
  'RemoteRelationWatcher',
  'SecretBackendsRotateWatcher',
  'SecretsRevisionWatcher',
  'SecretsTriggerWatcher',
  'StringsWatcher',
  'VolumeAttachmentPlansWatcher',
  'VolumeAttachmentsWatcher',
];
const MERGED: readonly string[] = [
  'AddMachineParams',
  'ApplicationDeploy',
  'ApplicationOfferResult',
  'ApplicationStatus',
  'ApplicationStorageGetResult',
  'ApplicationStorageUpdate',
  'BlockDevice',
  'Charm',
  'CharmActionSpec',
  'CharmContainer',
  'CharmMeta',
  'CommitHookChangesArg',
  'Constraints',
  'ConsumeOfferDetails',
  'ConsumeOfferDetailsResult',
  'DeployFromRepositoryArg',
  'DeployFromRepositoryInfo',
  'ExportBundleParams',
  'HostedModelConfig',
  'InitiateMigrationArgs',
  'ListSecretResult',
  'MachineStatus',
  'MigrationTargetInfo',
  'Model',
  'ModelBlockInfo',
  'ModelCreateArgs',
  'ModelInfo',
  'ModelMachineInfo',
  'ModelStatus',
  'ModelStatusInfo',
  'ModelSummary',
  'NetworkConfig',
  'OfferFilter',
  'RunParams',
  'SecretContentParams',
  'SetUnitStateArg',
  'StateServingInfo',
  'StorageAddParams',
  'Subnet',
  'SubnetV2',
  'UnitStateResult',
];
