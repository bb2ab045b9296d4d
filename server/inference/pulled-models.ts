import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A model that is not part of the installation, but used where its file lies in the models folder. */
export interface PulledModel {
  /** What `visiond models pull` calls it. */
  readonly name: string;
  /** What the model does. */
  readonly purpose: string;
  /** Name of its file in the models folder. */
  readonly fileName: string;
  readonly url: string;
  readonly sha256: string;
  readonly licence: string;
}

/** Every model that can be pulled. */
export const pulledModels = {
  yuNet: {
    name: 'yunet',
    purpose: 'YuNet face detector, better than the packaged ones at small and covered faces',
    fileName: 'yunet_n_dynamic.onnx',
    url: 'https://raw.githubusercontent.com/ShiqiYu/libfacedetection.train/0047ac24afb1a50a0c6105001c89d1b5b805dbf1/onnx/yunet_n_dynamic.onnx',
    sha256: '104ee26c71d5c270ce79a6b3dced91c91013260d29a6bf18f9296c5b8c4c2b12',
    licence: 'Apache-2.0 (Shiqi Yu)',
  },
} as const satisfies Record<string, PulledModel>;

/** Where the model lies, or undefined. Looks at the disk every time, so that an added file is seen at once. */
export async function findPulledModel({ fileName }: PulledModel, folder: string): Promise<string | undefined> {
  const path = join(folder, fileName);
  return access(path).then(
    () => path,
    () => undefined,
  );
}

/**
 * Reads the file of a pulled model.
 * @throws Error that names the file, when it is not the one that was measured
 */
export async function readPulledModel({ name, sha256 }: PulledModel, path: string): Promise<Buffer> {
  const bytes = await readFile(path);
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== sha256) {
    throw new Error(`${path} has sha256 ${actual}, expected ${sha256}. Remove it, or \`npx visiond models pull ${name}\` again.`);
  }
  return bytes;
}
