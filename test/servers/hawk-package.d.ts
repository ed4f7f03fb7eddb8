/** The parts of the npm package `hawk` that our signatures are checked against; it brings no types itself. */
declare module 'hawk' {
  export interface Credentials {
    readonly key: string;
    readonly algorithm: 'sha256';
  }

  /** What came in: of a Node request the method, the URL as on the request line, and the headers. */
  export interface Request {
    readonly method?: string | undefined;
    readonly url?: string | undefined;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  }

  export interface Artifacts {
    readonly id: string;
    readonly ts: string;
    readonly nonce: string;
    readonly hash?: string;
    readonly ext?: string;
  }

  export interface ServerOptions {
    readonly payload?: string | Uint8Array;
    readonly localtimeOffsetMsec?: number;
    readonly timestampSkewSec?: number;
  }

  type Lookup = (id: string) => Promise<Credentials | null>;

  export const server: {
    authenticate(
      request: Request,
      lookup: Lookup,
      options?: ServerOptions,
    ): Promise<{ readonly artifacts: Artifacts }>;
  };

  export const client: {
    header(
      uri: string,
      method: string,
      options: {
        readonly credentials: Credentials & { readonly id: string };
        readonly ext?: string;
        readonly payload?: string;
        readonly contentType?: string;
        readonly timestamp?: number;
        readonly nonce?: string;
      },
    ): { readonly header: string; readonly artifacts: Artifacts };
  };

  export const uri: {
    authenticate(
      request: Request,
      lookup: Lookup,
      options?: ServerOptions,
    ): Promise<{ readonly attributes: { readonly ext?: string } }>;
    getBewit(
      uri: string,
      options: {
        readonly credentials: Credentials & { readonly id: string };
        readonly ttlSec: number;
        readonly ext?: string;
        readonly localtimeOffsetMsec?: number;
      },
    ): string;
  };
}
