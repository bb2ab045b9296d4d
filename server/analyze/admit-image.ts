import { VisionError } from '../errors/errors.js';
import { readSize } from '../image/decode-image.js';
import { queueStage, type CallRecord } from '../telemetry/call-record.js';
import type { Admission, Admitted, Hold, Work } from './admission.js';

/** Limits that every image has to pass before an engine sees it. */
export interface ImageLimits {
  /** Maximum size of the file, in bytes. */
  readonly maxContentBytes: number;
  /** Maximum size of the image, in pixels. */
  readonly maxPixels: number;
}

/** Dependencies of whoever sends images to an engine. */
export interface ImageAdmission extends ImageLimits {
  readonly admission: Admission;
}

/** The call that an image belongs to. */
export interface AdmittedCall {
  readonly folderId: string;
  readonly signal: AbortSignal;
  readonly record: CallRecord;
}

/** @throws VisionError CONTENT_TOO_LARGE */
export function checkContentSize({ length: bytes }: Uint8Array, { maxContentBytes: limit }: ImageLimits): void {
  if (bytes > limit) throw VisionError.of('CONTENT_TOO_LARGE', { bytes, limit });
}

/**
 * Number of pixels of an image, by the beginning of its file.
 * @throws VisionError CONTENT_TOO_LARGE and those of readSize
 */
export function pixelsOf(content: Uint8Array, limits: ImageLimits): number {
  checkContentSize(content, limits);
  const { width, height } = readSize(content, limits.maxPixels);
  return width * height;
}

/** Runs the task of an admitted image when it is its turn, and notes how long it waited. */
export function runInTurn<Result>(
  admitted: Admitted,
  work: Work,
  image: number,
  { signal, record }: AdmittedCall,
  task: (hold: Hold) => Promise<Result>,
): Promise<Result> {
  const entered = performance.timeOrigin + performance.now();
  return admitted.run(work, signal, (hold) => {
    const started = performance.timeOrigin + performance.now();
    record.addStage({ name: queueStage, image, startMs: entered, endMs: started });
    return task(hold);
  });
}

/**
 * Admits a request with a single image and runs its task.
 * @param estimate milliseconds that an image of so many pixels takes on one core
 * @throws what `pixelsOf` and `Admission.enter` throw, the signal's reason, or what the task throws
 */
export async function runAdmitted<Result>(
  dependencies: ImageAdmission,
  content: Uint8Array,
  estimate: (pixels: number) => number,
  call: AdmittedCall,
  task: (hold: Hold) => Promise<Result>,
): Promise<Result> {
  const pixels = pixelsOf(content, dependencies);
  const work = { pixels, milliseconds: estimate(pixels) };
  const admitted = dependencies.admission.enter(call.folderId, [work]);
  call.record.addImages(1, 1);
  call.record.addPixels(pixels);
  try {
    return await runInTurn(admitted, work, 0, call, task);
  } finally {
    admitted.leave();
  }
}
