import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { limits } from './contract/limits.js';
import { ConfigError } from './settings/config-error.js';
import { unknownVariable } from './settings/environment.js';
import { isLoopback } from './settings/host-name.js';
import { optional, setting, type Setting } from './settings/setting.js';
import { integer, oneOf, parseAddress, parseHostNames, parseIndex, parseListen, parsePath } from './settings/values.js';

const megapixels20 = '20000000';

/** Every setting of `visiond serve`. The help and the table in the README are made of it. */
export const settings = {
  listen: setting(
    'HOST:PORT',
    '127.0.0.1:8080',
    'Where gRPC and HTTP are served. PORT or :PORT alone listens on 127.0.0.1. Port 0 takes a free one.',
    parseListen,
  ),
  'data-dir': setting('DIR', './data', 'Where the server keeps its data, such as added languages.', parsePath),
  'models-dir': setting(
    'DIR',
    'DATA-DIR/models',
    'Where pulled models lie, and models of your own, one folder each.',
    (text) => (text === 'DATA-DIR/models' ? undefined : parsePath(text)),
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
  'max-content-bytes': setting(
    'BYTES',
    String(limits.contentBytes),
    `Largest image file. The protocol allows no more than ${limits.contentBytes}.`,
    integer(1, limits.contentBytes),
  ),
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
  polygons: setting(
    'SHAPE',
    'upright',
    'Bounding boxes of TEXT_DETECTION: upright as those of the original, or rotated with the text.',
    oneOf('upright', 'rotated'),
  ),
  auth: setting(
    'MODE',
    'none',
    'Who may call: none asks nobody, keys takes those of visiond keys, jwt takes tokens of an issuer (docs/security.md).',
    oneOf('none', 'keys', 'jwt'),
  ),
  insecure: setting(
    '',
    'false',
    'Lets --auth none listen on addresses that other machines reach.',
    (text) => text === 'true',
  ),
  'allowed-hosts': setting(
    'NAME,...',
    '',
    'For --auth none: names by which the server may be called besides loopback names, the one of --advertise and those of its certificate. With --insecure all names may, unless some are given here.',
    parseHostNames,
  ),
  jwks: optional('FILE|URL', 'Keys of the issuer, for --auth jwt.', (text) =>
    /^https?:/.test(text) ? new URL(text).href : resolve(text),
  ),
  'jwt-issuer': optional('NAME', 'Claim iss of the tokens, for --auth jwt.', String),
  'jwt-audience': optional('NAME', 'Claim aud of the tokens, for --auth jwt.', String),
  'jwt-folder-claim': setting(
    'NAME',
    'folder_id',
    'Claim of the tokens with a folder or a list of folders, for --auth jwt.',
    String,
  ),
  advertise: optional(
    'HOST:PORT',
    'Address that SDKs are told when they ask for endpoints. Without it, the one that they called.',
    (text) => {
      parseAddress(text);
      return text;
    },
  ),
  upstream: optional(
    'HOST:PORT',
    'Analyzes nothing here, but forwards all calls to the visiond at this address, which also asks for credentials.',
    (text) => {
      parseAddress(text);
      return text;
    },
  ),
  'upstream-ca': optional(
    'FILE',
    "PEM file of the authority of the upstream's certificate. Without it, the upstream is called in the clear.",
    parsePath,
  ),
  'tls-cert': optional(
    'FILE',
    'PEM file of the certificate. With --tls-key, the port speaks TLS alone. SIGHUP reads the files again.',
    parsePath,
  ),
  'tls-key': optional('FILE', "PEM file of the certificate's key.", parsePath),
  'tls-client-ca': optional('FILE', 'PEM file of an authority. Clients need a certificate of it.', parsePath),
  'rest-compat': setting(
    'MODE',
    'yandex',
    'JSON that REST takes: strict is the proto3 JSON mapping, yandex also what clients of the original get away with (docs/compatibility.md).',
    oneOf('yandex', 'strict'),
  ),
  'max-connection-age-seconds': setting(
    'SECONDS',
    '3600',
    'Age at which a gRPC connection is asked to reconnect, so that clients spread over new replicas. 0 is for ever.',
    integer(0, 31_536_000),
  ),
  'shutdown-seconds': setting(
    'SECONDS',
    '30',
    'How long running calls may finish after SIGTERM or SIGINT.',
    integer(0, 3600),
  ),
} as const;

type SettingName = keyof typeof settings;

/** Values of all settings, by their names. */
export type Config = { readonly [Name in SettingName]: ReturnType<(typeof settings)[Name]['parse']> };

/** Name of the environment variable of a setting. */
export function environmentName(name: string): string {
  return `VISIOND_${name.toUpperCase().replaceAll('-', '_')}`;
}

/**
 * Reads the settings: flags before environment variables before defaults.
 * @throws ConfigError that names the setting, or a variable that is none
 */
export function readConfig(
  flags: Readonly<Record<string, string | undefined>>,
  environment: Readonly<Record<string, string | undefined>>,
): Config {
  const value = <Value>(name: SettingName, { parse, default: fallback }: Setting<Value>): Value => {
    const variable = environmentName(name);
    const [source, text] =
      flags[name] !== undefined
        ? [`--${name}`, flags[name]]
        : environment[variable] !== undefined
          ? [variable, environment[variable]]
          : [`--${name}`, fallback];
    try {
      return parse(text);
    } catch (error) {
      throw new ConfigError(`${source} is "${text}": ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const problem = unknownVariable(environment, Object.keys(settings).map(environmentName));
  if (problem !== undefined) throw new ConfigError(problem);
  const config: Config = {
    listen: value('listen', settings.listen),
    'data-dir': value('data-dir', settings['data-dir']),
    'models-dir': value('models-dir', settings['models-dir']),
    workers: value('workers', settings.workers),
    'max-queue': value('max-queue', settings['max-queue']),
    'max-content-bytes': value('max-content-bytes', settings['max-content-bytes']),
    'max-pixels': value('max-pixels', settings['max-pixels']),
    'max-pixels-in-flight': value('max-pixels-in-flight', settings['max-pixels-in-flight']),
    index: value('index', settings.index),
    'max-copies': value('max-copies', settings['max-copies']),
    polygons: value('polygons', settings.polygons),
    'rest-compat': value('rest-compat', settings['rest-compat']),
    'max-connection-age-seconds': value('max-connection-age-seconds', settings['max-connection-age-seconds']),
    auth: value('auth', settings.auth),
    insecure: value('insecure', settings.insecure),
    'allowed-hosts': value('allowed-hosts', settings['allowed-hosts']),
    jwks: value('jwks', settings.jwks),
    'jwt-issuer': value('jwt-issuer', settings['jwt-issuer']),
    'jwt-audience': value('jwt-audience', settings['jwt-audience']),
    'jwt-folder-claim': value('jwt-folder-claim', settings['jwt-folder-claim']),
    advertise: value('advertise', settings.advertise),
    upstream: value('upstream', settings.upstream),
    'upstream-ca': value('upstream-ca', settings['upstream-ca']),
    'tls-cert': value('tls-cert', settings['tls-cert']),
    'tls-key': value('tls-key', settings['tls-key']),
    'tls-client-ca': value('tls-client-ca', settings['tls-client-ca']),
    'shutdown-seconds': value('shutdown-seconds', settings['shutdown-seconds']),
  };
  checkTogether(config);
  return config;
}

/** Where pulled models lie, and those of the operator. */
export function modelsFolder(config: Config): string {
  return config['models-dir'] ?? join(config['data-dir'], 'models');
}

/** @throws ConfigError where settings do not go together */
function checkTogether(config: Config): void {
  if (config.auth === 'none' && config.upstream === undefined && !config.insecure && !isLoopback(config.listen.host)) {
    throw new ConfigError(
      `--auth none would let everybody who reaches ${config.listen.host} in. --auth keys asks for keys, --insecure allows it`,
    );
  }
  for (const name of ['jwks', 'jwt-issuer', 'jwt-audience'] as const) {
    if (config.auth === 'jwt' && config[name] === undefined) throw new ConfigError(`--auth jwt needs --${name}`);
  }
  if ((config['tls-cert'] === undefined) !== (config['tls-key'] === undefined)) {
    throw new ConfigError('--tls-cert and --tls-key belong together: one of them is missing');
  }
  if (config['tls-client-ca'] !== undefined && config['tls-cert'] === undefined) {
    throw new ConfigError('--tls-client-ca needs --tls-cert and --tls-key');
  }
}
