import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  bits,
  boolean,
  der,
  integer,
  objectId,
  octets,
  sequence,
  set,
  tagged,
  utcTime,
  utf8,
} from './der.ts';

/** What a server needs for TLS, and what its clients trust; all of it as PEM. */
export interface Certificates {
  readonly key: string;
  /** That of the server. */
  readonly cert: string;
  /** Signed the one of the server, and itself. */
  readonly caCert: string;
}

/** As in the certificate of a controller. */
const dnsNames = ['localhost', 'juju-apiserver', 'anything'];

const day = 24 * 60 * 60_000;

const ids = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  subjectAltName: '2.5.29.17',
  subjectKeyIdentifier: '2.5.29.14',
  authorityKeyIdentifier: '2.5.29.35',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const;

/** A CA of its own and a certificate of it, good for `localhost`, `juju-apiserver`, `anything` and 127.0.0.1. */
export function createCertificates(now = Date.now()): Certificates {
  const ca = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = { name: nameOf('juju-generated CA for model "controller"'), key: ca.privateKey };
  const caId = createHash('sha1').update(spki(ca.publicKey)).digest();
  const signedBy = extension(ids.authorityKeyIdentifier, sequence(der(0x80, caId)));
  const caCert = certificate(issuer, issuer.name, ca.publicKey, now, [
    signedBy,
    extension(ids.subjectKeyIdentifier, octets(caId)),
    extension(ids.basicConstraints, sequence(boolean(true)), true),
    // To sign certificates, and lists of those that are revoked.
    extension(ids.keyUsage, bits(Buffer.of(0b00000110), 1), true),
  ]);
  const cert = certificate(issuer, nameOf('*'), server.publicKey, now, [
    signedBy,
    extension(ids.extendedKeyUsage, sequence(objectId(ids.serverAuth))),
    extension(
      ids.subjectAltName,
      sequence(...dnsNames.map((name) => der(0x82, Buffer.from(name))), der(0x87, Buffer.of(127, 0, 0, 1))),
    ),
  ]);
  const key = server.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  return { key, cert, caCert };
}

function certificate(
  issuer: { readonly name: Buffer; readonly key: KeyObject },
  subject: Buffer,
  publicKey: KeyObject,
  now: number,
  extensions: readonly Buffer[],
): string {
  const algorithm = sequence(objectId(ids.ecdsaWithSha256));
  const serial = randomBytes(16);
  // A leading zero or a set sign would make it another number.
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f);
  const told = sequence(
    tagged(0, integer(Buffer.of(2))),
    integer(serial),
    algorithm,
    issuer.name,
    sequence(utcTime(new Date(now - 7 * day)), utcTime(new Date(now + 3650 * day))),
    subject,
    spki(publicKey),
    tagged(3, sequence(...extensions)),
  );
  const signed = sequence(told, algorithm, bits(sign('sha256', told, issuer.key)));
  const lines = signed.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  return sequence(objectId(id), ...(isCritical ? [boolean(true)] : []), octets(value));
}

function nameOf(commonName: string): Buffer {
  return sequence(
    set(sequence(objectId(ids.organization), utf8('juju'))),
    set(sequence(objectId(ids.commonName), utf8(commonName))),
  );
}

function spki(publicKey: KeyObject): Buffer {
  return publicKey.export({ format: 'der', type: 'spki' });
}
