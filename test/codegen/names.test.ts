import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  camelCase,
  className,
  commonName,
  eventName,
  eventsName,
  folderName,
  inputTypeName,
  isIdentifier,
  kebabCase,
  keyConstantName,
  methodName,
  NameError,
  Names,
  operationMethodName,
  paramName,
  pascalCase,
  queryTypeName,
  routingTypeName,
  schemaTypeName,
  sessionName,
  settleNames,
  spelledTypeName,
  typeName,
  typesName,
} from '../../codegen/src/names.ts';

describe('names', () => {
  test('the same words give the same name, however they were written', () => {
    for (const text of [
      'worker-manager',
      'workerManager',
      'WorkerManager',
      'WORKER_MANAGER',
      'worker manager',
    ]) {
      assert.equal(pascalCase(text), 'WorkerManager');
      assert.equal(camelCase(text), 'workerManager');
      assert.equal(kebabCase(text), 'worker-manager');
    }
  });

  test('acronyms are words', () => {
    assert.equal(pascalCase('HTTPServer'), 'HttpServer');
    assert.equal(pascalCase('sentryDSN'), 'SentryDsn');
    assert.equal(camelCase('RPC'), 'rpc');
    assert.equal(queryTypeName('azureTableSAS'), 'AzureTableSasQuery');
  });

  test('a method keeps the spelling of upstream', () => {
    for (const name of ['sentryDSN', 'azureTableSAS', 'get', 'delete', 'listRoles2', '$x', 'object']) {
      assert.equal(methodName(name), name);
    }
    assert.equal(methodName('get-a thing'), 'getAThing');
  });

  test('a method never replaces what JavaScript itself calls', () => {
    assert.equal(methodName('constructor'), 'constructorCall');
    assert.equal(methodName('then'), 'thenCall');
    assert.equal(methodName('toString'), 'toStringCall');
    assert.equal(methodName('__proto__'), '__proto__Call');
  });

  test('a class that would shadow a global, or what it imports, gets the suffix Service', () => {
    assert.equal(className('pages'), 'PagesService');
    assert.equal(className('object'), 'ObjectService');
    assert.equal(className('event'), 'EventService');
    assert.equal(className('queue'), 'Queue');
    assert.equal(className('purge-cache'), 'PurgeCache');
  });

  test('a type is named after its file and its definition, never after a version folder', () => {
    assert.equal(typeName('v1/create-task-request.json'), 'CreateTaskRequest');
    assert.equal(typeName('schemas/object/v1/hashes.json', 'request'), 'HashesRequest');
    assert.equal(typeName('error.json'), 'ErrorType');
    assert.equal(typeName('open.yaml'), 'OpenType');
    assert.equal(inputTypeName('Task'), 'TaskInput');
  });

  test('a parameter is no reserved word, and no name that its method needs', () => {
    for (const name of [
      'class',
      'default',
      'await',
      'arguments',
      'body',
      'query',
      'options',
      'path',
      'secret',
    ]) {
      assert.equal(paramName(name), `${name}Param`);
    }
    assert.equal(paramName('taskId'), 'taskId');
    assert.equal(paramName('task-id'), 'taskId');
    assert.equal(paramName('2fa'), '_2fa');
  });

  test('an event is no reserved word', () => {
    assert.equal(eventName('delete'), 'deleteEvent');
    assert.equal(eventName('topic'), 'topicEvent');
    assert.equal(eventName('taskCompleted'), 'taskCompleted');
  });

  test('the constant and the interface of a routing key follow from its name', () => {
    assert.equal(keyConstantName('taskGroup'), 'taskGroupKey');
    assert.equal(routingTypeName('taskGroup'), 'TaskGroupRouting');
  });

  test('what events have in common is the whole words they begin with, or else their service', () => {
    assert.equal(commonName(['taskGroupResolved', 'taskGroupSealed'], 'queue'), 'taskGroup');
    assert.equal(commonName(['HTTPServerUp', 'httpServerDown'], 'queue'), 'httpServer');
    assert.equal(commonName(['task', 'taskDone'], 'queue'), 'task');
    assert.equal(commonName(['taskDone', 'tasksDone'], 'queue'), 'queue');
    assert.equal(commonName(['workerStopped', 'launchConfigCreated'], 'worker-manager'), 'workerManager');
  });

  test('a package index has one name for each part of a service', () => {
    assert.equal(folderName('worker-manager'), 'worker-manager');
    assert.equal(folderName('dist'), 'dist-service');
    assert.equal(folderName('con'), 'con-service');
    assert.equal(folderName('🎉'), 'u1f389');
    assert.equal(eventsName('worker-manager'), 'workerManagerEvents');
    assert.equal(typesName('object'), 'ObjectTypes');
  });

  test('a name taken twice is refused with both sources', () => {
    const names = new Names('methods of queue');
    names.claim('task', 'api.json#/entries/0');
    assert.throws(
      () => names.claim('task', 'api.json#/entries/7'),
      (error: unknown) => {
        assert.ok(error instanceof NameError);
        assert.match(
          error.message,
          /methods of queue .* task: api\.json#\/entries\/0 and api\.json#\/entries\/7/,
        );
        return true;
      },
    );
  });

  test('what holds no letter has no name', () => {
    for (const give of [
      pascalCase,
      camelCase,
      kebabCase,
      methodName,
      paramName,
      eventName,
      className,
      typeName,
    ]) {
      assert.throws(() => give('-/-'), NameError);
    }
  });

  test('whatever upstream calls a thing, its name is an identifier or refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const give of [
          pascalCase,
          camelCase,
          methodName,
          paramName,
          eventName,
          className,
          typesName,
          eventsName,
        ]) {
          let name: string;
          try {
            name = give(text);
          } catch (error) {
            assert.ok(error instanceof NameError);
            continue;
          }
          assert.ok(isIdentifier(name), `${give.name}(${JSON.stringify(text)}) is ${name}`);
        }
      }),
      { seed: 20_251, numRuns: 2000 },
    );
  });

  test('a very long name takes no long time', () => {
    assert.equal(kebabCase('A'.repeat(1_000_000)).length, 1_000_000);
  });
});

describe('names that several things want', () => {
  const claim = (rank: number, ...candidates: string[]) => ({ rank, candidates, source: candidates.join() });

  test('go to the one that has more of a right to it', () => {
    assert.deepEqual(settleNames([claim(2, 'Foo', 'Foo_foo'), claim(1, 'Foo', 'Foo_Foo')], 'types'), [
      'Foo_foo',
      'Foo',
    ]);
  });

  test('go to none of equals', () => {
    assert.deepEqual(settleNames([claim(1, 'get', 'petsGet'), claim(1, 'get', 'dogsGet')], 'methods'), [
      'petsGet',
      'dogsGet',
    ]);
  });

  test('are refused when nothing else is left', () => {
    assert.throws(
      () => settleNames([claim(1, 'b', 'a'), claim(0, 'b'), claim(0, 'a')], 'methods of pets'),
      new NameError('two of the methods of pets would be called a: a and b,a; name one of them by x-name'),
    );
  });

  test('are unique, and do not depend on the order', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i');
    const one = fc.record({
      rank: fc.nat(2),
      candidates: fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 5 }), (given) => {
        const claims = given.map((each, index) => ({ ...each, source: `#${index}` }));
        const settle = (list: typeof claims) => {
          try {
            const names = settleNames(list, 'things');
            return new Map(list.map(({ source }, index) => [source, names[index]]));
          } catch (error) {
            assert.ok(error instanceof NameError);
            return undefined;
          }
        };
        const settled = settle(claims);
        assert.equal(new Set(settled?.values()).size, settled?.size ?? 0);
        assert.deepEqual(
          new Map([...(settle(claims.toReversed()) ?? [])].toReversed()),
          settled ?? new Map(),
        );
      }),
      { seed: 20_251, numRuns: 1000 },
    );
  });
});

describe('the names of a description in OpenAPI', () => {
  test('of methods leave out what the tag says already', () => {
    assert.equal(operationMethodName('repos/get', 'repos'), 'get');
    assert.equal(operationMethodName('UserKeys_list', 'user-keys'), 'list');
    assert.equal(operationMethodName('reposition', 'repos'), 'reposition');
    assert.equal(operationMethodName('repos', 'repos'), 'repos');
    assert.equal(operationMethodName('repos/delete', 'repos'), 'delete');
  });

  test('of types hide no global, and tell their spelling where they must', () => {
    assert.equal(schemaTypeName('simple-user'), 'SimpleUser');
    assert.equal(schemaTypeName('error'), 'ErrorType');
    assert.equal(spelledTypeName('simple-user'), 'SimpleUser_simple_2duser');
  });

  test('of a session are words', () => {
    assert.equal(sessionName("The Shop's API"), 'theShopsApi');
    assert.equal(sessionName('Await'), 'awaitApi');
    assert.equal(sessionName('店'), 'u5e97');
    assert.equal(sessionName('!'), 'u21');
  });
});
