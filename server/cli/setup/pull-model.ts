import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { replaceFile } from '../../files/replace-file.js';
import { prepareFolder } from '../../files/writable-folder.js';
import { readPulledModel, type PulledModel } from '../../inference/pulled-models.js';
import type { PullResult } from './pull-language.js';

const downloadTimeoutMs = 120_000;

/**
 * Downloads the file of a model, unless the folder has it with the right checksum.
 * @throws ConfigError if the folder cannot be used
 */
export async function pullModel(model: PulledModel, folder: string): Promise<PullResult> {
  const path = join(folder, model.fileName);
  const isThere = await readPulledModel(model, path).then(
    () => true,
    () => false,
  );
  if (isThere) return { found: true, message: `Model ${model.name}: already installed as ${path}` };
  await prepareFolder('models folder', folder, '--models-dir DIR');
  const advice = `To install it manually, download ${model.url} as ${path}.`;
  let bytes: Buffer;
  try {
    bytes = await download(model.url);
  } catch (error) {
    return { found: false, message: `Model ${model.name} could not be downloaded: ${causeOf(error)}. ${advice}` };
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== model.sha256) {
    const problem = `the download has sha256 ${sha256}, expected ${model.sha256}`;
    return { found: false, message: `Model ${model.name} was not installed: ${problem}. ${advice}` };
  }
  replaceFile({ path, content: bytes });
  return { found: true, message: `Model ${model.name}: downloaded to ${path}` };
}

async function download(url: string): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(downloadTimeoutMs) });
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

/** What fetch says lies in the cause of its error: that a name is not known, or a connection refused. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
