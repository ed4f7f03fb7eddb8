import type { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { nodeCrypto } from '../../../auth/node-crypto.ts';

/** Where an administrator puts further authorities of controllers. */
const systemDirectory = '/etc/juju/cert.d';

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * The authorities that vouch for a controller: its own, and every `*.pem` of a directory.
 *
 * @param caCert PEM of one certificate or several
 * @param directory default `/etc/juju/cert.d`; one that isn't there is empty, and what isn't a certificate in it is passed over
 * @throws TypeError when `caCert` isn't a certificate
 */
export async function createCertPool(
  caCert: string,
  directory = systemDirectory,
): Promise<readonly string[]> {
  return [...certificatesIn(caCert), ...(await certificatesOf(directory))];
}

/** One PEM each. @throws TypeError when there is none, or one that is no certificate */
export function certificatesIn(caCert: string): readonly string[] {
  const own = caCert.match(block) ?? [];
  if (own.length > 0 && own.every(isCertificate)) return own;
  throw new TypeError(
    'caCert must be PEM: -----BEGIN CERTIFICATE----- and so on, as controllers.yaml has it; what is in a file has to be read',
  );
}

async function certificatesOf(directory: string): Promise<readonly string[]> {
  const { readdir, readFile } = process.getBuiltinModule('node:fs/promises');
  const files = await readdir(directory).catch(() => []);
  const texts = files
    .filter((file) => file.endsWith('.pem'))
    .sort()
    .map((file) => readFile(join(directory, file), 'utf8').catch(() => ''));
  return (await Promise.all(texts)).flatMap((text) => text.match(block) ?? []).filter(isCertificate);
}

function isCertificate(pem: string): boolean {
  try {
    return new (nodeCrypto().X509Certificate)(pem) !== undefined;
  } catch {
    return false;
  }
}

/** Whether a certificate is one of the pool's own. */
export function isInPool(pool: readonly string[], certificate: X509Certificate): boolean {
  return pool.some(
    (pem) => new (nodeCrypto().X509Certificate)(pem).fingerprint256 === certificate.fingerprint256,
  );
}
