import { pulledModels, type FoundModel, type PulledModel } from '../../../inference/pulled-models.js';
import { oncePerPool } from '../../../threads/once-per-pool.js';
import type { TextJobs } from '../text-jobs.js';

/** Detectors that are used in place of the packaged one if they were pulled. The first that is there counts. */
export const pulledDetectors: readonly PulledModel[] = [
  pulledModels.smallTextDetector,
  pulledModels.tinyTextDetector,
  pulledModels.mobileTextDetector,
];

/** Where the line finder of a pool looks for a pulled detector. The text detection says it when it is opened. */
interface DetectorPlace {
  find: () => Promise<FoundModel | undefined>;
}

export const pulledDetectorOf = oncePerPool<TextJobs, DetectorPlace>(() => ({ find: async () => undefined }));

/** Finds the first usable detector. @param finderOf returns what finds the file of a model */
export function findDetector(
  finderOf: (model: PulledModel) => () => Promise<string | undefined>,
  detectors: readonly PulledModel[] = pulledDetectors,
): DetectorPlace['find'] {
  const finders = detectors.map((model) => ({ model, find: finderOf(model) }));
  return async () => {
    for (const { model, find } of finders) {
      const path = await find();
      if (path !== undefined) return { model, path };
    }
    return undefined;
  };
}
