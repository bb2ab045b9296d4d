import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { VisionError } from '../errors/errors.js';
import { hostNameOf, isLoopback } from '../settings/host-name.js';
import { watchFile } from './watched-file.js';

/** How a request was addressed, and the site of the web page that sent it. */
export interface RequestOrigin {
  /** Header Host of HTTP, `:authority` of gRPC. */
  readonly host: string | undefined;
  /** Header Origin: browsers set it on whatever a page sends to another site. */
  readonly origin: string | undefined;
}

/** @throws VisionError HOST_NOT_ALLOWED or ORIGIN_NOT_ALLOWED */
export type CheckOrigin = (request: RequestOrigin) => void;

/** Names by which a server may be called. */
export interface OwnNames {
  /** Whether others are refused. Where they are not, they still do not count as own for pages. */
  readonly isComplete: boolean;
  readonly names: readonly string[];
  /** PEM file of the server's certificate, whose names are own as well. */
  readonly certificate: string | undefined;
}

/** Where everybody needs credentials, a page has none to send. */
export const anyOrigin: CheckOrigin = () => {};

/**
 * Keeps web pages away from a server that asks nobody for credentials. A page can send requests to any address that the
 * browser reaches; it gives itself away by its Origin, or, where its own name was pointed to this server (DNS rebinding),
 * by the Host.
 */
export function ownOrigin({ isComplete, names, certificate }: OwnNames): CheckOrigin {
  const own = new Set(names);
  const readCertificate = certificate === undefined ? undefined : lastCertificate(certificate);
  const isNamed = (name: string): boolean => own.has(name) || certifies(readCertificate?.(), name);
  // A proxy in front may have another port than this server. Another port of this machine is another site.
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

/** The certificate in a file. One that was replaced by something wrong stays: the server goes on with it as well. */
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

/** Whether a page was loaded from the host that it calls. A port is left out of either where it is the usual one. */
function isSameHost({ protocol, host }: URL, called: string): boolean {
  const url = `${protocol}//${called}`;
  return URL.canParse(url) && new URL(url).host === host;
}

function certifies(certificate: X509Certificate | undefined, name: string): boolean {
  if (certificate === undefined || name === '') return false;
  return (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;
}
