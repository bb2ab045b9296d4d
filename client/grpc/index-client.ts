import { Code } from '../../gen/google/rpc/code.js';
import {
  ImageIndexServiceClient,
  type AddImageRequest,
  type AddImageResponse,
  type AddImagesResponse,
  type AddImagesResult,
  type CompactIndexResponse,
  type ComputeSignatureResponse,
  type DeleteImageResponse,
  type GetImageResponse,
  type GetStatsResponse,
  type IndexedImage,
  type ListImagesResponse,
  type SearchImagesResponse,
} from '../../gen/visiond/index/v1/image_index_service.js';
import { VisionCallError } from '../core/errors.js';
import { timeoutOf, type CallOptions } from '../core/options.js';
import { connection, type VisionClientOptions } from './connection.js';
import { asBuffer } from './grpc-transport.js';

/** An image to add to the corpus: its file, and the data to store with it. */
export type NewIndexedImage = { readonly content: Uint8Array } & Partial<Omit<AddImageRequest, 'content' | 'folderId'>>;

/** A client for the corpus that IMAGE_COPY_SEARCH searches. All calls throw VisionCallError. */
export interface IndexClient {
  /** Adds an image, or replaces the one with the same ID. */
  add(image: NewIndexedImage, options?: CallOptions): Promise<AddImageResponse>;
  /** Adds a stream of images. One result per image: a failed image does not affect the others. */
  addAll(
    images: Iterable<NewIndexedImage> | AsyncIterable<NewIndexedImage>,
    options?: CallOptions,
  ): Promise<AddImagesResult[]>;
  get(id: string, options?: CallOptions): Promise<IndexedImage | undefined>;
  /** @returns whether the image existed */
  delete(id: string, options?: CallOptions): Promise<boolean>;
  list(page?: { pageSize?: number; pageToken?: string }, options?: CallOptions): Promise<ListImagesResponse>;
  /** Searches for copies of an image, given its file or its signature. Each copy comes with its evidence. */
  search(image: Uint8Array | string, maxResults?: number, options?: CallOptions): Promise<SearchImagesResponse>;
  /** Computes the signature of an image, which can be searched for instead of the file. */
  signature(content: Uint8Array, options?: CallOptions): Promise<string>;
  stats(options?: CallOptions): Promise<GetStatsResponse>;
  /** Reclaims the disk space of deleted images, for administrators. @returns size on disk in bytes */
  compact(options?: CallOptions): Promise<bigint>;
  /** Closes the connection. */
  close(): void;
}

/**
 * Creates a client. It connects at the first call. Calls are not repeated: they may have changed the index.
 * @throws TypeError if an option is wrong
 */
export function createIndexClient(options: VisionClientOptions): IndexClient {
  const channel = connection(options);
  const stub = new ImageIndexServiceClient(channel.address, channel.credentials, channel.channelOptions);
  const folderId = options.folderId ?? '';

  const call = async <Response>(
    start: Parameters<typeof channel.call<Response>>[0],
    callOptions: CallOptions | undefined,
  ): Promise<Response> =>
    channel.call(start, { timeoutMs: timeoutOf(callOptions, options), signal: callOptions?.signal });

  const request = ({ content, ...data }: NewIndexedImage): AddImageRequest => ({
    id: '',
    imageUrl: '',
    pageUrl: '',
    title: '',
    description: '',
    ...data,
    content: asBuffer(content),
    folderId,
  });

  return {
    add: (image, callOptions) =>
      call<AddImageResponse>((...args) => stub.addImage(request(image), ...args), callOptions),
    async addAll(images, callOptions) {
      const { results } = await call<AddImagesResponse>((...args) => {
        const stream = stub.addImages(...args);
        const send = async (): Promise<void> => {
          for await (const image of images) {
            if (stream.destroyed) return;
            const goesOn = stream.write({ image: request(image) });
            if (!goesOn) await new Promise<void>((resolve) => stream.once('drain', resolve).once('close', resolve));
          }
          stream.end();
        };
        send().catch(() => stream.cancel());
        return stream;
      }, callOptions);
      return results;
    },
    async get(id, callOptions) {
      try {
        return (await call<GetImageResponse>((...args) => stub.getImage({ folderId, id }, ...args), callOptions)).image;
      } catch (error) {
        if (error instanceof VisionCallError && error.code === Code.NOT_FOUND) return undefined;
        throw error;
      }
    },
    delete: async (id, callOptions) =>
      (await call<DeleteImageResponse>((...args) => stub.deleteImage({ folderId, id }, ...args), callOptions)).deleted,
    list: ({ pageSize = 0, pageToken = '' } = {}, callOptions) =>
      call<ListImagesResponse>((...args) => stub.listImages({ folderId, pageSize, pageToken }, ...args), callOptions),
    search(image, maxResults = 0, callOptions) {
      const source =
        typeof image === 'string'
          ? ({ $case: 'signature', value: image } as const)
          : ({ $case: 'content', value: asBuffer(image) } as const);
      return call<SearchImagesResponse>(
        (...args) => stub.searchImages({ folderId, source, maxResults }, ...args),
        callOptions,
      );
    },
    signature: async (content, callOptions) =>
      (
        await call<ComputeSignatureResponse>(
          (...args) => stub.computeSignature({ folderId, content: asBuffer(content) }, ...args),
          callOptions,
        )
      ).signature,
    stats: (callOptions) => call<GetStatsResponse>((...args) => stub.getStats({ folderId }, ...args), callOptions),
    compact: async (callOptions) =>
      (await call<CompactIndexResponse>((...args) => stub.compactIndex({ folderId }, ...args), callOptions)).diskBytes,
    close: () => stub.close(),
  };
}
