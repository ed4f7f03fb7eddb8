import { join } from 'node:path';
import type { ConnectionOptions } from '../../options.ts';
import type { ConsulOptions, ConsulTlsOptions } from './options.ts';

/**
 * The token, wherever it is: a file wins.
 *
 * @throws TypeError when there is a file and no token in it, and the file system's own error when it can't be read
 */
export function tokenOf({ token, tokenFile }: ConsulOptions): string | undefined {
  if (!tokenFile) return token === '' ? undefined : token;
  const text = fileSystem().readFileSync(tokenFile, 'utf8').trim();
  if (text === '') throw new TypeError(`tokenFile: there is no token in ${tokenFile}`);
  return text;
}

/**
 * The TLS part of how connections are made.
 *
 * @throws TypeError when a certificate has no key or a key no certificate, and the file system's own error when a file
 *   can't be read
 */
export function connectionOf(tls: ConsulTlsOptions): ConnectionOptions {
  const ca = [...listOf(tls.ca), ...filesOf(tls.caFile), ...folderOf(tls.caPath)];
  const cert = tls.cert ?? filesOf(tls.certFile)[0];
  const key = tls.key ?? filesOf(tls.keyFile)[0];
  if (cert !== undefined && key === undefined) throw new TypeError('tls.cert needs tls.key (or tls.keyFile)');
  if (key !== undefined && cert === undefined)
    throw new TypeError('tls.key needs tls.cert (or tls.certFile)');
  const serverName = tls.serverName?.replace(/:\d+$/, '');
  return {
    ...(ca.length > 0 && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(serverName && { serverName }),
    ...(tls.verify === false && { insecureSkipVerify: true }),
  };
}

type Pem = string | Uint8Array;

function listOf(ca: ConsulTlsOptions['ca']): readonly Pem[] {
  if (ca === undefined) return [];
  return typeof ca === 'string' || ca instanceof Uint8Array ? [ca] : ca;
}

function filesOf(file: string | undefined): readonly Pem[] {
  return file ? [fileSystem().readFileSync(file)] : [];
}

function folderOf(folder: string | undefined): readonly Pem[] {
  if (!folder) return [];
  const { readdirSync, readFileSync } = fileSystem();
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.isDirectory());
  if (files.length === 0) throw new TypeError(`tls.caPath: there are no files in ${folder}`);
  return files.map(({ name }) => readFileSync(join(folder, name)));
}

/** Not imported, which loads all of it, streams and promises too: hardly any session reads files. */
function fileSystem() {
  return process.getBuiltinModule('node:fs');
}
