import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Api, Event, JsonSchema, Method } from '../../codegen/src/model.ts';
import { loadService, type Service } from '../../codegen/src/read/index.ts';
import { httpCall, topicOf } from './read-sample.ts';

const folder = fileURLToPath(new URL('../../schemas/taskcluster', import.meta.url));

suite('the stored references of Taskcluster', () => {
  let service: Service;
  before(async () => {
    service = await loadService(folder);
  });
  const api = (path: string): Api => one(service.apis, path, ({ path }) => path);
  const method = (path: string, name: string): Method => one(api(path).methods, name, ({ name }) => name);
  const event = (path: string, name: string): Event => one(api(path).events, name, ({ name }) => name);
  const type = (path: string, name: string): JsonSchema =>
    one(api(path).types, name, ({ name }) => name).schema;
  const all = <T>(pick: (method: Method, name: string) => T | undefined): T[] =>
    service.apis.flatMap(({ path, methods }) =>
      methods.flatMap((method) => pick(method, `${path}.${method.name}`) ?? []),
    );

  test('hold 11 APIs with 192 methods and 36 exchanges', () => {
    const counts = service.apis.map(({ path, name, methods, events }) => [
      path,
      name,
      methods.length,
      events.length,
    ]);
    assert.deepEqual(counts, [
      ['auth', 'Auth', 36, 6],
      ['github', 'Github', 12, 5],
      ['hooks', 'Hooks', 16, 3],
      ['index', 'Index', 11, 0],
      ['notify', 'Notify', 11, 1],
      ['object', 'ObjectService', 9, 0],
      ['purge-cache', 'PurgeCache', 7, 0],
      ['queue', 'Queue', 49, 11],
      ['secrets', 'Secrets', 8, 0],
      ['web-server', 'WebServer', 6, 0],
      ['worker-manager', 'WorkerManager', 27, 10],
    ]);
    assert.equal(service.format, 'taskcluster');
    assert.equal(api('worker-manager').endpoint, 'worker-manager/v1');
  });

  test('give a type to each of the 166 schemas that a method or an event needs', () => {
    const files = service.apis.flatMap(({ types }) => types.map(({ source }) => source.split('#')[0]));
    assert.equal(new Set(files).size, 166);
    assert.equal(service.documents.files.size, 166 + 17);
  });

  test('have the paginated methods and the property of the answer that holds the items', () => {
    const paged = all(({ pages }, name) => (pages === undefined ? undefined : `${name}: ${pages.items}`));
    assert.deepEqual(paged.sort(), PAGED);
  });

  test('tell what comes back where it is not JSON of a known shape', () => {
    const others = all(({ result }, name) =>
      result.kind === 'json' ? undefined : `${name}: ${result.kind}`,
    );
    const monitoring = /\.(ping|version|heartbeat|lbheartbeat): unknown$/;
    assert.equal(others.filter((line) => monitoring.test(line)).length, 44);
    assert.deepEqual(others.filter((line) => !monitoring.test(line)).sort(), OTHER_RESULTS);
  });

  test('have 124 answers of a known shape and 47 bodies', () => {
    assert.equal(all(({ result }) => (result.kind === 'json' ? true : undefined)).length, 124);
    assert.equal(all(({ body }) => body).length, 47);
  });

  test('mark the POSTs that may be repeated, and never one that may not', () => {
    const safe = all(({ safe }, name) => (safe ? name : undefined));
    assert.ok(safe.includes('queue.tasks') && safe.includes('queue.cancelTask'));
    const repeated = [
      'queue.claimWork',
      'hooks.triggerHook',
      'queue.createArtifact',
      'auth.resetAccessToken',
    ];
    assert.deepEqual(
      safe.filter((name) => repeated.includes(name) || name.startsWith('notify.')),
      [],
    );
    assert.ok(
      all((method) => (method.safe ? httpCall(method).verb : undefined)).every((verb) => verb === 'post'),
    );
  });

  test('type the parameters that the references only name', () => {
    const typed = (params: readonly { wire: string; type: string }[]) =>
      params.map(({ wire, type }) => `${wire}: ${type}`);
    const queries = new Set(all(({ query }) => typed(query)).flat());
    const paths = new Set(all(({ path }) => typed(path)).flat());
    assert.deepEqual([...queries, ...paths].filter((text) => !text.endsWith(': string')).sort(), [
      'includeArchived: boolean',
      'limit: integer',
      'number: integer',
      'quarantined: boolean',
      'runId: integer',
      'since: date',
    ]);
    assert.ok(queries.has('continuationToken: string'));
    assert.ok(
      all(({ query }) => query)
        .flat()
        .every(({ required }) => !required),
    );
  });

  test('keep the token of a hook out of sight', () => {
    const { path } = method('hooks', 'triggerHookWithToken');
    assert.deepEqual(
      path.map(({ wire, secret }) => [wire, secret]),
      [
        ['hookGroupId', false],
        ['hookId', false],
        ['token', true],
      ],
    );
  });

  test('give a route as literal text and parameters in turn', () => {
    assert.deepEqual(method('queue', 'getArtifact').call, {
      kind: 'http',
      verb: 'get',
      route: ['/task/', { param: 'taskId' }, '/runs/', { param: 'runId' }, '/artifacts/', { param: 'name' }],
    });
    assert.deepEqual(httpCall(method('auth', 'listClients')).route, ['/clients/']);
  });

  test('document a method by its route, its stability and the scopes that it needs', () => {
    assert.deepEqual(method('queue', 'createTask').doc.facts, [
      '`PUT /task/{taskId}` · stable',
      'scopes: all of',
      '- `<scope>` for each `scope` in `scopes`',
      '- `queue:route:<route>` for each `route` in `routes`',
      '- `queue:create-task:project:<projectId>`',
      '- `queue:scheduler-id:<schedulerId>`',
      '- any of `queue:create-task:<priority>:<provisionerId>/<workerType>` for each `priority` in `priorities`',
    ]);
    assert.deepEqual(method('auth', 'awsS3Credentials').doc.facts.slice(1), [
      'scopes: when `levelIsReadOnly`: any of (`auth:aws-s3:read-only:<bucket>/<prefix>`, `auth:aws-s3:read-write:<bucket>/<prefix>`), otherwise `auth:aws-s3:read-write:<bucket>/<prefix>`',
    ]);
    assert.deepEqual(method('queue', 'ping').doc.facts, ['`GET /ping` · stable']);
    assert.equal(method('queue', 'tasks').doc.facts[0], '`POST /tasks` · experimental · safe to repeat');
  });

  test('say of exactly the safe POSTs that they are safe to repeat', () => {
    for (const { name, safe, doc } of service.apis.flatMap(({ methods }) => methods)) {
      assert.equal(doc.facts[0]?.endsWith(' · safe to repeat'), safe === true, name);
    }
  });

  test('mark the 14 deprecated methods', () => {
    assert.equal(all(({ doc }) => doc.deprecated).length, 14);
    assert.equal(method('queue', 'claimTask').doc.deprecated, '');
  });

  test('give an event its full exchange and the parts of its routing key', () => {
    const { payload, doc } = event('queue', 'taskDefined');
    const source = topicOf(event('queue', 'taskDefined'));
    assert.equal(source.exchange, 'exchange/taskcluster-queue/v1/task-defined');
    assert.deepEqual(payload, { $ref: 'TaskDefinedMessage' });
    assert.deepEqual(source.key[0], {
      name: 'routingKeyKind',
      constant: 'primary',
      multipleWords: false,
      required: true,
      doc: { facts: [] },
    });
    assert.equal(source.key.at(-1)?.multipleWords, true);
    assert.deepEqual(doc.facts, [
      'exchange `exchange/taskcluster-queue/v1/task-defined`',
      'routing key `primary.<taskId>.<runId>.<workerGroup>.<workerId>.<provisionerId>.<workerType>.<schedulerId>.<taskGroupId>.<reserved>`',
    ]);
    assert.equal(source.keyName, 'queue');
    assert.equal(topicOf(event('queue', 'taskGroupSealed')).keyName, 'taskGroup');
    assert.equal(topicOf(event('github', 'pullRequest')).keyName, 'pullRequest');
    const parts = service.apis.flatMap(({ events }) => events.flatMap((one) => topicOf(one).key));
    assert.equal(parts.length, 199);
    assert.equal(parts.filter(({ constant }) => constant === 'primary').length, 27);
  });

  test('refer to a property of another file as a property of its type', () => {
    const { properties = {} } = type('queue', 'TaskStatus');
    assert.deepEqual(properties['taskQueueId'], { $ref: 'Task/properties/taskQueueId' });
    assert.deepEqual(type('object', 'HashesDownload').properties?.['sha256'], {
      $ref: 'HashesUpload/properties/sha256',
    });
  });

  test('look at a schema from the side of the caller', () => {
    const task = type('queue', 'Task');
    const input = type('queue', 'TaskInput');
    assert.ok(task.required?.includes('priority') && input.required?.includes('priority') === false);
    assert.equal(task.properties?.['priority']?.open, true);
    assert.equal(input.properties?.['priority']?.open, undefined);
    const request = type('queue', 'CreateTaskRequest');
    assert.deepEqual(request.properties?.['priority'], {
      default: 'lowest',
      $ref: 'TaskInput/properties/priority',
    });
    assert.deepEqual(request.properties?.['taskGroupId'], { $ref: 'Task/properties/taskGroupId' });
    assert.deepEqual(request.required, ['created', 'deadline', 'metadata']);
  });

  test('have a second type only for schemas that travel both ways and differ', () => {
    const inputs = service.apis.flatMap(({ path, types }) =>
      types
        .filter(({ name }) => types.some((other) => name === `${other.name}Input`))
        .map(({ name }) => `${path}.${name}`),
    );
    assert.deepEqual(inputs, [
      'hooks.HookMetadataInput',
      'notify.NotificationAddressInput',
      'queue.TaskInput',
    ]);
  });

  test('keep discriminators as constants, however upstream wrote them', () => {
    const kinds = (name: string, property: string) =>
      type('queue', name).oneOf?.map(
        ({ properties = {} }) => properties[property]?.const ?? properties[property]?.enum?.[0],
      );
    assert.deepEqual(kinds('ArtifactContentResponse', 'storageType'), ['s3', 'object', 'reference', 'error']);
    assert.deepEqual(kinds('PostArtifactRequest', 'storageType'), [
      's3',
      'object',
      'reference',
      'link',
      'error',
    ]);
    const opened = JSON.stringify([
      type('queue', 'PostArtifactRequest'),
      type('queue', 'ArtifactContentResponse'),
    ]);
    assert.doesNotMatch(opened, /"open"/);
  });

  test('hold every constraint for who validates', () => {
    const task = JSON.stringify(service.documents.files.get('schemas/queue/v1/task.json'));
    assert.match(task, /"pattern"/);
    const reference = JSON.stringify(service.documents.files.get('references/queue/v1/api.json'));
    assert.match(reference, /"x-safe":true/, 'with the corrections applied');
  });

  test('bring nothing to the types but what matters for them', () => {
    const keywords = new Set(
      service.apis.flatMap(({ types }) => types.flatMap(({ schema }) => keywordsIn(schema))),
    );
    assert.deepEqual([...keywords].sort(), KEYWORDS);
  });

  test('are documented: every method that is no monitoring method has a line of ours', () => {
    const bare = all(({ doc }, name) => (doc.text === undefined ? name : undefined));
    assert.deepEqual(
      bare.filter((name) => !/\.(ping|version|heartbeat|lbheartbeat)$/.test(name)),
      [],
    );
  });
});

function one<T>(list: readonly T[], wanted: string, name: (item: T) => string): T {
  const item = list.find((candidate) => name(candidate) === wanted);
  assert.ok(item, `${wanted} is there`);
  return item;
}

function keywordsIn(schema: JsonSchema): string[] {
  const { properties = {}, items, additionalProperties, allOf = [], anyOf = [], oneOf = [] } = schema;
  const inner = [
    ...Object.values(properties),
    ...allOf,
    ...anyOf,
    ...oneOf,
    ...(items === undefined ? [] : [items]),
  ];
  if (typeof additionalProperties === 'object') inner.push(additionalProperties);
  return [...Object.keys(schema), ...inner.flatMap(keywordsIn)];
}

const KEYWORDS = [
  '$ref',
  'additionalProperties',
  'anyOf',
  'const',
  'default',
  'enum',
  'format',
  'items',
  'oneOf',
  'open',
  'properties',
  'required',
  'type',
];

const PAGED = [
  'auth.azureContainers: containers',
  'auth.azureTables: tables',
  'auth.getEntityHistory: auditHistory',
  'auth.listAuditHistory: auditHistory',
  'auth.listClients: clients',
  'auth.listRoleIds: roleIds',
  'auth.listRoles2: roles',
  'github.builds: builds',
  'hooks.listLastFires: lastFires',
  'index.findTasksAtIndex: tasks',
  'index.listNamespaces: namespaces',
  'index.listTasks: tasks',
  'notify.listDenylist: addresses',
  'purge-cache.allPurgeRequests: requests',
  'queue.listArtifacts: artifacts',
  'queue.listClaimedTasks: tasks',
  'queue.listDependentTasks: tasks',
  'queue.listLatestArtifacts: artifacts',
  'queue.listPendingTasks: tasks',
  'queue.listProvisioners: provisioners',
  'queue.listTaskGroup: tasks',
  'queue.listTaskQueues: taskQueues',
  'queue.listWorkerTypes: workerTypes',
  'queue.listWorkers: workers',
  'queue.statuses: statuses',
  'queue.tasks: tasks',
  'secrets.list: secrets',
  'worker-manager.listProviders: providers',
  'worker-manager.listWorkerPoolErrors: workerPoolErrors',
  'worker-manager.listWorkerPoolLaunchConfigs: workerPoolLaunchConfigs',
  'worker-manager.listWorkerPools: workerPools',
  'worker-manager.listWorkerPoolsStats: workerPoolsStats',
  'worker-manager.listWorkers: workers',
  'worker-manager.listWorkersForWorkerGroup: workers',
  'worker-manager.listWorkersForWorkerPool: workers',
];

const OTHER_RESULTS = [
  'auth.deleteClient: void',
  'auth.deleteRole: void',
  'github.badge: text',
  'github.createComment: void',
  'github.createStatus: void',
  'github.latest: location',
  'hooks.removeHook: void',
  'index.deleteTask: void',
  'index.findArtifactFromTask: location',
  'notify.addDenylistAddress: void',
  'notify.deleteDenylistAddress: void',
  'notify.email: void',
  'notify.matrix: void',
  'notify.pulse: void',
  'notify.slack: void',
  'object.download: location',
  'object.finishUpload: void',
  'purge-cache.purgeCache: void',
  'queue.finishArtifact: void',
  'secrets.remove: void',
  'secrets.set: void',
  'web-server.taskGroupProfile: unknown',
  'web-server.taskProfile: unknown',
  'worker-manager.removeWorker: void',
];
