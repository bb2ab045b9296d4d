import { BlockList, isIP } from 'node:net';

/** What a connection says about a request. */
export interface Connection {
  /** Address of the other end. */
  readonly address: string | undefined;
  /** `host:port` that the request names. */
  readonly host: string | undefined;
  /** A header. @param name in lower case */
  readonly header: (name: string) => string | undefined;
}

/** Who sent a request, and to which host. */
export interface Client {
  /** IP address. */
  readonly peer: string | undefined;
  /** `host:port` */
  readonly host: string | undefined;
}

/**
 * Looks through proxies. The headers of a proxy are believed only if it is trusted, because clients can send them as
 * well. Each proxy adds the address that it sees to the end of X-Forwarded-For, so the last one that is not trusted is the
 * client.
 * @param trusted addresses of the proxies
 */
export function resolveClient({ address, host, header }: Connection, trusted: BlockList): Client {
  const direct = addressIn(address ?? '');
  if (direct === undefined || !isTrusted(direct, trusted)) return { peer: direct, host };
  let peer = direct;
  for (const entry of listOf(header('x-forwarded-for')).toReversed()) {
    const next = addressIn(entry);
    // Nobody can tell what came before an entry that is none.
    if (next === undefined) break;
    peer = next;
    if (!isTrusted(next, trusted)) break;
  }
  return { peer, host: listOf(header('x-forwarded-host')).at(-1) ?? host };
}

function isTrusted(address: string, trusted: BlockList): boolean {
  return trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function listOf(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** The address in `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`. */
function addressIn(entry: string): string | undefined {
  const [, bracketed, dotted] = /^(?:\[([\da-f:.]+)\](?::\d+)?|([\d.]+):\d+)$/i.exec(entry) ?? [];
  const address = plainAddress(bracketed ?? dotted ?? entry);
  return isIP(address) === 0 ? undefined : address;
}

/** IPv4 in the form of IPv6, as sockets that listen on both have it, is IPv4. */
function plainAddress(address: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  return mapped ?? address;
}
