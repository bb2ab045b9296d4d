import type { ImageCopySearchAnnotation } from '../../../gen/yandex/cloud/ai/vision/v1/image_copy_search.js';
import type { Image } from '../../image/image.js';
import type { CopyQuery } from './copy-query.js';
import { describeForSearch, type CopyDependencies } from './describe-image.js';
import { searchCopies } from './search-copies.js';

/** What a copy is looked for in. */
export interface CopySearch {
  readonly folder: string;
  /** Copies that are described, at most. */
  readonly maxCopies: number;
}

/** Finds copies of an image in the corpus of a folder. @param content bytes of the image's file */
export async function analyzeCopies(
  engine: CopyDependencies,
  image: Image,
  content: Uint8Array,
  search: CopySearch,
  signal: AbortSignal,
): Promise<ImageCopySearchAnnotation> {
  return annotateCopies(engine, await describeForSearch(engine, image, content, signal), search, signal);
}

/** The same for an image of which only its description is there. */
export async function annotateCopies(
  engine: CopyDependencies,
  query: CopyQuery,
  { folder, maxCopies }: CopySearch,
  signal: AbortSignal,
): Promise<ImageCopySearchAnnotation> {
  const { count, copies } = await searchCopies(engine, query, folder, maxCopies, signal);
  const topResults = copies.map(({ image: { imageUrl, pageUrl, title, description } }) => ({
    imageUrl,
    pageUrl,
    title,
    description,
  }));
  return { copyCount: BigInt(count), topResults };
}
