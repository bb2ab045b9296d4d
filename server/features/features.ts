import { Feature_Type } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import type { JobTable } from '../threads/jobs.js';
import type { BackboneJobs } from './backbone/backbone.js';
import { classification } from './classification/feature.js';
import { faceDetection } from './face-detection/feature.js';
import type { AnnotationName, FeatureDoor, FeatureType } from './feature.js';
import { imageCopySearch } from './image-copy-search/feature.js';
import { textDetection } from './text-detection/feature.js';

/** Every feature of the API, each behind its one door. What the server, its threads and the command line do follows. */
export const features = {
  [Feature_Type.TEXT_DETECTION]: textDetection,
  [Feature_Type.CLASSIFICATION]: classification,
  [Feature_Type.FACE_DETECTION]: faceDetection,
  [Feature_Type.IMAGE_COPY_SEARCH]: imageCopySearch,
} as const satisfies { readonly [Type in FeatureType]: { readonly type: Type; readonly annotation: AnnotationName } };

type Feature = (typeof features)[FeatureType];

/** Names what has no feature: an annotation of the API that nothing here finds does not compile. */
type Nothing<Missing extends never> = Missing;
export type AnnotationWithoutFeature = Nothing<Exclude<AnnotationName, Feature['annotation']>>;

/** In the position of a parameter, so that the union of all becomes an intersection. */
type TakesJobsOf<Door> =
  Door extends FeatureDoor<FeatureType, AnnotationName, infer Jobs, infer _> ? (jobs: Jobs) => void : never;

/** All jobs that an inference thread does. */
export type InferenceJobs =
  TakesJobsOf<Feature> extends (jobs: infer Jobs extends JobTable) => void ? BackboneJobs & Jobs : never;
