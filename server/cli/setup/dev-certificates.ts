import { generateKeyPair, randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import forge from 'node-forge';
import { replaceFiles, type NewFile } from '../../files/replace-file.js';

/** Host names of the original API: the API itself, its tokens, its list of endpoints. */
export const originalHosts = [
  'vision.api.cloud.yandex.net',
  'iam.api.cloud.yandex.net',
  'api.cloud.yandex.net',
] as const;
const localHosts = ['localhost', '127.0.0.1', '::1'];

/** Files of a local CA and of a certificate that it signed. */
export interface DevCertificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** Whether the CA existed already: clients need not trust a new one. */
  readonly reusedCa: boolean;
}

interface Authority {
  readonly certificate: forge.pki.Certificate;
  /** PEM. */
  readonly key: string;
}

type Extensions = Parameters<forge.pki.Certificate['setExtensions']>[0];

const caDays = 3650;
/** Apple's systems trust no certificate of a server that lives longer. */
const certificateDays = 825;
/** Subject alternative names (RFC 5280, 4.2.1.6). */
const dnsName = 2;
const ipAddress = 7;

/**
 * Creates a certificate for the original host names, local names and the given hosts, and one for every client. All are
 * signed by a CA that is created once. For development and private networks: whoever has the CA's key can impersonate
 * any host.
 */
export async function makeDevCertificates(
  folder: string,
  hosts: readonly string[],
  clients: readonly string[] = [],
): Promise<DevCertificates> {
  await mkdir(folder, { recursive: true });
  const ca = join(folder, 'ca.pem');
  const caKey = join(folder, 'ca-key.pem');
  const existing = await readAuthority(ca, caKey);
  const authority = existing ?? (await makeAuthority());
  const files = existing === undefined ? pair({ cert: ca, key: caKey }, authority) : [];

  const server = { cert: join(folder, 'server.pem'), key: join(folder, 'server-key.pem') };
  const names = [...new Set([...originalHosts, ...localHosts, ...hosts])];
  const altNames = names.map((name) =>
    isIP(name) === 0 ? { type: dnsName, value: name } : { type: ipAddress, ip: name },
  );
  const serverPair = await issue('visiond', certificateDays, authority, [
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames },
  ]);
  files.push(...pair(server, serverPair));
  for (const client of clients) {
    const clientPair = await issue(client, certificateDays, authority, [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', clientAuth: true },
    ]);
    files.push(
      ...pair(
        { cert: join(folder, `client-${client}.pem`), key: join(folder, `client-${client}-key.pem`) },
        clientPair,
      ),
    );
  }
  // All at once: a certificate without its key, or with that of another, is worse than none.
  replaceFiles(files);
  return { ca, ...server, reusedCa: existing !== undefined };
}

function makeAuthority(): Promise<Authority> {
  return issue('visiond development CA', caDays, undefined, [
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
  ]);
}

/** @returns undefined where there is none yet */
async function readAuthority(certFile: string, keyFile: string): Promise<Authority | undefined> {
  try {
    const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
    return { certificate: forge.pki.certificateFromPem(cert), key };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @param authority who signs. Without one, the certificate signs itself */
async function issue(
  name: string,
  days: number,
  authority: Authority | undefined,
  extensions: Extensions,
): Promise<Authority> {
  // RSA, which every client takes. forge would take seconds for the keys, Node takes milliseconds.
  const keys = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(keys.publicKey);
  // A serial number is positive: its first bit is 0.
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`;
  // Clocks differ: a certificate of this second may be one of the future elsewhere.
  certificate.validity.notBefore = new Date(Date.now() - 3_600_000);
  certificate.validity.notAfter = new Date(Date.now() + days * 86_400_000);
  const subject = [{ name: 'commonName', value: name }];
  certificate.setSubject(subject);
  certificate.setIssuer(authority?.certificate.subject.attributes ?? subject);
  const issuer = authority?.certificate ?? certificate;
  const keyIdentifier = issuer.generateSubjectKeyIdentifier().getBytes();
  certificate.setExtensions([
    ...extensions,
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(authority?.key ?? keys.privateKey), forge.md.sha256.create());
  return { certificate, key: keys.privateKey };
}

/** Only the owner can read the key. */
function pair(paths: { readonly cert: string; readonly key: string }, { certificate, key }: Authority): NewFile[] {
  return [
    { path: paths.cert, content: forge.pki.certificateToPem(certificate).replaceAll('\r\n', '\n') },
    { path: paths.key, content: key, mode: 0o600 },
  ];
}
