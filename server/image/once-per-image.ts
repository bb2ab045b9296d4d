import type { Image } from './image.js';

/** Work on an image that several features of a call want. */
export type ImageTask<Result> = (image: Image, signal: AbortSignal) => Promise<Result>;

/** The task, done once for each image: whoever comes second gets the result of the first, for as long as the image lives. */
export function oncePerImage<Result>(task: ImageTask<Result>): ImageTask<Result> {
  const results = new WeakMap<Image, Promise<Result>>();
  return (image, signal) => {
    // An image belongs to one call, so the signal of whoever comes first is the signal of all.
    let result = results.get(image);
    if (result === undefined) results.set(image, (result = task(image, signal)));
    return result;
  };
}
