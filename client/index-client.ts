import { Metadata, type ServiceError } from '@grpc/grpc-js';
import { Code } from '../gen/google/rpc/code.js';
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
} from '../gen/visiond/index/v1/image_index_service.js';
import { connection, type CallOptions, type VisionClientOptions } from './connection.js';
import { VisionCallError } from './vision-call-error.js';

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

type Callback<Response> = (error: ServiceError | null, response: Response) => void;

export function createIndexClient(options: VisionClientOptions): IndexClient {
  const { address, credentials, channelOptions, metadata, deadline } = connection(options);
  const stub = new ImageIndexServiceClient(address, credentials, channelOptions);
  const folderId = options.folderId ?? '';

  const call = <Response>(
    start: (metadata: Metadata, limits: { deadline: number }, callback: Callback<Response>) => { cancel(): void },
    { timeoutMs, signal }: CallOptions = {},
  ): Promise<Response> =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const cancel = (): void => started.cancel();
      const started = start(metadata, { deadline: deadline(timeoutMs) }, (error, response) => {
        signal?.removeEventListener('abort', cancel);
        if (error !== null) reject(VisionCallError.from(error));
        else resolve(response);
      });
      signal?.addEventListener('abort', cancel);
    });

  const request = ({ content, ...data }: NewIndexedImage): AddImageRequest => ({
    id: '',
    imageUrl: '',
    pageUrl: '',
    title: '',
    description: '',
    ...data,
    content: Buffer.from(content),
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
          : ({ $case: 'content', value: Buffer.from(image) } as const);
      return call<SearchImagesResponse>(
        (...args) => stub.searchImages({ folderId, source, maxResults }, ...args),
        callOptions,
      );
    },
    signature: async (content, callOptions) =>
      (
        await call<ComputeSignatureResponse>(
          (...args) => stub.computeSignature({ folderId, content: Buffer.from(content) }, ...args),
          callOptions,
        )
      ).signature,
    stats: (callOptions) => call<GetStatsResponse>((...args) => stub.getStats({ folderId }, ...args), callOptions),
    compact: async (callOptions) =>
      (await call<CompactIndexResponse>((...args) => stub.compactIndex({ folderId }, ...args), callOptions)).diskBytes,
    close: () => stub.close(),
  };
}
