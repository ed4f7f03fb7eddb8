import type { IncomingHttpHeaders } from 'node:http';

/** A request as a test wants to look at it. */
export interface RecordedRequest {
  /** In upper case, as it was sent; `CALL` for what is asked for on a connection that isn't HTTP any more. */
  readonly verb: string;
  /** The request target, byte for byte. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Empty when it was larger than 64 KiB. */
  readonly body: Uint8Array;
  /** The length of what was sent as a body, in bytes. */
  readonly size: number;
  /** What it was for: absent when no operation was found. */
  readonly service?: string;
  /** As the reference calls it: `createTask`. */
  readonly method?: string;
  /** Decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** 0 while there is no answer, and for good when a fault left none. */
  status: number;
}
