/** The parts of the npm package `hawk` that the stand-in checks signatures with; it brings no types itself. */
declare module 'hawk' {
  export interface Credentials {
    readonly key: string;
    readonly algorithm: 'sha256';
  }

  export interface Request {
    readonly method: string;
    readonly url: string;
    readonly host: string;
    readonly port: number;
    readonly authorization?: string | undefined;
    readonly contentType?: string | undefined;
  }

  export interface Attributes {
    readonly id?: string;
    readonly ext?: string;
    readonly hash?: string;
  }

  type Lookup<C extends Credentials> = (id: string) => Promise<C>;

  export const server: {
    authenticate<C extends Credentials>(
      request: Request,
      lookup: Lookup<C>,
      options: { readonly timestampSkewSec: number; readonly localtimeOffsetMsec: number },
    ): Promise<{ readonly credentials: C; readonly artifacts: Attributes }>;
    authenticateBewit<C extends Credentials>(
      request: Request,
      lookup: Lookup<C>,
      options: { readonly localtimeOffsetMsec: number },
    ): Promise<{ readonly credentials: C }>;
    authenticatePayload(
      payload: Uint8Array,
      credentials: Credentials,
      artifacts: Attributes,
      contentType: string,
    ): void;
  };

  export const uri: {
    getBewit(
      uri: string,
      options: {
        readonly credentials: Credentials & { readonly id: string };
        readonly ttlSec: number;
        readonly ext?: string;
        readonly localtimeOffsetMsec: number;
      },
    ): string;
  };

  export const utils: {
    parseAuthorizationHeader(header: string): Attributes;
  };
}
