import { access, constants, stat } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { fileProblem } from '../../files/file-problem.js';
import { UsageError } from '../command.js';

/** File for the image with outlines. */
export interface OverlayTarget {
  readonly path: string;
  readonly format: OverlayFormat;
}

export type OverlayFormat = 'jpeg' | 'png';

const formats = new Map<string, OverlayFormat>([
  ['.png', 'png'],
  ['.jpg', 'jpeg'],
  ['.jpeg', 'jpeg'],
]);

/**
 * Checks the name and the folder before anything is analyzed.
 * @throws UsageError if the image could not be written
 */
export async function overlayTarget(path: string): Promise<OverlayTarget> {
  const format = formats.get(extname(path).toLowerCase());
  if (format === undefined) {
    throw new UsageError(`--overlay ${path} must end in one of ${[...formats.keys()].join(', ')}.`);
  }
  const folder = dirname(path);
  try {
    if (!(await stat(folder)).isDirectory()) {
      throw new UsageError(`--overlay ${path} cannot be written: ${folder} is a file.`);
    }
    await access(folder, constants.W_OK);
    const existing = await stat(path).catch(() => undefined);
    if (existing?.isDirectory() === true) throw new UsageError(`--overlay ${path} cannot be written: it is a folder.`);
    if (existing !== undefined) await access(path, constants.W_OK);
  } catch (error) {
    const problem = fileProblem(error);
    if (problem === undefined) throw error;
    throw new UsageError(`--overlay ${path} cannot be written: ${problem.path ?? folder}: ${problem.reason}.`);
  }
  return { path, format };
}
