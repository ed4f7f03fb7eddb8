import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type JujuRelease, serve } from '@fairlead/codegen/serve';
import { Caller } from './juju-caller.ts';

interface Described {
  readonly Name: string;
  readonly Version: number;
  readonly Schema: { readonly properties?: Record<string, unknown> };
}

const folder = join(import.meta.dirname, '../../schemas/juju/facades');

/** The facades that the client's files of a release tell. */
function describedBy(release: JujuRelease, group: string): readonly Described[] {
  return readdirSync(folder)
    .filter((file) => file.startsWith(`${release}.`) && file.includes(group))
    .flatMap((file): readonly Described[] => JSON.parse(readFileSync(join(folder, file), 'utf8')));
}

/** Those that wait until something happens. */
const waiting = new Set(['Next']);

/** What a stand-in says when it is wrong itself. */
const isDefect = (error: string) => /is not valid: \/|undefined|not a function|no such schema/.test(error);

for (const release of ['4.0', '3.6'] as const) {
  describe(`every method of Juju ${release}`, () => {
    test('answers with something that fits its schema, or says why it can not', async () => {
      await using server = await serve('juju', {
        release,
        models: [{ name: 'default', applications: { web: 2 } }],
      });
      await using toModel = await Caller.loggedIn(server);
      await using toController = await Caller.loggedIn(server, '/api');
      const offers = new Map<string, Caller>();
      for (const caller of [toController, toModel]) {
        for (const name of await offered(server, caller === toModel)) offers.set(name, caller);
      }
      const defects: string[] = [];
      let answered = 0;
      let calls = 0;
      for (const { Name, Version, Schema } of [
        ...describedBy(release, 'client'),
        ...describedBy(release, 'agent'),
      ]) {
        const caller = offers.get(Name);
        if (Name === 'Admin' || caller === undefined) continue;
        for (const method of Object.keys(Schema.properties ?? {})) {
          if (waiting.has(method)) continue;
          calls += 1;
          const reply = await caller.call(Name, Version, method, {});
          if (reply.error === undefined) answered += 1;
          else if (isDefect(reply.error)) defects.push(`${Name}.${method}: ${reply.error}`);
        }
      }
      assert.deepEqual(defects, []);
      assert.ok(calls > 200, `only ${calls} methods were called`);
      assert.ok(answered / calls > 0.8, `only ${answered} of ${calls} answered`);
    });
  });
}

async function offered(
  server: Parameters<typeof Caller.loggedIn>[0],
  isModel: boolean,
): Promise<readonly string[]> {
  await using caller = await Caller.connect(server, isModel ? `/model/${server.model}/api` : '/api');
  const { username, password } = server.credentials;
  const told = await caller.ok('Admin', 3, 'Login', {
    'auth-tag': `user-${username}`,
    credentials: password,
  });
  const facades = told['facades'];
  return Array.isArray(facades) ? facades.map(({ name }: { name: string }) => name) : [];
}
