import type { CallOptions } from '../../options.ts';
import { downloadBackup } from './http/backups.ts';
import {
  type CharmChoice,
  type CharmUpload,
  downloadCharm,
  type UploadedCharm,
  uploadCharm,
} from './http/charms.ts';
import type { Download } from './http/download.ts';
import { type Health, health } from './http/health.ts';
import { downloadObject } from './http/objects.ts';
import {
  downloadResource,
  downloadUnitResource,
  type ResourceUpload,
  type StoredResource,
  uploadResource,
} from './http/resources.ts';
import { downloadTools, type StoredTools, type ToolsUpload, uploadTools } from './http/tools.ts';
import type { StreamHost } from './stream-host.ts';
import { type RunCommandsOptions, runCommands } from './streams/commands.ts';
import { type DebugLogOptions, debugLog, type LogRecord } from './streams/debug-log.ts';
import {
  connectControllerStream,
  connectStream,
  type JujuStream,
  type StreamOptions,
  type StreamQuery,
} from './streams/stream.ts';

/** What a session does beside its calls: streams, and data that goes over HTTP. */
export abstract class WithStreams {
  readonly #host: StreamHost;

  constructor(host: StreamHost) {
    this.#host = host;
  }

  /**
   * The log of the session's model; of a session with the controller only, that of the controller's own model. Each loop opens
   * a stream of its own, which goes on until it is left, unless `noTail` or `maxLines` ends it.
   */
  debugLog(options?: DebugLogOptions): AsyncIterable<LogRecord> {
    return debugLog(this.#host, options);
  }

  /** Has the controller run commands of its own command line in the session's model, and gives the lines that they print. */
  runCommands(options: RunCommandsOptions): AsyncIterable<string> {
    return runCommands(this.#host, options);
  }

  /** A stream of the session's model: `connectStream('/log', { noTail: true })`. */
  connectStream(path: string, query?: StreamQuery, options?: StreamOptions): Promise<JujuStream> {
    return connectStream(this.#host, path, query, options);
  }

  /** A stream of the controller itself: `connectControllerStream('/migrate/logtransfer')`. */
  connectControllerStream(path: string, query?: StreamQuery, options?: StreamOptions): Promise<JujuStream> {
    return connectControllerStream(this.#host, path, query, options);
  }

  /** Sends a charm of one's own to the controller, which gives it a URL for `Application.deploy`. */
  uploadCharm(charm: CharmUpload, options?: CallOptions): Promise<UploadedCharm> {
    return uploadCharm(this.#host, charm, options);
  }

  /** The zip of a charm that the model has. */
  downloadCharm(charm: CharmChoice, options?: CallOptions): Promise<Download> {
    return downloadCharm(this.#host, charm, options);
  }

  /** Sends a file that a charm of an application asks for. */
  uploadResource(resource: ResourceUpload, options?: CallOptions): Promise<StoredResource> {
    return uploadResource(this.#host, resource, options);
  }

  /** The file of an application's resource. */
  downloadResource(
    resource: Pick<ResourceUpload, 'application' | 'name'>,
    options?: CallOptions,
  ): Promise<Download> {
    return downloadResource(this.#host, resource, options);
  }

  /** The same as a unit gets it; for agents. */
  downloadUnitResource(
    resource: { readonly unit: string; readonly name: string },
    options?: CallOptions,
  ): Promise<Download> {
    return downloadUnitResource(this.#host, resource, options);
  }

  /** Sends an agent of one's own making. */
  uploadTools(tools: ToolsUpload, options?: CallOptions): Promise<readonly StoredTools[]> {
    return uploadTools(this.#host, tools, options);
  }

  /** The agent of a version, as a gzipped tar. */
  downloadTools(tools: Pick<ToolsUpload, 'version'>, options?: CallOptions): Promise<Download> {
    return downloadTools(this.#host, tools, options);
  }

  /** Whatever the controller of Juju 4 keeps under a hash. */
  downloadObject(sha256: string, options?: CallOptions): Promise<Download> {
    return downloadObject(this.#host, sha256, options);
  }

  /** A backup of the controller: up to Juju 3.6. */
  downloadBackup(id: string, options?: CallOptions): Promise<Download> {
    return downloadBackup(this.#host, id, options);
  }

  /** How the controller is. */
  health(options?: CallOptions): Promise<Health> {
    return health(this.#host, options);
  }
}
