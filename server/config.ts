import { join } from 'node:path';
import { limits } from './contract/limits.js';
import { ConfigError } from './settings/config-error.js';
import { unknownVariable } from './settings/environment.js';
import { isLoopback } from './settings/host-name.js';
import { availableCores } from './settings/machine.js';
import { pdfSettings } from './settings/pdf-settings.js';
import { optional, readSettings, setting } from './settings/setting.js';
import {
  integer,
  oneOf,
  parseAddress,
  parseBytes,
  parseFlag,
  parseHostNames,
  parseIndex,
  parseListen,
  parseNetworks,
  parsePath,
  parsePathOrUrl,
  rate,
  seconds,
} from './settings/values.js';

const megapixels20 = '20000000';

/** Every setting of `visiond serve`. The help text and the table in the README come from here. */
export const settings = {
  listen: setting(
    'HOST:PORT',
    '127.0.0.1:8080',
    'Address of the port for gRPC and HTTP. PORT or :PORT alone means 127.0.0.1. Port 0 picks a free one.',
    parseListen,
  ),
  'data-dir': setting('DIR', './data', 'Data folder: image index, keys, pulled languages and models.', parsePath),
  'models-dir': setting(
    'DIR',
    'DATA-DIR/models',
    'Folder of pulled models, and of your own models, one subfolder each.',
    (text) => (text === 'DATA-DIR/models' ? undefined : parsePath(text)),
  ),
  workers: setting(
    'N',
    String(availableCores()),
    'Number of inference threads, about 250 MB each. More than the number of cores does not help.',
    integer(1, 256),
  ),
  'max-queue': setting(
    'N',
    '64',
    'Maximum images in flight, running and queued. Requests that exceed it get UNAVAILABLE with RetryInfo.',
    integer(1, 100_000),
  ),
  'max-wait': setting(
    'SECONDS',
    '10',
    'Maximum time until a request starts. One that could not start by then is rejected at once with UNAVAILABLE, RetryInfo and Retry-After.',
    seconds(0.1, 3600),
  ),
  'job-seconds': setting(
    'SECONDS',
    '30',
    'Maximum time that a feature may take for an image. After that, the feature fails.',
    integer(1, 3600),
  ),
  isolation: setting(
    'MODE',
    'process',
    'process analyzes images in a child process without network, which is replaced when it crashes, hangs or takes too much memory; none analyzes them in the process that serves the network.',
    oneOf('process', 'none'),
  ),
  memory: setting(
    'SIZE',
    'auto',
    'Memory for request bodies, pixels and engines, for example 4G. auto is the limit of the container or the memory of the machine.',
    (text) => (text === 'auto' ? undefined : parseBytes(text)),
  ),
  'max-content-bytes': setting(
    'BYTES',
    String(limits.contentBytes),
    `Maximum size of an image file. The API allows at most ${limits.contentBytes}.`,
    integer(1, limits.contentBytes),
  ),
  'max-pixels': setting(
    'PIXELS',
    megapixels20,
    'Maximum size of an image, width times height.',
    integer(1, 1_000_000_000),
  ),
  ...pdfSettings,
  'max-pixels-in-flight': setting(
    'PIXELS',
    '40000000',
    'Maximum pixels decoded at the same time, 3 bytes of memory each. Further images wait.',
    integer(1, 10_000_000_000),
  ),
  index: setting(
    'sqlite:PATH',
    'sqlite:index.db',
    'Image index of IMAGE_COPY_SEARCH. A relative path is relative to the data folder. Servers can share the file.',
    parseIndex,
  ),
  'max-copies': setting(
    'N',
    '10',
    'Maximum copies that IMAGE_COPY_SEARCH returns. All copies are counted.',
    integer(1, limits.copies),
  ),
  polygons: setting(
    'SHAPE',
    'upright',
    'Bounding boxes of TEXT_DETECTION: upright, as in the original API, or rotated with the text.',
    oneOf('upright', 'rotated'),
  ),
  auth: setting(
    'MODE',
    'none',
    'Authentication: none, keys (API keys, see visiond keys), or jwt (tokens of an issuer, docs/security.md).',
    oneOf('none', 'keys', 'jwt'),
  ),
  insecure: setting('', 'false', 'Allows --auth none on addresses that other machines can reach.', parseFlag),
  'allowed-hosts': setting(
    'NAME,...',
    '',
    'For --auth none: host names by which clients may call the server, besides loopback names and the names in --advertise and the certificate. With --insecure, all names are allowed unless this is set.',
    parseHostNames,
  ),
  jwks: optional('FILE|URL', 'JSON Web Key Set of the token issuer, for --auth jwt.', parsePathOrUrl),
  'jwt-issuer': optional('NAME', 'Expected iss claim of tokens, for --auth jwt.', String),
  'jwt-audience': optional('NAME', 'Expected aud claim of tokens, for --auth jwt.', String),
  'jwt-folder-claim': setting(
    'NAME',
    'folder_id',
    'Claim with the folder or list of folders of a token, for --auth jwt.',
    String,
  ),
  'jwt-admin-claim': optional(
    'NAME',
    'Claim that makes the caller an administrator where it is true, for --auth jwt.',
    String,
  ),
  advertise: optional(
    'HOST:PORT',
    'Address that endpoint discovery returns to SDKs. Without it, the address that they called.',
    (text) => {
      parseAddress(text);
      return text;
    },
  ),
  upstream: optional(
    'HOST:PORT',
    'Forwards all calls to the visiond at this address, which also authenticates them. Analyzes nothing here.',
    (text) => {
      parseAddress(text);
      return text;
    },
  ),
  'upstream-ca': optional(
    'FILE',
    "PEM file of the CA of the upstream's certificate. Without it, the connection to the upstream is not encrypted.",
    parsePath,
  ),
  'tls-cert': optional(
    'FILE',
    'PEM file of the certificate. With --tls-key, the port serves TLS only. SIGHUP reloads the files.',
    parsePath,
  ),
  'tls-key': optional('FILE', "PEM file of the certificate's private key.", parsePath),
  'tls-client-ca': optional('FILE', 'PEM file of a CA. Clients must present a certificate issued by it.', parsePath),
  'rest-compat': setting(
    'MODE',
    'yandex',
    'JSON that REST accepts: strict is proto3 JSON, yandex also tolerates what clients of the original API send (docs/compatibility.md).',
    oneOf('yandex', 'strict'),
  ),
  'trusted-proxies': setting(
    'ADDRESS,...',
    '',
    'Addresses or networks, such as 10.0.0.0/8, of the proxies whose X-Forwarded-For and X-Forwarded-Host are believed.',
    parseNetworks,
  ),
  'max-connections': setting(
    'N',
    '2000',
    'Maximum open connections. Further ones are closed immediately.',
    integer(1, 1_000_000),
  ),
  'quota-requests': setting(
    'N',
    '0',
    'Maximum requests per second and folder. Others get RESOURCE_EXHAUSTED. 0 means no limit.',
    rate,
  ),
  'quota-images': setting(
    'N',
    '0',
    'Maximum images per second and folder. Requests that exceed it get RESOURCE_EXHAUSTED. 0 means no limit.',
    rate,
  ),
  'quota-features': setting(
    'N',
    '0',
    'Maximum features per second and folder. Those that exceed it fail with RESOURCE_EXHAUSTED, others of the request do not. 0 means no limit.',
    rate,
  ),
  'log-format': setting(
    'FORMAT',
    'json',
    'Log lines on stderr: json for machines, pretty for people.',
    oneOf('json', 'pretty'),
  ),
  'log-level': setting(
    'LEVEL',
    'info',
    'Least severe level that is logged. info includes a line for every call.',
    oneOf('debug', 'info', 'warn', 'error'),
  ),
  'metrics-by-folder': setting(
    '',
    'false',
    'Adds the folder as a label of the metrics of calls, images and refusals. Everyone who can read /metrics then sees the names.',
    parseFlag,
  ),
  'max-connection-age-seconds': setting(
    'SECONDS',
    '3600',
    'Age at which gRPC clients are asked to reconnect, so that they spread over new replicas. 0 disables it.',
    integer(0, 31_536_000),
  ),
  'shutdown-delay': setting(
    'SECONDS',
    '0',
    'How long the server goes on serving after SIGTERM or SIGINT while it reports that it is not ready, so that balancers notice.',
    integer(0, 3600),
  ),
  'shutdown-seconds': setting('SECONDS', '30', 'How long running calls may then take to finish.', integer(0, 3600)),
} as const;

type SettingName = keyof typeof settings;

/** Values of all settings, by their names. */
export type Config = { readonly [Name in SettingName]: ReturnType<(typeof settings)[Name]['parse']> };

/** Name of the environment variable of a setting. */
export function environmentName(name: string): string {
  return `VISIOND_${name.toUpperCase().replaceAll('-', '_')}`;
}

/**
 * Reads the settings: flags take precedence over environment variables, and these over defaults.
 * @throws ConfigError for an invalid setting or an unknown variable, which it names
 */
export function readConfig(
  flags: Readonly<Record<string, string | undefined>>,
  environment: Readonly<Record<string, string | undefined>>,
): Config {
  const problem = unknownVariable(environment, Object.keys(settings).map(environmentName));
  if (problem !== undefined) throw new ConfigError(problem);
  const config: Config = readSettings(settings, (name, { default: fallback }) => {
    const variable = environmentName(name);
    if (flags[name] !== undefined) return [`--${name}`, flags[name]];
    if (environment[variable] !== undefined) return [variable, environment[variable]];
    return [`--${name}`, fallback];
  });
  checkTogether(config);
  return config;
}

/** Folder of pulled models and of the operator's own. */
export function modelsFolder(config: Config): string {
  return config['models-dir'] ?? join(config['data-dir'], 'models');
}

/** @throws ConfigError if settings contradict each other */
function checkTogether(config: Config): void {
  if (config.auth === 'none' && config.upstream === undefined && !config.insecure && !isLoopback(config.listen.host)) {
    throw new ConfigError(
      `--auth none on ${config.listen.host} would let everyone in. Use --auth keys or --auth jwt, or allow it with --insecure.`,
    );
  }
  for (const name of ['jwks', 'jwt-issuer', 'jwt-audience'] as const) {
    if (config.auth === 'jwt' && config[name] === undefined) throw new ConfigError(`--auth jwt requires --${name}.`);
  }
  if ((config['tls-cert'] === undefined) !== (config['tls-key'] === undefined)) {
    throw new ConfigError('--tls-cert and --tls-key must be set together.');
  }
  if (config['tls-client-ca'] !== undefined && config['tls-cert'] === undefined) {
    throw new ConfigError('--tls-client-ca requires --tls-cert and --tls-key.');
  }
  for (const name of ['quota-requests', 'quota-images', 'quota-features'] as const) {
    if (config.upstream !== undefined && config[name] > 0) {
      throw new ConfigError(`--${name} must be set on the upstream server, ${config.upstream}: it knows the folders.`);
    }
  }
}
