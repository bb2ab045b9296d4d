import { setImmediate, setTimeout } from 'node:timers/promises';
import {
  AddOutcome,
  ImageIndexServiceService as service,
  type AddImageRequest,
  type AddImageResponse,
  type AddImagesResult,
  type IndexedImage,
} from '../../../gen/visiond/index/v1/image_index_service.js';
import { withImage, type ImageGate } from '../../analyze/with-image.js';
import { createValidator, type Validator } from '../../contract/validator.js';
import { VisionError } from '../../errors/errors.js';
import { toStatus } from '../../errors/status.js';
import { describeForIndex, describeForSearch } from '../../features/image-copy-search/describe-image.js';
import { searchCopies } from '../../features/image-copy-search/search-copies.js';
import { readSignature, writeSignature } from '../../features/image-copy-search/signature.js';
import { descriptorVersion, type StoredImage } from '../../image-index/image-index.js';
import { bindMethod, type BoundMethod, type CallContext } from '../../pipeline/call.js';
import type { Pipeline } from '../../pipeline/run-call.js';
import { bindStream, type BoundStreamMethod } from '../../pipeline/stream-call.js';
import { countWithin, idOf, pageStart, pageToken, validateAddresses } from './check-request.js';
import { foundCopy, outcomeOf } from './messages.js';

/** The methods of the service that keeps corpora. */
export interface CorpusService {
  readonly methods: readonly BoundMethod[];
  readonly streams: readonly BoundStreamMethod[];
}

const packageName = 'visiond.index.v1';
const page = { size: 100, max: 1000 };
const results = { count: 10, max: 100 };
/** Images of one stream that are described at a time, a thread. */
const imagesAThread = 2;
/** Images of one stream that may fail. A few bytes can be an image that fails, and the answer keeps an error for each. */
const maxFailures = 10_000;
/** How long an image of a stream waits when the server is busy. */
const busyMs = 200;

/** Puts the service that keeps corpora together. */
export function createCorpusService(gate: ImageGate, pipeline: Pipeline): CorpusService {
  const { engine } = gate;
  const { pool, index } = engine;
  const { log } = pipeline;

  const add = async (request: AddImageRequest, { signal, folderId: folder }: AddContext): Promise<AddImageResponse> => {
    const { content, imageUrl, pageUrl, title, description } = request;
    validateAddresses(request);
    const descriptor = await withImage(gate, content, signal, (image) =>
      describeForIndex(engine, image, content, signal),
    );
    const id = idOf(request);
    const outcome = await index.add({ folder, id, imageUrl, pageUrl, title, description, descriptor }, signal);
    const stored = await index.get(folder, id, signal);
    return { image: stored && indexedImage(stored), outcome: outcomeOf(outcome) };
  };
  const addItem = async (request: AddImageRequest, context: AddContext): Promise<AddImagesResult> => {
    try {
      const { image, outcome } = await add(request, context);
      return { error: undefined, id: image?.id ?? '', outcome };
    } catch (error) {
      context.signal.throwIfAborted();
      if (error instanceof VisionError && error.reason === 'OVERLOADED') {
        // A stream waits for its turn: the connection holds the rest of it back meanwhile.
        await setTimeout(busyMs);
        return addItem(request, context);
      }
      if (!(error instanceof VisionError)) log.error('image was not added', { requestId: context.requestId, error });
      return failed(error, context);
    }
  };

  return {
    methods: [
      bindMethod(service.addImage, { folder: folderOf, validate: validator('AddImageRequest'), handle: add }, pipeline),
      bindMethod(
        service.getImage,
        {
          folder: folderOf,
          validate: validator('GetImageRequest'),
          async handle({ id }, { signal, folderId: folder }) {
            const image = await index.get(folder, id, signal);
            if (image === undefined) throw VisionError.of('IMAGE_NOT_FOUND', { folder, id });
            return { image: indexedImage(image) };
          },
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
          async handle({ pageSize, pageToken: token }, { signal, folderId }) {
            const size = countWithin('page_size', pageSize, page.size, page.max);
            const { images, next } = await index.list(folderId, pageStart(token), size, signal);
            return { images: images.map(indexedImage), nextPageToken: next === undefined ? '' : pageToken(next) };
          },
        },
        pipeline,
      ),
      bindMethod(
        service.searchImages,
        {
          folder: folderOf,
          validate: validator('SearchImagesRequest'),
          async handle({ source, maxResults }, { signal, folderId }) {
            const most = countWithin('max_results', maxResults, results.count, results.max);
            const query =
              source?.$case === 'content'
                ? await withImage(gate, source.value, signal, (image) =>
                    describeForSearch(engine, image, source.value, signal),
                  )
                : readSignature(source?.value ?? '');
            const { count, copies } = await searchCopies(engine, query, folderId, most, signal);
            return {
              copyCount: BigInt(count),
              copies: copies.map((copy) => foundCopy(copy, indexedImage(copy.image))),
            };
          },
        },
        pipeline,
      ),
      bindMethod(
        service.computeSignature,
        {
          folder: folderOf,
          validate: validator('ComputeSignatureRequest'),
          async handle({ content }, { signal }) {
            const query = await withImage(gate, content, signal, (image) =>
              describeForSearch(engine, image, content, signal),
            );
            return { signature: await writeSignature(query) };
          },
        },
        pipeline,
      ),
      bindMethod(
        service.getStats,
        {
          folder: folderOf,
          validate: validator('GetStatsRequest'),
          async handle(_request, { signal, folderId }) {
            const { images, outdated, memoryBytes, diskBytes } = await index.stats(folderId, signal);
            return {
              imageCount: BigInt(images),
              outdatedCount: BigInt(outdated),
              descriptorVersion,
              memoryBytes: BigInt(memoryBytes),
              diskBytes: BigInt(diskBytes),
            };
          },
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
          async handle(items, context) {
            const answers: AddImagesResult[] = [];
            const source = items[Symbol.asyncIterator]();
            let next = 0;
            let failures = 0;
            // Several readers of one stream: each takes the next image when it is done with its own.
            const addSome = async (): Promise<void> => {
              for (;;) {
                const position = next++;
                const { done, value } = await source.next();
                if (done === true) return;
                if ('error' in value) answers[position] = failed(value.error, context);
                else if (value.request.image === undefined) answers[position] = failed(missingImage(), context);
                else answers[position] = await addItem(value.request.image, { ...context, folderId: value.folderId });
                const problem = answers[position].error?.message;
                if (problem === undefined) continue;
                if (++failures > maxFailures) throw VisionError.of('STREAM_ABANDONED', { limit: maxFailures, problem });
                // Others have their turn between messages that cost nothing.
                await setImmediate();
              }
            };
            await Promise.all(Array.from({ length: imagesAThread * pool.size }, addSome));
            return { results: answers };
          },
        },
        pipeline,
      ),
    ],
  };
}

/** The call that an addition belongs to, unary or of a stream. */
type AddContext = Pick<CallContext, 'requestId' | 'signal' | 'folderId'>;

/** Every request of the service names its folder so. */
function folderOf({ folderId }: { readonly folderId: string }): string {
  return folderId;
}

function validator(message: string): Validator {
  return createValidator(`${packageName}.${message}`);
}

function indexedImage({ createdMs, ...data }: StoredImage): IndexedImage {
  return { ...data, createTime: new Date(createdMs) };
}

function failed(error: unknown, { requestId }: Pick<CallContext, 'requestId'>): AddImagesResult {
  return { error: toStatus(error, requestId), id: '', outcome: AddOutcome.ADD_OUTCOME_UNSPECIFIED };
}

function missingImage(): VisionError {
  return VisionError.invalidRequest([{ field: 'image', description: 'is required' }]);
}
