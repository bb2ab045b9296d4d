import { VisionError } from '../errors/errors.js';
import { decodeFile, readHeader } from '../image/decode-image.js';
import type { Image } from '../image/image.js';
import type { Admission } from './admission.js';

/** Limits that every image has to pass before it is decoded. */
export interface ImageAdmission {
  readonly admission: Admission;
  /** Maximum size of the file, in bytes. */
  readonly maxContentBytes: number;
  /** Maximum size of the image, in pixels. */
  readonly maxPixels: number;
}

/**
 * Decodes an image of an admitted request when its pixels fit, and runs a task on it.
 * @throws VisionError CONTENT_TOO_LARGE and those of readHeader and decodeFile, the signal's reason, or what the task
 * throws
 */
export async function withImage<Result>(
  { admission, maxContentBytes, maxPixels }: ImageAdmission,
  content: Uint8Array,
  signal: AbortSignal,
  task: (image: Image) => Promise<Result>,
): Promise<Result> {
  if (content.length > maxContentBytes) {
    throw VisionError.of('CONTENT_TOO_LARGE', { bytes: content.length, limit: maxContentBytes });
  }
  const header = readHeader(content, maxPixels);
  return admission.withPixels(header.width * header.height, signal, async () => {
    const image = await decodeFile(header);
    signal.throwIfAborted();
    return task(image);
  });
}

/** Admits a request with a single image, then does the same. Also throws VisionError OVERLOADED. */
export async function withAdmittedImage<Result>(
  limits: ImageAdmission,
  content: Uint8Array,
  signal: AbortSignal,
  task: (image: Image) => Promise<Result>,
): Promise<Result> {
  const leave = limits.admission.enter(1);
  try {
    return await withImage(limits, content, signal, task);
  } finally {
    leave();
  }
}
