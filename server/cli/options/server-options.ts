import { readFile } from 'node:fs/promises';
import type { VisionClientOptions } from '../../../client/index.js';
import { fileProblem } from '../../files/file-problem.js';
import { parseValue } from '../../settings/setting.js';
import { parseAddress } from '../../settings/values.js';
import { UsageError } from '../command.js';

/** Options of commands that talk to a server. */
export const serverOptions = {
  endpoint: { type: 'string', default: '127.0.0.1:8080' },
  folder: { type: 'string', default: '' },
  'api-key': { type: 'string' },
  tls: { type: 'boolean', default: false },
  'tls-ca': { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
} as const;

export const serverHelp = `  --endpoint H:P    The server. Default 127.0.0.1:8080.
  --folder ID       The folder of the call. Default is the one without a name.
  --api-key KEY     For a server that wants one. Default VISIOND_API_KEY, which other users of the machine do not see.
  --tls             Encrypts, and trusts the usual authorities.
  --tls-ca PEM      Encrypts, and trusts the authority of this file.
  --tls-cert PEM, --tls-key PEM
                    The client's own certificate and its key, for a server that wants one.`;

/** Milliseconds until a call of a command fails: a large batch on a small machine may take minutes. */
const timeoutMs = 600_000;

interface Values {
  readonly endpoint: string;
  readonly folder: string;
  readonly 'api-key'?: string | undefined;
  readonly tls: boolean;
  readonly 'tls-ca'?: string | undefined;
  readonly 'tls-cert'?: string | undefined;
  readonly 'tls-key'?: string | undefined;
}

/** How to reach the server. @throws UsageError */
export async function connectionOf(values: Values, environment: NodeJS.ProcessEnv): Promise<VisionClientOptions> {
  parseValue('--endpoint', values.endpoint, parseAddress);
  const apiKey = values['api-key'] ?? environment['VISIOND_API_KEY'];
  const { 'tls-ca': ca, 'tls-cert': cert, 'tls-key': key } = values;
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError('--tls-cert and --tls-key are given together.');
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

async function readPem(option: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(`--${option} ${path} cannot be read: ${fileProblem(error)?.reason ?? String(error)}.`);
  }
}
