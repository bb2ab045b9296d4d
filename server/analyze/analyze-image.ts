import {
  Feature_Type,
  feature_TypeToJSON,
  type AnalyzeResult,
  type AnalyzeSpec,
  type Feature,
  type FeatureResult,
} from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { enumNames } from '../contract/descriptors.js';
import { VisionError } from '../errors/errors.js';
import { toStatus } from '../errors/status.js';
import type { Annotation, FeatureAnalyzer } from '../features/feature.js';
import { checkSides } from '../image/check-sides.js';
import { decodeFile, readHeader } from '../image/decode-image.js';
import type { PdfReader } from '../pdf/pdf-reader.js';
import type { RenderedPage } from '../pdf/render-page.js';
import { decodeStage } from '../telemetry/call-record.js';
import type { Log } from '../telemetry/log.js';
import { createCeiling } from '../threads/ceiling.js';
import type { EngineCall, EngineStage } from './engine.js';

/** Dependencies of the analysis. */
export interface AnalysisDependencies {
  /** The implemented features, each opened on first use. */
  readonly features: ReadonlyMap<Feature_Type, () => Promise<FeatureAnalyzer>>;
  readonly pdf: Pick<PdfReader, 'render'>;
  /** Maximum size of an image, in pixels. */
  readonly maxPixels: number;
  /** Maximum time of a feature, in seconds. */
  readonly jobSeconds: number;
  readonly log: Log;
}

/** Names of all features in the API, implemented or not. */
const featureNames = enumNames('yandex.cloud.ai.vision.v1.Feature.Type').slice(1);

/** The analysis of one file. */
interface Analysis extends AnalysisDependencies {
  readonly call: EngineCall;
  readonly stages: EngineStage[];
}

/**
 * Analyzes an image, or a page of a PDF. An error affects only this file, or only a feature of it.
 * @param stages receives what its time was spent on
 * @param page from 1, where the content is a PDF
 * @throws the signal's reason
 */
export async function analyzeImage(
  dependencies: AnalysisDependencies,
  { source, features }: AnalyzeSpec,
  call: EngineCall,
  stages: EngineStage[] = [],
  page?: number,
): Promise<AnalyzeResult> {
  const analysis = { ...dependencies, call, stages };
  const { signal, requestId } = call;
  try {
    const results =
      source?.$case === 'content'
        ? await analyzeContent(analysis, source.value, page, features)
        : await analyzeSignature(analysis, source?.value ?? '', features);
    return { error: undefined, results };
  } catch (error) {
    // A cancelled call fails as a whole. Any other error, even an unexpected one, affects only this file.
    signal.throwIfAborted();
    if (!(error instanceof VisionError)) dependencies.log.error('file failed', { requestId, error });
    return { error: toStatus(error, requestId), results: [] };
  }
}

async function analyzeContent(
  analysis: Analysis,
  content: Uint8Array,
  page: number | undefined,
  features: readonly Feature[],
): Promise<FeatureResult[]> {
  const { folderId, signal: callSignal } = analysis.call;
  let read: () => Promise<RenderedPage>;
  if (page === undefined) {
    const header = readHeader(content, analysis.maxPixels);
    try {
      checkSides(header);
    } catch (error) {
      return eachFeature(analysis, features, () => Promise.reject(error));
    }
    read = async () => ({ image: await decodeFile(header), layer: [] });
  } else read = () => analysis.pdf.render(content, page, callSignal);
  const { image, layer } = await timed(analysis.stages, decodeStage, read);
  callSignal.throwIfAborted();
  return eachFeature(analysis, features, async ({ config }, analyzer, signal) =>
    analyzer.analyze(image, config, { content, layer, folderId, signal }),
  );
}

/** Analyzes an image given by its signature only. @throws VisionError SIGNATURE_UNREADABLE */
async function analyzeSignature(
  analysis: Analysis,
  signature: string,
  features: readonly Feature[],
): Promise<FeatureResult[]> {
  const queries = new Map<FeatureAnalyzer, ReturnType<NonNullable<FeatureAnalyzer['readSignature']>>>();
  for (const open of analysis.features.values()) {
    const analyzer = await open();
    // An unreadable signature is an error of the file, whatever its features are.
    if (analyzer.readSignature !== undefined) queries.set(analyzer, analyzer.readSignature(signature));
  }
  return eachFeature(analysis, features, async ({ type, config }, analyzer, signal) => {
    const analyze = queries.get(analyzer);
    if (analyze === undefined) throw VisionError.of('CONTENT_NEEDED', { feature: feature_TypeToJSON(type) });
    return analyze(config, { folderId: analysis.call.folderId, signal });
  });
}

/**
 * Runs the features of a file in parallel. An error affects only its feature.
 * @param analyze gets a signal that also fires when the time of the feature is up
 */
function eachFeature(
  { features: openers, log, call: { signal, requestId }, jobSeconds: seconds, stages }: Analysis,
  features: readonly Feature[],
  analyze: (feature: Feature, analyzer: FeatureAnalyzer, signal: AbortSignal) => Promise<Annotation>,
): Promise<FeatureResult[]> {
  const results = features.map(async (feature): Promise<FeatureResult> => {
    const name = feature_TypeToJSON(feature.type);
    const ceiling = createCeiling(signal, seconds, () =>
      VisionError.of('FEATURE_TOO_SLOW', { feature: name, seconds }),
    );
    try {
      const open = openers.get(feature.type);
      if (open === undefined) throw unavailable(feature);
      return {
        error: undefined,
        feature: await timed(stages, name, async () => analyze(feature, await open(), ceiling.signal)),
      };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof VisionError) return failed(error, requestId);
      log.error('feature failed', { requestId, feature: name, error });
      return failed(VisionError.of('FEATURE_FAILED', { feature: name, requestId }), requestId);
    } finally {
      ceiling.release();
    }
  });
  return Promise.all(results);
}

/** Runs the task and notes when, whether it succeeds or not. */
async function timed<Result>(stages: EngineStage[], name: string, task: () => Promise<Result>): Promise<Result> {
  const startMs = performance.timeOrigin + performance.now();
  try {
    return await task();
  } finally {
    stages.push({ name, startMs, endMs: performance.timeOrigin + performance.now() });
  }
}

function unavailable({ type }: Feature): VisionError {
  const isKnown = type !== Feature_Type.TYPE_UNSPECIFIED && type !== Feature_Type.UNRECOGNIZED;
  if (!isKnown) return VisionError.of('FEATURE_TYPE_UNKNOWN', { known: featureNames.join(', ') });
  return VisionError.of('FEATURE_UNIMPLEMENTED', { feature: feature_TypeToJSON(type) });
}

function failed(error: VisionError, requestId: string): FeatureResult {
  return { error: toStatus(error, requestId), feature: undefined };
}
