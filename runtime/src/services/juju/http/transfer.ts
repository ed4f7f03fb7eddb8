import type { CallOptions } from '../../../options.ts';
import type { StreamHost } from '../stream-host.ts';

/** @throws TypeError when the session has no model */
export function modelOf({ model }: Pick<StreamHost, 'model'>, what: string): string {
  if (model !== undefined) return model;
  throw new TypeError(`can't ${what}: the session is with the controller only; give juju() a model`);
}

/**
 * What holds for a call that moves much data where its options don't say: an attempt may take five minutes, which is as long as
 * a controller takes for one, and all of them half an hour. Of a download that is the time until it begins.
 */
export function unhurried(options: CallOptions): CallOptions {
  return { attemptTimeoutMs: 300_000, timeoutMs: 1_800_000, ...options };
}
