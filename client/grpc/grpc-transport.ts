import {
  Feature,
  FeatureResult,
  type AnalyzeResult,
  type AnalyzeSpec,
  type BatchAnalyzeResponse,
  type VisionServiceClient,
} from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import type { ImageAnswer, ImageRequest, Transport } from '../core/transport.js';
import type { Connection } from './connection.js';
import { problemOfStatus } from './status.js';

/** Calls the API over gRPC. */
export function grpcTransport(stub: VisionServiceClient, { call }: Connection): Transport {
  return {
    async batchAnalyze(images, folderId, attempt) {
      const request = { analyzeSpecs: images.map(specOf), folderId };
      const { results } = await call<BatchAnalyzeResponse>((...args) => stub.batchAnalyze(request, ...args), attempt);
      return results.map(answerOf);
    },
    close: () => stub.close(),
  };
}

function specOf({ content, features }: ImageRequest): AnalyzeSpec {
  return {
    source: { $case: 'content', value: asBuffer(content) },
    features: features.map((feature) => Feature.fromJSON(feature)),
    mimeType: '',
  };
}

function answerOf({ error, results }: AnalyzeResult): ImageAnswer {
  return {
    error: error && problemOfStatus(error),
    features: results.map((result) => ({
      error: result.error && problemOfStatus(result.error),
      result: FeatureResult.toJSON(result),
    })),
  };
}

/** The same memory as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
