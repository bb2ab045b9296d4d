import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { VisionError } from '../errors/errors.js';
import { hostNameOf, isLoopback } from '../settings/host-name.js';
import { watchFile } from './watched-file.js';

/** The host that a request addressed, and the origin of the web page that sent it. */
export interface RequestOrigin {
  /** HTTP `Host` header or gRPC `:authority`. */
  readonly host: string | undefined;
  /** `Origin` header, which browsers set on cross-origin requests. */
  readonly origin: string | undefined;
}

/** @throws VisionError HOST_NOT_ALLOWED or ORIGIN_NOT_ALLOWED */
export type CheckOrigin = (request: RequestOrigin) => void;

/** Host names of the server. */
export interface OwnNames {
  /** Whether other host names are rejected. If they are not, they still do not count as same-origin. */
  readonly isComplete: boolean;
  readonly names: readonly string[];
  /** PEM file of the server's certificate, whose names count as well. */
  readonly certificate: string | undefined;
}

/** Allows every origin: if credentials are required, a page has none to send. */
export const anyOrigin: CheckOrigin = () => {};

/**
 * Protects a server without authentication from web pages. A page can send requests to any address that the browser can
 * reach; its Origin header reveals it or, if its own name resolves to this server (DNS rebinding), its Host header.
 */
export function ownOrigin({ isComplete, names, certificate }: OwnNames): CheckOrigin {
  const own = new Set(names);
  const readCertificate = certificate === undefined ? undefined : lastCertificate(certificate);
  const isNamed = (name: string): boolean => own.has(name) || certifies(readCertificate?.(), name);
  // A proxy may use another port than this server, but another port of this machine is another site.
  const isNamedSite = ({ host }: URL): boolean => !isLoopback(hostNameOf(host)) && isNamed(hostNameOf(host));
  return ({ host = '', origin }) => {
    const name = hostNameOf(host);
    if (isComplete && !isLoopback(name) && !isNamed(name)) throw VisionError.of('HOST_NOT_ALLOWED', { host });
    if (origin === undefined) return;
    const site = URL.canParse(origin) ? new URL(origin) : undefined;
    if (site === undefined || !(isSameHost(site, host) || isNamedSite(site))) {
      throw VisionError.of('ORIGIN_NOT_ALLOWED', { origin });
    }
  };
}

/**
 * The certificate in a file. If the file is replaced by an invalid one, the old one stays in use, as it does for TLS.
 */
function lastCertificate(path: string): () => X509Certificate | undefined {
  const read = watchFile(path, (pem) => new X509Certificate(pem));
  let last: X509Certificate | undefined;
  return () => {
    try {
      return (last = read());
    } catch {
      return last;
    }
  };
}

/** Whether a page calls the host that it was loaded from. Default ports may be omitted on either side. */
function isSameHost({ protocol, host }: URL, called: string): boolean {
  const url = `${protocol}//${called}`;
  return URL.canParse(url) && new URL(url).host === host;
}

function certifies(certificate: X509Certificate | undefined, name: string): boolean {
  if (certificate === undefined || name === '') return false;
  return (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;
}
