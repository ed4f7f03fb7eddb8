import { join, resolve } from 'node:path';
import { type Call, type Command, EXIT, UsageError } from './command.ts';
import { project, SCHEMAS_OPTION } from './project.ts';

export const syncCommand: Command = {
  usage: ['sync SERVICE --from FILE|DIR|URL… [--dry-run]'],
  about:
    'Brings the schemas of a service up to what upstream publishes, reduced to facts, and tells the difference.',
  options: {
    from: {
      value: 'FILE|DIR|URL',
      about: 'a file, a folder (several of both, one after the other), or the root URL of a live deployment',
      many: true,
    },
    target: {
      value: 'GLOB',
      about:
        'the minions of a live Salt that are asked (default: *); SALTAPI_USER, _PASS and _EAUTH say who asks',
    },
    modules: {
      value: 'NAMES',
      about:
        'the modules of a live Salt that are asked about, joined by commas (default: all); others stay as stored',
    },
    format: { value: 'NAME', about: 'the format of a service that is new to the project' },
    'upstream-version': {
      value: 'VERSION',
      about: 'what upstream calls this version, where the source does not tell',
    },
    'dry-run': { about: 'write nothing; exit with 1 when there is a difference' },
    ...SCHEMAS_OPTION,
  },
  async run(call) {
    const [service, ...more] = call.operands;
    const from = call.options('from');
    if (service === undefined) throw new UsageError('sync needs the name of a service');
    if (!/^[a-z][a-z0-9-]*$/.test(service)) {
      throw new UsageError(
        `${JSON.stringify(service)} cannot name a service: use lower-case letters, digits and -`,
      );
    }
    if (from.length === 0) throw new UsageError('sync needs --from FILE, DIR or URL');
    const { formatDifference, sync } = await import('../sync/index.ts');
    const format = call.option('format');
    const version = call.option('upstream-version');
    const target = call.option('target');
    const modules = call.option('modules')?.split(',');
    const result = await sync({
      folder: join(project(call).schemas, service),
      // A shell makes several operands of --from *.json.
      from: [...from, ...more].map((place) => source(call, place)),
      ...(format !== undefined && { format }),
      ...(version !== undefined && { version }),
      ...(target !== undefined && { target }),
      ...(modules !== undefined && { modules }),
      dryRun: call.isOn('dry-run'),
      signal: call.signal,
      onProgress: (line) => call.progress.stage(line),
    });
    call.progress.end();
    call.result(formatDifference(result), result);
    return result.dryRun && result.stale ? EXIT.stale : EXIT.ok;
  },
};

function source(call: Call, from: string): string {
  return /^https?:\/\//i.test(from) ? from : resolve(call.cwd, from);
}
