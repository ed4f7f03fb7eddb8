import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { serve } from '@fairlead/codegen/serve';
import { Caller } from './juju-caller.ts';

const deploy = (caller: Caller, ...names: readonly string[]) =>
  caller.ok('Application', 22, 'Deploy', {
    applications: names.map((application) => ({
      application,
      'charm-url': `ch:amd64/${application}-3`,
      'num-units': 1,
    })),
  });

/** The status of a model, as far as the tests look at it. */
interface Status {
  readonly applications: Record<
    string,
    { status: { status: string }; units: Record<string, object>; exposed: boolean }
  >;
  readonly machines: Record<string, { 'agent-status': { status: string } }>;
}

async function statusOf(caller: Caller, ...patterns: readonly string[]): Promise<Status> {
  const told: unknown = await caller.ok('Client', 8, 'FullStatus', { patterns });
  return told as Status;
}

describe('a model', () => {
  test('gets applications, of which one fails and the others don’t', async () => {
    await using server = await serve('juju');
    await using caller = await Caller.loggedIn(server);
    const { results } = await deploy(caller, 'web', 'Not a name', 'db', 'web');
    assert.deepEqual(results, [
      {},
      { error: { message: 'invalid application name "Not a name"', code: 'not valid' } },
      {},
      { error: { message: 'application "web" already exists', code: 'already exists' } },
    ]);
    const early = await statusOf(caller);
    assert.equal(early.applications['web']?.status.status, 'waiting');
    assert.equal(early.machines['0']?.['agent-status'].status, 'pending');
    server.advance(5000);
    const { applications, machines } = await statusOf(caller);
    assert.deepEqual(Object.keys(applications), ['web', 'db']);
    assert.equal(applications['web']?.status.status, 'active');
    assert.equal(machines['0']?.['agent-status'].status, 'started');
    assert.deepEqual(Object.keys((await statusOf(caller, 'd*')).applications), ['db']);
  });

  test('lives: units come and go, things are set, told and taken back', async () => {
    await using server = await serve('juju', { models: [{ name: 'default', applications: { web: 1 } }] });
    await using caller = await Caller.loggedIn(server);
    const application = 'web';
    const call = (method: string, params: object) => caller.ok('Application', 22, method, params);
    assert.deepEqual(await call('AddUnits', { application, 'num-units': 2 }), { units: ['web/1', 'web/2'] });
    await call('SetConfigs', { Args: [{ application, config: { port: '80' } }] });
    await call('SetConstraints', { application, constraints: { cores: 4 } });
    await call('Expose', { application });
    const { config, constraints } = await call('Get', { application });
    assert.partialDeepStrictEqual(config, { port: { value: '80' } });
    assert.deepEqual(constraints, { cores: 4 });
    const { results: infos } = await call('ApplicationsInfo', {
      entities: [{ tag: 'application-web' }, { tag: 'unit-web-0' }],
    });
    assert.partialDeepStrictEqual(infos, [
      { result: { tag: 'application-web', exposed: true } },
      { error: { message: '"unit-web-0" is not a valid application tag' } },
    ]);
    const { results: destroyed } = await call('DestroyUnit', {
      units: [{ 'unit-tag': 'unit-web-1' }, { 'unit-tag': 'unit-web-9' }],
    });
    assert.partialDeepStrictEqual(destroyed, [
      { info: {} },
      { error: { code: 'not found', message: 'unit "web/9" not found' } },
    ]);
    server.advance(5000);
    assert.deepEqual(Object.keys((await statusOf(caller)).applications['web']?.units ?? {}), [
      'web/0',
      'web/2',
    ]);
    await call('DestroyApplication', { applications: [{ 'application-tag': 'application-web' }] });
    server.advance(5000);
    assert.deepEqual((await statusOf(caller)).applications, {});
  });

  test('forbids what is blocked', async () => {
    await using server = await serve('juju');
    await using caller = await Caller.loggedIn(server);
    await caller.ok('Block', 2, 'SwitchBlockOn', { type: 'BlockChange', message: 'hands off' });
    const { results } = await deploy(caller, 'web');
    assert.deepEqual(results, [{ error: { message: 'hands off', code: 'operation is blocked' } }]);
    await caller.ok('Block', 2, 'SwitchBlockOff', { type: 'BlockChange' });
    assert.deepEqual((await deploy(caller, 'web'))['results'], [{}]);
  });

  test('runs actions, whose progress is told', async () => {
    await using server = await serve('juju', { models: [{ name: 'default', applications: { web: 1 } }] });
    await using caller = await Caller.loggedIn(server);
    const told = await caller.ok('Action', 7, 'EnqueueOperation', {
      actions: [
        { name: 'restart', receiver: 'unit-web-0' },
        { name: 'restart', receiver: 'unit-web-7' },
      ],
    });
    assert.partialDeepStrictEqual(told['actions'], [
      { action: { tag: 'action-2' }, status: 'pending' },
      { error: { code: 'not found' } },
    ]);
    const { results } = await caller.ok('Action', 7, 'WatchActionsProgress', {
      entities: [{ tag: 'action-2' }],
    });
    assert.ok(Array.isArray(results));
    const next = caller.ok('StringsWatcher', 1, 'Next', {}, results[0]['watcher-id']);
    server.control.logAction('2', 'half way');
    assert.match(String((await next)['changes']), /half way/);
    server.advance(1000);
    const { results: operations } = await caller.ok('Action', 7, 'Operations', {
      entities: [{ tag: 'operation-1' }],
    });
    assert.partialDeepStrictEqual(operations, [{ status: 'completed', actions: [{ status: 'completed' }] }]);
  });
});

describe('a controller', () => {
  test('makes models, and ends them', async () => {
    await using server = await serve('juju');
    await using caller = await Caller.loggedIn(server, '/api');
    const { uuid } = await caller.ok('ModelManager', 11, 'CreateModel', {
      name: 'second',
      qualifier: 'admin',
    });
    const twice = await caller.call('ModelManager', 11, 'CreateModel', {
      name: 'second',
      qualifier: 'admin',
    });
    assert.equal(twice['error-code'], 'already exists');
    const names = async () => {
      const { results } = await caller.ok('ModelManager', 11, 'ListModelSummaries', {
        'user-tag': 'user-admin',
        all: true,
      });
      return Array.isArray(results)
        ? results.map(({ result }: { result: { name: string } }) => result.name)
        : [];
    };
    assert.deepEqual(await names(), ['controller', 'default', 'second']);
    await using toModel = await Caller.loggedIn(server, `/model/${uuid}/api`);
    await toModel.ok('ModelConfig', 4, 'ModelSet', { config: { 'logging-config': '<root>=DEBUG' } });
    const { config } = await toModel.ok('ModelConfig', 4, 'ModelGet');
    assert.partialDeepStrictEqual(config, { 'logging-config': { value: '<root>=DEBUG' } });
    const { results } = await caller.ok('ModelManager', 11, 'DestroyModels', {
      models: [{ 'model-tag': `model-${uuid}` }],
    });
    assert.deepEqual(results, [{}]);
    server.advance(5000);
    assert.deepEqual(await names(), ['controller', 'default']);
    assert.equal((await toModel.call('Client', 8, 'FullStatus'))['error-code'], 'model not found');
  });

  test('is as it was after a reset', async () => {
    await using server = await serve('juju', { models: [{ name: 'default', applications: { web: 1 } }] });
    const caller = await Caller.loggedIn(server);
    await deploy(caller, 'db');
    server.reset();
    assert.equal(await caller.closed, 1001);
    await using again = await Caller.loggedIn(server);
    assert.deepEqual(Object.keys((await statusOf(again)).applications), ['web']);
  });
});

describe('watchers', () => {
  const started = async (release: '3.6' | '4.0') =>
    await serve('juju', { release, models: [{ name: 'default', applications: { web: 1 } }] });
  const kinds = (deltas: unknown) =>
    Array.isArray(deltas) ? deltas.map(([kind, how]) => `${kind} ${how}`) : [];

  test('of Juju 3 tell all that there is, and then what changes', async () => {
    await using server = await started('3.6');
    await using caller = await Caller.loggedIn(server);
    // What happens by itself is over.
    server.advance(5000);
    const { 'watcher-id': id } = await caller.ok('Client', 8, 'WatchAll');
    const next = async () => (await caller.ok('AllWatcher', 3, 'Next', {}, String(id)))['deltas'];
    assert.deepEqual(kinds(await next()), [
      'model change',
      'machine change',
      'charm change',
      'application change',
      'unit change',
    ]);
    server.control.setUnitStatus('web/0', 'blocked', 'no database');
    assert.partialDeepStrictEqual(await next(), [
      ['unit', 'change', { name: 'web/0', 'workload-status': { current: 'blocked' } }],
      ['application', 'change', { name: 'web', status: { current: 'blocked', message: 'no database' } }],
    ]);
    const outstanding = caller.call('AllWatcher', 3, 'Next', {}, String(id));
    await caller.ok('AllWatcher', 3, 'Stop', {}, String(id));
    const stopped = await outstanding;
    assert.deepEqual([stopped.error, stopped['error-code']], ['watcher has been stopped', 'stopped']);
    assert.equal((await caller.call('AllWatcher', 3, 'Next', {}, String(id))).error, 'unknown watcher id');
  });

  test('of all of a model are gone in Juju 4', async () => {
    await using server = await started('4.0');
    await using caller = await Caller.loggedIn(server);
    assert.equal((await caller.call('Client', 8, 'WatchAll'))['error-code'], 'not implemented');
    await using toController = await Caller.loggedIn(server, '/api');
    const summaries = await toController.call('Controller', 14, 'WatchAllModelSummaries');
    assert.equal(summaries['error-code'], 'not supported');
  });

  test('of summaries tell each model that has changed', async () => {
    await using server = await started('3.6');
    await using caller = await Caller.loggedIn(server, '/api');
    const { 'watcher-id': id } = await caller.ok('Controller', 12, 'WatchAllModelSummaries');
    const next = async () => (await caller.ok('ModelSummaryWatcher', 1, 'Next', {}, String(id)))['models'];
    assert.partialDeepStrictEqual(await next(), [
      { name: 'controller' },
      { name: 'default', status: 'green' },
    ]);
    server.control.setUnitStatus('web/0', 'error', 'hook failed');
    assert.partialDeepStrictEqual(await next(), [
      { name: 'default', status: 'red', messages: [{ agent: 'web/0', message: 'hook failed' }] },
    ]);
  });

  test('belong to a connection, and can be stopped or made to tell something', async () => {
    await using server = await started('4.0');
    await using caller = await Caller.loggedIn(server);
    const { results } = await caller.ok('Machiner', 6, 'Watch', { entities: [{ tag: 'machine-0' }] });
    assert.ok(Array.isArray(results));
    const id: string = results[0].NotifyWatcherId;
    const next = caller.call('NotifyWatcher', 1, 'Next', {}, id);
    server.advance(5000);
    assert.deepEqual((await next).response, {});
    await using other = await Caller.loggedIn(server);
    assert.equal((await other.call('NotifyWatcher', 1, 'Next', {}, id)).error, 'unknown watcher id');
    assert.equal(server.control.emit({ facade: 'NotifyWatcher' }), 1);
    await caller.ok('NotifyWatcher', 1, 'Next', {}, id);
    server.control.stopWatchers();
    const stopped = await caller.call('NotifyWatcher', 1, 'Next', {}, id);
    assert.equal(stopped.error, 'unknown watcher id');
    assert.equal(server.control.watchers, 0);
  });
});
