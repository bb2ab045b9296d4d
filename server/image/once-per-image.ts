import type { Image } from './image.js';

/** Work on an image that several features of a call need. */
export type ImageTask<Result> = (image: Image, signal: AbortSignal) => Promise<Result>;

/** Memoizes a task by image: later callers get the result of the first, for the lifetime of the image. */
export function oncePerImage<Result>(task: ImageTask<Result>): ImageTask<Result> {
  const results = new WeakMap<Image, Promise<Result>>();
  return (image, signal) => {
    // An image belongs to one call, so all callers have the same signal.
    let result = results.get(image);
    if (result === undefined) results.set(image, (result = task(image, signal)));
    return result;
  };
}
