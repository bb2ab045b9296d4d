import {
  Feature_Type,
  feature_TypeToJSON,
  type AnalyzeResult,
  type AnalyzeSpec,
  type BatchAnalyzeRequest,
  type BatchAnalyzeResponse,
  type Feature,
  type FeatureResult,
} from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { VisionError } from '../errors/errors.js';
import { toStatus } from '../errors/status.js';
import { decodeFile, readHeader } from '../image/decode-image.js';
import type { Image } from '../image/image.js';
import type { Log } from '../telemetry/log.js';
import type { Admission } from './admission.js';

/** What a feature found: one member of the oneof of FeatureResult. */
export type Annotation = NonNullable<FeatureResult['feature']>;

/**
 * Analyzes one image for one feature.
 * @throws VisionError for a wrong config, the signal's reason, or the error of an engine
 */
export type AnalyzeFeature = (
  image: Image,
  feature: Feature,
  signal: AbortSignal,
  file: AnalyzedFile,
) => Promise<Annotation>;

/** Where an image comes from. */
export interface AnalyzedFile {
  readonly content: Uint8Array;
  readonly folderId: string;
}

/** Analyzes an image of which only its signature is there. Throws as AnalyzeFeature does. */
export type AnalyzeSignature = (feature: Feature, signal: AbortSignal, folderId: string) => Promise<Annotation>;

export interface BatchAnalyzer {
  /** The features that have an engine. */
  readonly features: ReadonlyMap<Feature_Type, AnalyzeFeature>;
  /**
   * Reads a signature and gives the features that need no more than that.
   * @throws VisionError SIGNATURE_UNREADABLE
   */
  readonly readSignature: (signature: string) => ReadonlyMap<Feature_Type, AnalyzeSignature>;
  readonly admission: Admission;
  /** Largest content, in bytes. */
  readonly maxContentBytes: number;
  /** Largest image, in pixels. */
  readonly maxPixels: number;
  readonly log: Log;
}

/** The call that a batch belongs to. */
export interface BatchContext {
  readonly requestId: string;
  /** Fires with a VisionError when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Folder that the call works in. */
  readonly folderId: string;
}

/** Analyzes the images of a request side by side. Results keep the order and the length of the request. */
export async function analyzeBatch(
  analyzer: BatchAnalyzer,
  { analyzeSpecs }: BatchAnalyzeRequest,
  context: BatchContext,
): Promise<BatchAnalyzeResponse> {
  const leave = analyzer.admission.enter(analyzeSpecs.length);
  try {
    return { results: await Promise.all(analyzeSpecs.map((spec) => analyzeFile(analyzer, spec, context))) };
  } finally {
    leave();
  }
}

async function analyzeFile(analyzer: BatchAnalyzer, spec: AnalyzeSpec, context: BatchContext): Promise<AnalyzeResult> {
  const { signal, requestId, folderId } = context;
  try {
    if (spec.source?.$case !== 'content') {
      const features = analyzer.readSignature(spec.source?.value ?? '');
      const results = spec.features.map(async (feature) => {
        const analyze = features.get(feature.type);
        if (analyze === undefined) return withoutContent(analyzer, feature, context);
        return settle(analyzer, feature, () => analyze(feature, signal, folderId), context);
      });
      return { error: undefined, results: await Promise.all(results) };
    }
    const content = spec.source.value;
    const limit = analyzer.maxContentBytes;
    if (content.length > limit) throw VisionError.of('CONTENT_TOO_LARGE', { bytes: content.length, limit });
    const header = readHeader(content, analyzer.maxPixels);
    return await analyzer.admission.withPixels(header.width * header.height, signal, async () => {
      const image = await decodeFile(header);
      signal.throwIfAborted();
      const results = spec.features.map(async (feature) => {
        const analyze = analyzer.features.get(feature.type);
        if (analyze === undefined) return failed(withoutEngine(feature), requestId);
        return settle(analyzer, feature, () => analyze(image, feature, signal, { content, folderId }), context);
      });
      return { error: undefined, results: await Promise.all(results) };
    });
  } catch (error) {
    // A cancelled call has no files any more. Whatever else is not foreseen is still the trouble of this file alone.
    signal.throwIfAborted();
    if (!(error instanceof VisionError)) analyzer.log.error('file failed', { requestId, error });
    return { error: toStatus(error, requestId), results: [] };
  }
}

/** Runs a feature; its error stays its own. */
async function settle(
  { log }: BatchAnalyzer,
  { type }: Feature,
  analyze: () => Promise<Annotation>,
  { signal, requestId }: BatchContext,
): Promise<FeatureResult> {
  try {
    return { error: undefined, feature: await analyze() };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof VisionError) return failed(error, requestId);
    const feature = feature_TypeToJSON(type);
    log.error('feature failed', { requestId, feature, error });
    return failed(VisionError.of('FEATURE_FAILED', { feature, requestId }), requestId);
  }
}

function withoutContent({ features }: BatchAnalyzer, feature: Feature, { requestId }: BatchContext): FeatureResult {
  if (!features.has(feature.type)) return failed(withoutEngine(feature), requestId);
  return failed(VisionError.of('CONTENT_NEEDED', { feature: feature_TypeToJSON(feature.type) }), requestId);
}

function withoutEngine({ type }: Feature): VisionError {
  const known = type !== Feature_Type.TYPE_UNSPECIFIED && type !== Feature_Type.UNRECOGNIZED;
  if (!known) return VisionError.of('FEATURE_TYPE_UNKNOWN');
  return VisionError.of('FEATURE_UNIMPLEMENTED', { feature: feature_TypeToJSON(type) });
}

function failed(error: VisionError, requestId: string): FeatureResult {
  return { error: toStatus(error, requestId), feature: undefined };
}
