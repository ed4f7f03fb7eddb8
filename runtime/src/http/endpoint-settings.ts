import type { Auth } from '../auth/auth.ts';
import type { RequestOptions, ResolvedOptions } from '../options.ts';
import type { WatchDefaults } from './blocking.ts';
import type { ReadError } from './error-facts.ts';
import type { Headers } from './headers.ts';
import type { MetaReader } from './read-meta.ts';
import type { Transport } from './transport.ts';

/** What a session knows about an API. */
export interface EndpointSettings {
  /** For errors and diagnostics: `queue`. */
  readonly service: string;
  /** Without a slash at its end: `https://tc.example.com/api/queue/v1`. */
  readonly baseUrl: string;
  readonly transport: Transport;
  readonly options: ResolvedOptions;
  /** What signs calls; a function chooses by the options of each. */
  readonly auth?: Auth | ((options: RequestOptions) => Auth | undefined) | undefined;
  /** What is asked of it, for errors and records, where verb and path don't say it: `local test.ping`. Default: these. */
  readonly asked?: string | undefined;
  /** Headers of each call, made when the call is: a trace id. */
  readonly headers?: (() => Readonly<Record<string, string>>) | undefined;
  /**
   * What options of this service's own mean: parts of the query and headers. Those that the call names itself win.
   * Called when the call is made.
   */
  readonly expand?:
    | ((options: RequestOptions) => {
        readonly query?: object | undefined;
        readonly headers?: Readonly<Record<string, string>> | undefined;
        readonly safe?: boolean | undefined;
      })
    | undefined;
  /** What a method's own server is in this session. Default: itself. */
  readonly serverUrl?: ((server: string) => string) | undefined;
  /** How this session waits for what `blocking` asks for. */
  readonly watch?: WatchDefaults | undefined;
  /** Which statuses are answers. Default: 200 to 299. */
  readonly isSuccess?: ((status: number) => boolean) | undefined;
  /**
   * Whether the headers of an answer are this service's, and not those of something in front of it. Asked where the status
   * is one of `absent` or `data`, which others say, too. Default: nobody can tell.
   */
  readonly recognises?: ((headers: Headers) => boolean) | undefined;
  /** What the headers of this service say of an answer. Default: nothing. */
  readonly readMeta?: MetaReader | undefined;
  /** How this service words its errors. Default: {@link readAnyError}. */
  readonly readError?: ReadError | undefined;
}
