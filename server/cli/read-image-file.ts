import { readFile, stat } from 'node:fs/promises';
import type { Status } from '../../gen/google/rpc/status.js';
import { VisionError } from '../errors.js';
import { fileProblem } from '../file-problem.js';
import { toStatus } from '../status.js';

/** A file, or why it cannot be analyzed, in the form of the API. */
export type ImageFile = { readonly content: Buffer } | { readonly error: Status };

/** As the contract says of content. */
const maxBytes = 10_485_760;
/** google.rpc.Code. */
const codes = { invalidArgument: 3, notFound: 5 } as const;

/** Reads a file that may be an image. What is larger than any server takes is not read. */
export async function readImageFile(path: string): Promise<ImageFile> {
  try {
    const kind = await stat(path);
    if (kind.isDirectory()) return refused('it is a folder without JPEG or PNG images');
    if (!kind.isFile()) return refused('it is no regular file');
    if (kind.size > maxBytes) {
      return { error: toStatus(VisionError.of('CONTENT_TOO_LARGE', { bytes: kind.size, limit: maxBytes }), '') };
    }
    return { content: await readFile(path) };
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return refused(fileProblem(error)?.reason ?? String(error), isMissing ? codes.notFound : codes.invalidArgument);
  }
}

function refused(reason: string, code: number = codes.invalidArgument): { error: Status } {
  return { error: { code, message: `The file cannot be read: ${reason}`, details: [] } };
}
