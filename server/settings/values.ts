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

export function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new Error(`must be an integer from ${min} to ${max}`);
    }
    return value;
  };
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
