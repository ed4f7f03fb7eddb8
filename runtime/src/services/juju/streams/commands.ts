import { isObject } from '../../../json/is-object.ts';
import { jsonText } from '../../../json/json-text.ts';
import type { StreamHost } from '../stream-host.ts';
import { type Asked, parsed } from './asked.ts';
import { loopOver } from './loop.ts';
import { openStream, type StreamOptions } from './open-stream.ts';
import { messagesOf, modelPath } from './stream.ts';

/** What {@link runCommands} takes. */
export interface RunCommandsOptions extends Pick<StreamOptions, 'signal'> {
  /** Lines as one would type them, with or without `juju` before: `['status', 'juju config mysql']`. */
  readonly commands: readonly string[];
  /** Who runs them. */
  readonly user: string;
  /** The user's password, for one whom the controller itself knows. */
  readonly credentials?: string | undefined;
  /** For a user whom someone else knows: macaroons with their discharges, as they go over the wire. */
  readonly macaroons?: readonly (readonly object[])[] | undefined;
  /** A branch of the model, up to Juju 3. */
  readonly activeBranch?: string | undefined;
}

/**
 * Has the controller run commands of its own command line in the session's model, as far as it allows them there, and gives the
 * lines that they print, as they come. Each loop runs them anew.
 *
 * @throws TypeError at once when there is no command or the session has no model. The loop throws an RpcError when a command
 *   fails, after the lines that came before, or when the controller says no; otherwise as {@link connectStream} does
 */
export function runCommands(host: StreamHost, options: RunCommandsOptions): AsyncIterable<string> {
  const { commands, user, credentials, macaroons, activeBranch } = options;
  if (commands.length === 0) throw new TypeError('commands must hold a command at least');
  const address = { path: modelPath(host, '/commands'), query: '' };
  const request = jsonText({
    user,
    ...(credentials !== undefined && { credentials }),
    ...(macaroons !== undefined && { macaroons }),
    ...(activeBranch !== undefined && { 'active-branch': activeBranch }),
    commands,
  });
  async function* lines(signal: AbortSignal): AsyncGenerator<string, undefined, undefined> {
    const opened = await openStream(host, address, { signal }, (socket) => socket.send(request));
    // An end before all is said is a loss, however polite.
    for await (const message of messagesOf(opened, () => false)) {
      const value = parsed(message);
      if (!isObject(value)) throw opened.asked.nonsense('a message that is no output of a command');
      yield* linesOf(value['output'], opened.asked);
      const said = opened.asked.errorIn(value);
      if (said !== undefined) throw opened.asked.refused(said);
      if (value['done'] === true) break;
    }
  }
  return { [Symbol.asyncIterator]: () => loopOver(lines, options.signal) };
}

function linesOf(output: unknown, asked: Asked): readonly string[] {
  // Go leaves out or says null for a list that is empty.
  if (output === undefined || output === null) return [];
  if (Array.isArray(output) && output.every((line) => typeof line === 'string')) return output;
  throw asked.nonsense('a message whose output is no list of texts');
}
