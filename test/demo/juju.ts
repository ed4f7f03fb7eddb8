/**
 * A tour of the generated Juju client, against a stand-in that this program starts: `make demo`.
 *
 * Each line is one step: what it is about, the call, how long it took, and what was found. Ends with exit code 1 when
 * anything is not as it should be.
 */
import { serve } from '@fairlead/codegen/serve';
import {
  Action,
  Application,
  BulkError,
  Client,
  ConnectionError,
  juju,
  ModelManager,
  macaroonLogin,
  passwordLogin,
  RpcError,
  tags,
  UnsupportedError,
  usernamePassword,
} from '@fairlead/juju';
import { attempt, conclude, type Finding, firstLine, heading, step } from './steps.ts';

await using service = await serve('juju');
const { addresses, caCert, model, credentials } = service;
await using session = juju({
  addresses,
  caCert,
  model,
  login: macaroonLogin(),
  bakery: { interactors: [usernamePassword({ ...credentials, at: [`${service.url}/auth`] })] },
});
const application = new Application(session);

heading(`A stand-in Juju controller at ${service.url}, called through @fairlead/juju`);

await step('log in with a macaroon', 'session.open()', async () => {
  await session.open();
  const routes = service.requests
    .filter(({ verb }) => verb === 'POST')
    .map(({ url }) => url.replace(/\?.*/, ''));
  const found = `Juju ${session.serverVersion} knows ${session.authTag}, after ${routes.join(', ')}`;
  return {
    found,
    holds: session.authTag === 'user-admin' && routes.join() === '/auth/discharge,/auth/form,/auth/discharge',
  };
});

heading('Calls');

await step('deploy', 'application.deploy({ applications: […] })', async () => {
  const { results } = await application.deploy({ applications: [charm('web', 2)] });
  return { found: `${results?.length} result, no error`, holds: results?.[0]?.error === undefined };
});

await step('three at once', '(await application.deploy(…)).outcomes()', async () => {
  const outcomes = await application
    .deploy({ applications: [charm('db', 1), charm('web', 1), charm('cache', 1)] })
    .outcomes();
  const found = outcomes.map((outcome) => (outcome.ok ? 'done' : firstLine(outcome.error))).join(', ');
  return { found, holds: outcomes.map(({ ok }) => ok).join() === 'true,false,true' };
});

await step('or all of them', 'application.destroyUnit(…).values()', async () => {
  const units = ['web/1', 'web/7'].map((unit) => ({ 'unit-tag': tags.unit(unit) }));
  const error = await attempt(() => application.destroyUnit({ units }).values());
  const holds = error instanceof BulkError && error.values.length === 1 && error.category === 'not-found';
  return { found: firstLine(error), holds };
});

await step('what there is', 'new Client(session).fullStatus(…)', async () => {
  // Machines start and charms are installed by the stand-in's own clock.
  service.advance(5000);
  const { applications } = await new Client(session).fullStatus({ patterns: [] });
  const told = Object.entries(applications ?? {}).map(
    ([name, { status, units }]) => `${name} ${status.status} (${Object.keys(units ?? {}).length})`,
  );
  return { found: told.join(', '), holds: told.join() === 'web active (1),db active (1),cache active (1)' };
});

await step('a hundred at once', 'Promise.all(…)', async () => {
  const client = new Client(session);
  const all = await Promise.all(Array.from({ length: 100 }, () => client.fullStatus({ patterns: ['web'] })));
  return { found: `${all.length} answers over one connection`, holds: service.control.connections === 1 };
});

heading('What happens');

const action = new Action(session);

await step('progress of an action', 'action.watchActionsProgress(…)', async () => {
  const { actions } = await action.enqueueOperation({
    actions: [{ name: 'backup', receiver: tags.unit('web/0') }],
  });
  const tag = actions?.[0]?.action?.tag ?? '';
  const [outcome] = await action.watchActionsProgress({ entities: [{ tag }] }).watchers();
  if (outcome?.ok !== true) return { found: firstLine(outcome?.error), holds: false };
  await using watcher = outcome.value;
  const seen: string[] = [];
  for await (const changes of watcher) {
    seen.push(...changes.map(messageIn));
    if (seen.length === 2) break;
    const message = seen.length === 0 ? 'dumping tables' : 'done';
    service.control.logAction(tag.replace('action-', ''), message);
  }
  return { found: seen.join(' → '), holds: seen.join() === 'dumping tables,done' };
});

await step('the log', 'for await (… of session.debugLog())', async () => {
  service.control.log({ message: 'a hook has failed', level: 'ERROR', entity: 'unit-web-0' });
  service.control.log({ message: 'nothing of interest', level: 'DEBUG' });
  const seen: string[] = [];
  for await (const { entity, level, message } of session.debugLog({ level: 'INFO', backlog: 10 })) {
    seen.push(`${level} ${entity}: ${message}`);
    if (seen.length === 2) break;
    service.control.log({ message: 'all is well again', entity: 'unit-web-0' });
  }
  return {
    found: seen.join(' → '),
    holds: seen.join() === 'ERROR unit-web-0: a hook has failed,INFO unit-web-0: all is well again',
  };
});

heading('When things go wrong');

await step('it is not there', 'application.get({ application })', async () =>
  refused(application.get({ application: 'none' }), 'not found', 'not-found'),
);

await step('it is forbidden', 'application.expose({ application })', async () => {
  service.fail({
    match: { service: 'Application', method: 'Expose' },
    error: { message: 'not on a Friday', code: 'operation is blocked' },
  });
  return await refused(application.expose({ application: 'web' }), 'operation is blocked', 'forbidden');
});

await step('not in a model', 'new ModelManager(session).listModels(…)', async () => {
  const asked = service.requests.length;
  const error = await attempt(() => new ModelManager(session).listModels({ tag: 'user-admin' }));
  const [reason = ''] = firstLine(error).split(';');
  const holds = error instanceof UnsupportedError && service.requests.length === asked;
  return { found: `before anything is sent: ${reason}`, holds };
});

await step('a wrong password', 'juju({ login: passwordLogin(…) })', async () => {
  const login = passwordLogin({ user: 'admin', password: 'wrong' });
  await using stranger = juju({ addresses, caCert, model, login });
  return await refused(stranger.open(), 'unauthorized access', 'unauthorized');
});

await step('a connection is lost', 'juju({ …, reconnect: true })', async () => {
  const login = passwordLogin({ user: credentials.username, password: credentials.password });
  await using lasting = juju({ addresses, caCert, model, login, reconnect: { delayMs: 1 } });
  const client = new Client(lasting);
  await lasting.open();
  service.fail({ match: { service: 'Client', method: 'FullStatus' }, reset: true });
  const lost = await attempt(() => client.fullStatus({ patterns: [] }));
  const { model: info } = await client.fullStatus({ patterns: [] });
  const holds = lost instanceof ConnectionError && info.name === 'default' && !session.broken.aborted;
  return { found: `${firstLine(lost)}; the next one goes over a new one`, holds };
});

function charm(name: string, units: number) {
  return {
    application: name,
    'charm-url': `ch:amd64/${name}-3`,
    channel: 'stable',
    'num-units': units,
  };
}

/** A line of an action's log comes as JSON. */
function messageIn(change: string): string {
  const line: unknown = JSON.parse(change);
  return typeof line === 'object' && line !== null && 'message' in line ? String(line.message) : change;
}

async function refused(call: PromiseLike<unknown>, code: string, category: string): Promise<Finding> {
  const error = await attempt(() => call);
  const found = firstLine(error);
  if (!(error instanceof RpcError)) return { found, holds: false };
  return { found: `${found} (${error.category})`, holds: error.code === code && error.category === category };
}

conclude(
  `All of it held: ${service.requests.length} requests, each checked by a server that shares no code with the client.`,
);
