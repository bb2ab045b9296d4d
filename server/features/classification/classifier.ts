import type { Property } from '../../../gen/yandex/cloud/ai/vision/v1/classification.js';
import type { Image } from '../../image/image.js';
import type { WorkerPool } from '../../threads/worker-pool.js';
import type { Backbone } from '../backbone/backbone.js';
import type { TextCoverage } from '../text-detection/feature.js';
import type { ClassificationJobs } from './classification-jobs.js';

/** A classification model. */
export interface Classifier {
  /** All its properties, also those of probability 0. */
  classify(image: Image, signal: AbortSignal): Promise<Property[]>;
}

/** The models that there are. */
export interface ClassifierDirectory {
  /** The model of that name, or undefined. */
  find(name: string): Promise<Classifier | undefined>;
  /** Names of all models. */
  names(): Promise<string[]>;
}

/** What the models work with. */
export interface ClassifierDependencies {
  readonly pool: WorkerPool<ClassificationJobs>;
  readonly backbone: Backbone;
  readonly textCoverage: TextCoverage;
  /** Folder of the operator's own models. */
  readonly folder: string;
}
