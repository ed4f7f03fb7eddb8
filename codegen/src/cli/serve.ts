import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { JujuRelease, JujuStandIn, Netapi, ServiceName } from '../serve/index.ts';
import { choice } from './choice.ts';
import { type Call, type Command, EXIT, UsageError } from './command.ts';
import { project, SCHEMAS_OPTION, services } from './project.ts';
import { didYouMean } from './suggest.ts';

type Serve = typeof import('../serve/index.ts').serve;

const NETAPIS = ['cherrypy', 'tornado', 'wsgi'] as const satisfies readonly Netapi[];

const RELEASES = ['4.0', '3.6'] as const satisfies readonly JujuRelease[];

/** Which service an option is for. */
const OWN_OPTIONS: Readonly<Record<string, ServiceName>> = {
  'page-size': 'taskcluster',
  token: 'consul',
  netapi: 'salt',
  release: 'juju',
  'no-tls': 'juju',
  store: 'juju',
};

export const serveCommand: Command = {
  usage: ['serve SERVICE [--port N]'],
  about:
    'Serves a service from its schemas on 127.0.0.1, for demos and tests: it checks who calls and what is sent, ' +
    'and keeps what was put. Runs until it is interrupted.',
  options: {
    port: { value: 'N', about: 'the port to listen on (default: one that is free)' },
    'page-size': { value: 'N', about: 'taskcluster: the largest page of a list (default: 1000)' },
    token: { value: 'SECRET', about: 'consul: turns access control on; this token may do everything' },
    netapi: {
      value: NETAPIS.join('|'),
      about: `salt: which of its HTTP interfaces answers (default: ${NETAPIS[0]})`,
    },
    release: {
      value: RELEASES.join('|'),
      about: `juju: which one it behaves like (default: ${RELEASES[0]})`,
    },
    store: { value: 'DIR', about: 'juju: where to write what clients read (default: a temporary folder)' },
    'no-tls': { about: 'juju: serves without TLS, for clients that cannot be given a CA' },
    ...SCHEMAS_OPTION,
  },
  async run(call) {
    const [name, ...more] = call.operands;
    if (name === undefined || more.length > 0) throw new UsageError('serve takes exactly one service');
    const { serve, services: served } = await import('../serve/index.ts');
    const service = served.find((candidate) => candidate === name);
    if (service === undefined) {
      throw new UsageError(
        `${JSON.stringify(name)} cannot be served${didYouMean(name, served)} (there are: ${served.join(', ')})`,
      );
    }
    const port = whole(call, 'port', 65_535);
    const own = ownOptions(call, service);
    const schemas = ownSchemas(call, service);
    const { signal } = call;
    call.progress.stage(`${service}: starting`);
    const common = { ...(port !== undefined && { port }), ...(schemas !== undefined && { schemas }) };
    await using folder = own.service === 'juju' ? await storeFolder(own.store) : undefined;
    await using standIn = await start(serve, common, own, folder?.path);
    call.progress.end();
    const { rootUrl, credentials, environment } = standIn;
    const juju = 'controllerUuid' in standIn ? standIn : undefined;
    const lines = [...report(service, rootUrl, environment), ...(juju === undefined ? [] : notes(juju))];
    const facts = juju === undefined ? {} : jujuFacts(juju);
    call.result(lines.join('\n'), { service, rootUrl, credentials, environment, ...facts });
    if (!signal.aborted) await once(signal, 'abort');
    return EXIT.ok;
  },
};

/** What only one service takes, with that service. */
type Own =
  | { readonly service: 'taskcluster'; readonly pageSize?: number }
  | { readonly service: 'consul'; readonly token?: string }
  | { readonly service: 'salt'; readonly netapi?: Netapi }
  | {
      readonly service: 'juju';
      readonly release?: JujuRelease;
      readonly tls: boolean;
      readonly store?: string;
    };

function ownOptions(call: Call, service: ServiceName): Own {
  const stray = Object.keys(OWN_OPTIONS).find(
    (name) => OWN_OPTIONS[name] !== service && (call.option(name) !== undefined || call.isOn(name)),
  );
  if (stray !== undefined)
    throw new UsageError(`--${stray} is for ${OWN_OPTIONS[stray]}, not for ${service}`);
  switch (service) {
    case 'taskcluster': {
      const pageSize = whole(call, 'page-size', Number.MAX_SAFE_INTEGER);
      return { service, ...(pageSize !== undefined && { pageSize }) };
    }
    case 'consul': {
      const token = call.option('token');
      return { service, ...(token !== undefined && { token }) };
    }
    case 'salt': {
      const netapi = choice(call, 'netapi', NETAPIS);
      return { service, ...(netapi !== undefined && { netapi }) };
    }
    case 'juju': {
      const release = choice(call, 'release', RELEASES);
      const store = call.option('store');
      return {
        service,
        tls: !call.isOn('no-tls'),
        ...(release !== undefined && { release }),
        ...(store !== undefined && { store: resolve(call.cwd, store) }),
      };
    }
  }
}

function start(
  serve: Serve,
  common: { readonly port?: number; readonly schemas?: string },
  own: Own,
  store: string | undefined,
): Promise<Awaited<ReturnType<Serve>> | JujuStandIn> {
  switch (own.service) {
    case 'taskcluster':
      return serve(own.service, { ...common, ...(own.pageSize !== undefined && { pageSize: own.pageSize }) });
    case 'consul':
      return serve(own.service, {
        ...common,
        ...(own.token !== undefined && { acl: { managementToken: own.token } }),
      });
    case 'salt':
      return serve(own.service, { ...common, ...(own.netapi !== undefined && { netapi: own.netapi }) });
    case 'juju':
      return serve(own.service, {
        ...common,
        tls: own.tls,
        ...(store !== undefined && { store }),
        ...(own.release !== undefined && { release: own.release }),
      });
  }
}

/** With what a shell needs so that a client finds the stand-in by itself. */
function report(service: string, rootUrl: string, environment: Readonly<Record<string, string>>): string[] {
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${value}`);
  return [`${service} is served on ${rootUrl} until you press Ctrl-C`, '', ...exports];
}

/** What `--json` has besides. */
function jujuFacts({ addresses, caCert, controllerUuid, model, models }: JujuStandIn): object {
  return { addresses, caCert, controllerUuid, model, models };
}

/** For clients that don't read Juju's own files. */
function notes({ addresses, caCert, credentials, model, url }: JujuStandIn): string[] {
  return [
    '',
    `# address   ${addresses.join(', ')}`,
    ...(caCert === undefined ? [] : [`# CA        "caCert" of what curl -k ${url}/__fairlead__/ says`]),
    `# model     ${model}`,
    `# user      ${credentials.username}`,
    `# password  ${credentials.password}`,
  ];
}

/** The folder that was given, or one that is gone again in the end. */
async function storeFolder(given: string | undefined): Promise<AsyncDisposable & { readonly path: string }> {
  if (given !== undefined) return { path: given, [Symbol.asyncDispose]: async () => {} };
  const path = await mkdtemp(join(tmpdir(), 'fairlead-juju-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** The schemas of the project, if it has the service; those that come with this package otherwise. */
function ownSchemas(call: Call, service: string): string | undefined {
  const place = project(call);
  return services(place).includes(service) ? join(place.schemas, service) : undefined;
}

function whole(call: Call, option: string, max: number): number | undefined {
  const given = call.option(option);
  if (given === undefined) return undefined;
  const value = /^\d{1,16}$/.test(given) ? Number(given) : Number.NaN;
  if (value >= 0 && value <= max) return value;
  throw new UsageError(`--${option} is a whole number up to ${max}, not ${JSON.stringify(given)}`);
}
