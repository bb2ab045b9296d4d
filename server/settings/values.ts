import { BlockList, isIP } from 'node:net';
import { resolve } from 'node:path';
import { hostNameOf } from './host-name.js';

/** Where the server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** An empty path would mean the working directory, which is not what an unset shell variable is meant to say. */
export function parsePath(text: string): string {
  if (text === '') throw new Error('must not be empty');
  return resolve(text);
}

export function parsePathOrUrl(text: string): string {
  if (!/^https?:/.test(text)) return parsePath(text);
  if (!URL.canParse(text)) throw new Error('must be a path or an http or https URL');
  return new URL(text).href;
}

/** A flag is `true` or `false`: an operator who writes `1` must not find it off. */
export function parseFlag(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new Error('must be true or false');
  return text === 'true';
}

export function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new Error(`must be an integer from ${min} to ${max}`);
    }
    return value;
  };
}

/** Seconds, with up to three decimals. */
export function seconds(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+(\.\d{1,3})?$/.test(text) || value < min || value > max) {
      throw new Error(`must be a number of seconds from ${min} to ${max}`);
    }
    return value;
  };
}

/** Events per second, with up to three decimals. 0 means no limit. */
export function rate(text: string): number {
  if (!/^\d{1,9}(\.\d{1,3})?$/.test(text)) throw new Error('must be a number per second, or 0 for no limit');
  return Number(text);
}

const minBytes = 2 ** 30;
const units: Readonly<Record<string, number>> = { M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** `1500M`, `4G`, `1.5T`, or a number of bytes. */
export function parseBytes(text: string): number {
  const [, digits, unit = ''] = /^(\d{1,15}(?:\.\d{1,3})?)([MGT]?)$/.exec(text) ?? [];
  const value = Math.floor(Number(digits) * (units[unit] ?? 1));
  if (!(value >= minBytes)) throw new Error('must be at least 1G, for example 4G');
  return value;
}

/** Addresses and networks, as in `10.0.0.0/8,::1`. */
export function parseNetworks(text: string): BlockList {
  const networks = new BlockList();
  for (const part of text.split(',').map((each) => each.trim())) {
    if (part === '') continue;
    const [address = '', bits, ...others] = part.split('/');
    const family = { 4: 'ipv4', 6: 'ipv6' } as const;
    const version = isIP(address);
    const size = version === 4 ? 32 : 128;
    const isValid = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= size);
    if ((version !== 4 && version !== 6) || !isValid || others.length > 0) {
      throw new Error('must be addresses or networks such as 10.0.0.0/8, separated by commas');
    }
    networks.addSubnet(address, bits === undefined ? size : Number(bits), family[version]);
  }
  return networks;
}

export function oneOf<const Choice extends string>(...choices: readonly Choice[]): (text: string) => Choice {
  return (text) => {
    const choice = choices.find((each) => each === text);
    if (choice === undefined) throw new Error(`must be one of ${choices.join(', ')}`);
    return choice;
  };
}

/** `sqlite:PATH` as its path. */
export function parseIndex(text: string): string {
  const [, path] = /^sqlite:(.+)$/.exec(text) ?? [];
  if (path === undefined) throw new Error('must be sqlite:PATH');
  return path;
}

/** PORT or :PORT alone means the loopback address: listening on all addresses must be explicit. */
export function parseListen(text: string): Address {
  return parseAddress(/^:?\d+$/.test(text) ? `127.0.0.1:${text.replace(':', '')}` : text);
}

/** Host names separated by commas, without ports. */
export function parseHostNames(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => {
      if (!/^(\[[\da-f:.]+\]|[\w.-]+)$/i.test(name)) {
        throw new Error('must be host names without ports, separated by commas');
      }
      return hostNameOf(name);
    });
}

/** HOST:PORT, with IPv6 addresses in brackets. @throws Error with what is allowed */
export function parseAddress(text: string): Address {
  const [, host, digits] = /^([^/]+):(\d+)$/.exec(text) ?? [];
  const port = Number(digits);
  if (host === undefined || port > 65535) {
    throw new Error('must be HOST:PORT with a port up to 65535, for example 127.0.0.1:8080');
  }
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port };
}
