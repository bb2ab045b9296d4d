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
import { enumNames } from '../contract/descriptors.js';
import { VisionError } from '../errors/errors.js';
import { toStatus } from '../errors/status.js';
import type { Annotation, FeatureAnalyzer } from '../features/feature.js';
import type { Log } from '../telemetry/log.js';
import { withImage, type ImageAdmission } from './with-image.js';

/** Dependencies of a batch. */
export interface BatchDependencies extends ImageAdmission {
  /** The implemented features, each opened on first use. */
  readonly features: ReadonlyMap<Feature_Type, () => Promise<FeatureAnalyzer>>;
  readonly log: Log;
}

/** Names of all features in the API, implemented or not. */
const featureNames = enumNames('yandex.cloud.ai.vision.v1.Feature.Type').slice(1);

/** The call that a batch belongs to. */
export interface BatchContext {
  readonly requestId: string;
  /** Fires with a VisionError when the call is cancelled or its deadline expires. */
  readonly signal: AbortSignal;
  /** Folder of the call. */
  readonly folderId: string;
}

/** Analyzes the images of a request in parallel. Results keep the order and length of the request. */
export async function analyzeBatch(
  dependencies: BatchDependencies,
  { analyzeSpecs }: BatchAnalyzeRequest,
  context: BatchContext,
): Promise<BatchAnalyzeResponse> {
  const leave = dependencies.admission.enter(analyzeSpecs.length);
  try {
    return { results: await Promise.all(analyzeSpecs.map((spec) => analyzeFile(dependencies, spec, context))) };
  } finally {
    leave();
  }
}

/** Analyzes one file. An error affects only this file. */
async function analyzeFile(
  dependencies: BatchDependencies,
  { source, features }: AnalyzeSpec,
  context: BatchContext,
): Promise<AnalyzeResult> {
  const { signal, requestId } = context;
  try {
    const results =
      source?.$case === 'content'
        ? await analyzeContent(dependencies, source.value, features, context)
        : await analyzeSignature(dependencies, source?.value ?? '', features, context);
    return { error: undefined, results };
  } catch (error) {
    // A cancelled call fails as a whole. Any other error, even an unexpected one, affects only this file.
    signal.throwIfAborted();
    if (!(error instanceof VisionError)) dependencies.log.error('file failed', { requestId, error });
    return { error: toStatus(error, requestId), results: [] };
  }
}

async function analyzeContent(
  dependencies: BatchDependencies,
  content: Uint8Array,
  features: readonly Feature[],
  context: BatchContext,
): Promise<FeatureResult[]> {
  const { signal, folderId } = context;
  return withImage(dependencies, content, signal, (image) =>
    eachFeature(dependencies, features, context, async ({ config }, analyzer) =>
      analyzer.analyze(image, config, { content, folderId, signal }),
    ),
  );
}

/** Analyzes an image given by its signature only. @throws VisionError SIGNATURE_UNREADABLE */
async function analyzeSignature(
  dependencies: BatchDependencies,
  signature: string,
  features: readonly Feature[],
  context: BatchContext,
): Promise<FeatureResult[]> {
  const queries = new Map<FeatureAnalyzer, ReturnType<NonNullable<FeatureAnalyzer['readSignature']>>>();
  for (const open of dependencies.features.values()) {
    const analyzer = await open();
    // An unreadable signature is an error of the file, whatever its features are.
    if (analyzer.readSignature !== undefined) queries.set(analyzer, analyzer.readSignature(signature));
  }
  return eachFeature(dependencies, features, context, async ({ type, config }, analyzer) => {
    const analyze = queries.get(analyzer);
    if (analyze === undefined) throw VisionError.of('CONTENT_NEEDED', { feature: feature_TypeToJSON(type) });
    return analyze(config, context);
  });
}

/** Runs the features of a file in parallel. An error affects only its feature. */
function eachFeature(
  { features: openers, log }: BatchDependencies,
  features: readonly Feature[],
  { signal, requestId }: BatchContext,
  analyze: (feature: Feature, analyzer: FeatureAnalyzer) => Promise<Annotation>,
): Promise<FeatureResult[]> {
  const results = features.map(async (feature): Promise<FeatureResult> => {
    try {
      const open = openers.get(feature.type);
      if (open === undefined) throw unavailable(feature);
      return { error: undefined, feature: await analyze(feature, await open()) };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof VisionError) return failed(error, requestId);
      const name = feature_TypeToJSON(feature.type);
      log.error('feature failed', { requestId, feature: name, error });
      return failed(VisionError.of('FEATURE_FAILED', { feature: name, requestId }), requestId);
    }
  });
  return Promise.all(results);
}

function unavailable({ type }: Feature): VisionError {
  const isKnown = type !== Feature_Type.TYPE_UNSPECIFIED && type !== Feature_Type.UNRECOGNIZED;
  if (!isKnown) return VisionError.of('FEATURE_TYPE_UNKNOWN', { known: featureNames.join(', ') });
  return VisionError.of('FEATURE_UNIMPLEMENTED', { feature: feature_TypeToJSON(type) });
}

function failed(error: VisionError, requestId: string): FeatureResult {
  return { error: toStatus(error, requestId), feature: undefined };
}
