import { Feature_Type } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import type { JobTable } from '../threads/jobs.js';
import type { BackboneJobs } from './backbone/backbone.js';
import { classification } from './classification/feature.js';
import { faceDetection } from './face-detection/feature.js';
import type { AnnotationName, FeatureEntry, FeatureType } from './feature.js';
import { imageCopySearch } from './image-copy-search/feature.js';
import { textDetection } from './text-detection/feature.js';

/** All features of the API. The server, its threads and the command line follow from this table. */
export const features = {
  [Feature_Type.TEXT_DETECTION]: textDetection,
  [Feature_Type.CLASSIFICATION]: classification,
  [Feature_Type.FACE_DETECTION]: faceDetection,
  [Feature_Type.IMAGE_COPY_SEARCH]: imageCopySearch,
} as const satisfies { readonly [Type in FeatureType]: { readonly type: Type; readonly annotation: AnnotationName } };

type Feature = (typeof features)[FeatureType];

/** Does not compile if an annotation of the API belongs to no feature, and names it. */
type Nothing<Missing extends never> = Missing;
export type AnnotationWithoutFeature = Nothing<Exclude<AnnotationName, Feature['annotation']>>;

/** As a parameter type, so that inference turns the union into an intersection. */
type TakesJobsOf<Door> =
  Door extends FeatureEntry<FeatureType, AnnotationName, infer Jobs, infer _> ? (jobs: Jobs) => void : never;

/** All jobs of an inference thread. */
export type InferenceJobs =
  TakesJobsOf<Feature> extends (jobs: infer Jobs extends JobTable) => void ? BackboneJobs & Jobs : never;
