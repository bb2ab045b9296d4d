import { shareWork, type SharedWork } from '../threads/shared-work.js';
import type { Image } from './image.js';

/** Work on an image that several features of a call need. */
export type ImageTask<Result> = (image: Image, signal: AbortSignal) => Promise<Result>;

/**
 * Memoizes a task by image: later callers get the result of the first, for the lifetime of the image. The task goes on
 * as long as one of its callers waits. If all have left, the next caller starts it again.
 */
export function oncePerImage<Result>(task: ImageTask<Result>): ImageTask<Result> {
  const works = new WeakMap<Image, SharedWork<Result>>();
  return async (image, signal) => {
    signal.throwIfAborted();
    let work = works.get(image);
    if (work === undefined || work.isAbandoned) {
      work = shareWork((workSignal) => task(image, workSignal));
      works.set(image, work);
    }
    return work.join(signal);
  };
}
