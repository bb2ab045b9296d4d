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

const rapidOcr = 'https://www.modelscope.cn/models/RapidAI/RapidOCR/resolve/v3.9.2/onnx';
const paddleOcr = { license: 'Apache-2.0 (PaddleOCR)' } as const;

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
  smallTextDetector: {
    ...paddleOcr,
    name: 'text-detector',
    purpose: 'PP-OCRv6 text detector, small, in place of that of PP-OCRv4',
    fileName: 'PP-OCRv6_det_small.onnx',
    url: `${rapidOcr}/PP-OCRv6/det/PP-OCRv6_det_small.onnx`,
    sha256: '090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f',
  },
  tinyTextDetector: {
    ...paddleOcr,
    name: 'text-detector-tiny',
    purpose: 'PP-OCRv6 text detector, tiny, the fastest',
    fileName: 'PP-OCRv6_det_tiny.onnx',
    url: `${rapidOcr}/PP-OCRv6/det/PP-OCRv6_det_tiny.onnx`,
    sha256: 'f42c0fbd294d95eac1a550e131b277dac97462c8025fa4b6c3cec1b7894bd3d5',
  },
  mobileTextDetector: {
    ...paddleOcr,
    name: 'text-detector-v5',
    purpose: 'PP-OCRv5 text detector, mobile',
    fileName: 'ch_PP-OCRv5_det_mobile.onnx',
    url: `${rapidOcr}/PP-OCRv5/det/ch_PP-OCRv5_det_mobile.onnx`,
    sha256: '4d97c44a20d30a81aad087d6a396b08f786c4635742afc391f6621f5c6ae78ae',
  },
  greekRecognizer: {
    ...paddleOcr,
    name: 'greek',
    purpose: 'PP-OCRv5 recognizer for Greek, in place of Tesseract',
    fileName: 'el_PP-OCRv5_rec_mobile.onnx',
    url: `${rapidOcr}/PP-OCRv5/rec/el_PP-OCRv5_rec_mobile.onnx`,
    sha256: 'b4368bccd557123c702b7549fee6cd1e94b581337d1c9b65310f109131542b7f',
  },
  koreanRecognizer: {
    ...paddleOcr,
    name: 'korean',
    purpose: 'PP-OCRv5 recognizer for Korean, in place of Tesseract',
    fileName: 'korean_PP-OCRv5_rec_mobile.onnx',
    url: `${rapidOcr}/PP-OCRv5/rec/korean_PP-OCRv5_rec_mobile.onnx`,
    sha256: 'cd6e2ea50f6943ca7271eb8c56a877a5a90720b7047fe9c41a2e541a25773c9b',
  },
  thaiRecognizer: {
    ...paddleOcr,
    name: 'thai',
    purpose: 'PP-OCRv5 recognizer for Thai, in place of Tesseract',
    fileName: 'th_PP-OCRv5_rec_mobile.onnx',
    url: `${rapidOcr}/PP-OCRv5/rec/th_PP-OCRv5_rec_mobile.onnx`,
    sha256: 'de541dd83161c241ff426f7ecfd602a0ba77d686cf3ab9a6c255ea82fd08006e',
  },
} as const satisfies Record<string, PulledModel>;

/** The file of a model on this machine. Plain data, which threads can exchange. */
export interface FoundModel {
  readonly model: PulledModel;
  readonly path: string;
}

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
