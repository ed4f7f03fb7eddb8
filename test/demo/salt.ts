/**
 * A tour of the generated Salt client, against a stand-in that this program starts: `make demo`.
 *
 * Each line is one step: what it is about, the call, how long it took, and what was found. Ends with exit code 1 when
 * anything is not as it should be.
 */
import { serve } from '@fairlead/codegen/serve';
import { MinionsError, RestCherrypy, SaltFunctionError, salt, saltEvents } from '@fairlead/salt';
import { Pkg } from '@fairlead/salt/modules/pkg';
import { State } from '@fairlead/salt/modules/state';
import { Test } from '@fairlead/salt/modules/test';
import { ErrorService } from '@fairlead/salt/runners/error';
import { Manage } from '@fairlead/salt/runners/manage';
import { Key } from '@fairlead/salt/wheel/key';
import { attempt, conclude, firstLine, heading, refusal, step } from './steps.ts';

const web = { grains: { role: 'web' }, packages: { bash: '5.2.15-2+b8' } };
const motd = { id: '/etc/motd', state: 'file.managed', comment: 'File /etc/motd updated' };
const nginx = { id: 'nginx', state: 'service.running', result: false, comment: 'Service nginx is not there' };

await using service = await serve('salt', {
  minions: [
    { id: 'web1', ...web, states: { web: [motd] } },
    { id: 'web2', ...web, states: { web: [motd, nginx] } },
    { id: 'web3', ...web, silent: true },
    { id: 'build1', delayMs: 60_000 },
  ],
  pendingKeys: ['new1'],
});
const { url, credentials } = service;
await using session = salt({ url, ...credentials });
const fleet = { grain: 'role:web' };

heading(`A stand-in Salt master at ${url}, called through @fairlead/salt`);

await step('which API is it?', 'await session.netapi()', async () => {
  const netapi = await session.netapi();
  return { found: `rest_${netapi}`, holds: netapi === 'cherrypy' };
});

await step('a fleet, with a login', 'new Test(session).ping({ grain })', async () => {
  const answers = await new Test(session).ping(fleet);
  const found = `yes from ${[...answers.ok.keys()].join(', ')}; nothing from ${answers.silent.join(', ')}`;
  const holds = [...answers.ok.keys()].join() === 'web1,web2' && answers.silent.join() === 'web3';
  return { found, holds };
});

await step('and who is up?', 'new Manage(session).up()', async () => {
  const up = await new Manage(session).up();
  const logins = service.requests.filter(({ url: path, verb }) => path === '/login' && verb === 'POST');
  const found = `${up.join(', ')}; logged in ${logins.length === 1 ? 'once' : `${logins.length} times`}`;
  return { found, holds: up.includes('web1') && !up.includes('web3') && logins.length === 1 };
});

heading('Functions, typed by what the modules say of themselves');

await step('install a package', "pkg.install('web1', { name: 'curl' })", async () => {
  const installed = await new Pkg(session).install('web1', { name: 'curl', refresh: true });
  const changes = installed.throwIfFailed().get('web1');
  return { found: JSON.stringify(changes), holds: changes?.['curl'] !== undefined };
});

await step('a text stays a text', "test.echo('web1', { text: 'name=value' })", async () => {
  const echoed = (await new Test(session).echo('web1', { text: 'name=value' })).ok.get('web1');
  return { found: String(echoed), holds: echoed === 'name=value' };
});

await step('apply a state', "state.apply('web[12]', { mods: 'web' })", async () => {
  const results = await new State(session).apply('web[12]', { mods: 'web' });
  const error = await attempt(async () => results.throwIfFailed());
  const holds = results.get('web1')?.kind === 'ok' && results.get('web2')?.kind === 'failed';
  return { found: firstLine(error), holds: holds && error instanceof MinionsError };
});

heading('Jobs and events');

await step('follow a job', 'for await (… of await test.ping(…).start())', async () => {
  const job = await new Test(session).ping({ list: ['web1', 'build1'] }).start();
  const seen: string[] = [];
  for await (const { minion, kind } of job) {
    seen.push(`${minion} is ${kind}`);
    // The slow one takes a minute; the stand-in's clock need not.
    service.advance(60_000);
  }
  return { found: `${job.jid}: ${seen.join(', then ')}`, holds: seen.join() === 'web1 is ok,build1 is ok' };
});

await step('a hook is an event', 'session.listen(saltEvents.hookCalled(…))', async () => {
  await using events = session.listen(saltEvents.hookCalled({ path: 'demo/deploy' }));
  await events.ready();
  const api = new RestCherrypy(session);
  await api.hookPath('other', { revision: 1 });
  await api.hookPath('demo/deploy', { revision: 2 });
  for await (const { tag, data } of events) {
    const found = `${tag} ${JSON.stringify(data.post)}`;
    return { found, holds: JSON.stringify(data.post) === '{"revision":2}' };
  }
  return { found: 'the stream ended', holds: false };
});

heading('Keys');

await step('accept a new minion', "new Key(session).accept({ match: 'new1' })", async () => {
  const key = new Key(session);
  const before = await key.list_all();
  await key.accept({ match: 'new1' });
  const after = await key.list_all();
  const found = `${before.minions_pre?.length} waited; accepted: ${after.minions?.join(', ')}`;
  return { found, holds: after.minions?.includes('new1') === true && after.minions_pre?.length === 0 };
});

await step('make keys for another', "session.createKeys({ mid: 'new2' })", async () => {
  const { publicKey, privateKey } = await session.createKeys({ mid: 'new2' });
  const [first = ''] = publicKey.split('\n');
  return { found: first, holds: /PUBLIC KEY/.test(first) && /PRIVATE KEY/.test(privateKey) };
});

heading('When things go wrong');

await step('a wrong password', 'stranger.ping(…)', async () => {
  const stranger = new Test(session.with({ password: 'wrong' }));
  return await refusal(stranger.ping(fleet), { status: 401, category: 'unauthorized' });
});

await step('a session that is over', 'new Test(session).ping({ grain })', async () => {
  // A day: the token is over, and the next call logs in again.
  service.advance(86_400_000);
  const answers = await new Test(session).ping(fleet);
  return { found: `${answers.ok.size} answers after another login`, holds: answers.ok.size === 2 };
});

await step('a function that is not', "session.local('pkg.instal', …)", async () => {
  const results = await session.local('pkg.instal', 'web1');
  const result = results.get('web1');
  return { found: String(result?.kind === 'failed' && result.message), holds: result?.kind === 'failed' };
});

await step('a runner that fails', 'new ErrorService(session).error({ name })', async () => {
  const call = new ErrorService(session).error({ name: 'RuntimeError', message: 'on purpose' });
  const error = await attempt(() => call);
  const returned = error instanceof SaltFunctionError ? String(error.returned) : '';
  return { found: firstLine(error), holds: returned.includes('RuntimeError') };
});

conclude(
  `All of it held: ${service.requests.length} requests, each checked by a server that shares no code with the client.`,
);
