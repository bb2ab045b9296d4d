import { readFile } from 'node:fs/promises';
import { fileProblem } from '../../files/file-problem.js';
import { UsageError } from '../command.js';

/** Reads the file of an image. @throws UsageError if it cannot be read */
export async function readImage(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${fileProblem(error)?.reason ?? String(error)}.`);
  }
}
