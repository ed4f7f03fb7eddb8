import type { CallRecord } from '../errors.ts';
import { jsonText } from '../json/json-text.ts';
import type { Shape } from '../json/shape.ts';

/** A call of a method of a facade. */
export interface RpcRequest {
  readonly facade: string;
  /** Default 0, which is not sent. */
  readonly version?: number | undefined;
  /** Of an object of the facade, such as a watcher. */
  readonly id?: string | undefined;
  readonly method: string;
  /** Default `{}`. */
  readonly params?: unknown;
  /** What the answer holds that JSON has no word for. */
  readonly shape?: Shape | undefined;
  /** An abort rejects with the signal's own reason. Whether the call is carried out is not known then. */
  readonly signal?: AbortSignal | undefined;
  /** How long it may take, in milliseconds. Default: as long as the connection lives. */
  readonly timeoutMs?: number | undefined;
  /** Called when the call is over, with what happened in it. */
  readonly onRecord?: ((record: CallRecord) => void) | undefined;
}

/**
 * A request as it is sent. Put together by hand, since only the parameters can need more than a template.
 *
 * @throws TypeError when JSON has no word for them
 */
export function requestText(id: number, request: RpcRequest): string {
  const { facade, version = 0, id: object = '', method, params = {} } = request;
  const versioned = version === 0 ? '' : `,"version":${version}`;
  const identified = object === '' ? '' : `,"id":${JSON.stringify(object)}`;
  const target = `"type":${JSON.stringify(facade)}${versioned}${identified},"request":${JSON.stringify(method)}`;
  return `{"request-id":${id},${target},"params":${jsonText(params)}}`;
}
