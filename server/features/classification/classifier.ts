import type { Property } from '../../../gen/yandex/cloud/ai/vision/v1/classification.js';
import type { Image } from '../../image/image.js';
import type { WorkerPool } from '../../threads/worker-pool.js';
import type { Backbone } from '../backbone/backbone.js';
import type { TextCoverage } from '../text-detection/feature.js';
import type { ClassificationJobs } from './classification-jobs.js';

/** A classification model. */
export interface Classifier {
  /** All properties of the model, including those of probability 0. */
  classify(image: Image, signal: AbortSignal): Promise<Property[]>;
}

/** All models by name. */
export interface ClassifierDirectory {
  /** The model with the given name, or undefined. */
  find(name: string): Promise<Classifier | undefined>;
  /** Names of all models. */
  names(): Promise<string[]>;
}

/** Dependencies of the models. */
export interface ClassifierDependencies {
  readonly pool: WorkerPool<ClassificationJobs>;
  readonly backbone: Backbone;
  readonly textCoverage: TextCoverage;
  /** Folder of the operator's models. */
  readonly folder: string;
}
