import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readVerified } from './checksum.js';

/** A model that is not part of the installation, and is used if its file is in the models folder. */
export interface PulledModel {
  /** Name in `visiond models pull`. */
  readonly name: string;
  /** What the model does. */
  readonly purpose: string;
  /** Name of its file in the models folder. */
  readonly fileName: string;
  readonly url: string;
  readonly sha256: string;
  readonly license: string;
}

/** Every model that can be pulled. */
export const pulledModels = {
  yuNet: {
    name: 'yunet',
    purpose: 'YuNet face detector, better than the packaged ones on small and occluded faces',
    fileName: 'yunet_n_dynamic.onnx',
    url: 'https://raw.githubusercontent.com/ShiqiYu/libfacedetection.train/0047ac24afb1a50a0c6105001c89d1b5b805dbf1/onnx/yunet_n_dynamic.onnx',
    sha256: '104ee26c71d5c270ce79a6b3dced91c91013260d29a6bf18f9296c5b8c4c2b12',
    license: 'Apache-2.0 (Shiqi Yu)',
  },
} as const satisfies Record<string, PulledModel>;

/** Path of the model's file, or undefined where it is missing. Checks the disk every time. */
export async function findPulledModel({ fileName }: PulledModel, folder: string): Promise<string | undefined> {
  const path = join(folder, fileName);
  return access(path).then(
    () => path,
    () => undefined,
  );
}

/**
 * Reads the file of a pulled model.
 * @throws Error that names the file, where its checksum differs
 */
export async function readPulledModel({ name, sha256 }: PulledModel, path: string): Promise<Buffer> {
  return readVerified(path, sha256, `Delete it, or run \`visiond models pull ${name}\` again`);
}

/**
 * Returns a function that finds a usable model: the path of its file, or undefined where it is missing or damaged. It
 * checks the disk every time, and reads the file if it has changed.
 * @param report called for every file that is read, with what is wrong with it; undefined for a good file and for none
 */
export function createPulledModelFinder(
  model: PulledModel,
  folder: string,
  report: (problem: Error | undefined) => void,
): () => Promise<string | undefined> {
  const path = join(folder, model.fileName);
  let last: { readonly version: string; readonly path: string | undefined } = { version: '', path: undefined };
  return async () => {
    const version = await versionOf(path);
    if (version !== last.version) {
      const problem = version === '' ? undefined : await problemOf(model, path);
      report(problem);
      last = { version, path: version === '' || problem !== undefined ? undefined : path };
    }
    return last.path;
  };
}

/** Identifies the content of the file. Empty where it is missing. */
async function versionOf(path: string): Promise<string> {
  // A file that is replaced by a rename has another inode, even within the resolution of timestamps.
  return stat(path, { bigint: true }).then(
    ({ ino, mtimeNs, size }) => `${ino} ${mtimeNs} ${size}`,
    () => '',
  );
}

async function problemOf(model: PulledModel, path: string): Promise<Error | undefined> {
  return readPulledModel(model, path).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
}
