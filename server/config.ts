import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';

/** A setting that the operator may change: a flag `--name` and an environment variable `VISIOND_NAME`. */
interface Setting<Value> {
  /** What stands for the value in the help. */
  readonly placeholder: string;
  readonly help: string;
  /** As it would be written on the command line. */
  readonly default: string;
  /** @throws Error with a sentence about what is allowed */
  readonly parse: (text: string) => Value;
}

/** Where the server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

const megapixels20 = '20000000';

/** Every setting of `visiond serve`. The help and the table in the README are made of it. */
export const settings = {
  listen: setting('HOST:PORT', '127.0.0.1:8080', 'Where gRPC and HTTP are served. Port 0 takes a free one.', parseAddress),
  'data-dir': setting('DIR', './data', 'Where the server keeps its data, such as added languages.', (text) =>
    resolve(text),
  ),
  workers: setting(
    'N',
    String(availableParallelism()),
    'Inference threads. More than there are cores do not help; one needs about 250 MB.',
    integer(1, 256),
  ),
  'max-queue': setting(
    'N',
    '64',
    'Images that may be inside, running and waiting. A request that would exceed it is told to come back (UNAVAILABLE).',
    integer(1, 100_000),
  ),
  'max-content-bytes': setting('BYTES', '10485760', 'Largest image file. The protocol allows no more than 10485760.', integer(1, 10_485_760)),
  'max-pixels': setting('PIXELS', megapixels20, 'Largest image, width times height.', integer(1, 1_000_000_000)),
  'max-pixels-in-flight': setting(
    'PIXELS',
    '40000000',
    'Pixels decoded at a time, 3 bytes of memory each. Further images wait.',
    integer(1, 10_000_000_000),
  ),
  index: setting(
    'sqlite:PATH',
    'sqlite:index.db',
    'Where the corpus of IMAGE_COPY_SEARCH is kept. A relative path begins in the data folder. Servers may share the file.',
    parseIndex,
  ),
  'max-copies': setting('N', '10', 'Copies that IMAGE_COPY_SEARCH describes. It counts all of them.', integer(1, 100)),
  'shutdown-seconds': setting('SECONDS', '30', 'How long running calls may finish after SIGTERM or SIGINT.', integer(0, 3600)),
} as const;

type SettingName = keyof typeof settings;

/** Values of all settings, by their names. */
export type Config = { readonly [Name in SettingName]: ReturnType<(typeof settings)[Name]['parse']> };

/** A setting that cannot work, as a sentence. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Name of the environment variable of a setting. */
export function environmentName(name: string): string {
  return `VISIOND_${name.toUpperCase().replaceAll('-', '_')}`;
}

/**
 * Reads the settings: flags before environment variables before defaults.
 * @throws ConfigError that names the setting
 */
export function readConfig(
  flags: Readonly<Record<string, string | undefined>>,
  environment: Readonly<Record<string, string | undefined>>,
): Config {
  const value = <Value>(name: SettingName, { parse, default: fallback }: Setting<Value>): Value => {
    const variable = environmentName(name);
    const [source, text] =
      flags[name] !== undefined ? [`--${name}`, flags[name]]
      : environment[variable] !== undefined ? [variable, environment[variable]]
      : [`--${name}`, fallback];
    try {
      return parse(text);
    } catch (error) {
      throw new ConfigError(`${source} is "${text}": ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return {
    listen: value('listen', settings.listen),
    'data-dir': value('data-dir', settings['data-dir']),
    workers: value('workers', settings.workers),
    'max-queue': value('max-queue', settings['max-queue']),
    'max-content-bytes': value('max-content-bytes', settings['max-content-bytes']),
    'max-pixels': value('max-pixels', settings['max-pixels']),
    'max-pixels-in-flight': value('max-pixels-in-flight', settings['max-pixels-in-flight']),
    index: value('index', settings.index),
    'max-copies': value('max-copies', settings['max-copies']),
    'shutdown-seconds': value('shutdown-seconds', settings['shutdown-seconds']),
  };
}

function setting<Value>(placeholder: string, def: string, help: string, parse: (text: string) => Value): Setting<Value> {
  return { placeholder, help, default: def, parse };
}

function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) throw new Error(`a whole number from ${min} to ${max} is needed`);
    return value;
  };
}

/** The path. */
function parseIndex(text: string): string {
  const [, path] = /^sqlite:(.+)$/.exec(text) ?? [];
  if (path === undefined) throw new Error('sqlite:PATH is needed');
  return path;
}

function parseAddress(text: string): Address {
  const [, host, digits] = /^(.+):(\d+)$/.exec(text) ?? [];
  const port = Number(digits);
  if (host === undefined || port > 65535) throw new Error('HOST:PORT is needed, for example 127.0.0.1:8080');
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port };
}
