import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { replaceFile } from '../../files/replace-file.js';
import { prepareFolder } from '../../files/writable-folder.js';
import { readPulledModel, type PulledModel } from '../../inference/pulled-models.js';
import type { PullResult } from './pull-language.js';

const downloadTimeoutMs = 120_000;

/**
 * Makes sure that the file of a model is in the folder and the right one. Downloads it where it is not.
 * @throws ConfigError where the folder cannot be used
 */
export async function pullModel(model: PulledModel, folder: string): Promise<PullResult> {
  const path = join(folder, model.fileName);
  const isThere = await readPulledModel(model, path).then(
    () => true,
    () => false,
  );
  if (isThere) return { found: true, message: `Model ${model.name}: found ${path}` };
  await prepareFolder('models folder', folder, '--models-dir DIR');
  const advice = `To add it by hand, get ${model.url} and put it into ${folder} as ${model.fileName}.`;
  let bytes: Buffer;
  try {
    bytes = await download(model.url);
  } catch (error) {
    return { found: false, message: `Model ${model.name} could not be downloaded: ${causeOf(error)}. ${advice}` };
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== model.sha256) {
    const problem = `what was downloaded has sha256 ${sha256}, expected ${model.sha256}`;
    return { found: false, message: `Model ${model.name} was not added: ${problem}. ${advice}` };
  }
  replaceFile({ path, content: bytes });
  return { found: true, message: `Model ${model.name}: downloaded to ${path}` };
}

async function download(url: string): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(downloadTimeoutMs) });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

/** What fetch says lies in the cause of its error: that a name is not known, or a connection refused. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
