import { resolve } from 'node:path';
import { hostNameOf } from './host-name.js';

/** Where the server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** An empty one would be the working directory, which nobody means who leaves a variable of the shell unset. */
export function parsePath(text: string): string {
  if (text === '') throw new Error('a path is needed');
  return resolve(text);
}

export function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new Error(`a whole number from ${min} to ${max} is needed`);
    }
    return value;
  };
}

export function oneOf<const Choice extends string>(...choices: readonly Choice[]): (text: string) => Choice {
  return (text) => {
    const choice = choices.find((each) => each === text);
    if (choice === undefined) throw new Error(`one of ${choices.join(', ')} is needed`);
    return choice;
  };
}

/** The path. */
export function parseIndex(text: string): string {
  const [, path] = /^sqlite:(.+)$/.exec(text) ?? [];
  if (path === undefined) throw new Error('sqlite:PATH is needed');
  return path;
}

/** A port alone, also with a colon before it, is one of the loopback address: who wants all addresses says so. */
export function parseListen(text: string): Address {
  return parseAddress(/^:?\d+$/.test(text) ? `127.0.0.1:${text.replace(':', '')}` : text);
}

/** Names of hosts, without ports. */
export function parseHostNames(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => {
      if (!/^(\[[\da-f:.]+\]|[\w.-]+)$/i.test(name)) {
        throw new Error('names of hosts are needed, without ports, separated by commas');
      }
      return hostNameOf(name);
    });
}

/** @throws Error with a sentence about what is allowed */
export function parseAddress(text: string): Address {
  const [, host, digits] = /^([^/]+):(\d+)$/.exec(text) ?? [];
  const port = Number(digits);
  if (host === undefined || port > 65535) {
    throw new Error('HOST:PORT is needed, with a port up to 65535, for example 127.0.0.1:8080');
  }
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port };
}
