import type { AnalyzeSpec, Feature } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import type { VisionError } from '../errors/errors.js';
import type { FolderQuota } from '../quota/quotas.js';

/**
 * Counts the images and features of a request.
 * @param quota of its folder, undefined for calls of the server itself
 * @returns the features beyond the quota, which are the last ones, each with its error
 * @throws VisionError QUOTA_EXCEEDED if the folder may not send so many images now
 */
export function takeQuota(
  specs: readonly AnalyzeSpec[],
  quota: FolderQuota | undefined,
): ReadonlyMap<Feature, VisionError> {
  if (quota === undefined) return new Map();
  quota.takeImages(specs.length);
  const features = specs.flatMap((spec) => spec.features);
  const { granted, refusal } = quota.takeFeatures(features.length);
  return new Map(refusal === undefined ? [] : features.slice(granted).map((feature) => [feature, refusal] as const));
}
