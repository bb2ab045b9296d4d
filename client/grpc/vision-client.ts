import {
  VisionServiceClient,
  type BatchAnalyzeRequest,
  type BatchAnalyzeResponse,
  type Feature,
  type FeatureResult,
} from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { VisionFileError } from '../core/errors.js';
import { imageClient, type ImageClient } from '../core/image-client.js';
import type { ImageInput } from '../core/image-input.js';
import { timeoutOf, type CallOptions } from '../core/options.js';
import type { Analysis, OnlyWanted, Wanted } from '../core/wanted.js';
import { connection, type VisionClientOptions } from './connection.js';
import { asBuffer, grpcTransport } from './grpc-transport.js';
import { problemOfStatus } from './status.js';

/** A client for visiond, or any server with the same API, over gRPC. Reuse it: it holds a connection. */
export interface VisionClient extends ImageClient {
  /** See `ImageClient.analyze`; or, with a list of features, one call without retries that returns the results as the API has them. */
  readonly analyze: ImageClient['analyze'] & AnalyzeFeatures;
  /**
   * Analyzes up to 8 images with up to 8 features each, in the terms of the API and without retries.
   * @throws VisionCallError if the call fails
   */
  batchAnalyze(request: BatchAnalyzeRequest, options?: CallOptions): Promise<BatchAnalyzeResponse>;
}

/**
 * Runs features on one file. Returns one result per feature, in order; each may hold an error.
 * @throws VisionCallError if the call fails, VisionFileError if the file does
 */
type AnalyzeFeatures = (
  content: Uint8Array,
  features: readonly Feature[],
  options?: CallOptions,
) => Promise<FeatureResult[]>;

/**
 * Creates a client. It connects at the first call.
 * @throws TypeError if an option is wrong
 */
export function createVisionClient(options: VisionClientOptions): VisionClient {
  const channel = connection(options);
  const stub = new VisionServiceClient(channel.address, channel.credentials, channel.channelOptions);
  const images = imageClient(grpcTransport(stub, channel), options);

  const batchAnalyze: VisionClient['batchAnalyze'] = async (request, callOptions) => {
    const message = { ...request, folderId: request.folderId || (options.folderId ?? '') };
    const attempt = { timeoutMs: timeoutOf(callOptions, options), signal: callOptions?.signal };
    return channel.call<BatchAnalyzeResponse>((...args) => stub.batchAnalyze(message, ...args), attempt);
  };
  const analyzeFeatures: AnalyzeFeatures = async (content, features, callOptions) => {
    const source = { $case: 'content', value: asBuffer(content) } as const;
    const request = { analyzeSpecs: [{ source, features: [...features], mimeType: '' }], folderId: '' };
    const { results } = await batchAnalyze(request, callOptions);
    const error = results[0]?.error;
    if (error !== undefined) throw new VisionFileError(problemOfStatus(error));
    return results[0]?.results ?? [];
  };

  function analyze(content: Uint8Array, features: readonly Feature[], o?: CallOptions): Promise<FeatureResult[]>;
  function analyze<const W extends Wanted>(image: ImageInput, w: OnlyWanted<W>, o?: CallOptions): Promise<Analysis<W>>;
  function analyze(image: ImageInput, wanted: readonly Feature[] | Wanted, o?: CallOptions): Promise<unknown> {
    if (!isList(wanted)) return images.analyze(image, wanted, o);
    if (image instanceof Uint8Array) return analyzeFeatures(image, wanted, o);
    return Promise.reject(new TypeError('With a list of features, the image must be a Buffer or a Uint8Array'));
  }
  return { ...images, analyze, batchAnalyze };
}

function isList(wanted: readonly Feature[] | Wanted): wanted is readonly Feature[] {
  return Array.isArray(wanted);
}
