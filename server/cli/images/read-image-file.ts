import { readFile, stat } from 'node:fs/promises';
import { Code } from '../../../gen/google/rpc/code.js';
import type { Status } from '../../../gen/google/rpc/status.js';
import { limits } from '../../contract/limits.js';
import { VisionError } from '../../errors/errors.js';
import { toStatus } from '../../errors/status.js';
import { fileProblem } from '../../files/file-problem.js';

/** A file, or why it cannot be analyzed, in the form of the API. */
export type ImageFile = { readonly content: Buffer } | { readonly error: Status };

/** Reads the file of an image, unless it is larger than any server accepts. */
export async function readImageFile(path: string): Promise<ImageFile> {
  try {
    const kind = await stat(path);
    if (kind.isDirectory()) return refused('it is a folder without JPEG or PNG images');
    if (!kind.isFile()) return refused('it is not a regular file');
    if (kind.size > limits.contentBytes) {
      return {
        error: toStatus(VisionError.of('CONTENT_TOO_LARGE', { bytes: kind.size, limit: limits.contentBytes }), ''),
      };
    }
    return { content: await readFile(path) };
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return refused(fileProblem(error)?.reason ?? String(error), isMissing ? Code.NOT_FOUND : Code.INVALID_ARGUMENT);
  }
}

function refused(reason: string, code: Code = Code.INVALID_ARGUMENT): { error: Status } {
  return { error: { code, message: `The file cannot be read: ${reason}`, details: [] } };
}
