import { VisionError } from '../errors/errors.js';
import { decodeFile, readHeader } from '../image/decode-image.js';
import type { Image } from '../image/image.js';
import type { Admission } from './admission.js';

/** What every image passes on its way in, whatever it is for. */
export interface ImageAdmission {
  readonly admission: Admission;
  /** Largest content, in bytes. */
  readonly maxContentBytes: number;
  /** Largest image, in pixels. */
  readonly maxPixels: number;
}

/**
 * Decodes an image of a request that was admitted, when there is room for its pixels, and runs a task with it.
 * @throws VisionError CONTENT_TOO_LARGE and what readHeader and decodeFile throw, the signal's reason, or what the task throws
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

/** The same for a request that is one image: admits it first. Throws VisionError OVERLOADED too. */
export async function withAdmittedImage<Result>(
  way: ImageAdmission,
  content: Uint8Array,
  signal: AbortSignal,
  task: (image: Image) => Promise<Result>,
): Promise<Result> {
  const leave = way.admission.enter(1);
  try {
    return await withImage(way, content, signal, task);
  } finally {
    leave();
  }
}
