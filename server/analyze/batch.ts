import type { Feature, Feature_Type } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import type { FolderQuota } from '../quota/quotas.js';
import type { Log } from '../telemetry/log.js';
import type { AdmittedCall, ImageAdmission } from './admit-image.js';
import type { Engine } from './engine.js';
import type { Refusals } from './refused-features.js';

/** Dependencies of a batch. */
export interface BatchDependencies extends ImageAdmission {
  readonly engine: Engine;
  /** Estimated time of a feature for an image of so many pixels: milliseconds on one core. */
  readonly estimate: (feature: Feature, pixels: number) => number;
  /** Features that take images and no PDF. */
  readonly imagesOnly: ReadonlySet<Feature_Type>;
  readonly log: Log;
}

/** The call that a batch belongs to. */
export interface BatchContext extends AdmittedCall {
  readonly requestId: string;
  /** What its folder may still use. Absent for calls of the server itself. */
  readonly quota?: FolderQuota;
}

/** The same with what is known before its files are looked at. */
export interface CheckedBatch extends BatchContext {
  /** Features that exceed the quota, or do not take their file. */
  readonly refusals: Refusals;
}
