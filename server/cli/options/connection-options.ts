import { readFile } from 'node:fs/promises';
import type { VisionClientOptions } from '../../../client/index.js';
import { fileProblem } from '../../files/file-problem.js';
import { flag, text, type Options } from '../../settings/option.js';
import { parseAddress } from '../../settings/values.js';
import { UsageError } from '../command.js';

/** How a command reaches a server. */
export interface ConnectionValues {
  readonly endpoint: string;
  readonly folder: string;
  readonly 'api-key': string | undefined;
  readonly tls: boolean;
  readonly 'tls-ca': string | undefined;
  readonly 'tls-cert': string | undefined;
  readonly 'tls-key': string | undefined;
}

/** Options of commands that call a server. */
export const connectionOptions: Options<ConnectionValues> = {
  endpoint: text('HOST:PORT', 'Server to call.', '127.0.0.1:8080', parseEndpoint),
  folder: text('ID', 'Folder to work in. Without it, the folder of the API key, or the one without a name.', ''),
  'api-key': text('KEY', 'API key. VISIOND_API_KEY sets it too, and keeps it out of the process list.'),
  tls: flag('Uses TLS and trusts the usual CAs.'),
  'tls-ca': text('FILE', 'Uses TLS and trusts the CA in this PEM file.'),
  'tls-cert': text('FILE', 'PEM file of a client certificate, for a server with --tls-client-ca.'),
  'tls-key': text('FILE', "PEM file of the client certificate's private key."),
};

/** Milliseconds until a call of a command fails: a large batch on a small machine may take minutes. */
const timeoutMs = 600_000;

/** @throws UsageError for files that cannot be read, and for half of a client certificate */
export async function connectionOf(
  values: ConnectionValues,
  environment: NodeJS.ProcessEnv,
): Promise<VisionClientOptions> {
  const apiKey = values['api-key'] ?? environment['VISIOND_API_KEY'];
  const { 'tls-ca': ca, 'tls-cert': cert, 'tls-key': key } = values;
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError('--tls-cert and --tls-key must be given together.');
  }
  const files = {
    ...(ca !== undefined && { ca: await readPem('tls-ca', ca) }),
    ...(cert !== undefined && { cert: await readPem('tls-cert', cert) }),
    ...(key !== undefined && { key: await readPem('tls-key', key) }),
  };
  return {
    endpoint: values.endpoint,
    folderId: values.folder,
    timeoutMs,
    ...(apiKey !== undefined && apiKey !== '' && { apiKey }),
    tls: Object.keys(files).length > 0 ? files : values.tls,
  };
}

function parseEndpoint(endpoint: string): string {
  parseAddress(endpoint);
  return endpoint;
}

async function readPem(option: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(`--${option} ${path} cannot be read: ${fileProblem(error)?.reason ?? String(error)}.`);
  }
}
