import type { ConnectionOptions } from '../options.ts';

/** The TLS part of the options in Node's words. */
interface TlsOptions {
  ca?: (string | Buffer)[];
  cert?: string | Buffer;
  key?: string | Buffer;
  servername?: string;
  rejectUnauthorized?: false;
}

export function tlsOptions(options: ConnectionOptions): TlsOptions {
  const { ca, cert, key, serverName, insecureSkipVerify = false } = options;
  return {
    ...(ca !== undefined && { ca: (isList(ca) ? ca : [ca]).map(pem) }),
    ...(cert !== undefined && { cert: pem(cert) }),
    ...(key !== undefined && { key: pem(key) }),
    ...(serverName !== undefined && { servername: serverName }),
    ...(insecureSkipVerify && { rejectUnauthorized: false }),
  };
}

type Pem = string | Uint8Array;

function pem(value: Pem): string | Buffer {
  return typeof value === 'string' ? value : Buffer.from(value);
}

function isList(value: Pem | readonly Pem[]): value is readonly Pem[] {
  return Array.isArray(value);
}
