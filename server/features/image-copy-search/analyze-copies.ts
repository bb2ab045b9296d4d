import type { ImageCopySearchAnnotation } from '../../../gen/yandex/cloud/ai/vision/v1/image_copy_search.js';
import type { Image } from '../../image/image.js';
import type { CopyQuery } from './copy-query.js';
import { describeForSearch, type CopyDependencies } from './describe-image.js';
import { searchCopies } from './search-copies.js';

/** Where copies are searched for, and how many are returned. */
export interface CopySearch {
  readonly folder: string;
  /** Copies that are described at most. All are counted. */
  readonly maxCopies: number;
}

/** Finds the copies of an image in the corpus of a folder. @param content bytes of the image's file */
export async function analyzeCopies(
  dependencies: CopyDependencies,
  image: Image,
  content: Uint8Array,
  search: CopySearch,
  signal: AbortSignal,
): Promise<ImageCopySearchAnnotation> {
  return annotateCopies(dependencies, await describeForSearch(dependencies, image, content, signal), search, signal);
}

/** As `analyzeCopies`, for an image that is given by its description. */
export async function annotateCopies(
  dependencies: CopyDependencies,
  query: CopyQuery,
  { folder, maxCopies }: CopySearch,
  signal: AbortSignal,
): Promise<ImageCopySearchAnnotation> {
  const { count, copies } = await searchCopies(dependencies, query, folder, maxCopies, signal);
  const topResults = copies.map(({ image: { imageUrl, pageUrl, title, description } }) => ({
    imageUrl,
    pageUrl,
    title,
    description,
  }));
  return { copyCount: BigInt(count), topResults };
}
