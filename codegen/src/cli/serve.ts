import { once } from 'node:events';
import { join } from 'node:path';
import { type Call, type Command, EXIT, UsageError } from './command.ts';
import { project, SCHEMAS_OPTION, services } from './project.ts';
import { didYouMean } from './suggest.ts';

export const serveCommand: Command = {
  usage: ['serve SERVICE [--port N]'],
  about:
    'Serves a service from its schemas on 127.0.0.1, for demos and tests: it checks who calls and what is sent, ' +
    'and keeps what was put. Runs until it is interrupted.',
  options: {
    port: { value: 'N', about: 'the port to listen on (default: one that is free)' },
    'page-size': { value: 'N', about: 'the largest page of a list (default: 1000)' },
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
    const pageSize = whole(call, 'page-size', Number.MAX_SAFE_INTEGER);
    const schemas = ownSchemas(call, service);
    const { signal } = call;
    call.progress.stage(`${service}: starting`);
    await using standIn = await serve(service, {
      ...(port !== undefined && { port }),
      ...(pageSize !== undefined && { pageSize }),
      ...(schemas !== undefined && { schemas }),
    });
    call.progress.end();
    const { rootUrl, credentials, environment } = standIn;
    call.result(report(service, rootUrl, environment), { service, rootUrl, credentials });
    if (!signal.aborted) await once(signal, 'abort');
    return EXIT.ok;
  },
};

/** With what a shell needs so that a client finds the stand-in by itself. */
function report(service: string, rootUrl: string, environment: Readonly<Record<string, string>>): string {
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${value}`);
  return [`${service} is served on ${rootUrl} until you press Ctrl-C`, '', ...exports].join('\n');
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
