import { type CallRecord, ServiceError } from '../errors.ts';
import type { Ready } from './host.ts';

/** A facade or a method that this client and the service don't have in common. Nothing was sent. */
export class UnsupportedError extends ServiceError {
  /** As the service would have said. */
  readonly code: string;

  constructor(what: string, call: string, url: string) {
    const record: CallRecord = { method: call, url, attempts: [] };
    super('invalid', what, { call, record });
    this.code = 'not implemented';
  }

  override get name(): string {
    return 'UnsupportedError';
  }
}

/** The highest version that both know; `undefined` when there is none. */
export function bestVersion(known: readonly number[], offered: readonly number[]): number | undefined {
  const common = known.filter((version) => offered.includes(version));
  return common.length === 0 ? undefined : Math.max(...common);
}

/**
 * The version of a facade to use.
 *
 * @throws UnsupportedError when there is none, which names both sides
 */
export function chosenVersion(name: string, known: readonly number[], ready: Ready, call: string): number {
  const offered = ready.offered.get(name) ?? [];
  const version = bestVersion(known, offered);
  if (version !== undefined) return version;
  const controller = controllerText(ready);
  const what =
    offered.length === 0
      ? `${controller} doesn't offer ${name} here; this client knows ${listed(known)}. Some facades are offered to a session with a model only, others to one without`
      : `${controller} offers ${name} ${listed(offered)}; this client knows ${listed(known)}. Use a client that was generated for that release`;
  throw new UnsupportedError(what, call, ready.connection.url);
}

/** @throws UnsupportedError when the version in use hasn't got the method */
export function checkMethod(having: readonly number[], version: number, ready: Ready, call: string): void {
  if (having.includes(version)) return;
  const what = `${controllerText(ready)} is used with version ${version}, which hasn't got it; ${listed(having)} has`;
  throw new UnsupportedError(what, call, ready.connection.url);
}

function controllerText({ serverVersion }: Ready): string {
  return serverVersion === undefined ? 'the controller' : `the controller (${serverVersion})`;
}

function listed(versions: readonly number[]): string {
  return versions.length === 0 ? 'none' : versions.join(', ');
}
