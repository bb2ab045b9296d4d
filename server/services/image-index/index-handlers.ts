import {
  ImageIndexServiceService as service,
  type AddImageRequest,
  type AddImageResponse,
  type ComputeSignatureRequest,
  type ComputeSignatureResponse,
  type GetImageRequest,
  type GetImageResponse,
  type GetStatsResponse,
  type ListImagesRequest,
  type ListImagesResponse,
  type SearchImagesRequest,
  type SearchImagesResponse,
} from '../../../gen/visiond/index/v1/image_index_service.js';
import { handlerOf, type EngineCall, type EngineHandler } from '../../analyze/engine.js';
import { VisionError } from '../../errors/errors.js';
import type { CopyQuery } from '../../features/image-copy-search/copy-query.js';
import {
  describeForIndex,
  describeForSearch,
  type CopyDependencies,
} from '../../features/image-copy-search/describe-image.js';
import { searchCopies } from '../../features/image-copy-search/search-copies.js';
import { readSignature, writeSignature } from '../../features/image-copy-search/signature.js';
import { fingerprintVersion } from '../../image-index/image-index.js';
import { decodeImage } from '../../image/decode-image.js';
import { createCeiling } from '../../threads/ceiling.js';
import { idOf, pageStart, pageToken } from './check-request.js';
import { foundCopy, indexedImage, outcomeOf } from './messages.js';

/** Dependencies of the handlers. */
export interface IndexHandlerDependencies {
  readonly copies: CopyDependencies;
  /** Maximum size of an image, in pixels. */
  readonly maxPixels: number;
  /** Maximum time for an image, in seconds. */
  readonly jobSeconds: number;
}

const defaultPageSize = 100;
const defaultMaxResults = 10;

/** What an engine does for visiond.index.v1.ImageIndexService, by the paths of its methods. Requests are valid. */
export function createIndexHandlers(dependencies: IndexHandlerDependencies): ReadonlyMap<string, EngineHandler> {
  const { index } = dependencies.copies;
  /** What describes an image takes no longer than a feature may. */
  const timed =
    <Request, Response>(
      handle: (dependencies: IndexHandlerDependencies, request: Request, call: EngineCall) => Promise<Response>,
    ) =>
    async (request: Request, call: EngineCall): Promise<Response> => {
      const { jobSeconds: seconds } = dependencies;
      const ceiling = createCeiling(call.signal, seconds, () =>
        VisionError.of('FEATURE_TOO_SLOW', { feature: 'IMAGE_COPY_SEARCH', seconds }),
      );
      try {
        return await handle(dependencies, request, { ...call, signal: ceiling.signal });
      } finally {
        ceiling.release();
      }
    };
  return new Map([
    handlerOf(service.addImage, timed(addImage)),
    handlerOf(service.getImage, (request, call) => getImage(dependencies, request, call)),
    handlerOf(service.deleteImage, async ({ id }, { signal, folderId }) => ({
      deleted: await index.delete(folderId, id, signal),
    })),
    handlerOf(service.listImages, (request, call) => listImages(dependencies, request, call)),
    handlerOf(service.searchImages, timed(searchImages)),
    handlerOf(service.computeSignature, timed(computeSignature)),
    handlerOf(service.getStats, (_request, call) => getStats(dependencies, call)),
    handlerOf(service.compactIndex, async (_request, { signal }) => ({
      diskBytes: BigInt(await index.compact(signal)),
    })),
  ]);
}

async function addImage(
  dependencies: IndexHandlerDependencies,
  request: AddImageRequest,
  { signal, folderId: folder }: EngineCall,
): Promise<AddImageResponse> {
  const { copies, maxPixels } = dependencies;
  const { content, imageUrl, pageUrl, title, description } = request;
  const image = await decodeImage(content, maxPixels);
  signal.throwIfAborted();
  const fingerprint = await describeForIndex(copies, image, content, signal);
  const id = idOf(request);
  const outcome = await copies.index.add({ folder, id, imageUrl, pageUrl, title, description, fingerprint }, signal);
  const stored = await copies.index.get(folder, id, signal);
  return { image: stored && indexedImage(stored), outcome: outcomeOf(outcome) };
}

async function getImage(
  { copies }: IndexHandlerDependencies,
  { id }: GetImageRequest,
  { signal, folderId: folder }: EngineCall,
): Promise<GetImageResponse> {
  const image = await copies.index.get(folder, id, signal);
  if (image === undefined) throw VisionError.of('IMAGE_NOT_FOUND', { folder, id });
  return { image: indexedImage(image) };
}

async function listImages(
  { copies }: IndexHandlerDependencies,
  { pageSize, pageToken: token }: ListImagesRequest,
  { signal, folderId }: EngineCall,
): Promise<ListImagesResponse> {
  const size = pageSize || defaultPageSize;
  const { images, next } = await copies.index.list(folderId, pageStart(token), size, signal);
  return { images: images.map(indexedImage), nextPageToken: next === undefined ? '' : pageToken(next) };
}

async function searchImages(
  dependencies: IndexHandlerDependencies,
  { source, maxResults }: SearchImagesRequest,
  context: EngineCall,
): Promise<SearchImagesResponse> {
  const max = maxResults || defaultMaxResults;
  const query =
    source?.$case === 'content'
      ? await describeQuery(dependencies, source.value, context)
      : readSignature(source?.value ?? '');
  const { count, copies } = await searchCopies(dependencies.copies, query, context.folderId, max, context.signal);
  return { copyCount: BigInt(count), copies: copies.map(foundCopy) };
}

async function computeSignature(
  dependencies: IndexHandlerDependencies,
  { content }: ComputeSignatureRequest,
  context: EngineCall,
): Promise<ComputeSignatureResponse> {
  return { signature: await writeSignature(await describeQuery(dependencies, content, context)) };
}

async function getStats(
  { copies }: IndexHandlerDependencies,
  { signal, folderId }: EngineCall,
): Promise<GetStatsResponse> {
  const { images, outdated, memoryBytes, diskBytes } = await copies.index.stats(folderId, signal);
  return {
    imageCount: BigInt(images),
    outdatedCount: BigInt(outdated),
    descriptorVersion: fingerprintVersion,
    memoryBytes: BigInt(memoryBytes),
    diskBytes: BigInt(diskBytes),
  };
}

async function describeQuery(
  { copies, maxPixels }: IndexHandlerDependencies,
  content: Uint8Array,
  { signal }: EngineCall,
): Promise<CopyQuery> {
  const image = await decodeImage(content, maxPixels);
  signal.throwIfAborted();
  return describeForSearch(copies, image, content, signal);
}
