import { codeFromJSON } from '../gen/google/rpc/code.js';
import {
  VisionServiceClient,
  type BatchAnalyzeRequest,
  type BatchAnalyzeResponse,
  type Feature,
  type FeatureResult,
} from '../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { connection, type CallOptions, type VisionClientOptions } from './connection.js';
import { VisionCallError } from './vision-call-error.js';

/** A client for visiond, or any server with the same API. Reuse it: it holds a connection. */
export interface VisionClient {
  /**
   * Analyzes up to 8 images with up to 8 features each.
   * @throws VisionCallError if the call fails
   */
  batchAnalyze(request: BatchAnalyzeRequest, options?: CallOptions): Promise<BatchAnalyzeResponse>;
  /**
   * Analyzes one JPEG or PNG file, or a PDF file for text detection. Returns one result per feature, in order; each may hold an error.
   * @throws VisionCallError if the call or the file fails
   */
  analyze(content: Uint8Array, features: readonly Feature[], options?: CallOptions): Promise<FeatureResult[]>;
  /** Closes the connection. */
  close(): void;
}

export function createVisionClient(options: VisionClientOptions): VisionClient {
  const { address, credentials, channelOptions, metadata, deadline } = connection(options);
  const stub = new VisionServiceClient(address, credentials, channelOptions);

  const batchAnalyze: VisionClient['batchAnalyze'] = (request, { timeoutMs, signal } = {}) => {
    const message = { ...request, folderId: request.folderId || (options.folderId ?? '') };
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const cancel = (): void => call.cancel();
      const call = stub.batchAnalyze(message, metadata, { deadline: deadline(timeoutMs) }, (error, response) => {
        signal?.removeEventListener('abort', cancel);
        if (error !== null) reject(VisionCallError.from(error));
        else resolve(response);
      });
      signal?.addEventListener('abort', cancel);
    });
  };
  return {
    batchAnalyze,
    async analyze(content, features, callOptions) {
      const source = { $case: 'content', value: Buffer.from(content) } as const;
      const request = { analyzeSpecs: [{ source, features: [...features], mimeType: '' }], folderId: '' };
      const { results } = await batchAnalyze(request, callOptions);
      const error = results[0]?.error;
      if (error !== undefined) {
        throw new VisionCallError(codeFromJSON(error.code), error.message, error.details, undefined);
      }
      return results[0]?.results ?? [];
    },
    close: () => stub.close(),
  };
}
