import { VisionError } from '../errors/errors.js';
import type { CopyEngine } from '../features/image-copy-search/describe-image.js';
import { decodeFile, readHeader } from '../image/decode-image.js';
import type { Image } from '../image/image.js';
import type { Admission } from './admission.js';

/** What images of the corpus pass: the same limits and queue as those of BatchAnalyze. */
export interface ImageGate {
  readonly engine: CopyEngine;
  readonly admission: Admission;
  /** Largest content, in bytes. */
  readonly maxContentBytes: number;
  /** Largest image, in pixels. */
  readonly maxPixels: number;
}

/** Decodes an image when there is room for it, and runs a task with it. */
export async function withImage<Result>(
  { admission, maxContentBytes, maxPixels }: ImageGate,
  content: Uint8Array,
  signal: AbortSignal,
  task: (image: Image) => Promise<Result>,
): Promise<Result> {
  const leave = admission.enter(1);
  try {
    if (content.length > maxContentBytes) {
      throw VisionError.of('CONTENT_TOO_LARGE', { bytes: content.length, limit: maxContentBytes });
    }
    const header = readHeader(content, maxPixels);
    return await admission.withPixels(header.width * header.height, signal, async () => task(await decodeFile(header)));
  } finally {
    leave();
  }
}
