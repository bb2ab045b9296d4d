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
import { withAdmittedImage, type ImageAdmission } from '../../analyze/with-image.js';
import { createValidator, type Validator } from '../../contract/validator.js';
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
import { bindMethod, type BoundMethod } from '../../pipeline/call.js';
import type { Pipeline } from '../../pipeline/run-call.js';
import { bindStream, type BoundStreamMethod } from '../../pipeline/stream-call.js';
import { addImages, type IndexContext } from './add-images.js';
import { idOf, pageStart, pageToken, validateAddresses } from './check-request.js';
import { foundCopy, indexedImage, outcomeOf } from './messages.js';

/** Dependencies of the service. */
export interface ImageIndexDependencies extends ImageAdmission {
  readonly copies: CopyDependencies;
}

const defaultPageSize = 100;
const defaultMaxResults = 10;

/** The methods of visiond.index.v1.ImageIndexService, which manages and searches the corpora. */
export function createImageIndexService(
  dependencies: ImageIndexDependencies,
  pipeline: Pipeline,
): { readonly methods: readonly BoundMethod[]; readonly streams: readonly BoundStreamMethod[] } {
  const { index } = dependencies.copies;
  const add = (request: AddImageRequest, context: IndexContext): Promise<AddImageResponse> =>
    addImage(dependencies, request, context);
  return {
    methods: [
      bindMethod(service.addImage, { folder: folderOf, validate: validator('AddImageRequest'), handle: add }, pipeline),
      bindMethod(
        service.getImage,
        {
          folder: folderOf,
          validate: validator('GetImageRequest'),
          handle: (request, context) => getImage(dependencies, request, context),
        },
        pipeline,
      ),
      bindMethod(
        service.deleteImage,
        {
          folder: folderOf,
          validate: validator('DeleteImageRequest'),
          handle: async ({ id }, { signal, folderId }) => ({ deleted: await index.delete(folderId, id, signal) }),
        },
        pipeline,
      ),
      bindMethod(
        service.listImages,
        {
          folder: folderOf,
          validate: validator('ListImagesRequest'),
          handle: (request, context) => listImages(dependencies, request, context),
        },
        pipeline,
      ),
      bindMethod(
        service.searchImages,
        {
          folder: folderOf,
          validate: validator('SearchImagesRequest'),
          handle: (request, context) => searchImages(dependencies, request, context),
        },
        pipeline,
      ),
      bindMethod(
        service.computeSignature,
        {
          folder: folderOf,
          validate: validator('ComputeSignatureRequest'),
          handle: (request, context) => computeSignature(dependencies, request, context),
        },
        pipeline,
      ),
      bindMethod(
        service.getStats,
        {
          folder: folderOf,
          validate: validator('GetStatsRequest'),
          handle: (_request, context) => getStats(dependencies, context),
        },
        pipeline,
      ),
      bindMethod(
        service.compactIndex,
        {
          folder: folderOf,
          validate: validator('CompactIndexRequest'),
          handle: async (_request, { signal }) => ({ diskBytes: BigInt(await index.compact(signal)) }),
        },
        pipeline,
      ),
    ],
    streams: [
      bindStream(
        service.addImages,
        {
          folder: ({ image }) => image?.folderId ?? '',
          validate: validator('AddImagesRequest'),
          handle: (items, context) =>
            addImages({ add, threads: dependencies.copies.pool.size, log: pipeline.log }, items, context),
        },
        pipeline,
      ),
    ],
  };
}

async function addImage(
  dependencies: ImageIndexDependencies,
  request: AddImageRequest,
  { signal, folderId: folder }: IndexContext,
): Promise<AddImageResponse> {
  const { copies } = dependencies;
  const { content, imageUrl, pageUrl, title, description } = request;
  validateAddresses(request);
  const fingerprint = await withAdmittedImage(dependencies, content, signal, (image) =>
    describeForIndex(copies, image, content, signal),
  );
  const id = idOf(request);
  const outcome = await copies.index.add({ folder, id, imageUrl, pageUrl, title, description, fingerprint }, signal);
  const stored = await copies.index.get(folder, id, signal);
  return { image: stored && indexedImage(stored), outcome: outcomeOf(outcome) };
}

async function getImage(
  { copies }: ImageIndexDependencies,
  { id }: GetImageRequest,
  { signal, folderId: folder }: IndexContext,
): Promise<GetImageResponse> {
  const image = await copies.index.get(folder, id, signal);
  if (image === undefined) throw VisionError.of('IMAGE_NOT_FOUND', { folder, id });
  return { image: indexedImage(image) };
}

async function listImages(
  { copies }: ImageIndexDependencies,
  { pageSize, pageToken: token }: ListImagesRequest,
  { signal, folderId }: IndexContext,
): Promise<ListImagesResponse> {
  const size = pageSize || defaultPageSize;
  const { images, next } = await copies.index.list(folderId, pageStart(token), size, signal);
  return { images: images.map(indexedImage), nextPageToken: next === undefined ? '' : pageToken(next) };
}

async function searchImages(
  dependencies: ImageIndexDependencies,
  { source, maxResults }: SearchImagesRequest,
  context: IndexContext,
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
  dependencies: ImageIndexDependencies,
  { content }: ComputeSignatureRequest,
  context: IndexContext,
): Promise<ComputeSignatureResponse> {
  return { signature: await writeSignature(await describeQuery(dependencies, content, context)) };
}

async function getStats(
  { copies }: ImageIndexDependencies,
  { signal, folderId }: IndexContext,
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

function describeQuery(
  dependencies: ImageIndexDependencies,
  content: Uint8Array,
  { signal }: IndexContext,
): Promise<CopyQuery> {
  return withAdmittedImage(dependencies, content, signal, (image) =>
    describeForSearch(dependencies.copies, image, content, signal),
  );
}

/** The folder of a unary request. */
function folderOf({ folderId }: { readonly folderId: string }): string {
  return folderId;
}

function validator(message: string): Validator {
  return createValidator(`visiond.index.v1.${message}`);
}
