import {
  AnalyzeResult,
  feature_TypeToJSON,
  type AnalyzeSpec,
  type Feature,
  type Feature_Type,
  type FeatureResult,
} from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { VisionError } from '../errors/errors.js';
import { toStatus } from '../errors/status.js';
import { isPdf } from '../image/format.js';

/** Features that are not to be analyzed, with their errors. */
export type Refusals = ReadonlyMap<Feature, VisionError>;

/** The features of PDF files that take images only, with their errors. */
export function refusePdf(specs: readonly AnalyzeSpec[], imagesOnly: ReadonlySet<Feature_Type>): Refusals {
  const features = specs.flatMap(({ source, features: all }) =>
    source?.$case === 'content' && isPdf(source.value) ? all.filter(({ type }) => imagesOnly.has(type)) : [],
  );
  return new Map(
    features.map((feature) => [
      feature,
      VisionError.of('PDF_NOT_ACCEPTED', { feature: feature_TypeToJSON(feature.type) }),
    ]),
  );
}

/** The spec without the features that are refused. */
export function withoutRefused(spec: AnalyzeSpec, refusals: Refusals): AnalyzeSpec {
  return refusals.size === 0 ? spec : { ...spec, features: spec.features.filter((feature) => !refusals.has(feature)) };
}

/**
 * Adds the errors of refused features to the result of the others, in the order of the request.
 * @param result an AnalyzeResult of `withoutRefused`, in its binary form
 */
export function addRefused(
  result: Uint8Array,
  features: readonly Feature[],
  refusals: Refusals,
  requestId: string,
): Uint8Array {
  if (!features.some((feature) => refusals.has(feature))) return result;
  const { error, results } = AnalyzeResult.decode(result);
  // A file that cannot be analyzed has no results of features.
  if (error !== undefined) return result;
  const others = results.values();
  const all = features.flatMap((feature): FeatureResult[] => {
    const refusal = refusals.get(feature);
    if (refusal !== undefined) return [{ error: toStatus(refusal, requestId), feature: undefined }];
    const { value } = others.next();
    return value === undefined ? [] : [value];
  });
  return AnalyzeResult.encode({ error, results: all }).finish();
}
